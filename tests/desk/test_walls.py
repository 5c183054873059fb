"""The displays on the walls: links and codes, what lets them in and what does not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.desk.walls import (
    CODE_LENGTH,
    CODE_SECONDS,
    MOST_CODES,
    MOST_CODES_OF_ONE,
    MOST_GUESSES,
    NO_CODE,
    TOO_MANY_GUESSES,
    Walls,
)
from app.domain.errors import AccountError, StoreFullError, WallLinkError
from app.domain.wall_links import (
    LASTS,
    SILENT_AFTER,
    Masking,
    WallBoard,
    WallPanel,
    WallSize,
    WallView,
)
from app.store.accounts.accounts import Accounts
from app.store.accounts.wall_links import EXPIRED, REVOKED, UNKNOWN, USED
from tests.doubles.clock import HandClock

HERE = "192.0.2.7"


CHOSEN = WallBoard(
    view=WallView.NEVER_ANSWERED,
    masking=Masking.NUMBERS,
    size=WallSize.FAR,
    amber_hours=2,
    red_hours=8,
    dwell_seconds=30,
    night=(22, 6),
    rotation=(WallPanel.AGES, WallPanel.TREND),
)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def walls(tmp_path: Path, clock: HandClock) -> AsyncIterator[Walls]:
    accounts = await Accounts.open(tmp_path, clock=clock)
    yield Walls(accounts, clock=clock)
    await accounts.close()


async def opened(walls: Walls, name: str = "Hall") -> str:
    """A link that a display has used; its cookie."""
    _, token = await walls.new(name, by="Ana")
    cookie = await walls.exchange(token, held=None)
    link = walls.link_of(cookie)
    assert link
    await walls.use(link)
    return cookie


async def test_link_lets_one_display_in_as_it_was_made(walls: Walls, clock: HandClock) -> None:
    link, token = await walls.new(" Hall ", board=CHOSEN, by="Ana")

    let_in = walls.link_of(await walls.exchange(token, held=None))

    assert let_in
    assert (let_in.link_id, let_in.name) == (link.link_id, "Hall")
    assert let_in.board == CHOSEN
    assert let_in.expires_at == clock.now() + LASTS
    assert len(token) >= 43  # 256 bits


async def test_neither_address_nor_cookie_is_kept(walls: Walls, tmp_path: Path) -> None:
    _, token = await walls.new("Hall", by="Ana")
    cookie = await walls.exchange(token, held=None)

    kept = _bytes_of(tmp_path)

    assert b"Hall" in kept
    assert token.encode() not in kept
    assert cookie.encode() not in kept


async def test_link_used_twice_is_refused_to_the_second_screen(walls: Walls) -> None:
    _, token = await walls.new("Hall", by="Ana")
    cookie = await walls.exchange(token, held=None)
    link = walls.link_of(cookie)
    assert link
    await walls.use(link)

    for other in (None, "guessed", await opened(walls, "Shop")):
        with pytest.raises(WallLinkError, match=USED):
            await walls.exchange(token, held=other)
    again = await walls.exchange(token, held=cookie)
    assert walls.link_of(again)


async def test_link_whose_first_answer_was_lost_still_lets_its_screen_in(walls: Walls) -> None:
    _, token = await walls.new("Hall", by="Ana")
    lost = await walls.exchange(token, held=None)

    cookie = await walls.exchange(token, held=None)

    assert walls.link_of(cookie)
    assert walls.link_of(lost) is None


@pytest.mark.parametrize("token", ["", "x", "garbage" * 1000, "\udcff", "' OR 1=1 --", "\x00"])
async def test_garbage_and_links_of_another_desk_are_one_sentence(walls: Walls, token: str) -> None:
    await walls.new("Hall", by="Ana")

    with pytest.raises(WallLinkError, match="not known to this desk") as refused:
        await walls.exchange(token, held=token)

    assert str(refused.value) == UNKNOWN
    assert walls.link_of(token) is None


async def test_wrong_links_are_slowed_down_as_passwords_are(
    walls: Walls, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await walls.new("Hall", by="Ana")
    looked_at: list[str] = []
    exchange = walls._links.exchange
    monkeypatch.setattr(
        walls._links,
        "exchange",
        lambda word, **held: looked_at.append(word) or exchange(word, **held),
    )

    for n in range(1000):
        with pytest.raises(WallLinkError) as refused:
            await walls.exchange(f"guess {n}", held=None, address=f"2001:db8:1:2::{n}")
    assert len(looked_at) == 5
    assert refused.value.wait_seconds

    assert await walls.exchange(token, held=None, address=HERE)
    with pytest.raises(WallLinkError, match="too many wrong links"):
        await walls.exchange(token, held=None, address="2001:db8:1:2::1")
    clock.advance(1)
    assert await walls.exchange(token, held=None, address="2001:db8:1:2::1")


async def test_right_link_may_be_opened_as_often_as_a_display_starts(walls: Walls) -> None:
    _, token = await walls.new("Hall", by="Ana")

    for _ in range(20):
        assert await walls.exchange(token, held=None, address=HERE)


async def test_link_of_yesterday_is_told_to_have_run_out(walls: Walls, clock: HandClock) -> None:
    _, token = await walls.new("Hall", by="Ana")
    cookie = await opened(walls, "Shop")
    clock.advance(LASTS.total_seconds())

    with pytest.raises(WallLinkError, match="run out"):
        await walls.exchange(token, held=None)
    assert walls.link_of(cookie) is None
    assert walls.why_not(cookie) == EXPIRED
    await walls.new("hall", by="Ana")  # its name is free again


async def test_revoked_link_lets_nobody_in_and_says_so(walls: Walls) -> None:
    _, token = await walls.new("Hall", by="Ana")
    cookie = await opened(walls, "Shop")
    ended: list[object] = []
    walls.changed.subscribe(ended.append)

    await walls.revoke("hall", by="Ana")
    await walls.revoke("SHOP", by="Ana")

    assert len(ended) == 1  # a link that no display has ends no page
    with pytest.raises(WallLinkError, match="revoked"):
        await walls.exchange(token, held=None)
    assert (walls.link_of(cookie), walls.why_not(cookie)) == (None, REVOKED)
    with pytest.raises(WallLinkError, match=r"There is no link Shop\. There are: none\."):
        await walls.revoke("Shop", by="Ana")


async def test_what_the_command_line_revokes_is_over_at_the_next_look(
    walls: Walls, tmp_path: Path, clock: HandClock
) -> None:
    cookie = await opened(walls)
    ended: list[object] = []
    walls.changed.subscribe(ended.append)
    accounts = await Accounts.open(tmp_path, clock=clock)
    await Walls(accounts, clock=clock).revoke("Hall", by="command line")
    await accounts.close()

    await walls.look()

    assert walls.link_of(cookie) is None
    assert ended == [None]


async def test_revoked_link_is_over_also_while_that_screens_are_there_cannot_be_written(
    walls: Walls, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, stays = await opened(walls, "Hall"), await opened(walls, "Shop")
    await walls._links.revoke("Hall")
    monkeypatch.setattr(walls._links, "touch", Mock(side_effect=StoreFullError("Full.")))
    clock.advance(600)
    link = walls.link_of(stays)
    assert link
    await walls.use(link)

    await walls.look()

    assert walls.link_of(gone) is None
    assert walls.link_of(stays)


@pytest.mark.parametrize("days", [-400, -1, 1, 89])
async def test_clock_that_was_moved_takes_no_link_away_before_its_time(
    walls: Walls, clock: HandClock, days: int
) -> None:
    cookie = await opened(walls)

    clock.set_wrong(timedelta(days=days).total_seconds())
    await walls.look()

    assert walls.link_of(cookie)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\x00b", "\u200b"])
async def test_link_needs_a_name_that_can_be_read(walls: Walls, name: str) -> None:
    with pytest.raises(AccountError):
        await walls.new(name, by="Ana")

    assert walls.screens() == ()


async def test_two_links_have_two_names(walls: Walls) -> None:
    await walls.new("Hall", by="Ana")

    with pytest.raises(WallLinkError, match="There is a link HALL already"):
        await walls.new("HALL", by="Ana")


async def test_screen_that_fell_silent_is_told_from_one_never_opened(
    walls: Walls, clock: HandClock
) -> None:
    await walls.new("Attic", by="Ana")
    cookie = await opened(walls)
    link = walls.link_of(cookie)
    assert link
    walls.page_opened("page", link, clock.now)
    walls.page_connected("page", is_connected=True)
    clock.advance(1000)
    await walls.look()
    attic, hall = walls.screens()
    assert (attic.seen_at, attic.is_silent) == (None, False)
    assert (hall.seen_at, hall.as_of, hall.is_silent) == (clock.now(), clock.now(), False)

    walls.page_connected("page", is_connected=False)
    left = clock.now()
    clock.advance(SILENT_AFTER.total_seconds() + 1)
    walls.page_closed("page")

    hall = walls.screens()[1]
    assert (hall.seen_at, hall.as_of, hall.is_silent) == (left, None, True)


async def test_that_a_screen_is_there_is_seen_by_the_command_line(
    walls: Walls, tmp_path: Path, clock: HandClock
) -> None:
    link = walls.link_of(await opened(walls))
    assert link
    walls.page_opened("page", link, clock.now)
    walls.page_connected("page", is_connected=True)
    clock.advance(300)
    await walls.look()

    accounts = await Accounts.open(tmp_path, clock=clock)
    elsewhere = Walls(accounts, clock=clock)
    await elsewhere.look()
    await accounts.close()

    assert elsewhere.screens()[0].seen_at == clock.now()


async def test_code_that_a_seller_confirms_lets_its_screen_in(walls: Walls) -> None:
    asked = walls.ask_code(None, address=HERE)
    assert asked
    secret, code = asked
    assert len(code) == CODE_LENGTH
    assert walls.ask_code(secret, address=HERE) == asked  # it stays on the screen
    assert await walls.collect(secret) is None

    await walls.confirm_code(f" {code[:4].lower()}-{code[4:]} ", "Hall", by="Ana")

    cookie = await walls.collect(secret)
    link = walls.link_of(cookie)
    assert link
    assert link.name == "Hall"
    assert await walls.collect("guessed") is None
    with pytest.raises(WallLinkError, match="No screen shows this code"):
        await walls.confirm_code(code, "Shop", by="Ana")


async def test_wrong_codes_are_refused_and_then_no_longer_looked_at(
    walls: Walls, clock: HandClock
) -> None:
    asked = walls.ask_code(None, address=HERE)
    assert asked
    for wrong in ("", "BBBBBBBB", asked[1][:-1], "x" * 10_000, "\udcff")[:MOST_GUESSES]:
        with pytest.raises(WallLinkError) as refused:
            await walls.confirm_code(wrong, "Hall", by="Ana")
        assert str(refused.value) == NO_CODE

    with pytest.raises(WallLinkError) as throttled:
        await walls.confirm_code(asked[1], "Hall", by="Ana")
    assert str(throttled.value) == TOO_MANY_GUESSES
    await walls.confirm_code(asked[1], "Hall", by="Ben")  # who has guessed nothing


@pytest.mark.parametrize("moved", [-86_400.0, 0.0, 86_400.0])
async def test_code_lives_ten_minutes_whatever_the_clock_says(
    walls: Walls, clock: HandClock, moved: float
) -> None:
    asked = walls.ask_code(None, address=HERE)
    assert asked
    clock.set_wrong(moved)
    clock.advance(CODE_SECONDS - 1)
    assert walls.ask_code(asked[0], address=HERE) == asked

    clock.advance(1)

    with pytest.raises(WallLinkError, match="No screen shows this code"):
        await walls.confirm_code(asked[1], "Hall", by="Ana")
    assert walls.ask_code(asked[0], address=HERE) != asked


async def test_number_of_screens_that_wait_for_a_code_is_bounded(walls: Walls) -> None:
    of_one = [walls.ask_code(None, address=HERE) for _ in range(MOST_CODES_OF_ONE + 1)]
    of_all = [walls.ask_code(None, address=f"192.0.2.{n}") for n in range(100, 100 + MOST_CODES)]

    assert of_one[-1] is None
    assert all(of_one[:-1])
    assert sum(one is not None for one in of_all) == MOST_CODES - MOST_CODES_OF_ONE


async def test_links_and_their_ends_stand_in_the_log(walls: Walls, tmp_path: Path) -> None:
    await walls.new("Hall", by="Ana", address=HERE)
    await walls.revoke("Hall", by="Ben")

    accounts = await Accounts.open(tmp_path, clock=HandClock())
    done = [f"{one.who} {one.what} {one.address}".strip() for one in await accounts.activities()]
    await accounts.close()

    assert done == ["Ben revoked wall link Hall", f"Ana made wall link Hall {HERE}"]


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
