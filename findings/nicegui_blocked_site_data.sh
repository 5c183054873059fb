#!/bin/sh
# nicegui 3.18.0, Chromium: where a person has blocked site data, a NiceGUI page is drawn and dead for
# ever: no button works, nothing is updated, and nothing says so. The framework's script reads
# `sessionStorage` while it is loaded; the access throws a SecurityError, so the id of the tab is never
# made, and what would open the socket ends there. No page of the framework's own notices.
# A stand-in for `sessionStorage` in the page's head, before that script, is enough.
#
# Seen and expected: "connected, Hello" with storage, "not connected, Hello" without it, and
# "connected, Hello" with the stand-in. Needs Chromium (CHROMIUM=path where it is not found).
set -eu
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
server=
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "nicegui==3.18.0" "playwright==1.65.2"
cat > "$folder/page.py" <<'PY'
import sys
from nicegui import ui

STAND_IN = """<script>
try { sessionStorage.length; } catch { Object.defineProperty(window, "sessionStorage", { value: {} }); }
</script>"""

@ui.page("/")
def plain() -> None:
    ui.label("Hello")

@ui.page("/mended")
def mended() -> None:
    ui.add_head_html(STAND_IN)
    ui.label("Hello")

ui.run(port=int(sys.argv[1]), reload=False, show=False, show_welcome_message=False)
PY
cat > "$folder/look.py" <<'PY'
import json, sys, tempfile, time, urllib.request
from pathlib import Path
from playwright.sync_api import sync_playwright

browser, url = sys.argv[1:]
for _ in range(200):
    try:
        urllib.request.urlopen(url).close()
        break
    except OSError:
        time.sleep(0.1)

def visit(chromium, path, blocked):
    profile = Path(tempfile.mkdtemp())
    settings = profile / "Default" / "Preferences"
    settings.parent.mkdir()
    rule = {"cookies": 2} if blocked else {}
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": rule}}))
    context = chromium.launch_persistent_context(
        profile, executable_path=browser, args=["--no-sandbox"]
    )
    page = context.new_page()
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url + path)
    try:
        page.wait_for_function("window.did_handshake === true", timeout=8000)
        stands = "connected"
    except Exception:
        stands = "not connected"
    text = page.inner_text("#app").strip()
    context.close()
    return f"{stands}, {text}", said

with sync_playwright() as playwright:
    seen = [
        visit(playwright.chromium, path, blocked)
        for path, blocked in (("/", False), ("/", True), ("/mended", True))
    ]
for (result, said), name in zip(seen, ("with site data", "blocked", "blocked, stand-in")):
    print(f"{name}: {result}", *said[:2], sep="\n    ")
expected = ["connected, Hello", "not connected, Hello", "connected, Hello"]
sys.exit([result for result, _ in seen] != expected)
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/python" "$folder/page.py" "$port" > "$folder/log" 2>&1 &
server=$!
"$folder/venv/bin/python" "$folder/look.py" "$browser" "http://127.0.0.1:$port"
