"""The list of tickets: one page of rows, sorted, selected and turned by the person."""

from components.data import PageTurn, TableData
from components.part import Call, Part, Said


class TicketTable:
    """A table that never moves a row under the pointer or the keyboard focus.

    New data that would move rows is held back while the list is in use and offered by a button,
    unless `TableData.asked` has grown, which says that the person wanted just this change.
    """

    def __init__(
        self,
        *,
        on_open: Call,
        on_sort: Call,
        on_page: Call,
        on_action: Call,
        on_empty_action: Call,
    ) -> None:
        self._part = _Table(TableData(loading=True))
        self._part.hear("open", lambda said: on_open(said.text("id")))
        self._part.hear("sort", lambda said: on_sort(said.text("key"), said.flag("descending")))
        self._part.hear("page", lambda said: on_page(_turned(said)))
        self._part.hear_order("act", lambda said: on_action(said.texts("ids"), said.text("action")))
        self._part.hear("empty", lambda _: on_empty_action())

    def update(self, data: TableData) -> None:
        """Show `data`: rows that stay keep their place, their focus and their selection."""
        self._part.show(data)


def _turned(said: Said) -> PageTurn:
    return PageTurn(
        forward=said.flag("forward"),
        ids=tuple(said.texts("ids")),
        first=said.text("first"),
        last=said.text("last"),
    )


class _Table(Part, script="ticket_table"):
    pass
