"""Presenter of an empty list: why it is empty, and the filter that leads on."""

from app.desk.read_models import DashboardStats, Freshness, InboxSnapshot
from app.domain.bounds import SENTENCE_SHOWN
from app.domain.filters import VIEWS, Own, TicketFilter
from app.domain.search_query import parse_query
from app.state import filter_actions
from app.state.formatting import Formatter, visible
from components.data import EmptyData
from components.i18n import _


def empty_list(
    snapshot: InboxSnapshot,
    *,
    fmt: Formatter,
    freshness: Freshness | None = None,
    dashboard: DashboardStats | None = None,
) -> EmptyData:
    """One sentence on an empty list and the words of the button that leads on."""
    if snapshot.held == 0:
        return _nothing_held(freshness)
    chosen = snapshot.chosen
    if chosen.own in _NOTHING_OWN:
        title, text = _NOTHING_OWN[chosen.own]
        return EmptyData(title=title, text=text, action=_("Show all tickets"))
    partial = _partial(freshness, fmt)
    if _only_the_waiting(chosen):
        title = (
            _("Nobody is waiting among the tickets read.") if partial else _("Nobody is waiting.")
        )
        if owing := _owing(dashboard):
            owed = fmt.counted(owing, "customer owes", "customers owe")
            text = _("{owed} you an answer. {partial}").format(owed=owed, partial=partial).strip()
            return EmptyData(title=title, text=text, action=_("Show"))
        return EmptyData(title=title, text=partial, action=_("Show all tickets"))
    searched = f" “{visible(chosen.query)}”" if chosen.query else _(" these filters")
    is_anywhere = parse_query(chosen.query).is_anywhere
    where = (
        _("Searched subject, e-mail, ids, product and the messages held.") if is_anywhere else ""
    )
    return EmptyData(
        title=_("No ticket matches{searched}.").format(searched=searched),
        text=f"{where} {partial}".strip(),
        action=_("Search all tickets") if _searches_a_part(chosen) else _("Clear filters"),
    )


WHAT_IS_MINE = _(
    "What you have claimed, and what you were the last on this desk to answer in 30 days. "
    "An answer that was written elsewhere makes no ticket yours."
)

_NOTHING_OWN = {
    Own.DRAFTS: (_("No drafts."), _("What you begin to write is kept here until it is sent.")),
    Own.UNREAD: (
        _("Nothing unread."),
        _("You have seen every message that waits for an answer."),
    ),
    Own.SNOOZED: (
        _("Nothing snoozed."),
        _("What you snooze is kept here, on this desk alone, until it wakes."),
    ),
    Own.MINE: (_("Nothing is yours."), WHAT_IS_MINE),
    Own.PINNED: (_("Nothing pinned."), _("What you pin is kept here, on this desk alone.")),
}


def unread(sentence: str) -> EmptyData:
    """What stands in place of rows that could not be read; they are asked for again."""
    return EmptyData(title=_("The tickets cannot be shown."), text=sentence, busy=True)


def way_out(chosen: TicketFilter, dashboard: DashboardStats | None) -> TicketFilter:
    """The filter behind the button of `empty_list`."""
    if _only_the_waiting(chosen) and _owing(dashboard):
        return VIEWS["waiting-on-customer"].filter
    if _searches_a_part(chosen):
        return filter_actions.cleared(chosen).changed(query=chosen.query)
    return filter_actions.cleared(chosen)


def _nothing_held(freshness: Freshness | None) -> EmptyData:
    if freshness and freshness.problem:
        return EmptyData(
            title=_("No ticket has been read yet."), text=visible(freshness.problem, SENTENCE_SHOWN)
        )
    if freshness and freshness.complete:
        return EmptyData(title=_("No tickets yet."), text=_("A new one appears here by itself."))
    text = _("They appear here as they are read.")
    return EmptyData(title=_("Reading the tickets …"), text=text, busy=True)


def _partial(freshness: Freshness | None, fmt: Formatter) -> str:
    """What of the shop was not looked at."""
    if freshness is None or freshness.complete:
        return ""
    if freshness.lacking:
        return _("{lacking} of the shop cannot be read.").format(
            lacking=fmt.counted(freshness.lacking, "ticket", "tickets")
        )
    return _("The copy is still being read.")


def _only_the_waiting(chosen: TicketFilter) -> bool:
    return filter_actions.view_of(chosen) == "needs-response" and not filter_actions.narrowed(
        chosen
    )


def _searches_a_part(chosen: TicketFilter) -> bool:
    """Whether what is searched for may be elsewhere."""
    everywhere = filter_actions.cleared(chosen).changed(query=chosen.query)
    return bool(chosen.query) and chosen.changed(view="") != everywhere


def _owing(dashboard: DashboardStats | None) -> int:
    return dashboard.views.get("waiting-on-customer", 0) if dashboard else 0
