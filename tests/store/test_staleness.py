"""Which answers may change what is stored; thousands of short histories of one ticket."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from app.domain.ticket import Message, Sender, Ticket, TicketPage
from app.store.tickets.staleness import (
    Claim,
    Staleness,
    StalenessGuard,
    check_staleness,
    compare_age,
    is_newest_first,
    merge,
)
from app.store.tickets.upsert import StoredTicket
from tests.store.shop import NOON, answered, asked, message, ticket

HISTORIES = 3000
STEPS = 40


@dataclass
class Request:
    """A request under way; `answer` is None until the server has looked."""

    started: int
    is_list: bool
    answer: StoredTicket | None = None


class History:
    """One server, one copy, and what is on its way between them."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 not a secret
        self.guard = StalenessGuard()
        self.now = NOON
        self.server = StoredTicket(ticket=ticket(updated_at=NOON), messages=())
        self.held: StoredTicket | None = None
        self.newest = 0
        self.requests: list[Request] = []
        self.steps = (
            *(self.pass_a_second, self.write, self.write, self.close, self.leave, self.leave),
            *(self.answer, self.answer, self.arrive, self.arrive),
        )

    def run(self) -> None:
        """Let things happen, then everything arrive and the copy be read twice more."""
        for _ in range(STEPS):
            self.chance.choice(self.steps)()
        while self.requests:
            self.answer()
            self.arrive()
        self.hear(is_list=True)
        self.check_what_is_due()
        for is_list in (False, True, False, True):
            self.hear(is_list=is_list)
        assert self.held
        assert not self.held.is_stale

    def hear(self, *, is_list: bool) -> None:
        """A whole request while nothing else is on its way."""
        self.leave(is_list=is_list)
        self.answer()
        self.arrive()

    def pass_a_second(self) -> None:
        self.now += timedelta(seconds=1)

    def write(self) -> None:
        messages: tuple[Message, ...] = self.server.messages or ()
        new = message(f"msg_{len(messages)}", self.chance.choice(list(Sender)), "words", self.now)
        changed = replace(self.server.ticket, updated_at=self.now, message_count=len(messages) + 1)
        self.server = StoredTicket(ticket=changed, messages=(*messages, new))

    def close(self) -> None:
        status = self.chance.choice(["open", "closed"])
        changed = replace(self.server.ticket, updated_at=self.now, status=status)
        self.server = replace(self.server, ticket=changed)

    def leave(self, *, is_list: bool | None = None) -> None:
        self.newest += 1
        is_list = self.chance.random() < 0.4 if is_list is None else is_list
        self.requests.append(Request(self.newest, is_list))

    def answer(self) -> None:
        waiting = [request for request in self.requests if request.answer is None]
        if waiting:
            request = self.chance.choice(waiting)
            messages = None if request.is_list else self.server.messages
            request.answer = StoredTicket(ticket=self.server.ticket, messages=messages)

    def arrive(self) -> None:
        arriving = [request for request in self.requests if request.answer is not None]
        if not arriving:
            return
        request = self.chance.choice(arriving)
        self.requests.remove(request)
        assert request.answer
        before, started = self.held, request.started
        after = self.guard.resolve(before, request.answer, started=started, newest=self.newest)
        self.held = after or before
        if before is not None and after is not None:
            self.check_nothing_undone(before, after)

    def check_what_is_due(self) -> None:
        """What a quiet list does not leave to be read is held as the server has it."""
        assert self.held
        assert self.held.is_stale or self.held.messages == self.server.messages

    def check_nothing_undone(self, before: StoredTicket, after: StoredTicket) -> None:
        assert after != before
        assert before.ticket.updated_at
        assert after.ticket.updated_at
        assert after.ticket.updated_at >= before.ticket.updated_at
        assert {m.id for m in after.messages or ()} >= {m.id for m in before.messages or ()}


def test_late_answers_undo_nothing_and_the_copy_ends_as_the_server() -> None:
    for seed in range(HISTORIES):
        history = History(seed)

        history.run()

        assert history.held
        assert history.held.ticket == history.server.ticket, seed
        assert history.held.messages == history.server.messages, seed


def test_new_messages_are_taken_although_a_later_list_came_first() -> None:
    guard = StalenessGuard()
    before = StoredTicket(ticket=ticket(updated_at=NOON), messages=(asked("A"),))
    moved = ticket(updated_at=NOON + timedelta(seconds=9))
    held = guard.resolve(None, before, started=1, newest=3)
    held = guard.resolve(held, StoredTicket(ticket=moved), started=3, newest=3)

    read = StoredTicket(ticket=moved, messages=(asked("A"), asked("B")))
    after = guard.resolve(held, read, started=2, newest=3)

    assert after
    assert after.messages == read.messages


def test_messages_of_an_older_state_do_not_replace_newer_ones() -> None:
    guard = StalenessGuard()
    now = StoredTicket(ticket=ticket(updated_at=NOON), messages=(asked("A"),))
    held = guard.resolve(None, now, started=1, newest=1)

    older = ticket(updated_at=NOON - timedelta(seconds=9))
    edited = replace(asked("A"), text="as it was before")

    read = StoredTicket(ticket=older, messages=(edited,))
    assert guard.resolve(held, read, started=2, newest=2) is None


def test_messages_of_an_overtaken_read_are_better_than_none() -> None:
    guard = StalenessGuard()
    newer = ticket(updated_at=NOON, subject="newer")
    held = guard.resolve(None, StoredTicket(ticket=newer), started=2, newest=2)
    older = ticket(updated_at=NOON - timedelta(seconds=9), subject="older")

    after = guard.resolve(
        held, StoredTicket(ticket=older, messages=(asked(),)), started=1, newest=2
    )

    assert after
    assert (after.ticket, after.messages, after.is_stale) == (newer, (asked(),), True)


def test_older_read_with_the_same_second_does_not_replace_messages() -> None:
    guard = StalenessGuard()
    seen = ticket(updated_at=NOON)
    later = StoredTicket(ticket=seen, messages=(asked("A"), answered("B")))
    held = guard.resolve(None, later, started=2, newest=2)

    edited = (replace(asked("A"), text="as it was before"), answered("B"))
    after = guard.resolve(held, StoredTicket(ticket=seen, messages=edited), started=1, newest=2)

    assert after == replace(later, read_at=2, is_stale=True)  # to be read once more


def test_message_that_only_an_overtaken_read_has_is_taken_and_read_once_more() -> None:
    guard = StalenessGuard()
    seen = ticket(updated_at=NOON)
    held = guard.resolve(
        None, StoredTicket(ticket=seen, messages=(asked("A"),)), started=2, newest=2
    )
    guard.fence(seen.id, 5)

    more = (asked("A"), answered("B"))
    after = guard.resolve(held, StoredTicket(ticket=seen, messages=more), started=4, newest=5)

    assert after
    assert (after.messages, after.is_stale) == (more, True)


def test_list_of_the_same_second_that_came_too_late_leaves_the_ticket_to_be_read() -> None:
    guard = StalenessGuard()
    seen = ticket(updated_at=NOON)
    held = guard.resolve(None, StoredTicket(ticket=seen, messages=(asked(),)), started=2, newest=2)
    assert held
    assert not held.is_stale

    same = guard.resolve(held, StoredTicket(ticket=seen), started=1, newest=2)
    after = guard.resolve(
        held, StoredTicket(ticket=replace(seen, status="closed")), started=1, newest=2
    )

    assert same is None
    assert after == replace(held, is_stale=True)


@pytest.mark.parametrize(
    "moved", [{"updated_at": NOON + timedelta(seconds=1)}, {"message_count": 0}, {}]
)
def test_list_that_says_a_ticket_moved_leaves_its_messages_to_be_read(
    moved: dict[str, object],
) -> None:
    guard = StalenessGuard()
    seen = ticket(updated_at=NOON, message_count=1)
    held = guard.resolve(None, StoredTicket(ticket=seen, messages=(asked(),)), started=1, newest=1)

    later = guard.resolve(held, StoredTicket(ticket=replace(seen, **moved)), started=2, newest=2)  # type: ignore[arg-type]  # names are checked by Ticket

    assert (later.is_stale if later else False) == bool(moved)
    assert (later or held).messages == (asked(),)  # type: ignore[union-attr]  # one of them is


@pytest.mark.parametrize("asked_again_at", [3, 4])
def test_lost_message_is_believed_lost_when_a_later_read_repeats_it(asked_again_at: int) -> None:
    guard = StalenessGuard()
    seen = ticket(updated_at=NOON)
    both, one = (asked("A"), answered("B")), (asked("A"),)
    held = guard.resolve(None, StoredTicket(ticket=seen, messages=both), started=1, newest=1)

    first = guard.resolve(held, StoredTicket(ticket=seen, messages=one), started=2, newest=3)
    again = StoredTicket(ticket=seen, messages=one)
    second = guard.resolve(held, again, started=asked_again_at, newest=asked_again_at)

    assert first is None
    assert (second is not None) == (asked_again_at > 3)


def test_nothing_asked_for_before_our_write_is_believed() -> None:
    guard = StalenessGuard()
    seen = ticket(updated_at=NOON)
    held = guard.resolve(None, StoredTicket(ticket=seen, messages=()), started=1, newest=1)
    guard.fence(seen.id, 5)
    stale = StoredTicket(ticket=replace(seen, subject="stale"), messages=())

    assert guard.resolve(held, stale, started=4, newest=5) is None
    assert guard.resolve(held, stale, started=6, newest=6) is not None


HELD = Ticket(id="tkt_1", subject="held", status="open", updated_at=NOON)
SAME = replace(HELD, subject="same second")
NEWER = replace(HELD, subject="newer", updated_at=NOON + timedelta(seconds=1))
OLDER = replace(HELD, subject="older", updated_at=NOON - timedelta(seconds=1))
UNDATED = replace(HELD, subject="undated", updated_at=None)


@pytest.mark.parametrize(
    ("read", "started", "staleness"),
    [
        (SAME, 5, Staleness.CURRENT),
        (SAME, 4, Staleness.STALE),
        (UNDATED, 5, Staleness.CURRENT),
        (UNDATED, 4, Staleness.STALE),
        (NEWER, 1, Staleness.CURRENT),
        (OLDER, 4, Staleness.STALE),
        (OLDER, 6, Staleness.UNCONFIRMED),
    ],
)
def test_later_request_wins_unless_the_api_says_otherwise(
    read: Ticket, started: int, staleness: Staleness
) -> None:
    assert check_staleness(HELD, read, started=started, accepted=5) is staleness


@pytest.mark.parametrize(
    ("read", "started", "staleness"),
    [
        (SAME, 9, Staleness.STALE),
        (SAME, 10, Staleness.STALE),
        (SAME, 11, Staleness.CURRENT),
        (OLDER, 10, Staleness.STALE),
        (NEWER, 9, Staleness.CURRENT),
    ],
)
def test_nothing_asked_for_before_a_write_undoes_it(
    read: Ticket, started: int, staleness: Staleness
) -> None:
    assert check_staleness(HELD, read, started=started, accepted=3, fence=10) is staleness


def test_ticket_gone_since_a_write_is_not_brought_back_by_an_old_list() -> None:
    assert check_staleness(None, NEWER, started=10, fence=10) is Staleness.STALE


def test_going_back_in_time_is_believed_when_a_later_read_repeats_it() -> None:
    claim = Claim(said=OLDER.updated_at, raised=7)
    check = partial(check_staleness, HELD, accepted=5, claim=claim)

    assert check(OLDER, started=8) is Staleness.CURRENT
    assert check(OLDER, started=7) is Staleness.UNCONFIRMED
    other = replace(OLDER, updated_at=NOON - timedelta(days=1))
    assert check(other, started=8) is Staleness.UNCONFIRMED


def test_merge_keeps_what_the_answer_did_not_carry() -> None:
    short = Ticket(id="tkt_1", subject="short", absent=frozenset({"status", "updated_at"}))

    assert merge(HELD, short) == replace(HELD, subject="short")


def test_merge_takes_a_null_for_what_it_is() -> None:
    assert merge(HELD, replace(HELD, subject=None)).subject is None


def test_age_compares_only_what_both_know() -> None:
    assert [compare_age(HELD, read) for read in (NEWER, SAME, OLDER, UNDATED)] == [1, 0, -1, 0]
    assert compare_age(None, HELD) == compare_age(UNDATED, HELD) == 0


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

    assert merge(odd, Ticket(id="tkt_1", absent=frozenset({"order_amount"}))) == odd
    assert merge(odd, Ticket(id="tkt_1")) == Ticket(id="tkt_1")
