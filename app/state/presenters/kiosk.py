"""Presenter of the kiosk: counts, the oldest waiting tickets, and how old all this is."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.desk.read_models import DayCount, Freshness, KioskSnapshot, KioskTicket, ProductCount
from app.domain.bounds import SENTENCE_SHOWN
from app.domain.wall_links import USUAL, Masking, WallBoard, WallPanel, WallSize, WallView
from app.state.formatting import (
    Formatter,
    age,
    since,
    visible,
    wait_sign,
)
from app.state.presenters.ticket_list import freshness_bar
from components.data import (
    EmptyData,
    KioskBar,
    KioskChart,
    KioskData,
    KioskDay,
    KioskTile,
    PlainKioskData,
    StatCard,
)
from components.i18n import _

VIEW_WORDS = {
    WallView.WAITING: "",
    WallView.NEVER_ANSWERED: _("Never answered"),
    WallView.CUSTOMER_REPLIED: _("Customer replied"),
}
"""what a wall says of its view, where it does not show all that wait"""

TILES = {WallSize.NEAR: 8, WallSize.FAR: 4}
"""tickets on one page: what a room can read at 1080 lines from three metres, and from five"""
LATE, OLD = timedelta(seconds=30), timedelta(minutes=5)
"""by this age at the earliest data is called late, then old and is greyed"""
SHIFTS = 4
"""places between which a plain wall moves, one a minute, so that no picture burns in"""


def kiosk_board(
    snapshot: KioskSnapshot,
    *,
    fmt: Formatter,
    now: datetime,
    page: int = 1,
    shows: WallBoard = USUAL,
) -> KioskData:
    """One page of the wall; a page past the last is the last.

    Args:
        page: counts from 1, over all panels that take turns.
    """
    pages = [(panel, part) for panel in shows.rotation for part in _parts(panel, snapshot, shows)]
    page = min(max(page, 1), len(pages))
    panel, shown = pages[page - 1]
    chart = _chart(panel, snapshot, shows, fmt, now)
    return KioskData(
        counts=_counts(snapshot, fmt),
        tiles=tuple(_tile(ticket, shows, fmt, now, snapshot.skew) for ticket in shown),
        chart=chart,
        more=_more(panel, snapshot, shows, fmt),
        colours=_("Amber from {amber} h, red from {red} h").format(
            amber=shows.amber_hours, red=shows.red_hours
        )
        if panel in (WallPanel.OLDEST, WallPanel.AGES)
        else "",
        size=shows.size.value,
        is_dim=shows.is_night(fmt.hour_of(now)),
        page=page,
        pages=len(pages),
        freshness=freshness_bar(snapshot.freshness, fmt=fmt),
        late_after=_seconds(_late_after(snapshot.freshness)),
        old_after=_seconds(_old_after(snapshot.freshness)),
        why=visible(snapshot.freshness.problem, SENTENCE_SHOWN),
        empty=None if shown or chart else _empty(snapshot),
    )


def plain_kiosk(
    board: KioskData,
    snapshot: KioskSnapshot,
    *,
    fmt: Formatter,
    now: datetime,
    to_keep: bool = False,
) -> PlainKioskData:
    """The same page for a display on which nothing grows old by itself: its time in words.

    Args:
        to_keep: it is shown once the desk is silent, on any day.
    """
    known = snapshot.freshness
    old = now - known.as_of if known.as_of else timedelta(0)
    late_in, old_in = board.late_after - _seconds(old), board.old_after - _seconds(old)
    state = board.freshness.state
    if state == "live" and late_in < 0:
        state = "stale"
    if state != "fault" and old_in < 0:
        state = "offline"
    if to_keep:
        state = "silent"
    return PlainKioskData(
        board=board,
        state=state,
        as_of=fmt.as_of(known.as_of, now=None if to_keep else now),
        late_in=late_in,
        old_in=old_in,
        shift=int(now.timestamp() // 60) % SHIFTS,
    )


def _late_after(known: Freshness) -> timedelta:
    """By what age two refreshes were missed."""
    return max(LATE, 3 * known.refresh)


def _old_after(known: Freshness) -> timedelta:
    return max(OLD, 2 * _late_after(known))


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _counts(snapshot: KioskSnapshot, fmt: Formatter) -> tuple[StatCard, ...]:
    stats = snapshot.stats
    return tuple(
        StatCard(
            key=key,
            label=label,
            value=value,
            value_label=fmt.count(value),
            tone="waiting" if key == "needs-response" and value else "",
        )
        for key, label, value in (
            ("needs-response", _("Needs response"), stats.needs_response),
            ("open", _("Open"), stats.open),
            ("closed", _("Closed"), stats.closed),
        )
    )


def _parts(
    panel: WallPanel, snapshot: KioskSnapshot, shows: WallBoard
) -> list[tuple[KioskTicket, ...]]:
    """The tickets on each page of a panel; none on one page of those that are drawn."""
    if panel is not WallPanel.OLDEST:
        return [()]
    tiles, waiting = TILES[shows.size], snapshot.waiting
    return [waiting[i : i + tiles] for i in range(0, len(waiting), tiles)] or [()]


def _more(panel: WallPanel, snapshot: KioskSnapshot, shows: WallBoard, fmt: Formatter) -> str:
    """Which tickets the page is about, where these are not all."""
    here, all_ = len(snapshot.waiting), snapshot.stats.needs_response or 0
    if panel is WallPanel.TREND:
        return ""
    if panel is WallPanel.OLDEST and shows.view is WallView.WAITING and all_ > here:
        return _("The longest {here} of {all} waits").format(
            here=fmt.count(here), all=fmt.count(all_)
        )
    return VIEW_WORDS[shows.view]


def _chart(
    panel: WallPanel, snapshot: KioskSnapshot, shows: WallBoard, fmt: Formatter, now: datetime
) -> KioskChart | None:
    """What is drawn on a page without tiles; None where there is nothing to draw."""
    match panel:
        case WallPanel.OLDEST:
            return None
        case WallPanel.PRODUCTS:
            bars = [(_product(one, fmt), one.count, "calm") for one in snapshot.products]
            return _bars(_("Waiting by product"), bars, fmt)
        case WallPanel.AGES:
            bars = [(band.label, band.count, _tone(band.at_least, shows)) for band in snapshot.ages]
            return _bars(_("Waiting by age"), bars, fmt)
        case WallPanel.TREND:
            return _trend(
                snapshot.days, fmt, today=(now + snapshot.skew).astimezone(fmt.zone).date()
            )


def _bars(title: str, bars: list[tuple[str, int, str]], fmt: Formatter) -> KioskChart | None:
    most = max((count for _, count, _ in bars), default=0)
    if not most:
        return None
    return KioskChart(
        title=title,
        bars=tuple(
            KioskBar(
                label=label,
                count_label=fmt.count(count),
                percent=_percent(count, most),
                tone=tone,
            )
            for label, count, tone in bars
        ),
    )


def _trend(days: tuple[DayCount, ...], fmt: Formatter, *, today: date) -> KioskChart | None:
    if not days:
        return None
    most = max(max(day.opened, day.closed) for day in days)
    opened, closed = sum(day.opened for day in days), sum(day.closed for day in days)
    return KioskChart(
        title=_("The last {count} days").format(count=fmt.count(len(days))),
        days=tuple(
            KioskDay(
                label=fmt.day(day.day, today=today),
                opened_percent=_percent(day.opened, most),
                closed_percent=_percent(day.closed, most),
            )
            for day in days
        ),
        most=_("{count} at most on a day").format(count=fmt.count(most)),
        opened=_("{count} opened").format(count=fmt.count(opened)),
        closed=_("{count} closed").format(count=fmt.count(closed)),
    )


def _product(product: ProductCount, fmt: Formatter) -> str:
    if product.others:
        return fmt.counted(product.others, "other product", "other products")
    return visible(product.name) or _("(no product)")


def _percent(count: int, most: int) -> int:
    """A share that is seen: not nothing where there is one."""
    return max(1, round(100 * count / most)) if count else 0


def _tile(
    ticket: KioskTicket, shows: WallBoard, fmt: Formatter, now: datetime, skew: timedelta
) -> KioskTile:
    amount = fmt.money(ticket.amount, ticket.currency) if ticket.amount is not None else ""
    product = visible(ticket.product_name)
    waited = ticket.wait.length(now + skew)
    tile = KioskTile(
        id=ticket.id,
        subject=visible(ticket.subject) or _("(no subject)"),
        customer=visible(ticket.masked_email),
        product=" · ".join(part for part in (product, amount) if part),
        waiting_since=since(ticket.wait.since, skew),
        waiting_sign=wait_sign(ticket.wait),
        waited=age(waited),
        tone=_tone(waited, shows),
        badge=_("Customer replied") if ticket.answered else _("Never answered"),
    )
    if shows.masking is Masking.MASKED:
        return tile
    return replace(tile, subject="", customer="", product="")


def _tone(waited: timedelta | None, shows: WallBoard) -> str:
    if waited is None or waited < timedelta(hours=shows.amber_hours):
        return "calm"
    return "late" if waited >= timedelta(hours=shows.red_hours) else "waiting"


def _empty(snapshot: KioskSnapshot) -> EmptyData:
    known = snapshot.freshness
    if known.as_of is None:
        return EmptyData(title=_("No ticket has been read yet."), text=known.problem or "")
    return EmptyData(title=_("Nobody is waiting."))
