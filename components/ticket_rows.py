"""The rows of the list, which stay where they are while somebody is at them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from components.data import PageTurn, TableData
from components.events import EventArgs, TextAction
from components.keyed_list import ItemAction, KeyedList
from components.ticket_columns import item, skeletons


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows that stay on the screen though newer ones would come in another order."""

    ids: tuple[str, ...]
    stamp: int
    """the number of the last change they know of"""
    newest: int
    """the number of the newest ticket they know of"""


class TicketRows(KeyedList, component="ticket_rows.js"):
    """Draws the rows of a page; the browser holds their order while they are in use.

    Args:
        acts: what a press inside a row calls: open, close, reopen.
        on_pick: hears all ids that are ticked, also those on other pages.
        on_held: hears which rows stay on the screen, and None once the newest are shown.
        on_rest: hears of a row at which the pointer or the focus rests.
        on_turn: hears that the page is to be turned, and from which rows.
    """

    def __init__(
        self,
        *,
        acts: Mapping[str, ItemAction],
        on_pick: Callable[[tuple[str, ...]], None],
        on_held: Callable[[Seen | None], None],
        on_rest: TextAction,
        on_turn: Callable[[PageTurn], object],
    ) -> None:
        super().__init__("tbody", acts=acts)
        self._props["role"] = "rowgroup"
        self._page: dict[str, int | str] = {"asked": -1}
        self.on("picked", lambda event: on_pick(tuple(EventArgs(event.args).texts("ids"))))
        self.on("held", lambda event: on_held(_seen(EventArgs(event.args))))
        self.on("rest", lambda event: on_rest(EventArgs(event.args).text("id")))
        self.on("turn", lambda event: on_turn(_turn(EventArgs(event.args))))

    def show_page(self, data: TableData) -> None:
        """Show the rows of `data`; what was asked for is sent even if it is what was shown."""
        rows, before = data.rows, self._page
        is_loading = data.loading and not rows
        self._page = {
            "asked": -1 if is_loading else data.asked,
            "first": rows[0].place if rows else "",
            "last": rows[-1].place if rows else "",
            "stamp": data.stamp,
            "newest": data.newest,
        }
        if any(before.get(name) != self._page[name] for name in ("asked", "newest")):
            self.update()  # also where no row has changed
        if is_loading:
            self.show(skeletons(waits=data.waits))
        else:
            self.show([item(row, waits=data.waits) for row in rows])

    def _to_dict(self) -> dict[str, Any]:
        described = super()._to_dict()
        described["props"]["page"] = self._page
        return described


def _seen(args: EventArgs) -> Seen | None:
    ids = tuple(args.texts("ids"))
    return Seen(ids, args.number("stamp"), args.number("newest")) if ids else None


def _turn(args: EventArgs) -> PageTurn:
    return PageTurn(
        forward=args.flag("forward"),
        ids=tuple(args.texts("ids")),
        first=args.text("first"),
        last=args.text("last"),
    )
