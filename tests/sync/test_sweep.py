"""The walk over the pages, against lists that move, lie, repeat themselves or break."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from starlette.types import Receive, Scope, Send

from app.client.tickets import open_client
from app.domain.clock import SystemClock
from app.domain.errors import BadAnswerError
from app.store.mirror import Mirror
from app.store.notes import Walk
from app.sync.sweep import Sweep
from tests.store.shop import StillClock

Row = dict[str, object]
BROKEN = "broken"


class Lists:
    """An API of nothing but a list; `page_of` decides what each page holds."""

    def __init__(self, rows: int) -> None:
        self.rows: list[Row] = [row(f"tkt_{number:04}") for number in range(rows)]
        self.page_of: Callable[[int, int], list[Row] | str] = self.usual_page
        self.meta: Callable[[int, int], Row] = lambda page, limit: {
            "total": len(self.rows),
            "limit": limit,
            "offset": (page - 1) * limit,
        }
        self.asked: list[int] = []

    def usual_page(self, page: int, limit: int) -> list[Row]:
        return self.rows[(page - 1) * limit : page * limit]

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        page, limit = int(query["page"][0]), int(query["limit"][0])
        self.asked.append(page)
        rows = self.page_of(page, limit)
        body = {"data": rows, "meta": self.meta(page, limit)}
        answer = b"{" if rows == BROKEN else json.dumps(body).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def row(id_: object, **fields: object) -> Row:
    return {
        "id": id_,
        "subject": "help",
        "status": "open",
        "awaiting_response_from": "owner",
        "updated_at": "2026-03-01T10:00:00Z",
    } | fields


class Walker:
    """A sweep over scripted lists into a copy of its own."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.told: set[str] = set()

    def over(self, lists: Lists) -> Sweep:
        client = open_client(
            url="http://desk.example.com",
            api_key="sg_live_" + "k" * 32,
            clock=SystemClock(),
            app=lists,
        )
        return Sweep(client=client, mirror=self.mirror, announce=self.told.update)

    async def walk(self, lists: Lists, *, pages: int = 3) -> Sweep:
        """Step until the walk counts as complete; fails when that takes absurdly long."""
        sweep = self.over(lists)
        for _ in range(200):
            await sweep.step(pages=pages)
            if self.mirror.walk.complete:
                return sweep
        pytest.fail("the walk does not end")

    async def held(self) -> set[str]:
        return await self.mirror.read(
            lambda c: {row["id"] for row in c.execute("SELECT id FROM ticket")}
        )


@pytest.fixture
async def walker(tmp_path: Path) -> AsyncIterator[Walker]:
    mirror = await Mirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    yield Walker(mirror)
    await mirror.close()


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 250, 700])
async def test_walk_meets_every_ticket_and_asks_no_page_twice(walker: Walker, rows: int) -> None:
    lists = Lists(rows)

    await walker.walk(lists)

    assert await walker.held() == walker.told == {str(row["id"]) for row in lists.rows}
    assert sorted(lists.asked) == list(range(1, max(1, -(-rows // 100)) + 1))


async def test_walk_goes_again_when_a_ticket_jumped_over_it(walker: Walker) -> None:
    lists = Lists(300)

    def moving(page: int, limit: int) -> list[Row] | str:
        if lists.asked == [1, 2]:  # an unread ticket moves to the pages that were read
            lists.rows.insert(0, lists.rows.pop(250))
        return lists.usual_page(page, limit)

    lists.page_of = moving
    await walker.walk(lists, pages=1)

    assert await walker.held() == {str(row["id"]) for row in lists.rows}


async def test_next_walk_finds_what_a_deletion_hid_from_the_first(walker: Walker) -> None:
    lists = Lists(300)

    def moving(page: int, limit: int) -> list[Row] | str:
        if lists.asked == [1, 2]:  # the rest moves up by one, past the end of page 1
            del lists.rows[0]
        return lists.usual_page(page, limit)

    lists.page_of = moving
    sweep = await walker.walk(lists, pages=1)
    for _ in range(3):
        await sweep.step(pages=1)

    assert await walker.held() == {str(row["id"]) for row in lists.rows} | {"tkt_0000"}
    assert sweep.suspects == ("tkt_0000",)


async def test_walk_ends_when_the_total_is_wrong_for_ever(walker: Walker) -> None:
    lists = Lists(120)
    lists.meta = lambda page, limit: {"total": 121, "limit": limit, "offset": (page - 1) * limit}

    await walker.walk(lists)

    assert len(await walker.held()) == 120
    assert len(lists.asked) < 12


async def test_walk_does_without_any_total(walker: Walker) -> None:
    lists = Lists(230)
    lists.meta = lambda *_: {}

    await walker.walk(lists)

    assert len(await walker.held()) == 230


async def test_walk_follows_a_limit_that_is_cut_short(walker: Walker) -> None:
    lists = Lists(130)
    lists.page_of = lambda page, _: lists.usual_page(page, 25)
    lists.meta = lambda *_: {"total": 130}

    await walker.walk(lists)

    assert len(await walker.held()) == 130


async def test_walk_ends_when_the_page_number_is_ignored(walker: Walker) -> None:
    lists = Lists(230)
    lists.page_of = lambda _, limit: lists.usual_page(1, limit)
    lists.meta = lambda *_: {"total": 230, "offset": 0}

    await walker.walk(lists)

    assert len(await walker.held()) == 100


async def test_rows_without_an_id_are_counted_and_hide_no_others(walker: Walker) -> None:
    lists = Lists(120)
    lists.rows[7], lists.rows[110] = row(None), row({"not": "an id"})

    sweep = await walker.walk(lists)

    assert len(await walker.held()) == 118
    assert sweep.unreadable == 2


async def test_repeated_tickets_are_held_once_with_their_newest_state(walker: Walker) -> None:
    lists = Lists(2)
    newest = row("tkt_0000", subject="newest", updated_at="2026-03-02T10:00:00Z")
    lists.rows = [newest, *lists.rows]

    await walker.walk(lists)

    subjects = await walker.mirror.read(
        lambda c: [row["subject"] for row in c.execute("SELECT subject FROM ticket ORDER BY id")]
    )
    assert subjects == ["newest", "help"]


async def test_broken_page_stops_the_walk_where_it_is(walker: Walker) -> None:
    lists = Lists(500)
    lists.page_of = lambda page, limit: BROKEN if page == 3 else lists.usual_page(page, limit)
    sweep = walker.over(lists)

    await sweep.step(pages=4)
    with pytest.raises(BadAnswerError):
        await sweep.step(pages=4)
    assert len(await walker.held()) == 200
    assert walker.mirror.walk == Walk(page=3, began=walker.mirror.walk.began)

    lists.page_of = lists.usual_page
    await walker.walk(lists)
    assert len(await walker.held()) == 500


async def test_walk_goes_on_where_it_was_after_a_restart(walker: Walker, tmp_path: Path) -> None:
    lists = Lists(600)
    sweep = walker.over(lists)
    await sweep.step(pages=1)
    await sweep.step(pages=2)
    await walker.mirror.close()
    lists.asked.clear()

    walker.mirror = await Mirror.open(tmp_path / "copy.sqlite3", clock=StillClock())
    await walker.walk(lists)

    assert len(await walker.held()) == 600
    assert sorted(lists.asked) == [4, 5, 6]


async def test_tickets_no_page_shows_any_more_become_suspects(walker: Walker) -> None:
    lists = Lists(150)
    await walker.walk(lists)
    del lists.rows[120]

    sweep = walker.over(lists)
    for _ in range(2):
        await sweep.step(pages=1)

    assert sweep.suspects == ("tkt_0120",)
    assert len(await walker.held()) == 150
