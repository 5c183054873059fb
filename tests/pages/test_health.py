from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.desk.read_models import ScanProgress
from app.domain.connection import ConnectionStatus
from app.domain.errors import StoreDamagedError
from app.domain.ticket import Stats
from app.pages.health import copy_facts, error_facts, odd_facts, request_facts, scan_facts, verdict
from app.state.formatting import Formatter
from app.store.tickets.scan_state import ScanCounters
from tests.pages.conftest import VITALS, Site
from tests.state.scripted import ScriptedDesk

WORDS = Formatter()
COUNTS = Stats(total=412, open=12, closed=400, needs_response=5)
SCAN = ScanProgress(
    list_order="updated, newest first",
    position=1200,
    total=41_200,
    api_counts=COUNTS,
    own_counts=COUNTS,
    estimated_missing=0.04,
    verified_at=datetime(2026, 3, 20, 12, 31, tzinfo=UTC),
    counters=ScanCounters(scans=3, repeated_rows=7, page_gaps=2, changed_totals=9, short_scans=1),
)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_machines_get_json_and_build_no_page(site: Site, path: str) -> None:
    answer = await site.http.get(path)

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert site.tabs == []


async def test_readiness_fails_in_words_when_the_copy_cannot_be_read(site: Site) -> None:
    site.desk.queries.error = StoreDamagedError("The local copy cannot be read.")

    answer = await site.http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["problem"] == "The local copy cannot be read."


async def test_health_says_everything_that_is_known(site: Site) -> None:
    answer = await site.http.get("/health")

    for text in ("1 of 1", "Next read", " of 120", "2026.11.0", "cannot be reached"):
        assert text in answer.text


def test_copy_facts_say_when_nothing_was_ever_read() -> None:
    never = replace(
        ScriptedDesk().queries.known,
        status=ConnectionStatus.OFFLINE,
        as_of=None,
        expected=None,
        complete=False,
    )

    facts = copy_facts(never, WORDS)

    assert (facts["As of"], facts["Complete"], facts["Tickets"]) == ("never read", "not yet", "1")


def test_request_facts_say_how_much_of_the_budget_is_used_and_what_comes_next() -> None:
    busy = replace(VITALS, requests_last_minute=42, requests_per_second=2, next_in=7.2)
    facts = request_facts(busy, WORDS)
    assert (facts["Requests in the last minute"], facts["Next read"]) == ("42 of 120", "in 8 s")

    free = request_facts(replace(busy, requests_per_second=None, next_in=None), WORDS)
    assert (free["Requests in the last minute"], free["Next read"]) == ("42, no limit", "now")


def test_request_facts_count_what_was_shared_and_what_the_cache_answered() -> None:
    facts = request_facts(replace(VITALS, requests=1200, shared=31, cache_hits=7), WORDS)

    assert [
        facts[name]
        for name in (
            "Requests since the start",
            "Reads that shared a request",
            "Reads answered from the cache",
        )
    ] == ["1,200", "31", "7"]


def test_error_facts_say_when_there_were_none() -> None:
    assert list(error_facts(replace(VITALS, errors=()), WORDS).values()) == ["none"]


def test_unreadable_values_are_counted_by_their_field() -> None:
    assert odd_facts({}, WORDS) == {"Unreadable values": "none"}
    assert odd_facts({"order_amount": 1200, "created_at": 1}, WORDS) == {
        "Unreadable values": "created_at in 1 ticket, order_amount in 1,200 tickets"
    }


async def test_fault_of_the_desk_is_said_everywhere_at_once(site: Site) -> None:
    fault = "The desk has a fault of its own while reading the list."
    site.desk.queries.known = replace(
        site.desk.queries.known, status=ConnectionStatus.FAULT, problem=fault
    )

    alive, ready = await site.http.get("/healthz"), await site.http.get("/readyz")
    assert (alive.status_code, ready.status_code) == (503, 503)
    assert alive.json() == {"status": "fault", "problem": fault}
    assert (ready.json()["status"], ready.json()["problem"]) == ("not ready", fault)
    for path in ("/", "/kiosk", "/kiosk/plain", "/health"):
        page = (await site.http.get(path)).text
        assert fault in page, path
        assert "fault" in page
        assert "Live" not in page


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({}, "All is well: 1 ticket here, none is lacking."),
        ({"complete": False}, "The tickets are still being read: 1 are here."),
        (
            {"status": ConnectionStatus.STALE, "problem": "The key is refused."},
            "Stale: The key is refused.",
        ),
        (
            {"status": ConnectionStatus.FAULT, "problem": "The disk is full."},
            "Fault: The disk is full.",
        ),
        (
            {"lacking": 63, "complete": False},
            "The Tickets API counts 63 more tickets than it gives: 1 are here.",
        ),
        ({"status": ConnectionStatus.STALE, "as_of": None}, "Stale: no ticket has been read yet."),
    ],
)
def test_health_begins_with_one_line(known: dict[str, Any], line: str) -> None:
    assert verdict(replace(ScriptedDesk().queries.known, **known), WORDS) == line


def test_scan_facts_say_where_it_is_and_what_it_proves() -> None:
    facts = scan_facts(SCAN, WORDS)

    assert facts["Now at"] == "row 1,200 of 41,200"
    assert facts["Order of the list"] == "updated, newest first"
    assert facts["Local copy and API"] == "count the same"
    assert "12:31" in facts["Every count agreed"]
    assert facts["Estimated missing"] == "0.0"


def test_scan_facts_count_what_was_met() -> None:
    facts = scan_facts(SCAN, WORDS)

    assert [facts[name] for name in list(facts)[-6:]] == ["3", "1", "0", "7", "2", "9"]


def test_counts_that_differ_from_the_api_are_named() -> None:
    facts = scan_facts(replace(SCAN, own_counts=replace(COUNTS, total=411, closed=399)), WORDS)

    assert facts["Local copy and API"] == "411 tickets here, 412 there; 399 closed here, 400 there"


def test_scan_facts_before_anything_was_read() -> None:
    facts = scan_facts(ScanProgress(), WORDS)

    assert (facts["Order of the list"], facts["Now at"]) == ("not known", "row 0")
    assert (facts["Every count agreed"], facts["Estimated missing"]) == ("not yet", "—")
    assert facts["Local copy and API"] == "the API gives no counts"
