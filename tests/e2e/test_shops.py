"""A key that is mistyped, new or another shop's: what was kept stays in sight and goes nowhere."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.config.data_dir import DataDir
from app.domain.clock import SystemClock
from app.domain.outbox_entry import Reply
from app.store.holdings import OUTBOX
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from tests.e2e.desk import Running, command, start, until

KEYS = [f"sg_live_shops_{n}_0123456789" for n in range(4)]
WORDS = "Words for the first shop alone"


class Place:
    """One desk's folder, and an address at which one shop after the other is served."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.ticket_id = ""

    @contextmanager
    def shop(self, name: str, key: str) -> Iterator[Callable[[str], object]]:
        """Serve a shop of this name under a key; what asks it."""
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir()
            seed, number = ("7", "60") if name == "first" else ("8", "40")
            words = ("--tickets", number, "--seed", seed, "--data-dir", str(folder / "data"))
            assert command("seed", *words, cwd=folder).returncode == 0
        api = start("api", folder=folder, port=self.port, TICKETDESK_API_KEY=key)
        self.port = int(api.url.rpartition(":")[2])
        bearer = {"Authorization": f"Bearer {key}"}
        try:
            yield lambda path: httpx.get(f"{api.url}/v1{path}", headers=bearer).json()["data"]
        finally:
            assert api.stop() == 0

    @contextmanager
    def desk(self, key: str) -> Iterator[Running]:
        """A desk with a key."""
        running = start(
            "serve",
            folder=self.folder / "desk",
            TICKETDESK_API_URL=f"http://localhost:{self.port}/",
            TICKETDESK_API_KEY=key,
            TICKETDESK_REQUESTS_PER_SECOND="50",
        )
        try:
            yield running
        finally:
            assert running.stop() == 0
            assert "Traceback" not in running.said()

    def outbox(self) -> Path:
        """The outbox of the first shop."""
        (shop,) = [
            shop
            for shop in DataDir(self.folder / "desk" / "data").shops().all()
            if shop.knows(KEYS[0])
        ]
        return shop.folder / OUTBOX

    def leave(self) -> None:
        """Leave a draft and a reply that has not left, as a desk does that was ended."""
        asyncio.run(self._leave(self.ticket_id))

    async def _leave(self, ticket_id: str) -> None:
        clock = SystemClock()
        outbox = await Outbox.open(self.outbox(), clock=clock)
        await LocalStore(outbox.database, clock=clock).save_draft(ticket_id, "A draft")
        await outbox.enqueue(
            Reply(entry_id="r1", ticket_id=ticket_id, written_at=clock.now(), text=WORDS)
        )
        await outbox.close()

    def left(self) -> tuple[list[str], list[str]]:
        """The drafts of the first shop, and its replies that have not left."""
        return asyncio.run(self._left())

    async def _left(self) -> tuple[list[str], list[str]]:
        clock = SystemClock()
        outbox = await Outbox.open(self.outbox(), clock=clock)
        ids = await LocalStore(outbox.database, clock=clock).draft_ids()
        queued = [reply.text for reply in await outbox.sendable() if isinstance(reply, Reply)]
        await outbox.close()
        return sorted(ids), queued


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The first shop, read once under its key; one ticket has a draft and a queued reply."""
    place = Place(tmp_path_factory.mktemp("opened"))
    with place.shop("first", KEYS[0]) as ask:
        with place.desk(KEYS[0]) as desk:
            assert facts(desk, complete=True)["tickets"] == 60
        (ticket, *_) = ask("/tickets?limit=1")  # type: ignore[misc]
    place.ticket_id = str(ticket["id"])  # type: ignore[has-type]
    place.leave()
    return place


@pytest.fixture
def place(opened: Place, tmp_path: Path) -> Place:
    """The same, for one test alone."""
    copy = Place(tmp_path / "place")
    shutil.copytree(opened.folder, copy.folder)
    copy.port, copy.ticket_id = opened.port, opened.ticket_id
    return copy


def facts(desk: Running, *, complete: bool = False) -> dict[str, object]:
    def look() -> dict[str, object] | None:
        answer: dict[str, object] = httpx.get(f"{desk.url}/readyz").json()
        return answer if answer.get("complete") or not complete else None

    return until(look, seconds=20)


def said_in(ask: Callable[[str], object], ticket_id: str) -> str:
    return str(ask(f"/tickets/{ticket_id}"))


def test_mistyped_then_rotated_key(place: Place) -> None:
    ticket_id = place.ticket_id

    with place.shop("first", KEYS[1]) as ask:
        with place.desk(KEYS[2]) as desk:
            assert facts(desk)["tickets"] == 60
            assert "This key has not been used here before." in desk.said()
            page = httpx.get(f"{desk.url}/health").text
            assert "refused the key" in page
            assert "nothing is sent" in page
        assert place.left() == ([ticket_id], [WORDS])
        assert WORDS not in said_in(ask, ticket_id)

        with place.desk(KEYS[1]):
            until(lambda: WORDS in said_in(ask, ticket_id), seconds=20)
    assert place.left() == ([ticket_id], [])


def test_key_of_another_shop_sends_nothing_of_the_first(place: Place) -> None:
    ticket_id = place.ticket_id

    with place.shop("second", KEYS[1]) as ask, place.desk(KEYS[1]) as desk:
        assert facts(desk, complete=True)["tickets"] == 40
        assert "Also kept here: http://127.0.0.1" in desk.said()
        assert "60 tickets, 1 draft, 1 reply not settled" in desk.said()
        assert "60 tickets, 1 draft, 1 reply not settled" in httpx.get(f"{desk.url}/health").text
        assert WORDS not in str(ask("/tickets?limit=100"))
    assert place.left() == ([ticket_id], [WORDS])


def test_new_key_while_the_api_is_away_is_proved_when_it_is_back(place: Place) -> None:
    ticket_id = place.ticket_id

    with place.desk(KEYS[1]) as desk:
        assert facts(desk)["tickets"] == 60
        assert "This key has not been used here before." in desk.said()
        with place.shop("first", KEYS[1]) as ask:
            until(lambda: WORDS in said_in(ask, ticket_id), seconds=30)
    assert place.left() == ([ticket_id], [])
