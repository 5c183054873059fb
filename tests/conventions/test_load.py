"""The measurements that the papers name can be made on any day."""

import re
import sqlite3
from contextlib import closing

from tests.conventions.tree import ROOT
from tests.load.__main__ import NAMES
from tests.load._shop import full_copy


def test_every_measurement_that_the_papers_name_exists() -> None:
    papers = [ROOT / "tests" / "load" / "README.md", *ROOT.glob("*.md")]

    named = {
        name
        for paper in papers
        if paper.name != "CHANGELOG.md"
        for name in re.findall(r"python -m tests\.load ([a-z]+)", paper.read_text("utf-8"))
    }

    assert named
    assert named <= set(NAMES)


def test_measured_copy_holds_every_message_so_that_a_search_finds_the_same_all_day() -> None:
    with closing(sqlite3.connect(full_copy(60))) as copy:
        [lacking] = copy.execute(
            "SELECT count(*) FROM ticket WHERE has_all_messages = 0"
        ).fetchone()
        [held] = copy.execute("SELECT count(*) FROM conversation").fetchone()

    assert (lacking, held) == (0, 60)
