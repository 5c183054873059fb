"""Signing in and out: who is let in, for how long, and how often somebody may guess."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.domain.accounts import Role
from app.domain.errors import SignInRefusedError, StoreFullError
from tests.doubles.clock import HandClock
from tests.doubles.doors import HERE, WORD, Doors, browser, open_doors

HOUR, DAY = 3600, 86_400
ELSEWHERE = "192.0.2.7"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def doors(tmp_path: Path, clock: HandClock) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, clock) as opened:
        yield opened


async def refused(
    doors: Doors, name: str, typed: str = "wrong", address: str = HERE
) -> SignInRefusedError:
    with pytest.raises(SignInRefusedError) as caught:
        await doors.enter(name, typed=typed, address=address)
    return caught.value


async def test_right_password_lets_in_and_wrong_one_does_not(doors: Doors) -> None:
    ana = await doors.add("Ana")

    assert (await doors.session("ana")).user == ana
    assert doors.sign_ins.session_of("guessed") is None
    assert doors.sign_ins.session_of(None) is None
    await refused(doors, "Ana")


async def test_password_is_the_same_however_its_letters_are_composed(doors: Doors) -> None:
    await doors.users.add("Ana", "cafe\u0301 au lait", by="test")

    assert await doors.enter("Ana", typed="caf\u00e9 au lait")


async def test_unknown_name_gets_the_answer_of_a_wrong_password(doors: Doors) -> None:
    await doors.add("Ana")

    assert str(await refused(doors, "Ana")) == str(await refused(doors, "Eve"))


async def test_unknown_name_costs_a_hash_as_well(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doors.add("Ana")
    checked: list[str] = []
    passwords = doors.sign_ins._passwords
    real = passwords._is_right
    monkeypatch.setattr(
        passwords, "_is_right", lambda kept, given: checked.append(kept) or real(kept, given)
    )
    for name in ("Ana", "Eve"):
        await refused(doors, name)

    assert [kept.split("$")[:4] for kept in checked] == 2 * [checked[0].split("$")[:4]]


async def test_each_sign_in_has_a_token_of_its_own(doors: Doors) -> None:
    await doors.add("Ana")

    first, second = await doors.enter("Ana"), await doors.enter("Ana")

    assert first != second
    assert len(first) >= 43  # 256 bits


async def test_five_guesses_are_free_then_each_waits_longer(doors: Doors, clock: HandClock) -> None:
    await doors.add("Ana")
    waits = []
    for _ in range(5):
        assert not (await refused(doors, "Ana")).wait_seconds
    for _ in range(5):
        waits.append((await refused(doors, "Ana")).wait_seconds)
        clock.advance(waits[-1])
        assert not (await refused(doors, "Ana")).wait_seconds

    assert waits == [1, 2, 4, 8, 16]
    assert (await refused(doors, "Ana", WORD)).wait_seconds > 800


async def test_a_thousand_guesses_reach_the_password_ten_times(doors: Doors) -> None:
    await doors.add("Ana")
    looked_at = 0
    for guess in range(1000):
        looked_at += not (await refused(doors, "Ana", f"guess {guess}")).wait_seconds

    assert looked_at <= 10


async def test_guesses_at_once_are_counted_before_they_are_looked_at(doors: Doors) -> None:
    await doors.add("Ana")

    answers = await asyncio.gather(*(refused(doors, "Ana", f"guess {n}") for n in range(20)))

    assert sum(not answer.wait_seconds for answer in answers) == 5


async def test_guesses_at_many_names_count_for_the_address(doors: Doors) -> None:
    await doors.add("Ana")
    for n in range(5):
        assert not (await refused(doors, f"name {n}")).wait_seconds

    assert (await refused(doors, "Ana", WORD)).wait_seconds
    assert await doors.enter("Ana", address=ELSEWHERE)


async def test_addresses_of_one_house_guess_as_one(doors: Doors) -> None:
    await doors.add("Ana")
    for n in range(5):
        await refused(doors, f"name {n}", address=f"2001:db8:1:2::{n}")

    assert (await refused(doors, "Ana", WORD, "2001:db8:1:2:ffff::1")).wait_seconds
    assert await doors.enter("Ana", address="2001:db8:1:3::1")


async def test_user_is_known_from_every_address_of_their_house(doors: Doors) -> None:
    await doors.add("Ana")
    await doors.enter("Ana", address="2001:db8:1:2::1")
    for n in range(20):
        await refused(doors, "Ana", address=f"192.0.2.{n}")

    assert await doors.enter("Ana", address="2001:db8:1:2::2")


async def test_stranger_who_guesses_does_not_keep_the_user_out(
    doors: Doors, clock: HandClock
) -> None:
    await doors.add("Ana")
    await doors.enter("Ana", address=HERE)
    for n in range(20):
        await refused(doors, "Ana", address=f"192.0.2.{n}")

    assert await doors.enter("Ana", address=HERE)


async def test_stranger_does_not_keep_a_user_out_who_has_signed_out(doors: Doors) -> None:
    ana = await doors.add("Ana")
    await doors.sign_ins.sign_out(await doors.session("Ana"), by=ana)
    for n in range(20):
        await refused(doors, "Ana", address=f"192.0.2.{n}")

    assert await doors.enter("Ana", address=HERE)


async def test_colleague_who_mistypes_does_not_keep_out_others_at_the_same_address(
    doors: Doors,
) -> None:
    for name in ("Ana", "Ben"):
        await doors.add(name)
        await doors.enter(name)
    for _ in range(6):
        await refused(doors, "Ben")
    for n in range(6):
        await refused(doors, f"name {n}")

    assert await doors.enter("Ana")
    assert (await refused(doors, "Ben", WORD)).wait_seconds


async def test_guesses_are_kept_over_a_restart(
    doors: Doors, tmp_path: Path, clock: HandClock
) -> None:
    await doors.add("Ana")
    for _ in range(5):
        await refused(doors, "Ana")

    async with open_doors(tmp_path, clock) as later:
        assert (await refused(later, "Ana", WORD)).wait_seconds


async def test_guesses_of_a_clock_that_was_ahead_count_no_more(
    doors: Doors, clock: HandClock
) -> None:
    await doors.add("Ana")
    clock.set_wrong(1 * DAY)
    for _ in range(5):
        await refused(doors, "Ana")
    clock.set_wrong(-1 * DAY)

    assert await doors.enter("Ana")


@pytest.mark.parametrize(
    ("pauses", "is_in"), [([11], True), ([13], False), ([11] * 15, True), ([11] * 16, False)]
)
async def test_session_ends_when_idle_and_after_a_week(
    doors: Doors, clock: HandClock, pauses: list[int], is_in: bool
) -> None:
    await doors.add("Ana")
    token = await doors.enter("Ana")

    for hours in pauses:
        clock.set_wrong(hours * HOUR)
        if session := doors.sign_ins.session_of(token):
            doors.sign_ins.use(session)
        await doors.sign_ins.look()

    assert bool(doors.sign_ins.session_of(token)) == is_in


async def test_session_of_a_clock_that_was_ahead_is_over(doors: Doors, clock: HandClock) -> None:
    await doors.add("Ana")
    clock.set_wrong(300 * DAY)
    token = await doors.enter("Ana")
    clock.set_wrong(-300 * DAY)

    await doors.sign_ins.look()

    assert doors.sign_ins.session_of(token) is None


async def test_signing_in_again_ends_the_session_that_the_browser_had(doors: Doors) -> None:
    await doors.add("Ana")
    await doors.add("Ben")
    before = await doors.enter("Ana")

    after = await doors.sign_ins.sign_in("Ben", WORD, browser(token=before))

    assert doors.sign_ins.session_of(before) is None
    assert doors.sign_ins.session_of(after)


async def test_session_is_ended_also_while_its_use_cannot_be_written(
    doors: Doors, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doors.add("Ana")
    session = await doors.session("Ana")
    await doors.accounts.end_session(session.session_id)
    monkeypatch.setattr(doors.accounts, "touch", Mock(side_effect=StoreFullError("Full.")))
    clock.advance(600)
    doors.sign_ins.use(session)

    await doors.sign_ins.look()

    assert not doors.sign_ins.is_live(session)


@pytest.mark.parametrize("how", ["signed out", "removed", "password", "role"])
async def test_session_is_over_as_soon_as_its_end_was_looked_at(doors: Doors, how: str) -> None:
    await doors.add("Ana")
    ben = await doors.add("Ben")
    session = await doors.session("Ben")
    told: list[None] = []
    doors.sign_ins.changed.subscribe(told.append)

    match how:
        case "signed out":
            await doors.accounts.end_session(session.session_id)
        case "removed":
            await doors.users.remove(ben, by="command line")
        case "password":
            await doors.users.set_password(ben, "quite another", by="command line")
        case "role":
            await doors.users.set_role(ben, Role.READER, by="command line")
    assert doors.sign_ins.is_live(session)
    await doors.sign_ins.look()

    assert not doors.sign_ins.is_live(session)
    assert told


async def test_own_session_stays_when_one_changes_the_password(doors: Doors) -> None:
    ana = await doors.add("Ana")
    here, there = await doors.session("Ana"), await doors.session("Ana")

    await doors.users.set_password(ana, "quite another", by="Ana", but_session=here.session_id)
    await doors.sign_ins.look()

    assert [doors.sign_ins.is_live(one) for one in (here, there)] == [True, False]


async def test_one_seller_of_before_is_out_once_there_is_a_user(doors: Doors) -> None:
    assert doors.sign_ins.is_live(None)

    await doors.add("Ana")

    assert not doors.sign_ins.is_live(None)


@pytest.mark.parametrize("how", ["password", "removed"])
async def test_sign_in_that_overlaps_a_change_of_the_password_makes_no_session(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    await doors.add("Ana")
    ben = await doors.add("Ben")
    is_right = doors.sign_ins._passwords.is_right

    async def overlapped(kept: str | None, typed: str) -> bool:
        known = await is_right(kept, typed)
        if how == "password":
            await doors.users.set_password(ben, "quite another", by="Ana")
        else:
            await doors.users.remove(ben, by="Ana")
        return known

    monkeypatch.setattr(doors.sign_ins._passwords, "is_right", overlapped)
    assert "just been changed" in str(await refused(doors, "Ben", WORD))

    await doors.sign_ins.look()
    assert doors.sign_ins.sessions_of(ben) == ()


async def test_sign_ins_and_refusals_are_in_the_log_without_what_was_typed(doors: Doors) -> None:
    ana = await doors.add("Ana")
    session = await doors.session("Ana")
    await doors.sign_ins.sign_out(session, by=ana)
    await refused(doors, "Ana")
    await refused(doors, "a password typed as a name")

    assert (await doors.log())[1:] == [
        "Ana: signed in with Firefox",
        "Ana: signed out (Firefox)",
        "Ana: was refused at sign-in",
        ": was refused at sign-in",
    ]


async def test_desk_that_others_can_reach_asks_also_when_its_last_user_is_gone(
    tmp_path: Path, clock: HandClock
) -> None:
    async with open_doors(tmp_path, clock, always=True) as doors:
        assert doors.sign_ins.must_sign_in
        assert not doors.sign_ins.is_live(None)
