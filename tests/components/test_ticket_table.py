"""The list in Python alone: what its rows say, and what it does with what the browser tells."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from components import ticket_columns
from components.data import PageTurn, TableData
from components.elements import Button
from components.ticket_columns import COLUMNS, Column, cell, item
from components.ticket_rows import TicketRows
from components.ticket_table import TicketTable
from tests.components import samples
from tests.components.user import press, showing


class Drawn:
    """A list, and what it told."""

    def __init__(self, data: TableData) -> None:
        self.data = data
        self.told: list[tuple[object, ...]] = []

    def __call__(self) -> None:
        def tell(name: str) -> Any:
            return lambda *said: self.told.append((name, *said))

        self.table = TicketTable(
            on_open=tell("open"),
            on_rest=lambda _: None,
            on_sort=tell("sort"),
            on_page=tell("page"),
            on_action=tell("action"),
            on_empty_action=tell("empty"),
        )
        self.table.update(self.data)


@pytest.fixture
def own_columns(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    item.cache_clear()
    yield monkeypatch
    item.cache_clear()


def tell(user: User, event: str, **args: object) -> None:
    """Say what `ticket_rows.js` would."""
    with user:
        [rows] = ElementFilter(kind=TicketRows)
        for listener in rows._event_listeners.values():
            if listener.type == event:
                rows._handle_event({"listener_id": listener.id, "args": args})


def shown(user: User, label: str) -> bool:
    """Whether the button with these words is there to be pressed."""
    with user:
        found = [one for one in ElementFilter(kind=Button) if one.text == label]
        return any(
            not any(above.props.get("hidden") for above in (one, *one.ancestors()))
            and not one.props.get("disabled")
            for one in found
        )


def ids(numbers: range) -> list[str]:
    return [f"tkt_{number:04}" for number in numbers]


async def test_a_row_says_what_is_known_of_a_ticket() -> None:
    row = samples.row(1, amount="€1,249.00", other_open="+2 open", note="Draft")
    async with showing(Drawn(samples.table(rows=(row,)))) as user:
        for text in (row.subject, "k.weber@example.org", "€1,249.00", "+2 open", "Draft"):
            await user.should_see(text)


async def test_markup_in_a_ticket_stays_text() -> None:
    bad = '<img src=x onerror=alert(1)>" onmouseover="alert(2)'
    row = samples.row(0, subject=bad, customer=bad, product=bad, snippet=bad, note=bad, id=bad)
    drawn = Drawn(samples.table(rows=(replace(row, amount=bad, messages=bad, updated_exact=bad),)))
    async with showing(drawn) as user:
        await user.should_see("<img src=x onerror=alert(1)>")
        with user:
            [rows] = ElementFilter(kind=TicketRows)

    assert "<img" not in str(rows.items[0].content)
    assert 'onmouseover="' not in str(rows.items[0].content)


async def test_a_column_takes_a_line_of_python(own_columns: pytest.MonkeyPatch) -> None:
    place = Column(key="place", label="Place", cell=lambda row: cell("place", row.place))
    own_columns.setattr(ticket_columns, "COLUMNS", (*COLUMNS, place))
    drawn = Drawn(samples.table(range(2), sort="place"))
    async with showing(drawn) as user:
        await user.should_see("place 1")
        user.find(kind=Button, content="Place").click()

    assert drawn.told == [("sort", "place", False)]


async def test_a_press_in_a_row_is_told_with_its_ticket() -> None:
    drawn = Drawn(samples.table(range(5)))
    async with showing(drawn) as user:
        press(user, "open", "tkt_0002")
        press(user, "close", "tkt_0001")

    assert drawn.told == [("open", "tkt_0002"), ("action", ["tkt_0001"], "close")]


async def test_an_order_reaches_what_is_ticked_and_seen_alone() -> None:
    drawn = Drawn(samples.table(range(5)))
    async with showing(drawn) as user:
        assert not shown(user, "Clear selection")
        tell(user, "picked", ids=["tkt_0003", "tkt_0001", "tkt_0077"])
        await user.should_see("3 selected, 2 here")
        user.find(kind=Button, content="Reopen").click()
        drawn.table.update(samples.table(range(10, 15), asked=2))
        await user.should_see("3 selected, 0 here")
        assert shown(user, "Clear selection")
        assert not shown(user, "Reopen")
        tell(user, "picked", ids=[])
        assert not shown(user, "Clear selection")

    assert drawn.told == [("action", ["tkt_0001", "tkt_0003"], "reopen")]


async def test_rows_that_are_held_back_are_counted_and_offered() -> None:
    drawn = Drawn(samples.table(range(25)))
    async with showing(drawn) as user:
        moved = samples.table([90, 91, 92, *range(5, 30)], stamps={"tkt_0028": 9, "tkt_0029": 9})
        drawn.table.update(moved)
        assert not shown(user, "3 new · 2 changed: show")
        tell(user, "held", ids=ids(range(25)), stamp=0, newest=50)
        assert shown(user, "3 new · 2 changed: show")
        await user.should_see("3 new · 2 changed")
        drawn.table.update(samples.table([90, *range(5, 29)]))
        assert shown(user, "1 new: show")
        tell(user, "held")
        assert not shown(user, "1 new: show")


async def test_an_order_reaches_the_rows_that_are_held() -> None:
    drawn = Drawn(samples.table(range(5)))
    async with showing(drawn) as user:
        drawn.table.update(samples.table(range(2, 7)))
        tell(user, "held", ids=ids(range(5)), stamp=0, newest=50)
        tell(user, "picked", ids=["tkt_0000", "tkt_0006"])
        user.find(kind=Button, content="Close").click()

    assert drawn.told == [("action", ["tkt_0000"], "close")]


async def test_the_page_is_turned_from_the_rows_that_are_told() -> None:
    drawn = Drawn(samples.table(range(5)))
    async with showing(drawn) as user:
        tell(user, "turn", forward=True, ids=["a", "b"], first="1", last="2")

    assert drawn.told == [
        ("page", PageTurn(forward=True, ids=("a", "b"), first="1", last="2")),
    ]


async def test_only_rows_that_changed_are_sent() -> None:
    drawn = Drawn(samples.table(range(25)))
    async with showing(drawn) as user:
        with user:
            [rows] = ElementFilter(kind=TicketRows)
        rows._to_dict()
        changed = tuple(
            samples.row(n, note="Closing") if n == 3 else row
            for n, row in enumerate(drawn.data.rows)
        )
        drawn.table.update(samples.table(rows=changed))
        assert [one["key"] for one in sent(rows)["items"]] == ["tkt_0003"]
        drawn.table.update(samples.table(rows=changed, asked=2))
        assert sent(rows)["items"] == []


async def test_what_counts_as_new_is_sent_also_where_no_row_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = Drawn(samples.table(newest=2**53 - 1))  # before it is known what the mirror lacks
    async with showing(drawn) as user:
        with user:
            [rows] = ElementFilter(kind=TicketRows)
        updates: list[object] = []
        monkeypatch.setattr(rows, "update", lambda: updates.append(rows._page["newest"]))

        drawn.table.update(replace(drawn.data, newest=50))

    assert updates == [50]


def sent(rows: TicketRows) -> dict[str, Any]:
    """What the next message holds of the rows."""
    patch: dict[str, Any] = rows._to_dict()["props"]["patch"]
    return patch


def test_unread_row_says_so_to_the_eye_and_to_the_ear() -> None:
    row = samples.row(1)

    read, unread = item(row, waits=False), item(replace(row, unread=True), waits=False)

    assert "data-unread" not in read.attributes
    assert unread.attributes["data-unread"] == "true"
    assert "Unread:" in unread.content
    assert "Unread:" not in read.content
