#!/bin/sh
# nicegui 3.18.0: a page whose line comes back while a message is on its way to it never gets that
# message, or gets it before older ones. The outbox puts a message into its history, and counts it,
# only after the await that sends it; a handshake in between rewinds to what is there by then. The
# browser takes any number that is not lower than expected, so nobody notices: an element stays at
# an older value until it changes again.
#
# The page counts on a label; every 50 ms a new line asks for what follows, while the server has not
# heard yet that the line before is gone, as after a cut. Sending all elements anew when a line comes
# back mends the page.
#
# Seen: "left out or overtaken", mostly within a second. Expected: every number once, in order.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "nicegui==3.18.0" "python-socketio==5.18.1" \
    "python-engineio==4.15.1" "websockets==15.0.1"
cat > "$folder/page.py" <<'PY'
import asyncio
import sys

from nicegui import ui


@ui.page("/")
async def page() -> None:
    label, client = ui.label("0"), ui.context.client

    async def count() -> None:
        while True:
            await asyncio.sleep(0.002)
            label.text = str(int(label.text) + 1)
            client.run_javascript("0")

    asyncio.get_running_loop().create_task(count())


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
PY
cat > "$folder/come_back.py" <<'PY'
import asyncio
import json
import re
import sys
import time
import urllib.request
import uuid
from importlib.metadata import version

from websockets.asyncio.client import connect

HOST = f"127.0.0.1:{sys.argv[1]}"


def load() -> dict:
    while True:
        try:
            text = urllib.request.urlopen(f"http://{HOST}/", timeout=5).read().decode()
            break
        except OSError:
            time.sleep(0.2)
    return dict(re.findall(r"['\"](client_id|next_message_id)['\"]: ['\"]?([\w-]+)", text))


async def main() -> None:
    query = load()
    following, value, left_out, older = int(query["next_message_id"]), -1, 0, 0
    query |= {"tab_id": str(uuid.uuid4()), "document_id": str(uuid.uuid4())}
    query |= {"implicit_handshake": "true", "EIO": "4", "transport": "websocket"}
    ends, lines = time.monotonic() + 40, []
    while time.monotonic() < ends and not (left_out or older):
        said = query | {"next_message_id": following}
        address = "&".join(f"{name}={one}" for name, one in said.items())
        line = await connect(f"ws://{HOST}/_nicegui_ws/socket.io/?{address}", max_size=None)
        lines.append(line)  # the server has not heard yet that the one before is gone
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            packet = await line.recv()
            if packet[0] in "02":
                await line.send({"0": "40", "2": "3"}[packet[0]])
            if packet[:2] != "42":
                continue
            kind, message = json.loads(packet[2:])
            number = message.pop("_id", None)
            if number is None or number < following:
                continue
            left_out += number - following
            following = number + 1
            for element in message.values() if kind == "update" else ():
                if str(element.get("text", "")).isdigit():
                    older += int(element["text"]) < value
                    value = int(element["text"])
        for left in lines[:-3]:
            await left.close()
        del lines[:-3]
    print("nicegui", version("nicegui"))
    print("left out or overtaken" if left_out or older else "every number once, in order")


asyncio.run(main())
PY
port=$("$folder/venv/bin/python" -c "
import socket
with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    print(free.getsockname()[1])")
cd "$folder"
venv/bin/python page.py "$port" >server.txt 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
venv/bin/python come_back.py "$port" | tee said.txt
grep -q "left out or overtaken" said.txt
