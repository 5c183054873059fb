"""How the desk is: `/health` for people, `/healthz` and `/readyz` for machines."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from starlette.requests import Request

from app.desk.desk import Desk
from app.desk.read_models import Freshness, ScanProgress
from app.desk.walls import Screen
from app.domain.bounds import SENTENCE_SHOWN
from app.domain.connection import ConnectionStatus
from app.domain.ticket import Stats
from app.pages.frame import formatter_for
from app.pages.screens import screen_data, state_of
from app.pages.seller_page import open_frame
from app.pages.sign_in import signed_in
from app.state.formatting import UNKNOWN, Formatter, visible
from app.state.presenters.ticket_list import LABELS
from components.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What only the running process knows."""

    api: str
    requests_last_minute: int
    requests_per_second: float | None
    """the most we ask, None for no limit"""
    requests: int = 0
    """since the start, like `shared` and `cache_hits`"""
    shared: int = 0
    cache_hits: int = 0
    next_in: float | None = None
    """seconds, None while a read is under way"""
    paused_until: datetime | None = None
    errors: tuple[tuple[datetime, str], ...] = ()
    """the last errors with their times, newest first, in sentences"""
    versions: tuple[tuple[str, str], ...] = ()
    """name and version"""
    kept: tuple[tuple[str, str], ...] = ()
    """name and content of the data folder's other shops"""


def register_health(
    app: FastAPI, desk: Desk, *, head_html: str, demo: bool, vitals: Callable[[], Vitals]
) -> None:
    """Put the three addresses in their places; the two for machines build no page."""
    queries = desk.queries

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> JSONResponse:
        known = await queries.freshness()
        if known.status is ConnectionStatus.FAULT:
            return JSONResponse({"status": "fault", "problem": known.problem}, 503)
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        known = await queries.freshness()
        facts = {"link": known.status.value, "tickets": known.held, "complete": known.complete}
        if known.status is ConnectionStatus.FAULT:
            return JSONResponse({"status": "not ready", "problem": known.problem} | facts, 503)
        return JSONResponse({"status": "ok", "problem": known.problem} | facts)

    @ui.page("/health", title="Health · Ticketdesk")
    async def health(request: Request) -> None:
        fmt = formatter_for(request)
        own = desk.of(signed_in(request))
        frame = open_frame(_("Health"), own, head_html=head_html, demo=demo)
        frame.work.props["tabindex"] = "0"  # on a small screen it is scrolled, also by keys
        odd: dict[str, int] = {}
        blank = 0
        with suppress(Exception):  # then the verdict says why
            odd = await queries.unreadable_values()
            blank = await queries.kept_blank()
        known = await queries.freshness()
        with frame.work, ui.element("section").classes("health"):
            line = TextElement(tag="p", text=verdict(known, fmt)).classes("fresh verdict")
            line.props.update({"role": "status", "data-freshness": known.status.value})
            screens = desk.doors.walls.screens() if desk.doors else ()
            for screen in screens:
                if screen.is_silent:
                    told = f"{screen.link.name}: {state_of(screen, fmt)}"
                    TextElement(tag="p", text=told).classes("silent").props["role"] = "status"
            copy = copy_facts(known, fmt) | odd_facts(odd, fmt) | blank_facts(blank, fmt)
            _draw(_("Local copy"), copy)
            _draw(_("Full scan"), scan_facts(known.scan, fmt))
            if screens:
                _draw(_("Screens"), screen_facts(screens, fmt))
            _draw(_("Requests"), request_facts(vitals(), fmt))
            _draw(_("Last errors"), error_facts(vitals(), fmt))
            if kept := vitals().kept:
                _draw(_("Also kept here"), dict(kept))
            _draw(_("Versions"), dict(vitals().versions))


def screen_facts(screens: Sequence[Screen], fmt: Formatter) -> dict[str, str]:
    """Which displays are there, what they show, and how old that is."""
    told = (screen_data(screen, fmt) for screen in screens)
    return {one.name: f"{one.state}. {one.shows}; {one.until}" for one in told}


def verdict(known: Freshness, fmt: Formatter) -> str:
    """How the desk is, in one line."""
    if known.status is not ConnectionStatus.LIVE:
        following = (
            _(" Next try at {next_try}.").format(next_try=fmt.second(known.next_try))
            if known.next_try
            else ""
        )
        problem = visible(known.problem, SENTENCE_SHOWN) or _("no ticket has been read yet.")
        return f"{LABELS[known.status]}: {problem}{following}"
    if known.lacking:
        missed = fmt.counted(known.lacking, "more ticket", "more tickets")
        return _("The Tickets API counts {missed} than it gives: {held} are here.").format(
            missed=missed, held=fmt.count(known.held)
        )
    if not known.complete:
        return _("The tickets are still being read: {held} are here.").format(
            held=fmt.count(known.held)
        )
    return _("All is well: {held} here, none is lacking.").format(
        held=fmt.counted(known.held, "ticket", "tickets")
    )


def copy_facts(known: Freshness, fmt: Formatter) -> dict[str, str]:
    """How complete and how old the mirror is."""
    of = f" of {fmt.count(known.expected)}" if known.expected is not None else ""
    return {
        _("State"): known.status.value,
        _("Problem"): visible(known.problem, SENTENCE_SHOWN) or "none",
        _("Tickets"): f"{fmt.count(known.held)}{of}",
        _("Complete"): "yes" if known.complete else "no" if known.lacking else _("not yet"),
        _("Messages downloaded"): f"{fmt.count(known.messages_held)} of {fmt.count(known.held)}",
        _("Unreadable rows"): fmt.count(known.unreadable),
        _("As of"): fmt.exact(known.as_of) if known.as_of else _("never read"),
    }


def odd_facts(odd: dict[str, int], fmt: Formatter) -> dict[str, str]:
    """Which values came in a form nobody can read, and in how many tickets."""
    said = [f"{name} in {fmt.counted(odd[name], 'ticket', 'tickets')}" for name in sorted(odd)]
    return {_("Unreadable values"): ", ".join(said) or "none"}


def blank_facts(blank: int, fmt: Formatter) -> dict[str, str]:
    """How many tickets are kept blank; nothing where nobody was forgotten."""
    counted = _("{tickets} kept blank").format(tickets=fmt.counted(blank, "ticket", "tickets"))
    return {_("Forgotten customers"): counted} if blank else {}


def scan_facts(scan: ScanProgress, fmt: Formatter) -> dict[str, str]:
    """Where the full scan stands, what it proves, and what it has met."""
    of = f" of {fmt.count(scan.total)}" if scan.total is not None else ""
    missing, met = scan.estimated_missing, scan.counters
    return {
        _("Order of the list"): scan.list_order or _("not known"),
        _("Now at"): f"row {fmt.count(scan.position)}{of}",
        _("Local copy and API"): differing_counts(scan.own_counts, scan.api_counts, fmt),
        _("Every count agreed"): fmt.exact(scan.verified_at) if scan.verified_at else _("not yet"),
        _("Estimated missing"): UNKNOWN if missing is None else f"{missing:.1f}",
        _("Scans finished"): fmt.count(met.scans),
        _("of these with too few tickets"): fmt.count(met.short_scans),
        _("of these counting otherwise than the API"): fmt.count(met.differing_scans),
        _("Repeated rows"): fmt.count(met.repeated_rows),
        _("Page gaps"): fmt.count(met.page_gaps),
        _("Pages with another total"): fmt.count(met.changed_totals),
    }


def differing_counts(here: Stats, there: Stats, fmt: Formatter) -> str:
    """Which of the numbers differ."""
    pairs = (
        ("tickets", here.total, there.total),
        ("open", here.open, there.open),
        ("closed", here.closed, there.closed),
        (_("waiting for you"), here.needs_response, there.needs_response),
    )
    known = [(name, ours or 0, theirs) for name, ours, theirs in pairs if theirs is not None]
    differing = [
        _("{ours} {name} here, {theirs} there").format(
            ours=fmt.count(ours), name=name, theirs=fmt.count(theirs)
        )
        for name, ours, theirs in known
        if ours != theirs
    ]
    return "; ".join(differing) or (_("count the same") if known else _("the API gives no counts"))


def request_facts(seen: Vitals, fmt: Formatter) -> dict[str, str]:
    """How much of the budget is used."""
    most = seen.requests_per_second
    of = f" of {fmt.count(int(60 * most))}" if most is not None else _(", no limit")
    following = (
        "now" if not seen.next_in else _("in {next_in} s").format(next_in=math.ceil(seen.next_in))
    )
    return {
        _("Tickets API"): seen.api,
        _("Requests in the last minute"): f"{fmt.count(seen.requests_last_minute)}{of}",
        _("Requests since the start"): fmt.count(seen.requests),
        _("Reads that shared a request"): fmt.count(seen.shared),
        _("Reads answered from the cache"): fmt.count(seen.cache_hits),
        _("Next read"): following,
        _("Paused until"): fmt.exact(seen.paused_until) if seen.paused_until else _("not paused"),
    }


def error_facts(seen: Vitals, fmt: Formatter) -> dict[str, str]:
    """The last errors by their time."""
    return {fmt.moment(at): sentence for at, sentence in seen.errors} or {UNKNOWN: "none"}


def _draw(title: str, facts: dict[str, str]) -> None:
    TextElement(tag="h2", text=title)
    with ui.element("dl").classes("facts"):
        for name, value in facts.items():
            TextElement(tag="dt", text=name)
            TextElement(tag="dd", text=value)
