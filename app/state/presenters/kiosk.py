"""Presenter of the kiosk: counts, the oldest waiting tickets, and how old all this is."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.desk.read_models import Freshness, KioskSnapshot, KioskTicket
from app.domain.bounds import SENTENCE_SHOWN
from app.domain.wall_links import USUAL, Masking, WallBoard, WallSize, WallView
from app.state.formatting import (
    Formatter,
    age,
    since,
    visible,
    wait_sign,
)
from app.state.presenters.ticket_list import freshness_bar
from components.data import EmptyData, KioskData, KioskTile, PlainKioskData, StatCard
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
    """One page of the wall; a page past the last is the last."""
    tiles = TILES[shows.size]
    pages = max(1, -(-len(snapshot.waiting) // tiles))
    page = min(max(page, 1), pages)
    shown = snapshot.waiting[(page - 1) * tiles : page * tiles]
    waiting = snapshot.stats.needs_response
    here, all_ = len(snapshot.waiting), waiting or 0
    return KioskData(
        counts=_counts(snapshot, fmt),
        tiles=tuple(_tile(ticket, shows, fmt, now, snapshot.skew) for ticket in shown),
        more=_("The longest {here} of {all} waits").format(
            here=fmt.count(here), all=fmt.count(all_)
        )
        if all_ > here and shows.view is WallView.WAITING
        else VIEW_WORDS[shows.view],
        colours=_("Amber from {amber} h, red from {red} h").format(
            amber=shows.amber_hours, red=shows.red_hours
        ),
        size=shows.size.value,
        is_dim=shows.is_night(fmt.hour_of(now)),
        page=page,
        pages=pages,
        freshness=freshness_bar(snapshot.freshness, fmt=fmt),
        late_after=_seconds(_late_after(snapshot.freshness)),
        old_after=_seconds(_old_after(snapshot.freshness)),
        why=visible(snapshot.freshness.problem, SENTENCE_SHOWN),
        empty=None if shown else _empty(snapshot),
    )


def plain_kiosk(
    board: KioskData, snapshot: KioskSnapshot, *, fmt: Formatter, now: datetime
) -> PlainKioskData:
    """The same page for a display on which nothing grows old by itself: its time in words."""
    known = snapshot.freshness
    old = now - known.as_of if known.as_of else timedelta(0)
    late_in, old_in = board.late_after - _seconds(old), board.old_after - _seconds(old)
    state = board.freshness.state
    if state == "live" and late_in < 0:
        state = "stale"
    if state != "fault" and old_in < 0:
        state = "offline"
    return PlainKioskData(
        board=board,
        state=state,
        as_of=fmt.as_of(known.as_of, now=now),
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
