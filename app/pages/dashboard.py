"""One browser tab at work: what the person does goes to its states, what they say to the screen."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from nicegui import Client, ui
from nicegui.events import GenericEventArguments

from app.desk.desk import Desk
from app.domain.accounts import Right
from app.domain.clock import Clock
from app.domain.filters import (
    ListHabits,
    Own,
    TicketFilter,
    address,
    filter_from_query,
    names_list,
)
from app.domain.outbox_entry import Draft
from app.domain.saved_views import SavedView
from app.domain.tasks import TaskSet
from app.domain.ticket import Status
from app.pages.frame import Beats, follow_days, on_zone, write_title
from app.pages.seller_page import PAGES
from app.state import filter_actions
from app.state.bulk import BulkState
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from app.state.inbox import InboxState, ListMemory
from app.state.palette import PaletteAction, PaletteState
from app.state.presenters.charts import OPENED, WAITING
from app.state.presenters.claims import claims_by_ticket
from app.state.review_queue import ReviewQueueState
from app.state.saved_views import SavedViewsState
from app.state.undo_send import UndoSend
from components import keys
from components.chart import Chart
from components.conversation_drawer import ConversationDrawer
from components.data import ChartData, ConversationData, PageTurn, PaletteEntry
from components.filter_bar import FilterBar
from components.frame import Frame
from components.freshness import FreshnessBar
from components.i18n import _
from components.notice import Notice
from components.palette import Palette
from components.review_queue import ReviewQueue
from components.saved_views import SavedViews
from components.search_box import SearchBox
from components.site import SITE
from components.stats_row import StatsRow
from components.ticket_table import TicketTable
from components.view_list import ViewList

_ACTIONS = {"close": Status.CLOSED, "reopen": Status.OPEN}


class Dashboard:
    """Builds the parts of `/` and ties them together; decides nothing."""

    def __init__(
        self,
        client: Client,
        desk: Desk,
        frame: Frame,
        chosen: TicketFilter,
        *,
        habits: ListHabits,
        saved: tuple[SavedView, ...] = (),
        fmt: Formatter,
        clock: Clock,
        beats: Beats,
    ) -> None:
        self._client = client
        self._opened_at = chosen
        self._habits = ListMemory(desk.commands, habits)
        own = desk.session.user.name if desk.session else ""
        self._inbox = InboxState(
            desk.queries,
            desk.changes,
            chosen=chosen,
            fmt=fmt,
            clock=clock,
            presence=lambda: desk.presence.others(client.id),
            own=own,
            claims=lambda: claims_by_ticket(desk),
            author=desk.session.user.user_id if desk.session else "",
            saved=saved,
        )
        self._saved = SavedViewsState(desk, self._inbox, clock=clock)
        self._may_write = desk.may(Right.WRITE)
        self._conversation = ConversationState(
            desk, viewer=client.id, fmt=fmt, clock=clock, query=lambda: self._inbox.chosen.query
        )
        self._bulk = BulkState(desk.commands, fmt=fmt, clock=clock)
        self._review_queue = ReviewQueueState(desk, fmt=fmt, clock=clock)
        self._undo_send = UndoSend(desk, clock=clock)
        self._palette = PaletteState(
            desk.queries,
            fmt=fmt,
            places=self._places,
            open_ticket=self._open,
            follow=self._follow,
        )
        self._build_header(frame, desk, beats)
        self._build_filters(frame)
        self._build_list(frame)
        self._build_review_queue(frame)
        self._build_drawer(frame, reads_only=not self._may_write)
        ui.on("desk_popstate", self._go_to)
        self._fmt = fmt
        on_zone(self._set_formatter)
        client.on_connect(self._inbox.fill)
        client.on_connect(self._conversation.come)
        client.on_disconnect(self._conversation.go_away)
        client.on_delete(desk.presence.changed.subscribe(self._inbox.somebody_moved))
        if desk.claims:
            client.on_delete(desk.claims.changed.subscribe(self._inbox.somebody_moved))
        client.on_delete(self._leave)
        self._tasks = TaskSet()
        self._tasks.start(
            follow_days(
                lambda: self._fmt.day_of(clock.now()),
                lambda: self._set_formatter(self._fmt),
                clock=clock,
            )
        )

    def begin(self, ticket_id: str) -> list[asyncio.Task[None]]:
        """Start reading what is shown first; each task ends when its part is drawn."""
        asked = (self._inbox.check(), self._review_queue.load())
        first = [*map(self._tasks.start, asked), self._show(self._inbox.chosen)]
        self._undo_send.look(ticket_id)
        opening = self._conversation.open(ticket_id)
        return [*first, opening] if opening else first

    def _build_header(self, frame: Frame, desk: Desk, beats: Beats) -> None:
        with frame.search:
            self._inbox.search.follow(SearchBox(on_query=self._type_query).update)
            palette = Palette(on_query=self._palette.ask, on_pick=self._palette.pick)
            self._palette.palette.follow(palette.update)
        with frame.fresh:
            beats.follow(self._client, desk.changes)
            fresh = FreshnessBar(on_action=desk.commands.refresh_now)
        self._inbox.freshness.follow(fresh.update)
        with frame.views:
            self._inbox.views.follow(ViewList(on_view=self._choose_card).update)
            self._build_saved_views()
        with frame.overview:
            self._inbox.stats.follow(StatsRow(on_card=self._choose_card).update)
            self._charts = (
                Chart(title=OPENED, on_pick=lambda day: self._choose(filter_actions.with_day(day))),
                Chart(
                    title=WAITING, on_pick=lambda band: self._choose(filter_actions.with_wait(band))
                ),
            )
        self._inbox.charts.follow(self._draw_charts)
        self._inbox.waiting.follow(lambda _: self._write_title())

    def _build_saved_views(self) -> None:
        saved = self._saved
        place = SavedViews(
            on_keep=lambda name, shared, anew: saved.keep(name, is_shared=shared, takes_list=anew),
            on_end=saved.end,
            acts={
                "up": lambda key, _: saved.move(key, -1),
                "down": lambda key, _: saved.move(key, 1),
                "edit": lambda key, _: saved.begin(key),
                "remove": lambda key, _: saved.remove(key),
            },
        )
        saved.items.follow(place.update)
        saved.form.follow(place.fill)
        saved.begun.subscribe(lambda _: place.open())
        saved.kept.subscribe(lambda _: place.close())
        saved.notice.follow(lambda _: self._tell())

    def _build_filters(self, frame: Frame) -> None:
        def choose(change: Callable[..., TicketFilter]) -> Callable[..., None]:
            return lambda *said: self._choose(change(self._inbox.chosen, *said))

        with frame.filters:
            bar = FilterBar(
                on_status=choose(filter_actions.with_status),
                on_needs_response=choose(
                    lambda now, on: filter_actions.with_needs_response(now, on=on)
                ),
                on_product=choose(lambda now, value: now.changed(product=value or None)),
                on_currency=choose(lambda now, value: now.changed(currency=value or None)),
                on_created=choose(filter_actions.with_days),
                on_clear=choose(filter_actions.cleared),
                on_chip=choose(filter_actions.without),
            )
        self._inbox.filters.follow(bar.update)

    def _build_list(self, frame: Frame) -> None:
        with frame.work:
            self._notice = Notice(on_action=self._act_on_notice)
            table = TicketTable(
                on_open=self._open,
                on_rest=self._conversation.prepare,
                on_sort=self._sort,
                on_page=self._turn_page,
                on_action=self._act,
                on_empty_action=lambda: self._choose(self._inbox.follow_empty()),
            )
        self._inbox.table.follow(table.update)
        self._inbox.clamped.subscribe(lambda _: self._write_address(push=False))

    def _build_review_queue(self, frame: Frame) -> None:
        queue = self._review_queue
        with frame.line:
            line = Notice(on_action=lambda: self._choose_card(Own.NEEDS_REVIEW))
        with frame.work:
            place = ReviewQueue(
                on_review=queue.review, on_recheck_all=queue.recheck_all, on_open=self._open
            )
        queue.line.follow(line.update)
        queue.board.follow(place.update)

    def _build_drawer(self, frame: Frame, *, reads_only: bool) -> None:
        open_ticket = self._conversation
        with frame.side:
            drawer = self._drawer = ConversationDrawer(
                on_close=lambda: self._open(""),
                on_send=lambda *typed: open_ticket.send(*typed[:-1], then_close=typed[-1]),
                on_status=open_ticket.toggle_status,
                on_draft=open_ticket.edit_draft,
                on_other_draft=lambda number, text, insert: open_ticket.take_other(
                    Draft(number=number, text=text), insert=insert
                ),
                on_review=open_ticket.review,
                on_open_other=self._open,
                on_fact=self._follow,
                on_more=open_ticket.show_more,
                on_turn=open_ticket.turn,
                on_notice_action=open_ticket.dismiss,
                on_told=self._act_on_told,
                on_before_send=open_ticket.go_on_with_reply,
                on_claim=open_ticket.turn_claim,
                on_mark=open_ticket.mark,
                on_note=open_ticket.act_on_note,
                on_add_note=open_ticket.add_note,
                on_note_about=open_ticket.choose_note,
                on_note_draft=open_ticket.edit_note,
                on_other_note=lambda number, text, insert: open_ticket.take_other_note(
                    Draft(number=number, text=text), insert=insert
                ),
                on_missed=open_ticket.miss,
                reads_only=reads_only,
            )
        open_ticket.reply_sent.subscribe(self._undo_send.add)
        open_ticket.missed.subscribe(self._undo_send.miss)
        undo = self._undo_send
        for said in (undo.over_box, undo.over_list, self._bulk.notice, self._inbox.notice):
            said.follow(lambda _: self._tell())
        open_ticket.status_turned.subscribe(
            lambda turn: self._bulk.turned(turn.ticket_id, turn.status, has_draft=turn.has_draft)
        )
        self._undo_send.opened.subscribe(self._open)
        open_ticket.drawer.follow(self._draw_drawer)
        open_ticket.ready.subscribe(drawer.make_ready)
        open_ticket.sent.subscribe(lambda _: drawer.sent(ok=True))
        open_ticket.saved.subscribe(lambda saved: drawer.acknowledge(*saved))
        open_ticket.notes.added.subscribe(lambda _: drawer.note_added())
        open_ticket.notes.saved.subscribe(lambda saved: drawer.acknowledge_note(*saved))
        open_ticket.draft_returned.subscribe(lambda _: drawer.focus_box())

    def _places(self) -> Iterator[PaletteAction]:
        """What can be done now, as the palette offers it; then the views."""
        shown, inbox = self._conversation.drawer.value, self._inbox
        if shown and self._may_write:
            yield from self._changes_of(shown)
        if following := inbox.after(self._conversation.ticket_id):
            yield _action("", partial(self._open, following), says=_("Open the next ticket"))
        if inbox.chosen != filter_actions.cleared(inbox.chosen):
            clear = partial(self._choose, filter_actions.cleared(inbox.chosen))
            yield _action("", clear, says=_("Clear all filters"))
        if shown:
            yield _action("", partial(self._open, ""), says=_("Close the conversation"))
        for place, view in enumerate(inbox.views.value or ()):
            entry = PaletteEntry(
                key=f"view {view.key}",
                label=view.label,
                note=view.count,
                hotkey=keys.OF_VIEWS.get(place, ""),
            )
            yield PaletteAction(entry, partial(self._choose_card, view.key))
        for link in PAGES:
            go = partial(ui.navigate.to, SITE.link(link.address))
            yield _action("", go, says=link.label)

    def _changes_of(self, shown: ConversationData) -> Iterator[PaletteAction]:
        """What a person who may change something can do with the open ticket."""
        if shown.may_reply:
            yield _action(keys.REPLY, self._drawer.focus_box)
        if shown.note_box.may_add:
            yield _action(keys.NOTE, self._drawer.open_note_box)
        if shown.status_action:
            yield _action(
                keys.TURN_STATUS, self._conversation.toggle_status, says=shown.status_action
            )
        if shown.claim and shown.claim.action:
            turn = partial(self._conversation.turn_claim, shown.claim.whose)
            yield _action(keys.CLAIM, turn, says=shown.claim.action)

    def _draw_drawer(self, data: ConversationData) -> None:
        self._drawer.update(data)
        self._write_title()

    def _write_title(self) -> None:
        shown = self._conversation.drawer.value
        write_title(self._client, self._inbox.waiting.value, shown.subject if shown else "")

    def _draw_charts(self, both: tuple[ChartData, ...]) -> None:
        for chart, data in zip(self._charts, both, strict=True):
            chart.update(data)

    def _type_query(self, text: str) -> None:
        """Search as the person types: one entry in the history for the whole word."""
        self._show(self._inbox.chosen.changed(query=text.strip()), typed=text)
        self._write_address(push=False)  # while the rows are looked for, which it would hold up

    def _choose(self, chosen: TicketFilter, *, saved: SavedView | None = None) -> None:
        self._saved.look(saved)
        self._show(chosen)
        self._remember(chosen)
        self._write_address(push=True)

    def _show(self, chosen: TicketFilter, *, typed: str | None = None) -> asyncio.Task[None]:
        self._review_queue.look(wanted=chosen.own is Own.NEEDS_REVIEW)
        return self._inbox.show(chosen, typed=typed)

    def _choose_card(self, key: str) -> None:
        saved = self._saved.find(key)
        self._choose(saved.filter if saved else self._habits.opened(key), saved=saved)

    def _remember(self, chosen: TicketFilter) -> None:
        saved = self._inbox.shown_view(chosen)
        self._tasks.start(self._habits.note(chosen, saved=saved.key if saved else ""))

    def _sort(self, key: str, descending: bool) -> None:  # noqa: FBT001  # as the table calls it
        self._choose(filter_actions.with_sort(self._inbox.chosen, key, descending=descending))

    def _turn_page(self, page: PageTurn) -> None:
        self._inbox.turn(page)
        self._write_address(push=True)

    def _open(self, ticket_id: str) -> None:
        self._show_ticket(ticket_id)
        self._write_address(push=True)

    def _show_ticket(self, ticket_id: str) -> None:
        self._undo_send.look(ticket_id)
        opening = self._conversation.open(ticket_id)
        if opening is not None:
            opening.add_done_callback(lambda _: self._prepare_next())
        self._tell()

    def _tell(self) -> None:
        """Say what can be taken back: where the ticket is open if it was done there, or above."""
        undo, done = self._undo_send, self._bulk.notice.value
        is_here = self._was_done_here()
        self._drawer.tell(undo.over_box.value or (done if is_here else None))
        over_list = undo.over_list.value or (None if is_here else done)
        self._notice.update(over_list or self._saved.notice.value or self._inbox.notice.value)

    def _was_done_here(self) -> bool:
        """Whether what can be taken back was done in the ticket that is open."""
        return bool(self._bulk.about) and self._bulk.about == self._conversation.ticket_id

    async def _act_on_told(self) -> None:
        await (self._undo_send.act() if self._undo_send.over_box.value else self._bulk.undo())

    def _prepare_next(self) -> None:
        """The ticket after the open one is the likeliest to be opened next."""
        self._conversation.prepare(self._inbox.after(self._conversation.ticket_id))

    async def _act(self, ids: list[str], action: str) -> None:
        if action in _ACTIONS:
            await self._bulk.change_status(
                ids, _ACTIONS[action], known=self._inbox.known_statuses()
            )

    async def _act_on_notice(self) -> None:
        if self._undo_send.over_list.value:
            await self._undo_send.act()
        elif self._bulk.notice.value and not self._was_done_here():
            await self._bulk.undo()
        else:
            await self._saved.undo()

    def _follow(self, href: str) -> None:
        """Show the list of an address, beside the ticket that is open."""
        self._choose(filter_from_query(dict(parse_qsl(urlsplit(href).query))))

    def _go_to(self, event: GenericEventArguments) -> None:
        """Show what the address says after back or forward."""
        query = dict(parse_qsl(urlsplit(str(event.args)).query))
        chosen = filter_from_query(query) if names_list(query) else self._opened_at
        self._saved.look(None)
        self._show(chosen)
        self._remember(chosen)
        self._show_ticket(query.get("ticket", ""))

    def _set_formatter(self, fmt: Formatter) -> None:
        self._fmt = fmt
        self._inbox.set_formatter(fmt)
        self._conversation.set_formatter(fmt)
        self._review_queue.set_formatter(fmt)
        self._palette.set_formatter(fmt)

    def _write_address(self, *, push: bool) -> None:
        history = ui.navigate.history
        with self._client:
            (history.push if push else history.replace)(
                SITE.link(address(self._inbox.chosen, self._conversation.ticket_id))
            )

    async def _leave(self) -> None:
        await self._tasks.close()
        for state in (
            self._inbox,
            self._conversation,
            self._bulk,
            self._review_queue,
            self._undo_send,
            self._palette,
            self._saved,
        ):
            await state.close()


def _action(key: str, run: Callable[[], object], *, says: str = "") -> PaletteAction:
    """An entry of the palette for what a key does, in the words of the list of keys."""
    label = says or keys.WORDS[key]
    return PaletteAction(PaletteEntry(key=f"action {label}", label=label, hotkey=key), run)
