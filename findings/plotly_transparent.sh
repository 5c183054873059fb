#!/bin/sh
# plotly 6.9.0 (Python) and the plotly.js 3.7.0 it brings: `transparent` is a colour for the browser and
# none for Python. plotly.js draws a figure whose paper is "transparent" and its own Plotly.validate finds
# nothing wrong; plotly.graph_objects refuses the same figure with a ValueError that lists the named
# colours of CSS, of which this one is left out. Who writes figures as plain dicts, as NiceGUI and Dash
# take them, learns of it only when somebody validates them. "rgba(0,0,0,0)" pleases both.
#
# Seen and expected: Python refuses "transparent" and takes "rgba(0,0,0,0)"; plotly.js finds no fault in
# either and draws both the same. Needs Chromium (CHROMIUM=path where it is not found).
set -eu
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "plotly==6.9.0" "playwright==1.65.2"
cat > "$folder/look.py" <<'PY'
import sys

import plotly.graph_objects as go
from playwright.sync_api import sync_playwright
from plotly.offline import get_plotlyjs

COLOURS = "transparent", "rgba(0,0,0,0)"
DRAW = """async (colour) => {
  const layout = { paper_bgcolor: colour, width: 200, height: 200 };
  const faults = Plotly.validate([{ y: [1, 2] }], layout) ?? [];
  const place = document.body.appendChild(document.createElement("div"));
  await Plotly.newPlot(place, [{ y: [1, 2] }], layout);
  const paper = place.querySelector(".main-svg");
  return [faults.length, getComputedStyle(paper).backgroundColor];
}"""


def python_takes(colour):
    try:
        go.Figure(layout={"paper_bgcolor": colour})
    except ValueError:
        return False
    return True


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    page = chromium.new_page()
    page.add_script_tag(content=get_plotlyjs())
    version = page.evaluate("Plotly.version")
    drawn = [page.evaluate(DRAW, colour) for colour in COLOURS]
    chromium.close()
taken = [python_takes(colour) for colour in COLOURS]
for colour, python, (faults, paper) in zip(COLOURS, taken, drawn):
    print(f"{colour}: Python takes it: {python}; plotly.js {version}: {faults} faults, paper {paper}")
same = drawn[0] == drawn[1] and drawn[0][0] == 0
sys.exit(not (taken == [False, True] and same))
PY
"$folder/venv/bin/python" "$folder/look.py" "$browser"
