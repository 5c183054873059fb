#!/bin/sh
# python-engineio 4.15.1 (ASGI): a poll that its browser gives up before the server has read it raises
# KeyError: 'REQUEST_METHOD', and the web server logs that with a traceback as a fault of the
# application. What arrives first is then `http.disconnect`; the library makes an empty environment
# of it and asks that for the method. Browsers do so whenever a page without a WebSocket is left.
# Dropping such a request before the library sees it is enough.
#
# Seen: "KeyError: 'REQUEST_METHOD'". Expected: nothing raised, nobody is there to answer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "python-engineio==4.15.1"
cat > "$folder/left.py" <<'PY'
import asyncio
from importlib.metadata import version

import engineio

app = engineio.ASGIApp(engineio.AsyncServer(async_mode="asgi"))


async def receive() -> dict:
    return {"type": "http.disconnect"}


async def send(message: dict) -> None:
    print("sent", message["type"])


scope = {"type": "http", "method": "GET", "path": "/engine.io/", "query_string": b"", "headers": []}
print("python-engineio", version("python-engineio"))
try:
    asyncio.run(app(scope, receive, send))
    print("nothing raised")
except KeyError as error:
    print(f"KeyError: {error}")
PY
"$folder/venv/bin/python" "$folder/left.py"
