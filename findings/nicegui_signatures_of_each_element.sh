#!/bin/sh
# nicegui 3.18.0: each element that is made reads the signatures of three functions, which are the same
# for all elements: `_update` of its classes, of its style and of its props, to learn whether they take
# an argument. `inspect.signature` is slow, so that this one question is about half of the time to make an
# element under a profiler, and was a quarter of the processor time of a page of 250 elements without one.
# Elements are made for each visitor, so the cost comes again with each page. To keep the answer for each
# function (in `nicegui.helpers.expects_arguments`) takes it away.
#
# Seen and expected: 3,000 signatures are read for 1,000 elements; with the answers kept, none. The share
# of the time is printed and not judged.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "nicegui==3.18.0"
cat > "$folder/build.py" <<'PY'
import cProfile
import pstats
import sys

from nicegui import helpers, ui
from nicegui.client import Client
from nicegui.page import page

ELEMENTS = 1000


def build() -> tuple[int, float]:
    """Signatures that were read, and their share of the calls."""
    profile = cProfile.Profile()
    with Client(page("/"), request=None) as client:
        profile.enable()
        for _ in range(ELEMENTS):
            ui.element("div")
        profile.disable()
        client.delete()
    stats = pstats.Stats(profile)
    for (_, _, name), (calls, _, _, seconds, _) in stats.stats.items():
        if name == "signature":
            return calls, seconds / stats.total_tt
    return 0, 0.0


before, share = build()
known = {}
read = helpers.expects_arguments


def remembered(func):
    function = getattr(func, "__func__", func)
    if function not in known:
        known[function] = read(func)
    return known[function]


helpers.expects_arguments = remembered
build()
after, _ = build()
print("signatures read for", ELEMENTS, "elements:", before, f"({share:.0%} of the time under a profiler)")
print("with the answers kept:", after)
sys.exit((before, after) != (3 * ELEMENTS, 0))
PY
"$folder/venv/bin/python" "$folder/build.py"
