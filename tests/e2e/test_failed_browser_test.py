"""What a browser test that fails leaves behind, shown by one that does."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TESTS = """
def test_well(page):
    page.set_content("<h1>Well</h1>")

def test_fails(new_page):
    new_page().set_content("<h1>One</h1>")
    new_page().set_content("<h1>Another</h1>")
    assert False

def test_complains(page):
    page.evaluate("console.error('broken')")
"""


@pytest.mark.browser
def test_failed_browser_test_leaves_traces_and_pictures(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import *")
    (tmp_path / "test_inner.py").write_text(TESTS)

    done = subprocess.run(  # noqa: S603  # our own command
        [
            sys.executable,
            "-m",
            "pytest",
            *("-n0", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    left = {
        folder.name: {file.name for file in folder.iterdir()}
        for folder in (tmp_path / "test-results").iterdir()
    }
    assert "1 failed, 2 passed, 1 error" in done.stdout, done.stdout
    assert left == {
        "test_inner.py-test_fails": {
            *("0-trace.zip", "0-page-0.png", "0-page-0.html"),
            *("1-trace.zip", "1-page-0.png", "1-page-0.html"),
        },
        "test_inner.py-test_complains": {"0-trace.zip", "0-page-0.png", "0-page-0.html"},
    }
