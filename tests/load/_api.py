"""The embedded Tickets API alone on a port, answering every request so many seconds late."""

import sys
from pathlib import Path

from app.server.application import build_api
from app.server.database import open_database
from app.web.server import listen, run, serve
from tests.doubles.fault_injection import Fault, FaultInjector
from tests.e2e.desk import KEY


def main(database: str, seconds: str) -> None:
    """Serve until told to end."""
    engine = open_database(Path(database))
    slow = Fault(before_seconds=float(seconds))
    api = FaultInjector(build_api(engine, api_key=KEY), always=slow)
    with listen("127.0.0.1", 0) as listener:
        run(serve(listener, api, on_ready=lambda serving: sys.stdout.write(serving.address)))
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
