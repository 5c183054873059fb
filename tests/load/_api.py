"""The embedded Tickets API alone on a port, answering every request so many seconds late."""

import sys
from pathlib import Path

from app.server.application import build_api
from app.server.database import open_database
from app.server.faults import Faults, Mishap
from app.serving import listen, run, serve
from tests.e2e.desk import KEY


def main(database: str, seconds: str) -> None:
    """Serve until told to end."""
    faults = Faults(always=Mishap(before_seconds=float(seconds)))
    engine = open_database(Path(database))
    api = build_api(engine, api_key=KEY, faults=faults)
    with listen("127.0.0.1", 0) as listener:
        run(serve(listener, api, on_ready=lambda serving: sys.stdout.write(serving.address)))
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
