"""A claim says who has a ticket: durable, given up or taken over, and gone with its user."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desk.activity import ActivityLog
from app.desk.claims import Claims
from app.domain.accounts import Role
from app.store.outbox.claims import ClaimStore
from app.store.outbox.outbox import Outbox
from tests.doubles.bench import Bench
from tests.doubles.doors import Doors, open_doors


@pytest.fixture
async def doors(tmp_path: Path, bench: Bench) -> AsyncIterator[Doors]:
    """Ana, Ben and Cleo, each a seller at least."""
    async with open_doors(tmp_path, bench.clock) as opened:
        for name in ("Ana", "Ben", "Cleo"):
            await opened.add(name)
        yield opened


@pytest.fixture
async def claims(bench: Bench, doors: Doors) -> Claims:
    made = Claims(ClaimStore(bench.outbox.database, clock=bench.clock), doors.sign_ins)
    await made.load()
    bench.commands._claims = made
    return made


def held(claims: Claims) -> dict[str, str]:
    return {ticket_id: user.name for ticket_id, user in claims.all().items()}


async def test_claim_survives_a_restart(bench: Bench, doors: Doors, claims: Claims) -> None:
    ana = bench.commands.by(await doors.session("Ana"))
    await ana.claim("tkt_1")
    await bench.outbox.close()

    bench.outbox = await Outbox.open(bench.path, clock=bench.clock)
    anew = Claims(ClaimStore(bench.outbox.database, clock=bench.clock), doors.sign_ins)
    await anew.load()

    assert held(anew) == {"tkt_1": "Ana"}


async def test_claim_is_taken_over_given_up_and_logged_each_time(
    bench: Bench, doors: Doors, claims: Claims
) -> None:
    bench.commands._activity = activity = ActivityLog(doors.accounts, clock=bench.clock)
    told: list[frozenset[str]] = []
    claims.changed.subscribe(told.append)
    sessions = [await doors.session(name) for name in ("Ana", "Ben")]
    ana, ben = (bench.commands.by(session) for session in sessions)

    await ana.claim("tkt_1")
    await ben.claim("tkt_1", instead_of=sessions[0].user.user_id)
    assert held(claims) == {"tkt_1": "Ben"}
    await ana.give_up_claim("tkt_1")  # no longer hers
    assert held(claims) == {"tkt_1": "Ben"}
    await ben.give_up_claim("tkt_1")

    assert held(claims) == {}
    assert told == [frozenset({"tkt_1"})] * 3
    done = await activity.find(ticket_id="tkt_1")
    assert [f"{one.who}: {one.what}" for one in reversed(done)] == [
        "Ana: claimed",
        "Ben: took over from Ana",
        "Ben: gave up",
    ]


async def test_second_of_two_who_claim_at_once_takes_nothing_over(
    bench: Bench, doors: Doors, claims: Claims
) -> None:
    ana, ben, cleo = [await doors.session(name) for name in ("Ana", "Ben", "Cleo")]

    await bench.commands.by(ana).claim("tkt_1")
    await bench.commands.by(ben).claim("tkt_1")
    await bench.commands.by(cleo).claim("tkt_1", instead_of=ben.user.user_id)

    assert held(claims) == {"tkt_1": "Ana"}


async def test_claim_of_a_removed_user_vanishes_and_is_free_for_others(
    bench: Bench, doors: Doors, claims: Claims
) -> None:
    told: list[frozenset[str]] = []
    await bench.commands.by(await doors.session("Ben")).claim("tkt_1")
    claims.changed.subscribe(told.append)

    await doors.users.remove(await doors.users.named("Ben"), by="Ana")
    await doors.sign_ins.look()

    assert held(claims) == {}
    assert told == [frozenset({"tkt_1"})]
    await bench.commands.by(await doors.session("Ana")).claim("tkt_1")
    assert held(claims) == {"tkt_1": "Ana"}


async def test_claim_of_whoever_may_no_longer_answer_counts_as_none(
    bench: Bench, doors: Doors, claims: Claims
) -> None:
    await bench.commands.by(await doors.session("Ben")).claim("tkt_1")

    await doors.users.set_role(await doors.users.named("Ben"), Role.READER, by="Ana")
    await doors.sign_ins.look()

    assert held(claims) == {}


async def test_one_seller_before_there_are_users_claims_nothing(
    bench: Bench, claims: Claims
) -> None:
    await bench.commands.claim("tkt_1")
    await bench.commands.give_up_claim("tkt_1")

    assert held(claims) == {}


async def test_claim_goes_with_a_customer_who_is_forgotten(
    bench: Bench, doors: Doors, claims: Claims
) -> None:
    await bench.commands.by(await doors.session("Ana")).claim("tkt_1")

    await bench.outbox.forget({"tkt_1"}, even_unsettled=False)
    await claims.load()

    assert held(claims) == {}
