"""The measurements that README names can be made on any day."""

import re
import sqlite3
from contextlib import closing

from tests.conventions.tree import ROOT
from tests.load.__main__ import NAMES
from tests.load._shop import full_copy


def test_every_measurement_that_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    named = set(re.findall(r"python -m tests\.load (\w+)", readme))

    assert named
    assert named <= set(NAMES)


def test_measured_copy_holds_every_message_so_that_a_search_finds_the_same_all_day() -> None:
    with closing(sqlite3.connect(full_copy(60))) as copy:
        [lacking] = copy.execute(
            "SELECT count(*) FROM ticket WHERE has_all_messages = 0"
        ).fetchone()
        [held] = copy.execute("SELECT count(*) FROM conversation").fetchone()

    assert (lacking, held) == (0, 60)
