#!/bin/sh
# nicegui 3.18.0, Chromium: a plain `ui.element("input")` that was given a value in its props loses what a
# person types into it whenever anything else on the page changes. Any change of any element draws the
# whole page anew, and Vue writes the `value` of a field at each drawing, also when it is the same as
# before; other props are written only where they differ. A label that counts seconds is enough. With
# `ui.input` what was typed stays.
#
# Seen and expected: "kept" before the label changes and "given" after it; with `ui.input` "kept" both
# times. Needs Chromium (CHROMIUM=path where it is not found).
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


@ui.page("/")
def page() -> None:
    ui.element("input").props("value=given id=plain")
    ui.input(value="given").props("id=stock")
    label = ui.label("before")
    ui.button("Change the label", on_click=lambda: label.set_text("after"))


ui.run(port=int(sys.argv[1]), reload=False, show=False, show_welcome_message=False)
PY
cat > "$folder/look.py" <<'PY'
import sys
import time
import urllib.request

from playwright.sync_api import sync_playwright

browser, url = sys.argv[1:]
for _ in range(200):
    try:
        urllib.request.urlopen(url).close()
        break
    except OSError:
        time.sleep(0.1)

with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
    page = chromium.new_page()
    page.goto(url)
    page.wait_for_function("window.did_handshake === true")
    fields = page.locator("input").all()
    for field in fields:
        field.fill("kept")
    before = [field.input_value() for field in fields]
    page.get_by_role("button").click()
    page.get_by_text("after").wait_for()
    after = [field.input_value() for field in fields]
    chromium.close()
print("plain input:", before[0], "then", after[0])
print("ui.input:", before[1], "then", after[1])
sys.exit((before, after) != (["kept", "kept"], ["given", "kept"]))
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/python" "$folder/page.py" "$port" > "$folder/log" 2>&1 &
server=$!
"$folder/venv/bin/python" "$folder/look.py" "$browser" "http://127.0.0.1:$port"
