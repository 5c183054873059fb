"""The list of tickets: one page of rows, sorted, selected and turned by the person."""

from collections.abc import Callable
from functools import partial

from components import keys
from components.data import EmptyData, PageTurn, TableData
from components.elements import Box, Button, Text
from components.events import Action, TextAction
from components.html import Html, html, icon
from components.i18n import _, ngettext
from components.ticket_columns import Column, columns
from components.ticket_rows import Seen, TicketRows

SortAction = Callable[[str, bool], object]
"""What to sort by, and whether the largest or newest comes first."""
BulkAction = Callable[[list[str], str], object]
"""Tickets, and what to do with them: close or reopen."""


class TicketTable:
    """A table that never moves a row under the pointer or the keyboard focus.

    New data that would move rows is held back while the list is in use and offered by a button,
    unless `TableData.asked` has grown, which says that the person wanted just this change.
    """

    def __init__(
        self,
        *,
        on_open: TextAction,
        on_rest: TextAction,
        on_sort: SortAction,
        on_page: Callable[[PageTurn], object],
        on_action: BulkAction,
        on_empty_action: Action,
    ) -> None:
        self._data = TableData(loading=True)
        self._seen: Seen | None = None
        self._picked: frozenset[str] = frozenset()
        self._on_sort, self._on_action = on_sort, on_action
        with Box("section", "list", aria_label=_("Ticket list")):
            with Box("table", "tickets", role="table", aria_label=_("Tickets")) as self._table:
                self._build_head()
                self._rows = TicketRows(
                    acts={
                        "open": lambda ticket, _: on_open(ticket),
                        "close": lambda ticket, _: on_action([ticket], "close"),
                        "reopen": lambda ticket, _: on_action([ticket], "reopen"),
                    },
                    on_pick=self._pick,
                    on_held=self._hold,
                    on_rest=on_rest,
                    on_turn=on_page,
                )
            self._empty = _Empty(on_action=on_empty_action)
            with Box("footer", "pager"):
                self._build_bulk()
                self._pill_low = Button("", "pill pill-low", data_list="show", hidden=True)
                self._news = Text("span", "", "sr", aria_live="polite")
                self._range = Box("span", "range")
                self._previous = _step(_("Previous page"), "previous", key=keys.PREVIOUS_PAGE)
                self._next = _step(_("Next page"), "next", key=keys.NEXT_PAGE)
        self._draw()

    def update(self, data: TableData) -> None:
        """Show `data`: rows that stay keep their place, their focus and their selection."""
        if data.asked != self._data.asked:
            self._seen = None
        self._data = data
        self._draw()

    def _build_head(self) -> None:
        self._heads: dict[str, Box] = {}
        with Box("thead", role="rowgroup"), Box("tr", role="row"):
            with Box("th", "c-pick", role="columnheader", scope="col"), Box("label"):
                name = _("Select all on this page")
                self._all = Box("input", type="checkbox", aria_label=name, data_list="all")
            for column in (*columns(waits=False), *columns(waits=True)):
                if column.key not in self._heads:
                    self._build_column(column)

    def _build_column(self, column: Column) -> None:
        style = f"c-{column.key}"
        with Box("th", style, role="columnheader", scope="col") as self._heads[column.key]:
            sort = Button("", "sort", on_click=partial(self._sort, column))
            sort.show(html("{}{}", column.label, _ARROW))
            if column.key == "subject":
                self._pill = Button("", "pill", data_list="show", hidden=True)

    def _build_bulk(self) -> None:
        name = _("Selected tickets")
        with Box("div", "bulk", role="group", aria_label=name, hidden=True) as self._bulk:
            self._count = Text("span")
            self._orders = tuple(
                Button(
                    label,
                    "secondary",
                    key=key,
                    command=True,
                    on_click=partial(self._act, action),
                    data_list="order",
                )
                for action, label, key in (
                    ("close", _("Close"), keys.CLOSE_SELECTED),
                    ("reopen", _("Reopen"), keys.REOPEN_SELECTED),
                )
            )
            Button(_("Clear selection"), "quiet", key=keys.CLEAR_SELECTION, data_list="clear")

    # ── What is shown ─────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        data = self._data
        self._table.set(aria_busy=_said(data.loading), data_waits=data.waits)
        self._all.set(disabled=not data.rows)
        shown = {column.key for column in columns(waits=data.waits)}
        direction = "descending" if data.descending else "ascending"
        for key, head in self._heads.items():
            head.set(aria_sort=direction if key == data.sort else "none", hidden=key not in shown)
        self._rows.show_page(data)
        self._empty.show(None if data.rows or data.loading else data.empty)
        self._range.set(data_count=None if data.count is None else str(data.count))
        self._range.show(_range(data))
        self._previous.set(disabled=data.page <= 1)
        self._next.set(disabled=data.page >= data.pages)
        self._draw_pill()
        self._draw_bulk()

    def _draw_pill(self) -> None:
        words = self._waiting()
        for pill in (self._pill, self._pill_low):
            pill.set(hidden=not words)
            if words:
                pill.text = _("{news}: show").format(news=words)
        if not words or not self._news.text:
            self._news.text = words  # said aloud when it begins, not with each that comes

    def _waiting(self) -> str:
        """What is new or changed among the rows that are held back; the rest of them moved up."""
        seen, data = self._seen, self._data
        if seen is None:
            return ""
        come = [row for row in data.rows if row.id not in seen.ids]
        fresh = sum(row.number > seen.newest for row in come)
        changed = sum(
            row.number <= seen.newest and data.stamps.get(row.id, 0) > seen.stamp for row in come
        )
        said = []
        if fresh:
            said.append(ngettext("{count} new", "{count} new", fresh).format(count=fresh))
        if changed:
            said.append(
                ngettext("{count} changed", "{count} changed", changed).format(count=changed)
            )
        return " · ".join(said) or _("List changed")

    def _draw_bulk(self) -> None:
        here, picked = len(self._chosen()), len(self._picked)
        self._bulk.set(hidden=not picked)
        for order in self._orders:
            order.set(disabled=not here)
        if picked:
            words = _("{count} selected") if here == picked else _("{count} selected, {here} here")
            self._count.text = words.format(count=picked, here=here)

    # ── What the person does ──────────────────────────────────────────────────────────────────────

    def _sort(self, column: Column) -> object:
        again = self._data.sort == column.key
        return self._on_sort(column.key, not self._data.descending if again else column.descending)

    def _hold(self, seen: Seen | None) -> None:
        self._seen = seen
        self._draw_pill()

    def _pick(self, ids: tuple[str, ...]) -> None:
        self._picked = frozenset(ids)
        self._draw_bulk()

    def _act(self, action: str) -> object:
        return self._on_action(self._chosen(), action)

    def _chosen(self) -> list[str]:
        """The selected tickets that are on the screen: no order reaches one that is not seen."""
        shown = self._seen.ids if self._seen else [row.id for row in self._data.rows]
        return [ticket for ticket in shown if ticket in self._picked]


class _Empty:
    """Why there is nothing to show, and what to do about it."""

    def __init__(self, *, on_action: Action) -> None:
        with Box("div", "empty", hidden=True) as self._box:
            self._title = Text("p", "", "empty-title")
            self._text = Text("p")
            self._action = Button("", "secondary", on_click=on_action)

    def show(self, data: EmptyData | None) -> None:
        self._box.set(hidden=data is None)
        if data is None:
            return
        self._box.set(aria_busy=_said(data.busy))
        for part, words in (
            (self._title, data.title),
            (self._text, data.text),
            (self._action, data.action),
        ):
            part.text = words
            part.set(hidden=not words)


def _step(name: str, what: str, *, key: str) -> Button:
    button = Button("", "quiet step", name=name, key=key, data_list=what, disabled=True)
    button.show(icon(what))
    return button


def _range(data: TableData) -> Html:
    if not data.coverage:
        return html("{}", data.range_label)
    before = " · " if data.range_label else ""
    return html('{}<span class="coverage">{}{}</span>', data.range_label, before, data.coverage)


def _said(holds: bool) -> str:  # noqa: FBT001  # the value of an attribute
    return "true" if holds else "false"


_ARROW = html(
    '<svg class="icon arrow" viewBox="0 0 16 16" aria-hidden="true">'
    '<path d="M8 3v10m-4-4 4 4 4-4"/></svg>'
)
