"""Which answers may change what is held."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.merge import Doubt, Past, Verdict, age, is_newest_first, judge, merged
from app.domain.ticket import Ticket, TicketPage

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
HELD = Ticket(id="tkt_1", subject="held", status="open", updated_at=NOON)
SAME = replace(HELD, subject="same second")
NEWER = replace(HELD, subject="newer", updated_at=NOON + timedelta(seconds=1))
OLDER = replace(HELD, subject="older", updated_at=NOON - timedelta(seconds=1))
UNDATED = replace(HELD, subject="undated", updated_at=None)


@pytest.mark.parametrize(
    ("read", "started", "verdict"),
    [
        (SAME, 5, Verdict.TAKE),
        (SAME, 4, Verdict.IGNORE),
        (UNDATED, 5, Verdict.TAKE),
        (UNDATED, 4, Verdict.IGNORE),
        (NEWER, 1, Verdict.TAKE),
        (OLDER, 4, Verdict.IGNORE),
        (OLDER, 6, Verdict.DOUBT),
    ],
)
def test_later_request_wins_unless_the_api_says_otherwise(
    read: Ticket, started: int, verdict: Verdict
) -> None:
    assert judge(HELD, read, started=started, past=Past(latest=5)) is verdict


@pytest.mark.parametrize(
    ("read", "started", "verdict"),
    [
        (SAME, 9, Verdict.IGNORE),
        (SAME, 10, Verdict.IGNORE),
        (SAME, 11, Verdict.TAKE),
        (OLDER, 10, Verdict.IGNORE),
        (NEWER, 9, Verdict.TAKE),
    ],
)
def test_nothing_asked_for_before_a_write_undoes_it(
    read: Ticket, started: int, verdict: Verdict
) -> None:
    assert judge(HELD, read, started=started, past=Past(latest=3, floor=10)) is verdict


def test_ticket_gone_since_a_write_is_not_brought_back_by_an_old_list() -> None:
    assert judge(None, NEWER, started=10, past=Past(floor=10)) is Verdict.IGNORE


def test_going_back_in_time_is_believed_when_a_later_read_repeats_it() -> None:
    past = Past(latest=5, doubt=Doubt(claim=OLDER.updated_at, raised=7))

    assert judge(HELD, OLDER, started=8, past=past) is Verdict.TAKE
    assert judge(HELD, OLDER, started=7, past=past) is Verdict.DOUBT
    other = replace(OLDER, updated_at=NOON - timedelta(days=1))
    assert judge(HELD, other, started=8, past=past) is Verdict.DOUBT


def test_merged_keeps_what_the_answer_did_not_carry() -> None:
    short = Ticket(id="tkt_1", subject="short", absent=frozenset({"status", "updated_at"}))

    assert merged(HELD, short) == replace(HELD, subject="short")


def test_merged_takes_a_null_for_what_it_is() -> None:
    assert merged(HELD, replace(HELD, subject=None)).subject is None


def test_age_compares_only_what_both_know() -> None:
    assert [age(HELD, read) for read in (NEWER, SAME, OLDER, UNDATED)] == [1, 0, -1, 0]
    assert age(None, HELD) == age(UNDATED, HELD) == 0


def dated(*seconds: int | None) -> TicketPage:
    """A page of tickets updated so many seconds after noon."""
    times = [None if at is None else NOON + timedelta(seconds=at) for at in seconds]
    return TicketPage(
        tickets=tuple(Ticket(id=f"tkt_{n}", updated_at=at) for n, at in enumerate(times))
    )


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (dated(9, 5, 5, 1), True),
        (dated(9, 5, 6), False),
        (dated(5, 5), None),
        (dated(9, None, 1), None),
        (dated(), None),
    ],
)
def test_page_tells_whether_what_changed_last_comes_first(
    page: TicketPage, says: bool | None
) -> None:
    assert is_newest_first(page) is says


def test_unreadable_value_stays_unreadable_until_an_answer_carries_it() -> None:
    odd = Ticket(id="tkt_1", unreadable=frozenset({"order_amount"}))

    assert merged(odd, Ticket(id="tkt_1", absent=frozenset({"order_amount"}))) == odd
    assert merged(odd, Ticket(id="tkt_1")) == Ticket(id="tkt_1")
