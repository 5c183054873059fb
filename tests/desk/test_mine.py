"""*Mine*: what a seller has claimed, or was the last on this desk to answer."""

from pathlib import Path
from typing import Any

import pytest

from app.desk.claims import Claims
from app.domain.accounts import Role, SignInSession, User
from app.domain.filters import OWN_VIEWS, Own, filter_from_query, filter_to_query
from app.domain.outbox_entry import DeliveryState
from app.domain.signals import Changes
from app.domain.ticket import Status
from app.store.outbox.claims import ClaimStore
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.doubles.bench import Bench
from tests.doubles.doors import open_doors
from tests.store.shop import NOON, ticket

MINE = OWN_VIEWS[Own.MINE].filter
OUT = {"baseline": frozenset({"m1"}), "sent_at": NOON}
_I, _A, _U = DeliveryState.INFLIGHT, DeliveryState.ACCEPTED, DeliveryState.OUTCOME_UNKNOWN
CONFIRMED = (_I, _A, DeliveryState.CONFIRMED)


def session(name: str) -> SignInSession:
    user = User(user_id=name, name=name.title(), role=Role.SELLER)
    at = {"created_at": NOON, "seen_at": NOON}
    return SignInSession(session_id=name, user=user, device="", address="", **at)


async def mine(desk: Desk, name: str = "") -> set[str]:
    """The tickets of the view, whose count is right."""
    queries = desk.queries.by(session(name) if name else None)
    rows = (await queries.inbox(MINE, zone=UTC_ZONE)).rows
    assert (await queries.dashboard_stats(zone=UTC_ZONE)).views["mine"] == len(rows)
    return {row.ticket.id for row in rows}


async def reply(
    desk: Desk, ticket_id: str, author: str, *states: DeliveryState, **fields: Any
) -> None:
    entry_id = f"{ticket_id} {author} {len(states)}"
    entry = await desk.queue(entry_id, ticket_id, text="Hello", author=author, **fields)
    for state in states:
        changes = OUT | ({"message_id": entry_id} if state is DeliveryState.CONFIRMED else {})
        moved = await desk.outbox.change(entry, state=state, **changes)
        assert moved is not None
        entry = moved


async def test_mine_is_claimed_or_last_answered_here_by_the_seller(desk: Desk) -> None:
    await desk.hold(*(ticket(f"tkt_{n}") for n in range(1, 6)))
    await ClaimStore(desk.outbox.database, clock=desk.clock).put("tkt_1", "ana")
    await reply(desk, "tkt_2", "ana", *CONFIRMED)
    await reply(desk, "tkt_3", "ana", *CONFIRMED)
    await reply(desk, "tkt_3", "ben")
    await reply(desk, "tkt_4", "ben", *CONFIRMED)
    await desk.queue("close", "tkt_4", status=Status.CLOSED, author="ana")

    assert await mine(desk, "ana") == {"tkt_1", "tkt_2"}
    assert await mine(desk, "ben") == {"tkt_3", "tkt_4"}
    assert await mine(desk) == set()


async def test_mine_of_one_seller_is_what_this_desk_answered_last(desk: Desk) -> None:
    answered_elsewhere = ticket("tkt_2", has_owner_reply=True, message_count=4)
    await desk.hold(ticket("tkt_1"), answered_elsewhere)

    await reply(desk, "tkt_1", "", *CONFIRMED)

    assert await mine(desk) == {"tkt_1"}


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        ((), True),
        ((_I, _A), True),
        (CONFIRMED, True),
        ((DeliveryState.CANCELLED,), False),
        ((_I, DeliveryState.REFUSED), False),
        ((_I, _U, DeliveryState.UNCONFIRMED), False),
    ],
)
async def test_only_a_reply_that_goes_or_has_arrived_makes_a_ticket_mine(
    desk: Desk, states: tuple[DeliveryState, ...], *, counts: bool
) -> None:
    await desk.hold(ticket("tkt_1"))
    await reply(desk, "tkt_1", "ben", *CONFIRMED)

    await reply(desk, "tkt_1", "ana", *states, message_id=None)

    assert await mine(desk, "ana") == ({"tkt_1"} if counts else set())
    assert await mine(desk, "ben") == (set() if counts else {"tkt_1"})


def test_mine_is_an_address() -> None:
    assert filter_to_query(MINE) == {"view": "mine"}
    assert filter_from_query({"view": "mine"}) == MINE


async def test_claim_given_up_or_taken_over_tells_those_whose_tickets_differ(
    bench: Bench, tmp_path: Path
) -> None:
    async with open_doors(tmp_path, bench.clock) as doors:
        for name in ("Ana", "Ben"):
            await doors.add(name)
        claims = Claims(ClaimStore(bench.outbox.database, clock=bench.clock), doors.sign_ins)
        await claims.load()
        bench.commands._claims = claims
        sessions = [await doors.session(name) for name in ("Ana", "Ben")]
        ana, ben = (one.user.user_id for one in sessions)

        def told() -> set[str | None]:
            whose = {changes.marks for changes in bench.told if changes != Changes()}
            bench.told.clear()
            return whose - {None}

        await bench.commands.by(sessions[0]).claim("tkt_1")
        assert told() == {ana}
        await bench.commands.by(sessions[1]).claim("tkt_1", instead_of=ana)
        assert told() == {ana, ben}
        await bench.commands.by(sessions[1]).give_up_claim("tkt_1")
        assert told() == {ben}
