import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.desk.read_models import AgeBand, DayCount
from app.domain.clock import UTC_ZONE, SystemClock
from app.domain.errors import StoreDamagedError
from app.domain.signals import Changes
from app.domain.ticket import Ticket
from app.domain.wall_links import USUAL, Masking, WallBoard, WallPanel
from app.state.formatting import Formatter, formatter_in
from app.state.kiosk import KioskState, PlainKiosks
from app.state.reactive import RETRY_SECONDS
from components.data import KioskData
from tests.state.scripted import NOON, ScriptedDesk, until_quiet

BERLIN = formatter_in("Europe/Berlin")


class KioskClock(SystemClock):
    """Noon; a dwell lasts until the test says `next`, everything else one turn of the loop."""

    def __init__(self) -> None:
        self.next = asyncio.Event()

    def now(self) -> datetime:
        return NOON

    async def sleep(self, seconds: float) -> None:
        if seconds == USUAL.dwell_seconds:
            await self.next.wait()
            self.next.clear()
        else:
            await asyncio.sleep(0)


@pytest.fixture
async def kiosk(scripted: ScriptedDesk) -> AsyncIterator[tuple[KioskState, KioskClock]]:
    clock = KioskClock()
    state = KioskState(scripted.desk.queries, scripted.changes, fmt=Formatter(), clock=clock)
    yield state, clock
    await state.close()


def board(state: KioskState) -> KioskData:
    assert state.board.value is not None
    return state.board.value


async def test_wall_turns_its_pages_and_begins_again(kiosk: tuple[KioskState, KioskClock]) -> None:
    state, clock = kiosk
    await state.load()
    state.turn_pages()

    seen = []
    for _ in range(4):
        seen.append((board(state).page, len(board(state).tiles)))
        clock.next.set()
        await until_quiet()

    assert seen == [(1, 8), (2, 2), (1, 8), (2, 2)]


async def test_each_page_stays_as_long_as_its_link_says(scripted: ScriptedDesk) -> None:
    asked: list[float] = []

    class Counting(KioskClock):
        async def sleep(self, seconds: float) -> None:
            asked.append(seconds)
            await (super().sleep(USUAL.dwell_seconds) if seconds == 90 else super().sleep(seconds))

    state = KioskState(
        scripted.desk.queries,
        scripted.changes,
        fmt=Formatter(),
        clock=Counting(),
        shows=WallBoard(dwell_seconds=90),
    )
    await state.load()
    state.turn_pages()
    await until_quiet()
    await state.close()

    assert 90 in asked


async def test_panels_take_turns_and_are_asked_for_again_with_each_lap(
    scripted: ScriptedDesk,
) -> None:
    clock = KioskClock()
    shows = WallBoard(rotation=(WallPanel.OLDEST, WallPanel.AGES, WallPanel.TREND))
    scripted.queries.ages = (AgeBand(label="< 1 h", count=3),)
    scripted.queries.days = (DayCount(day=NOON.date(), opened=2, closed=1),)
    state = KioskState(
        scripted.desk.queries, scripted.changes, fmt=BERLIN, clock=clock, shows=shows
    )
    await state.load()
    state.turn_pages()

    seen = []
    for _ in range(5):
        drawn = board(state).chart
        seen.append((board(state).page, drawn.title if drawn else "", len(board(state).tiles)))
        clock.next.set()
        await until_quiet()
    await state.close()

    lap = [(1, "", 8), (2, "", 2), (3, "Waiting by age", 0), (4, "The last 1 days", 0)]
    assert seen == [*lap, lap[0]]
    assert scripted.queries.zones == [BERLIN.zone] * 2


async def test_plain_walls_in_two_zones_have_days_of_their_own(scripted: ScriptedDesk) -> None:
    kiosks = PlainKiosks(scripted.desk.queries, scripted.changes, clock=KioskClock())
    for fmt in (BERLIN, Formatter(), BERLIN):
        await kiosks.shown(fmt, USUAL)
    await kiosks.close()

    assert scripted.queries.zones == [BERLIN.zone, UTC_ZONE]


async def test_wall_follows_every_change(
    kiosk: tuple[KioskState, KioskClock], scripted: ScriptedDesk
) -> None:
    state, _ = kiosk
    await state.load()

    scripted.put(Ticket(id="t0", subject="Changed"))
    await until_quiet()

    assert board(state).tiles[0].subject == "Changed"


async def test_wall_keeps_its_last_board_when_the_copy_cannot_be_read(
    kiosk: tuple[KioskState, KioskClock], scripted: ScriptedDesk
) -> None:
    state, _ = kiosk
    await state.load()
    before = board(state)
    scripted.queries.error = StoreDamagedError("The local copy cannot be read.")

    scripted.changes.emit(Changes(connection=True))
    await until_quiet()

    assert board(state).tiles == before.tiles
    assert board(state).freshness.state == "fault"

    scripted.queries.error = None
    await until_quiet()
    assert board(state) == before


async def test_wall_that_never_had_data_says_what_is_wrong_and_fills_by_itself(
    kiosk: tuple[KioskState, KioskClock], scripted: ScriptedDesk
) -> None:
    state, _ = kiosk
    scripted.queries.error = StoreDamagedError("The local copy cannot be read.")
    await state.load()
    assert board(state).freshness.state == "fault"
    assert board(state).empty
    assert "cannot be read" in board(state).empty.text

    scripted.queries.error = None
    await until_quiet()
    assert (board(state).freshness.state, len(board(state).tiles)) == ("live", 8)


async def test_wall_stays_on_an_existing_page_when_the_list_shrinks(
    kiosk: tuple[KioskState, KioskClock], scripted: ScriptedDesk
) -> None:
    state, clock = kiosk
    await state.load()
    state.turn_pages()
    await until_quiet()
    clock.next.set()
    await until_quiet()
    assert board(state).page == 2

    for number in range(8, 10):
        del scripted.queries.tickets[f"t{number}"]
    scripted.changes.emit(Changes(tickets=frozenset({"t8"})))
    await until_quiet()

    assert (board(state).page, len(board(state).tiles)) == (1, 8)


async def test_wall_that_is_closed_hears_of_nothing_more(
    kiosk: tuple[KioskState, KioskClock], scripted: ScriptedDesk
) -> None:
    state, _ = kiosk
    state.turn_pages()

    await state.close()

    assert scripted.listeners == 0


class SilenceClock(KioskClock):
    """A plain wall has been silent for as long as the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.passed, self.later = 0.0, asyncio.Event()

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        if seconds in (USUAL.dwell_seconds, RETRY_SECONDS) or seconds < 1:
            await super().sleep(seconds)
        else:
            self.later.clear()
            await self.later.wait()

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds
        self.later.set()


async def test_plain_walls_keep_the_desk_reading_for_as_long_as_they_ask(
    scripted: ScriptedDesk,
) -> None:
    clock = SilenceClock()
    kiosks = PlainKiosks(scripted.desk.queries, scripted.changes, clock=clock)
    for _ in range(3):
        assert len((await kiosks.shown(Formatter(), USUAL)).board.tiles) == 8
    assert (scripted.listeners, scripted.queries.asked.count("kiosk")) == (1, 1)
    await kiosks.shown(Formatter(), WallBoard(masking=Masking.NUMBERS))
    assert scripted.listeners == 2

    clock.pass_by(40)
    await until_quiet()
    await kiosks.shown(Formatter(), USUAL)
    clock.pass_by(40)
    await until_quiet()
    assert scripted.listeners == 1  # one has asked meanwhile

    clock.pass_by(40)
    await until_quiet()
    assert scripted.listeners == 0
    await kiosks.close()


async def test_plain_wall_is_as_current_as_the_desk_where_nothing_has_changed(
    scripted: ScriptedDesk,
) -> None:
    kiosks = PlainKiosks(scripted.desk.queries, scripted.changes, clock=KioskClock())
    old = NOON - timedelta(minutes=10)
    scripted.queries.known = replace(scripted.queries.known, as_of=old)
    assert (await kiosks.shown(Formatter(), USUAL)).state == "offline"

    scripted.queries.known = replace(scripted.queries.known, as_of=NOON)
    scripted.changes.emit(Changes(age=True))
    await until_quiet()

    assert (await kiosks.shown(Formatter(), USUAL)).state == "live"
    await kiosks.close()


async def test_plain_wall_keeps_its_last_board_when_the_copy_cannot_be_read(
    scripted: ScriptedDesk,
) -> None:
    kiosks = PlainKiosks(scripted.desk.queries, scripted.changes, clock=KioskClock())
    before = await kiosks.shown(Formatter(), USUAL)
    scripted.queries.error = StoreDamagedError("The local copy cannot be read.")
    scripted.changes.emit(Changes(connection=True))
    await until_quiet()

    broken = await kiosks.shown(Formatter(), USUAL)
    await kiosks.close()

    assert (before.state, broken.state) == ("live", "fault")
    assert broken.board.tiles == before.board.tiles
    assert "cannot be read" in broken.board.why


@pytest.mark.parametrize("module", ["app.state.kiosk", "app.state.inbox", "app.state.conversation"])
def test_state_loads_no_screen(module: str) -> None:
    code = f"import sys, {module}; sys.exit('nicegui' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # our own code


def test_wall_knows_no_way_to_change_anything() -> None:
    code = (
        "import sys, app.state.kiosk\n"
        "names = ('app.desk.commands', 'app.sync', 'app.client', 'httpx')\n"
        "sys.exit(any(n.startswith(names) for n in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # our own code
