"""One-time codes after the password, and recovery codes for the day on which the phone is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import segno
from pyotp import TOTP

from app.desk.sign_ins import CODE_SECONDS
from app.domain.accounts import LONGEST_NAME, SignInSession, User
from app.domain.errors import CodeWantedError, SignInRefusedError, WrongCodeError
from app.store.accounts.one_time_codes import is_secret, new_secret, setup_address
from tests.doubles.clock import HandClock
from tests.doubles.doors import HERE, Doors, browser, open_doors

DAY = 86_400
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # of this test alone


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def doors(tmp_path: Path, clock: HandClock) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, clock) as opened:
        yield opened


def shown(clock: HandClock, *, seconds: float = 0) -> str:
    """The code that the phone shows, so many seconds before or after the desk's time."""
    return TOTP(SECRET).at(clock.now().timestamp() + seconds)


async def with_codes(doors: Doors, clock: HandClock) -> tuple[User, SignInSession, tuple[str, ...]]:
    """Ana, who has set up codes in this session a minute ago, and her recovery codes."""
    ana = await doors.add("Ana")
    session = await doors.session("Ana")
    recovery = await doors.users.turn_on_codes(
        ana, SECRET, shown(clock), address=HERE, but_session=session.session_id
    )
    clock.advance(60)
    return ana, session, recovery


async def half_in(doors: Doors, address: str = HERE) -> str:
    with pytest.raises(CodeWantedError) as caught:
        await doors.enter("Ana", address=address)
    return caught.value.half


async def enter(doors: Doors, typed: str, half: str = "", address: str = HERE) -> str:
    half = half or await half_in(doors, address)
    return await doors.sign_ins.enter_code(half, typed, browser(address=address))


async def refused(doors: Doors, typed: str, half: str = "") -> SignInRefusedError:
    with pytest.raises(SignInRefusedError) as caught:
        await enter(doors, typed, half)
    return caught.value


async def test_password_alone_lets_nobody_in_who_has_codes(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    half = await half_in(doors)

    assert doors.sign_ins.session_of(half) is None
    assert doors.sign_ins.session_of(await enter(doors, shown(clock), half))


async def test_codes_count_only_once_one_of_them_was_typed(doors: Doors, clock: HandClock) -> None:
    ana = await doors.add("Ana")
    for wrong in ("", "000000", shown(clock, seconds=DAY)):
        with pytest.raises(WrongCodeError):
            await doors.users.turn_on_codes(ana, SECRET, wrong, address=HERE, but_session="")

    assert await doors.enter("Ana")


async def test_code_is_accepted_once(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    code = shown(clock)
    await enter(doors, code)
    half = await half_in(doors)

    assert isinstance(await refused(doors, code, half), WrongCodeError)
    assert isinstance(await refused(doors, shown(clock, seconds=-30), half), WrongCodeError)
    assert await enter(doors, shown(clock, seconds=30), half)


async def test_code_that_turned_codes_on_signs_nobody_in(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    clock.set_wrong(-60)

    assert isinstance(await refused(doors, shown(clock)), WrongCodeError)


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
async def test_code_counts_in_its_half_minute_and_in_those_beside_it(
    doors: Doors, clock: HandClock, seconds: int, counts: bool
) -> None:
    await with_codes(doors, clock)
    code = shown(clock, seconds=seconds)

    if counts:
        assert await enter(doors, code)
    else:
        assert isinstance(await refused(doors, code), WrongCodeError)


async def test_code_is_read_however_a_keyboard_writes_digits(
    doors: Doors, clock: HandClock
) -> None:
    await with_codes(doors, clock)
    code = shown(clock)
    arabic = "".join(chr(0x660 + int(digit)) for digit in code)

    assert await enter(doors, f" {arabic[:3]}\u00a0{arabic[3:]}\n")


async def test_wrong_code_says_what_the_desks_clock_says(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    clock.set_wrong(DAY)

    said = await refused(doors, shown(clock, seconds=-DAY))

    assert isinstance(said, WrongCodeError)
    assert said.now == clock.now()


async def test_code_of_a_clock_that_was_ahead_keeps_nobody_out(
    doors: Doors, clock: HandClock
) -> None:
    await with_codes(doors, clock)
    clock.set_wrong(DAY)
    await enter(doors, shown(clock))
    clock.set_wrong(-DAY)

    assert await enter(doors, shown(clock))


async def test_wrong_codes_are_slowed_down_as_passwords_are(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    half, looked_at = await half_in(doors), 0
    for _ in range(1000):
        looked_at += not (await refused(doors, "000000", half)).wait_seconds

    assert looked_at < 10
    assert (await refused(doors, shown(clock), half)).wait_seconds


async def test_right_password_does_not_make_wrong_codes_count_less(
    doors: Doors, clock: HandClock
) -> None:
    await with_codes(doors, clock)
    for _ in range(2):
        await refused(doors, "000000")
    half = await half_in(doors)

    assert (await refused(doors, shown(clock), half)).wait_seconds


async def test_right_code_starts_the_count_of_guesses_afresh(
    doors: Doors, clock: HandClock
) -> None:
    await with_codes(doors, clock)
    for _ in range(5):
        half = await half_in(doors)
        await refused(doors, "000000", half)
        assert await enter(doors, shown(clock), half)
        clock.advance(30)


async def test_code_comes_within_minutes_of_the_password(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    half = await half_in(doors)
    clock.advance(CODE_SECONDS)

    said = await refused(doors, shown(clock), half)

    assert "too late" in str(said)
    assert not isinstance(said, WrongCodeError)


async def test_code_is_of_no_use_without_the_password(doors: Doors, clock: HandClock) -> None:
    await with_codes(doors, clock)
    half = await half_in(doors)
    await enter(doors, shown(clock), half)
    clock.advance(30)

    for other in (half, "guessed"):
        assert "too late" in str(await refused(doors, shown(clock), other))


@pytest.mark.parametrize("write", [str, str.upper, lambda code: f" {code.replace('-', ' ')} "])
async def test_recovery_code_lets_in_once(doors: Doors, clock: HandClock, write: type[str]) -> None:
    ana, _, recovery = await with_codes(doors, clock)
    assert len(set(recovery)) == 10

    assert await enter(doors, write(recovery[3]))
    assert isinstance(await refused(doors, write(recovery[3])), WrongCodeError)

    assert (await doors.users.recovery_codes_left())[ana.user_id] == 9


async def test_recovery_codes_are_kept_as_hashes_alone(doors: Doors, clock: HandClock) -> None:
    _, _, recovery = await with_codes(doors, clock)
    rows = await doors.accounts.database.read(
        lambda c: [str(row["code_hash"]) for row in c.execute("SELECT * FROM recovery_code")]
    )
    assert len(rows) == 10

    for code in recovery:
        for written in (code, code.upper(), code.replace("-", ""), code.replace("-", "").upper()):
            assert not any(written in row for row in rows)


async def test_new_recovery_codes_end_those_of_before(doors: Doors, clock: HandClock) -> None:
    ana, _, before = await with_codes(doors, clock)

    after = await doors.users.renew_recovery_codes(ana, address=HERE)

    assert isinstance(await refused(doors, before[0]), WrongCodeError)
    assert await enter(doors, after[0])


async def test_recovery_code_of_one_user_is_of_no_use_to_another(
    doors: Doors, clock: HandClock
) -> None:
    await with_codes(doors, clock)
    ben = await doors.add("Ben")
    other = new_secret()
    code = TOTP(other).at(clock.now())
    theirs = await doors.users.turn_on_codes(ben, other, code, address=HERE, but_session="")

    assert isinstance(await refused(doors, theirs[0]), WrongCodeError)


async def test_turning_codes_on_ends_the_sessions_that_began_without(
    doors: Doors, clock: HandClock
) -> None:
    await doors.add("Ana")
    there = await doors.session("Ana")
    ana, here = there.user, await doors.session("Ana")

    await doors.users.turn_on_codes(
        ana, SECRET, shown(clock), address=HERE, but_session=here.session_id
    )
    await doors.sign_ins.look()

    assert [doors.sign_ins.is_live(one) for one in (here, there)] == [True, False]


async def test_user_who_lost_the_phone_is_let_in_by_the_password_and_out_everywhere(
    doors: Doors, clock: HandClock
) -> None:
    ana, session, recovery = await with_codes(doors, clock)

    await doors.users.turn_off_codes(ana, by="command line")
    await doors.sign_ins.look()

    assert not doors.sign_ins.is_live(session)
    assert await doors.enter("Ana")
    assert await doors.users.recovery_codes_left() == {}
    again = await doors.users.turn_on_codes(ana, SECRET, shown(clock), address=HERE, but_session="")
    assert not set(again) & set(recovery)


async def test_password_that_was_changed_meanwhile_makes_a_code_worthless(
    doors: Doors, clock: HandClock
) -> None:
    ana, _, _ = await with_codes(doors, clock)
    half = await half_in(doors)
    await doors.users.set_password(ana, "quite another", by="Ana")

    assert "just been changed" in str(await refused(doors, shown(clock), half))


async def test_what_is_done_with_codes_is_in_the_log(doors: Doors, clock: HandClock) -> None:
    ana, _, recovery = await with_codes(doors, clock)
    await enter(doors, shown(clock))
    await enter(doors, recovery[0])
    await refused(doors, "123")
    await doors.users.renew_recovery_codes(ana, address=HERE)
    await doors.users.turn_off_codes(ana, by="Ana", address=HERE)
    await doors.users.turn_off_codes(ana, by="Ben")

    assert (await doors.log())[2:] == [
        "Ana: turned one-time codes on",
        "Ana: signed in by a code with Firefox",
        "Ana: signed in by a recovery code with Firefox",
        "Ana: was refused with a wrong code",
        "Ana: made new recovery codes",
        "Ana: turned one-time codes off",
        "Ben: took the codes off user Ana",
    ]


def test_secret_has_160_bits_and_a_part_of_it_is_none() -> None:
    secret = new_secret()

    assert len(TOTP(secret).byte_secret()) * 8 == 160
    assert is_secret(secret)
    assert not any(map(is_secret, (secret[1:], f"{secret}A", secret.lower(), f"{secret[1:]}=", "")))


@pytest.mark.parametrize("name", ["Ana", "x" * LONGEST_NAME, "\u0416" * LONGEST_NAME, "\U0001f600"])
def test_qr_code_of_any_name_fits_a_terminal_and_is_no_micro_one(name: str) -> None:
    address = setup_address(SECRET, name)
    code = segno.make_qr(address, error="l")

    assert address.startswith("otpauth://totp/Ticketdesk:")
    assert f"secret={SECRET}&issuer=Ticketdesk" in address
    assert not code.is_micro
    assert (code.symbol_size(border=1)[1] + 1) // 2 <= 24
    assert code.symbol_size(border=1)[0] <= 80
