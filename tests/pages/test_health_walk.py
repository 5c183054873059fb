from dataclasses import replace
from datetime import UTC, datetime

from app.desk.snapshots import Walked
from app.domain.ticket import Stats
from app.domain.walk import Findings
from app.pages.health_walk import walk_facts
from app.state.formatting import Formatter

WORDS = Formatter()
SAID = Stats(total=412, open=12, closed=400, needs_response=5)
WALKED = Walked(
    order="updated, newest first",
    read=1200,
    expected=41_200,
    said=SAID,
    counted=SAID,
    missing=0.04,
    agreed_at=datetime(2026, 3, 20, 12, 31, tzinfo=UTC),
    findings=Findings(walks=3, repeated=7, overlaps_lost=2, totals_changed=9, short_walks=1),
)


def test_walk_facts_say_where_it_is_and_what_it_proves() -> None:
    facts = walk_facts(WALKED, WORDS)

    assert facts["Now at"] == "row 1,200 of 41,200"
    assert facts["Order of the list"] == "updated, newest first"
    assert facts["Copy and API"] == "count the same"
    assert "12:31" in facts["Every count agreed"]
    assert facts["Thought to be missing"] == "0.0"


def test_walk_facts_count_what_was_come_across() -> None:
    facts = walk_facts(WALKED, WORDS)

    assert [facts[name] for name in list(facts)[-6:]] == ["3", "1", "0", "7", "2", "9"]


def test_counts_that_differ_from_the_api_are_named() -> None:
    facts = walk_facts(replace(WALKED, counted=replace(SAID, total=411, closed=399)), WORDS)

    assert facts["Copy and API"] == "411 tickets here, 412 there; 399 closed here, 400 there"


def test_walk_facts_before_anything_was_read() -> None:
    facts = walk_facts(Walked(), WORDS)

    assert (facts["Order of the list"], facts["Now at"]) == ("not known", "row 0")
    assert (facts["Every count agreed"], facts["Thought to be missing"]) == ("not yet", "—")
    assert facts["Copy and API"] == "the API gives no counts"
