"""The list of tickets: one page of rows, sorted, selected and turned by the person."""

from collections.abc import Callable

from components.data import PageTurn, TableData
from components.events import Action, EventArgs, TextAction
from components.vue_component import VueComponent


class TicketTable:
    """A table that never moves a row under the pointer or the keyboard focus.

    New data that would move rows is held back while the list is in use and offered by a button,
    unless `TableData.asked` has grown, which says that the person wanted just this change.
    """

    def __init__(
        self,
        *,
        on_open: TextAction,
        on_sort: Callable[[str, bool], object],
        on_page: Callable[[PageTurn], object],
        on_action: Callable[[list[str], str], object],
        on_empty_action: Action,
    ) -> None:
        self._part = _Table(TableData(loading=True))
        self._part.on_event("open", lambda args: on_open(args.text("id")))
        self._part.on_event("sort", lambda args: on_sort(args.text("key"), args.flag("descending")))
        self._part.on_event("page", lambda args: on_page(_turned(args)))
        self._part.on_command("act", lambda args: on_action(args.texts("ids"), args.text("action")))
        self._part.on_event("empty", lambda _: on_empty_action())

    def update(self, data: TableData) -> None:
        """Show `data`: rows that stay keep their place, their focus and their selection."""
        self._part.show(data)


def _turned(args: EventArgs) -> PageTurn:
    return PageTurn(
        forward=args.flag("forward"),
        ids=tuple(args.texts("ids")),
        first=args.text("first"),
        last=args.text("last"),
    )


class _Table(VueComponent, script="ticket_table"):
    pass
