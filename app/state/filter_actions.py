"""What a click on a filter makes of the filter in force."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from app.domain.filters import VIEWS, SortKey, TicketFilter, view_named
from app.domain.ticket import Awaiting, Status

StatusChoice = Literal["open", "closed", "all"]

_WAITS = ("answered", "waits_longer_than", "waits_less_than")
_MEANING = ("status", "other_status", "awaiting", "amount_from", *_WAITS)
_EXTRAS: dict[str, object] = {
    "query": "",
    "product": None,
    "currency": None,
    "created_from": None,
    "created_to": None,
}


def with_status(chosen: TicketFilter, status: str) -> TicketFilter:
    """Ask for a status: open, closed or all; whose answer is awaited only matters while open."""
    if status == "open":
        return _sent_reply(_off_the_view(chosen).changed(status=Status.OPEN, other_status=False))
    only = Status.CLOSED if status == "closed" else None
    return _sent_reply(
        _off_the_view(chosen).changed(
            status=only, other_status=False, awaiting=None, **dict.fromkeys(_WAITS)
        )
    )


def with_needs_response(chosen: TicketFilter, *, on: bool) -> TicketFilter:
    """Ask only for tickets that wait for the seller, or no longer so."""
    if on:
        return _sent_reply(
            _off_the_view(chosen).changed(
                status=Status.OPEN, other_status=False, awaiting=Awaiting.SELLER
            )
        )
    return _sent_reply(_off_the_view(chosen).changed(awaiting=None, **dict.fromkeys(_WAITS)))


def with_card(key: str) -> TicketFilter:
    """The filter behind a number or a view: all tickets for "total" and for what is neither."""
    view = view_named(key)
    return view.filter if view else TicketFilter()


def with_day(day: str) -> TicketFilter:
    """The tickets behind a day of the chart: those created on it; all for what is no day."""
    return TicketFilter(created_from=_day(day), created_to=_day(day))


def with_wait(band: str) -> TicketFilter:
    """The tickets behind a bar of the chart: those that have waited so long ("4-24", in hours)."""
    least, _, below = band.partition("-")
    return with_card("needs-response").changed(
        waits_longer_than=_hours(least), waits_less_than=_hours(below)
    )


def with_sort(chosen: TicketFilter, key: str, *, descending: bool) -> TicketFilter:
    """Order by a column; a name that is no column changes nothing."""
    if key not in set(SortKey):
        return chosen
    return chosen.changed(sort=SortKey(key), descending=descending)


def with_days(chosen: TicketFilter, first: str, last: str) -> TicketFilter:
    """Ask for tickets created between two ISO days; what is no day is no limit."""
    return chosen.changed(created_from=_day(first), created_to=_day(last))


def without(chosen: TicketFilter, chip: str) -> TicketFilter:
    """Take one chip away; its key is the name of the filter's field."""
    if chip == "status":
        return with_status(chosen, "all")
    if chip == "awaiting":
        return with_needs_response(chosen, on=False)
    if chip in _MEANING:
        return _sent_reply(_off_the_view(chosen).changed(**{chip: None}))
    return chosen.changed(**{chip: _EXTRAS[chip]}) if chip in _EXTRAS else chosen


def cleared(chosen: TicketFilter) -> TicketFilter:
    """No filter at all, in the order that was chosen."""
    plain = _off_the_view(chosen)
    return _sent_reply(TicketFilter(sort=plain.sort, descending=plain.descending))


def view_of(chosen: TicketFilter) -> str:
    """The built-in view that means the same tickets, whatever is searched or sorted within it."""
    if chosen.own:
        return chosen.own.value
    for key, view in VIEWS.items():
        if all(getattr(chosen, name) == getattr(view.filter, name) for name in _MEANING):
            return key
    return ""


def narrowed(chosen: TicketFilter) -> bool:
    """Whether the view is searched or filtered further."""
    return any(getattr(chosen, name) != nothing for name, nothing in _EXTRAS.items())


def _off_the_view(chosen: TicketFilter) -> TicketFilter:
    """The same filter under no view's name; an order that was only the view's goes with it."""
    view = VIEWS.get(chosen.view)
    if view is None:
        return chosen.changed(view="")
    own_order = (chosen.sort, chosen.descending) != (view.filter.sort, view.filter.descending)
    if own_order:
        return chosen.changed(view="")
    return chosen.changed(view="", sort=SortKey.UPDATED, descending=True)


def _sent_reply(chosen: TicketFilter) -> TicketFilter:
    """Where everybody waits the longest wait comes first; elsewhere the last update."""
    if chosen.only_waiting and (chosen.sort, chosen.descending) == (SortKey.UPDATED, True):
        return replace(chosen, sort=SortKey.WAITING, descending=False)
    if not chosen.only_waiting and chosen.sort is SortKey.WAITING:
        return replace(chosen, sort=SortKey.UPDATED, descending=True)
    return chosen


def _hours(text: str) -> timedelta | None:
    return timedelta(hours=int(text)) if text.isascii() and text.isdigit() else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
