"""The list one tab looks at: its filter, its page, and when to ask the desk again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from app.desk.commands import Commands
from app.desk.presence import Present
from app.desk.queries import Queries
from app.desk.read_models import ScanProgress
from app.domain.clock import Clock
from app.domain.connection import ConnectionStatus
from app.domain.errors import StoreError
from app.domain.filters import (
    PAGE_SIZE,
    Anchor,
    ListHabits,
    TicketFilter,
    order_word,
    place_from,
)
from app.domain.saved_views import SavedView
from app.domain.signals import Changes, Signal
from app.state import filter_actions
from app.state.formatting import Formatter, error_notice
from app.state.presenters import filters, saved_views, ticket_list
from app.state.presenters.charts import charts
from app.state.presenters.empty_state import unread, way_out
from app.state.reactive import RETRY_SECONDS, Debouncer, LatestTask, Observable, SharedResult
from components.data import (
    ChartData,
    FreshnessData,
    NoticeData,
    PageTurn,
    StatCard,
    TableData,
    ViewItem,
)
from components.filter_data import FilterBarData, SearchData
from components.i18n import _

if TYPE_CHECKING:
    from app.desk.read_models import Choices, DashboardStats, Freshness, InboxSnapshot

T = TypeVar("T")

ALONE_SECONDS = 0.05
"""how long the filters wait for the rows, to be shown together with them"""
PAINTING_SECONDS = 0.02
"""which rows have the browser and this machine for themselves, before they are counted"""
STAMPS_KEPT = 2000
"""tickets of which is known when they last changed; while more change at once that is not said"""
CHOICES_SECONDS = 0.2
"""after the last letter, until the filters say what they would show"""


class ListMemory:
    """Keeps the last view and the order in each; a list that is no view changes neither."""

    def __init__(self, commands: Commands, habits: ListHabits) -> None:
        self._commands, self._habits = commands, habits

    def opened(self, key: str) -> TicketFilter:
        """A view, or what a number counts, in the order in which it was last looked at."""
        chosen = filter_actions.with_card(key)
        return self._habits.opened(filter_actions.view_of(chosen))

    async def note(self, chosen: TicketFilter, *, saved: str = "") -> None:
        """Keep what is looked at now, if that is another view or another order of it; `saved` is
        the key of the saved view that it is, which has an order of its own.
        """
        view = saved or filter_actions.view_of(chosen)
        order = order_word(chosen)
        if saved or order == order_word(filter_actions.with_card(view)):
            order = ""
        before = self._habits
        if not view or (view, order) == (before.view, before.orders.get(view, "")):
            return
        self._habits = replace(before, view=view, orders={**before.orders, view: order})
        with suppress(StoreError):  # that nothing can be kept is said where it matters
            await self._commands.remember_list(view, None if saved else order)


class InboxState:
    """Rows first, everything else after; only what differs is drawn."""

    def __init__(
        self,
        queries: Queries,
        changes: Signal[Changes],
        *,
        chosen: TicketFilter,
        fmt: Formatter,
        clock: Clock,
        presence: Callable[[], Mapping[str, Sequence[Present]]] = dict,
        own: str = "",
        claims: Callable[[], Mapping[str, str]] = dict,
        author: str = "",
        saved: tuple[SavedView, ...] = (),
    ) -> None:
        self.chosen, self._typed = chosen, chosen.query
        self.saved = Observable[tuple[SavedView, ...]]()
        self.saved.set(saved)
        self._saved_totals: Mapping[str, int] = {}
        self.dashboard: DashboardStats | None = None
        self.table = Observable[TableData]()
        self.search = Observable[SearchData]()
        self.filters = Observable[FilterBarData]()
        self.views = Observable[tuple[ViewItem, ...]]()
        self.stats = Observable[tuple[StatCard, ...]]()
        self.charts = Observable[tuple[ChartData, ...]]()
        self.freshness = Observable[FreshnessData]()
        self.waiting = Observable[int | None]()
        self.notice = Observable[NoticeData | None]()
        self.clamped = Signal[TicketFilter]()
        self._queries, self._fmt, self._clock = queries, fmt, clock
        self._snapshot: InboxSnapshot | None = None
        self._choices: Choices | None = None
        self._known: Freshness | None = None
        self._asked, self._number, self._filled = 0, 0, False
        self._snapshot_stamp = 0
        self._answered = 0  # the list that `_snapshot` belongs to: a new one may be on its way
        self._drawn_at: datetime | None = None
        self._anchor: Anchor | None = None
        self._seen: frozenset[str] | None = frozenset()
        self._stamp = 0
        self._stamps: dict[str, int] = {}
        self._latest = LatestTask()
        self._again = Debouncer(lambda: self._shown_or_said(self.load()), clock=clock)
        self._refill = Debouncer(lambda: self._shown_or_said(self._fill()), clock=clock)
        self._recheck = Debouncer(lambda: self._shown_or_said(self.check()), clock=clock)
        self._resave = Debouncer(lambda: self._shown_or_said(self._read_saved()), clock=clock)
        self._rechoose = Debouncer(self._choose, clock=clock, delay=CHOICES_SECONDS)
        self._retry = Debouncer(self._try_again, clock=clock, delay=RETRY_SECONDS)
        self._presence, self._own = presence, own
        self._claims, self._author = claims, author
        self._leave = changes.subscribe(self._changed)

    async def load(self) -> None:
        """Ask for the rows and draw them, unless something newer was asked for meanwhile."""
        self._number += 1
        number, chosen, asked = self._number, self.chosen, self._asked
        stamp, anchor = self._stamp, self._anchor
        # All that was chosen is drawn with the rows, in one message; before rows that take long.
        alone = asyncio.get_running_loop().call_later(ALONE_SECONDS, self._draw_around)
        try:
            snapshot = await self._asked_for(
                self._queries.inbox(chosen, zone=self._fmt.zone, anchor=anchor)
            )
        finally:
            alone.cancel()
        if number != self._number:
            return  # what was asked for since draws all of it
        if snapshot is None:
            self._draw_around()
            return
        if snapshot.total is not None and _is_past_the_end(snapshot, anchor):
            self._anchor, self._seen = None, None
            self._clamp(ticket_list.pages_of(snapshot.total))
            await self.load()
            return
        if anchor is not None:
            snapshot = self._found_beside(snapshot)
        self._snapshot, self._answered, self._snapshot_stamp = snapshot, asked, stamp
        self._draw_around()
        self._draw_table()
        if snapshot.total is None:
            await self._count(number, snapshot)
        if self._filled:
            self._rechoose.trigger()

    def _found_beside(self, snapshot: "InboxSnapshot") -> "InboxSnapshot":
        """The address says where the page beside a row really lies."""
        page = 1 + -(-snapshot.first // PAGE_SIZE)
        if page == 1:
            self._anchor, self._seen = None, frozenset()
        if page != self.chosen.page:
            self._clamp(page)
        same = snapshot.chosen == self.chosen
        return snapshot if same else replace(snapshot, chosen=self.chosen)

    def _clamp(self, page: int) -> None:
        self.chosen = self.chosen.changed(page=page)
        self.clamped.emit(self.chosen)

    async def _count(self, number: int, snapshot: "InboxSnapshot") -> None:
        """Learn how many there are, once the rows have had time to be painted."""
        await asyncio.sleep(PAINTING_SECONDS)
        total = await self._asked_for(self._queries.total(snapshot.chosen, zone=self._fmt.zone))
        if total is not None and number == self._number:
            self._snapshot = replace(snapshot, total=total)
            self._draw_table()

    async def check(self) -> None:
        """Ask how current the mirror is, and say so; the rest is drawn if it says that too."""
        before = self._known
        self._known = await self._asked_for(self._queries.freshness()) or self._known
        if self._known is None:
            return
        self.freshness.set(_freshness_bar(self._known, self._fmt))
        if self._minute() != self._drawn_at or _told_beyond_age(before) != _told_beyond_age(
            self._known
        ):
            self._draw_around()
            self._draw_table()

    def show(self, chosen: TicketFilter, *, typed: str | None = None) -> asyncio.Task[None]:
        """Show the tickets of `chosen`; what was asked for before no longer matters.

        Args:
            typed: what the search field holds, where that is more than `chosen.query`.
        """
        self._typed = chosen.query if typed is None else typed
        self._anchor, self._seen = None, frozenset() if chosen.page == 1 else None
        return self._turn_to(chosen)

    def turn(self, page: PageTurn) -> asyncio.Task[None]:
        """Go on after the last row on the screen, or back before the first; nobody is passed over
        because others have left the list, or moved in it, since the rows were drawn.
        """
        by = 1 if page.forward else -1
        chosen = self.chosen.changed(page=max(1, self.chosen.page + by))
        place = place_from(page.last if page.forward else page.first)
        if place is None:
            return self.show(chosen)
        if self._seen is not None:
            self._seen |= frozenset(page.ids)
        self._anchor = Anchor(place=place, forward=page.forward, seen=self._seen)
        return self._turn_to(chosen)

    def _turn_to(self, chosen: TicketFilter) -> asyncio.Task[None]:
        self.chosen = chosen
        self._asked += 1
        return self._latest.start(self._shown_or_said(self.load()))

    def follow_empty(self) -> TicketFilter:
        """The filter behind the button that an empty list shows."""
        return way_out(self.chosen, self.dashboard)

    def after(self, ticket_id: str) -> str:
        """The ticket that follows this one on the page; empty for the last, or one not on it."""
        ids = [row.ticket.id for row in self._snapshot.rows] if self._snapshot else []
        return dict(pairwise(ids)).get(ticket_id, "")

    def known_statuses(self) -> dict[str, str | None]:
        """The status of each ticket on the screen, as far as it has been ordered."""
        rows = self._snapshot.rows if self._snapshot else ()
        return {row.ticket.id: row.pending_status or row.ticket.status for row in rows}

    def fill(self) -> None:
        """Ask for numbers, choices and charts, now that the rows are up; and from now on."""
        self._filled = True
        self._refill.trigger()

    def set_formatter(self, fmt: Formatter) -> None:
        """Say everything again in the viewer's own zone."""
        self._fmt = fmt
        self._draw_around()
        self._latest.start(self._shown_or_said(self.load()))
        if self._filled:
            self._refill.trigger()

    async def close(self) -> None:
        """Hear of nothing more and stop what runs."""
        self._leave()
        soon = (self._again, self._refill, self._recheck, self._resave, self._rechoose, self._retry)
        for work in (self._latest, *soon):
            await work.close()

    def _changed(self, changes: Changes) -> None:
        if changes.tickets:
            self._note(changes.tickets)
            self._again.trigger()  # any of them may enter the list, leave it, or move in it
        if changes.private_notes:
            self._again.trigger()  # the rows say how many there are
        is_own = changes.marks == self._author or (changes.age and self._is_time_to_wake())
        if is_own:
            self._again.trigger()
        if self._filled and (changes.tickets or changes.stats or is_own):
            self._refill.trigger()
        if changes.views:
            self._resave.trigger()
        # Ages count by themselves; other words change with the minute.
        if changes.connection or (changes.age and self._minute() != self._drawn_at):
            self._recheck.trigger()

    def _is_time_to_wake(self) -> bool:
        wakes = self._snapshot.next_wake if self._snapshot else None
        return wakes is not None and wakes <= self._clock.now()

    def _note(self, changed: frozenset[str]) -> None:
        """Number the change, so that the rows can say since when each of them is as it is."""
        self._stamp += 1
        if len(self._stamps) + len(changed) > STAMPS_KEPT:
            self._stamps = {}
        self._stamps.update(dict.fromkeys(changed, self._stamp))

    async def _fill(self) -> None:
        if self._never_read():
            await self.check()
        if self._never_read():
            return  # no number is known, and none is zero
        dashboard = await self._asked_for(self._queries.dashboard_stats(zone=self._fmt.zone))
        self.dashboard = dashboard or self.dashboard
        self._rechoose.trigger()
        if self.dashboard is not None:
            self.waiting.set(ticket_list.waiting(self.dashboard))
        # The saved views are drawn with the others, in one message; after them if that takes long.
        alone = asyncio.get_running_loop().call_later(ALONE_SECONDS, self._draw_numbers)
        try:
            await self._count_saved()
        finally:
            alone.cancel()
        self._draw_numbers()

    def _draw_numbers(self) -> None:
        self._draw_around()
        self._draw_table()

    async def _read_saved(self) -> None:
        """Ask which views are saved now, and how many tickets each has."""
        saved = await self._asked_for(self._queries.saved_views())
        if saved is not None:
            self.saved.set(saved)
        if self._filled:
            await self._count_saved()
        self._draw_around()

    async def _count_saved(self) -> None:
        saved = self.saved.value or ()
        if not saved:
            return
        lists = tuple(view.filter for view in saved)
        totals = await self._asked_for(self._queries.totals(lists, zone=self._fmt.zone))
        if totals is not None:
            keys = (view.key for view in saved)
            self._saved_totals = dict(zip(keys, totals, strict=True))

    def shown_view(self, chosen: TicketFilter) -> SavedView | None:
        """The saved view that the list is a page of."""
        return next((view for view in self.saved.value or () if view.is_shown(chosen)), None)

    async def _choose(self) -> None:
        """Ask what product and currency filters would show, for the filter now in force."""
        chosen = self.chosen
        asked = self._queries.choices(chosen, zone=self._fmt.zone)
        choices = await self._asked_for(asked)
        if chosen == self.chosen:  # else another question follows
            self._choices = choices or self._choices
        self._draw_around()

    def _never_read(self) -> bool:
        known = self._known
        return known is not None and not known.held and known.as_of is None

    def _minute(self) -> datetime:
        return self._clock.now().replace(second=0, microsecond=0)

    def _draw_table(self) -> None:
        """Draw the rows of the newest answer; some words also change with time alone."""
        if self._snapshot is None:
            return
        self._drawn_at = self._minute()
        self.table.set(
            ticket_list.table(
                self._snapshot,
                fmt=self._fmt,
                now=self._clock.now(),
                asked=self._answered,
                stamp=self._snapshot_stamp,
                stamps=self._stamps,
                freshness=self._known,
                dashboard=self.dashboard,
                presence=self._presence(),
                own=self._own,
                claims=self._claims(),
            )
        )

    def somebody_moved(self, ticket_ids: frozenset[str]) -> None:
        """Say anew who is at which ticket and who has it, where one of them is on the screen."""
        if self._snapshot and any(row.ticket.id in ticket_ids for row in self._snapshot.rows):
            self._draw_table()

    def _draw_around(self) -> None:
        chosen, fmt, known = self.chosen, self._fmt, _told_beyond_age(self._known)
        view = replace(chosen, query="", page=1)  # neither tells anything of views and numbers
        self.search.set(filters.search_box(self._typed))
        self.filters.set(_filter_bar(self._choices, chosen, fmt))
        shown = self.shown_view(chosen)
        built_in = _views(self.dashboard, view, fmt, known, shown is not None)
        saved = saved_views.views(
            self.saved.value or (),
            totals=self._saved_totals,
            shown=shown,
            fmt=fmt,
            is_partial=known is not None and not known.complete,
        )
        self.views.set((*built_in, *saved))
        self.stats.set(_stats(self.dashboard, view, fmt, known))
        if self.dashboard is not None:
            self.charts.set(_charts(self.dashboard, fmt, known))
        if self._known is not None:
            self.freshness.set(_freshness_bar(self._known, fmt))

    async def _asked_for(self, question: Awaitable[T]) -> T | None:
        """The answer; None when there is none, which is then said on the screen."""
        try:
            answer = await question
        except Exception as error:  # noqa: BLE001  # a screen never dies of one answer
            self._say_failed(error)
            return None
        self.notice.set(None)
        return answer

    async def _shown_or_said(self, work: Awaitable[None]) -> None:
        """Do the work; what went wrong in it is said, and it is tried again."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  # a screen never dies of one drawing
            self._say_failed(error)

    def _say_failed(self, error: Exception) -> None:
        notice = error_notice(error, kept=_("What was read before is shown."))
        self.notice.set(notice)
        if self._snapshot is None:
            self.table.set(TableData(count=None, asked=self._asked, empty=unread(notice.text)))
        self._retry.trigger()

    async def _try_again(self) -> None:
        """Ask for everything once more: what failed before may work by now."""
        await self._shown_or_said(self.load())
        await self._shown_or_said(self.check())
        if self._filled:
            self._refill.trigger()


# Many screens show the same; each of these is made once for all of them.
_filter_bar = SharedResult(
    lambda choices, chosen, fmt: filters.filter_bar(chosen, fmt=fmt, choices=choices)
)
_views = SharedResult(
    lambda dashboard, chosen, fmt, known, is_saved: ticket_list.views(
        chosen, fmt=fmt, dashboard=dashboard, freshness=known, is_saved=is_saved
    )
)
_stats = SharedResult(
    lambda dashboard, chosen, fmt, known: ticket_list.stats(
        chosen, fmt=fmt, dashboard=dashboard, freshness=known
    )
)
_charts = SharedResult(lambda dashboard, fmt, known: charts(dashboard, fmt=fmt, freshness=known))
_freshness_bar = SharedResult(lambda known, fmt: ticket_list.freshness_bar(known, fmt=fmt))


def _told_beyond_age(known: "Freshness | None") -> "Freshness | None":
    """What the numbers and the list tell of how current the mirror is; ages count by themselves."""
    if known is None or known.status is not ConnectionStatus.LIVE:
        return known
    return replace(known, as_of=None, scan=ScanProgress())


def _is_past_the_end(snapshot: "InboxSnapshot", anchor: Anchor | None) -> bool:
    total = snapshot.total or 0
    if anchor is not None:
        return not snapshot.rows and total > 0
    return snapshot.chosen.page > ticket_list.pages_of(total)
