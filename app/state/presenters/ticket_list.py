"""Presenter of the list, its views and the numbers above it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from app.desk.presence import Present
from app.desk.read_models import DashboardStats, Freshness, InboxRow, InboxSnapshot
from app.domain.bounds import SENTENCE_SHOWN
from app.domain.connection import ConnectionStatus
from app.domain.filters import (
    OTHER_STATUS,
    OWN_VIEWS,
    PAGE_SIZE,
    VIEWS,
    Own,
    SortKey,
    TicketFilter,
    TicketView,
    address,
)
from app.domain.search_query import SearchQuery, parse_query
from app.domain.ticket import Ticket
from app.state import filter_actions
from app.state.formatting import (
    UNKNOWN,
    Formatter,
    awaiting_label,
    iso,
    since,
    status_label,
    subject_of,
    tone,
    visible,
    wait_sign,
)
from app.state.presenters.empty_state import WHAT_IS_MINE, empty_list
from app.state.presenters.marks import row_mark, snoozed_until
from app.state.presenters.presence import presence_words
from app.state.presenters.reply_labels import row_label
from app.state.reactive import SharedResult
from app.store.search.highlight import pattern, spans
from components.data import (
    FreshnessData,
    NoticeData,
    StatCard,
    TableData,
    TicketRow,
    ViewItem,
)
from components.i18n import _

NEVER = 2**53 - 1
"""no ticket has a number above this: none is called new"""

Pieces = tuple[str, ...]
"""a text cut at its hits: every second piece is one; () for a text without any"""

_CARDS = (
    ("needs-response", _("Needs response"), "needs_response"),
    ("open", _("Open"), "open"),
    ("closed", _("Closed"), "closed"),
    ("total", _("All tickets"), "total"),
)

LABELS = {
    ConnectionStatus.LIVE: _("Live"),
    ConnectionStatus.STALE: _("Stale"),
    ConnectionStatus.OFFLINE: _("Offline"),
    ConnectionStatus.FAULT: _("Fault"),
}


def pages_of(total: int) -> int:
    """How many pages the list has; an empty one has one."""
    return max(1, -(-total // PAGE_SIZE))


def table(
    snapshot: InboxSnapshot,
    *,
    fmt: Formatter,
    now: datetime,
    asked: int = 0,
    stamp: int = 0,
    stamps: Mapping[str, int] | None = None,
    freshness: Freshness | None = None,
    dashboard: DashboardStats | None = None,
    presence: Mapping[str, Sequence[Present]] | None = None,
    own: str = "",
    claims: Mapping[str, str] | None = None,
) -> TableData:
    """One page of the list; `freshness` and `dashboard` help to say what the count covers, `stamps`
    say when a ticket last changed, and `stamp` when these rows were asked for; `presence` who else
    is at which ticket, `own` who reads it, and `claims` who has it, in words.
    """
    chosen, total = snapshot.chosen, snapshot.total
    query = parse_query(chosen.query)
    # While the copy is being filled what comes in is no news.
    is_whole = freshness is not None and freshness.complete
    known = (stamps or {}) if is_whole else {}
    is_more = total is None or snapshot.first + len(snapshot.rows) < total
    listed, first = snapshot.rows, snapshot.first
    last = first + len(snapshot.rows)
    of = "…" if total is None else fmt.count(total)
    others, drafts = (
        presence or {},
        {row.ticket.id: row.drafts_of for row in listed if row.drafts_of},
    )
    here = {
        id_: presence_words(others.get(id_, ()), own=own, drafts_of=drafts.get(id_, ()))
        for id_ in others.keys() | drafts.keys()
    }
    shown = f"{fmt.count(first + 1)}\u2013{fmt.count(last)} of {of}"
    return TableData(
        rows=_with_people(
            _rows(snapshot, fmt, now.replace(second=0, microsecond=0)), here, claims or {}
        ),
        count=total,
        range_label=shown if snapshot.rows else "",
        coverage=_coverage(snapshot, query, fmt, freshness),
        page=chosen.page,
        pages=max(chosen.page + 1, pages_of(total or 0)) if is_more else chosen.page,
        sort=chosen.sort.value,
        descending=chosen.descending,
        waits=chosen.only_waiting,
        asked=asked,
        stamp=stamp,
        stamps={row.ticket.id: known[row.ticket.id] for row in listed if row.ticket.id in known},
        newest=snapshot.newest if is_whole else NEVER,
        empty=None
        if snapshot.rows
        else empty_list(snapshot, fmt=fmt, freshness=freshness, dashboard=dashboard),
    )


@SharedResult
def _rows(snapshot: InboxSnapshot, fmt: Formatter, now: datetime) -> tuple[TicketRow, ...]:
    query = parse_query(snapshot.chosen.query)
    skew = snapshot.skew
    return tuple(_row(row, query, fmt=fmt, now=now, skew=skew) for row in snapshot.rows)


def _with_people(
    rows: tuple[TicketRow, ...], presence: Mapping[str, str], claims: Mapping[str, str]
) -> tuple[TicketRow, ...]:
    if (presence.keys() | claims.keys()).isdisjoint(row.id for row in rows):
        return rows
    return tuple(
        replace(
            row,
            presence=presence.get(row.id, ""),
            claim="" if row.tone == "closed" else claims.get(row.id, ""),
        )
        for row in rows
    )


def _coverage(
    snapshot: InboxSnapshot, query: SearchQuery, fmt: Formatter, freshness: Freshness | None
) -> str:
    """What of the shop was looked at: said while tickets are lacking, and of searched messages;
    what is mine; and that amounts of several currencies are in the order of their numbers.
    """
    said = []
    if freshness and not freshness.complete:
        said.append(f"{_progress(freshness, fmt).removesuffix(' read')} read")
    if query.is_anywhere:
        held = fmt.counted(snapshot.held, "ticket", "tickets")
        said.append(
            _("text of {heard} of {held}").format(heard=fmt.count(snapshot.heard), held=held)
        )
    if snapshot.chosen.own is Own.MINE:
        said.append(_("claimed by you, or last answered by you on this desk"))
    if snapshot.snoozed:
        said.append(_("{count} snoozed").format(count=fmt.count(snapshot.snoozed)))
    if snapshot.chosen.sort is SortKey.AMOUNT and len(_currencies(snapshot)) > 1:
        said.append(_("amounts by number, whatever their currency"))
    return ", ".join(said)


def _currencies(snapshot: InboxSnapshot) -> set[str]:
    listed = (row.ticket.order_currency for row in snapshot.rows)
    return {currency for currency in listed if currency}


def _row(
    row: InboxRow, query: SearchQuery, *, fmt: Formatter, now: datetime, skew: timedelta
) -> TicketRow:
    ticket = row.ticket
    status = row.pending_status or ticket.status
    wait = row.wait if status == ticket.status else None
    note, note_tone = row_label(row)
    note = note or row_mark(row, fmt)
    shown = {
        "subject": subject_of(ticket),
        "customer": visible(ticket.customer_email) or UNKNOWN,
        "product": visible(ticket.product_name) or UNKNOWN,
    }
    snippet = " ".join((row.snippet or "").split())[:200]
    hits = {name: marked(text, query, name) for name, text in shown.items()}
    hits["snippet"] = marked(snippet, query, "messages")
    if not any(hits.values()):
        snippet, hits["snippet"] = _hidden_hit(ticket, query) or (snippet, ())
    return TicketRow(
        id=ticket.id,
        subject=shown["subject"],
        customer=shown["customer"],
        product=shown["product"],
        snippet=snippet,
        hits={name: pieces for name, pieces in hits.items() if pieces},
        status=status or "",
        status_label=status_label(status),
        awaiting=ticket.awaiting or "",
        awaiting_label=awaiting_label(status, ticket.awaiting),
        tone=tone(status, ticket.awaiting, waited=wait.length(now + skew) if wait else None),
        amount=fmt.order_amount(ticket),
        messages=fmt.count(ticket.message_count),
        updated_at=since(ticket.updated_at, skew),
        updated_exact=fmt.exact(ticket.updated_at),
        waiting_since=since(wait.since, skew) if wait else "",
        waiting_sign=wait_sign(wait),
        waiting_exact=fmt.waiting(wait),
        unread=row.unread,
        snoozed_until=snoozed_until(row.snooze),
        note=note,
        note_tone=note_tone,
        private_notes=fmt.counted(row.private_notes, "private note", "private notes")
        if row.private_notes
        else "",
        place=row.place.text() if row.place else "",
        number=row.place.number if row.place else 0,
        other_open=_("+{other_open} open").format(other_open=fmt.count(row.other_open))
        if row.other_open
        else "",
    )


def _hidden_hit(ticket: Ticket, query: SearchQuery) -> tuple[str, Pieces] | None:
    """The id for which a ticket was found, as rows have no place for ids."""
    for label, field, id_ in (
        (_("Ticket"), "ticket", ticket.id),
        (_("Order"), "order", ticket.order_id),
        (_("Invoice"), "invoice", ticket.invoice_id),
    ):
        if pieces := marked(visible(id_), query, field):
            return f"{label} {visible(id_)}", (f"{label} {pieces[0]}", *pieces[1:])
    return None


def waiting(dashboard: DashboardStats) -> int | None:
    """How many tickets wait for the seller: what the title of the window counts."""
    told = dashboard.stats.needs_response
    return dashboard.counted.needs_response if told is None else told


def views(
    chosen: TicketFilter,
    *,
    fmt: Formatter,
    dashboard: DashboardStats | None = None,
    freshness: Freshness | None = None,
    is_saved: bool = False,
) -> tuple[ViewItem, ...]:
    """The views with their counts, which are the mirror's and say so while that lacks tickets; the
    one that means the list shown is active, unless that is a saved one.
    """
    active = "" if is_saved else filter_actions.view_of(chosen)
    counted = dashboard.views if dashboard else {}
    counts = {key: fmt.count(count) for key, count in counted.items()}
    if freshness and not freshness.complete:
        of_replies = Own.NEEDS_REVIEW.value
        counts |= {
            key: _("{said} so far").format(said=said)
            for key, said in counts.items()
            if key != of_replies
        }
    return tuple(
        ViewItem(
            key=view.key,
            label=view.label,
            count=counts.get(view.key, ""),
            indent=view.indent,
            active=view.key == active,
            href=address(filter_actions.with_card(view.key)),
            tone="waiting" if view.filter.own is Own.NEEDS_REVIEW else "",
            about=WHAT_IS_MINE if view.filter.own is Own.MINE else "",
        )
        for view in _in_order()
        if view.key not in _ONLY_WITH_TICKETS or view.key == active or counted.get(view.key)
    )


_ONLY_WITH_TICKETS = {
    *(own.value for own in (Own.NEEDS_REVIEW, Own.SNOOZED, Own.PINNED)),
    OTHER_STATUS,
}


def _in_order() -> Iterator[TicketView]:
    """What needs review comes first, what is the seller's own before the views of all."""
    yield OWN_VIEWS[Own.NEEDS_REVIEW]
    for view in VIEWS.values():
        if view.key == "waiting-on-customer":
            yield from (OWN_VIEWS[own] for own in (Own.UNREAD, Own.MINE))
        if view.key == "open":
            yield from (OWN_VIEWS[own] for own in (Own.SNOOZED, Own.PINNED, Own.DRAFTS))
        yield view


def stats(
    chosen: TicketFilter,
    *,
    fmt: Formatter,
    dashboard: DashboardStats | None = None,
    freshness: Freshness | None = None,
) -> tuple[StatCard, ...]:
    """The API's four numbers; where it gave none, what the mirror counts, and it says so. While the
    copy lacks tickets the two differ, and each says whose it is.
    """
    active = filter_actions.view_of(chosen)
    aged = (
        freshness is not None
        and freshness.status is not ConnectionStatus.LIVE
        and freshness.as_of is not None
    )
    lacks = freshness is not None and not freshness.complete
    cards = []
    for key, label, name in _CARDS:
        told = getattr(dashboard.stats, name) if dashboard else None
        value = told if told is not None or dashboard is None else getattr(dashboard.counted, name)
        note = _("the shop's own count") if told is not None and lacks else ""
        if aged and freshness:
            note = _("as of {as_of}").format(as_of=fmt.clock(freshness.as_of))
        if told is None and value is not None:
            note = _("read so far") if lacks else _("counted in the copy")
        cards.append(
            StatCard(
                key=key,
                label=label,
                value=value,
                value_label=fmt.count(value),
                trend=dashboard.trends.get(key, ()) if dashboard else (),
                note=note,
                active=active == ("all" if key == "total" else key),
                tone="waiting" if key == "needs-response" and value else "",
            )
        )
    return tuple(cards)


def freshness_bar(known: Freshness, *, fmt: Formatter) -> FreshnessData:
    """How current the screen is, and while something is wrong what still works."""
    label = LABELS[known.status]
    if known.as_of is None and known.status is not ConnectionStatus.FAULT:
        label = _("Not read yet")
    return FreshnessData(
        state=known.status.value,
        label=label,
        as_of=iso(known.as_of),
        progress="" if known.complete else _progress(known, fmt),
        notice=_trouble(known, fmt),
    )


def _progress(known: Freshness, fmt: Formatter) -> str:
    if known.expected is None:
        return f"{fmt.counted(known.held, 'ticket', 'tickets')} read"
    return f"{fmt.count(known.held)} of {fmt.counted(known.expected, 'ticket', 'tickets')}"


def _trouble(known: Freshness, fmt: Formatter) -> NoticeData | None:
    if not known.problem:
        return None
    problem = visible(known.problem, SENTENCE_SHOWN)
    shown = (
        _("Showing the copy of {as_of}").format(as_of=fmt.clock(known.as_of)) if known.as_of else ""
    )
    if known.next_try:
        problem += _(" Next try at {next_try}.").format(next_try=fmt.second(known.next_try))
    if known.status is ConnectionStatus.FAULT:  # which may be that nothing can be kept
        text = f"{problem} {shown}." if shown else problem
        return NoticeData(text=text, tone="error", action=_("Try now"))
    tone = "error" if known.status is ConnectionStatus.OFFLINE else "warning"
    text = (
        _("{problem} {shown}; drafts and replies are kept.").format(problem=problem, shown=shown)
        if shown
        else _("{problem} Meanwhile drafts and replies are kept.").format(problem=problem)
    )
    return NoticeData(text=text, tone=tone, action=_("Try now"))


def marked(text: str, query: SearchQuery, field: str) -> Pieces:
    """Cut `text` at what `query` looks for in this field; the pieces joined are `text` again."""
    wanted = pattern(query, field)
    found = spans(text, wanted) if wanted else []
    if not found:
        return ()
    edges = [0, *(edge for span in found for edge in span), len(text)]
    return tuple(text[a:b] for a, b in pairwise(edges))
