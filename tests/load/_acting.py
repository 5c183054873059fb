"""The rows of the table that are measured at a screen: the list, the conversation, the reply."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
from playwright.sync_api import Page

from app.store.tickets.upsert import Change, apply_changes, load_tickets
from tests.e2e.desk import KEY, Running
from tests.load._browser import PAUSE_MS, Floor, Times, painted, visit, wait_for
from tests.load._shop import API, COPY
from tests.load._steps import Planned, url_of

Measured = dict[str, Times]
OPEN, FIRST_OPEN, SEND = "open a conversation held", "open one not held", "Send to queued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A ticket and its last message."""

    ticket_id: str
    message_id: str


def act(page: Page, floor: Floor, url: str, plan: Sequence[Planned]) -> Measured:
    """Do every step in the desk, and paint the same rows on the floor after each."""
    found: Measured = defaultdict(Times)
    before = ""
    for number, planned in enumerate(plan):
        step, ids = planned.step, ",".join(planned.ids)
        if step.kind and ids != before:
            took = painted(page, lambda step=step: step.act(page), "rows", ids)
            page.wait_for_timeout(PAUSE_MS)
            found[step.kind].desk.append(took)
            found[step.kind].floor.append(floor.paint(number, typed=bool(step.key)))
        elif step.kind or step.key:
            step.act(page)
        else:
            visit(page, url + url_of(step))
        wait_for(page, "rows", ids)
        page.wait_for_timeout(PAUSE_MS)
        before = ids
    return found


def open_held(page: Page, floor: Floor, talks: Sequence[Talk]) -> Times:
    """Click one row after the other."""
    times = Times()
    for number, talk in enumerate(talks):
        times.desk.append(_open(page, talk))
        page.wait_for_timeout(PAUSE_MS)
        times.floor.append(floor.paint(number % 2))
    return times


def open_unheld(page: Page, floor: Floor, api: Running, talks: Sequence[Talk]) -> Times:
    """Open tickets whose messages have to be asked for; the floor is a request and a painting."""
    times = Times()
    key = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=api.url, headers=key) as client:
        for number, talk in enumerate(talks):
            page.get_by_role("searchbox").fill(talk.ticket_id)
            wait_for(page, "rows", talk.ticket_id)
            page.wait_for_timeout(PAUSE_MS)
            times.desk.append(_open(page, talk))
            page.wait_for_timeout(PAUSE_MS)
            began = time.perf_counter()
            client.get(f"/v1/tickets/{talk.ticket_id}").raise_for_status()
            asked = 1000 * (time.perf_counter() - began)
            times.floor.append(asked + floor.paint(number % 2))
    return times


def send(page: Page, floor: Floor, talks: Sequence[Talk]) -> Times:
    """Write a reply into each ticket and send it by its key."""
    times, send_key = Times(), partial(page.keyboard.press, "Control+Enter")
    for number, talk in enumerate(talks):
        _open(page, talk)
        text = f"Thank you for writing, this is answer number {number} of today."
        page.get_by_role("textbox", name="Reply").fill(text)
        page.wait_for_timeout(5 * PAUSE_MS)  # the draft is kept by now, as after real typing
        times.desk.append(painted(page, send_key, "reply", text))
        page.wait_for_timeout(PAUSE_MS)
        times.floor.append(floor.paint(number % 2, typed=True))
    return times


def held(store: Path, api: Path, ids: Sequence[str]) -> list[Talk]:
    """Those of the tickets that the copy holds with their messages."""
    with closing(sqlite3.connect(store / COPY)) as copy:
        heard = {row[0] for row in copy.execute("SELECT id FROM ticket WHERE has_all_messages = 1")}
    return _talks(api, [ticket_id for ticket_id in ids if ticket_id in heard])


def forget_messages(store: Path, api: Path, count: int) -> list[Talk]:
    """Let the copy hold the tickets that were touched longest ago without their messages."""
    with closing(sqlite3.connect(store / COPY)) as copy:
        copy.row_factory = sqlite3.Row
        oldest = copy.execute("SELECT id FROM ticket ORDER BY updated_at LIMIT ?", [count])
        ids = [row["id"] for row in oldest]
        changes = [
            Change(
                number=n, old=kept, new=replace(kept, messages=None, read_at=None, is_stale=True)
            )
            for n, kept in load_tickets(copy, ids).values()
        ]
        apply_changes(copy, changes)
        copy.commit()
    return _talks(api, ids)


def _talks(api: Path, ids: Sequence[str]) -> list[Talk]:
    last = "SELECT id FROM messages WHERE ticket_id = ? ORDER BY position DESC LIMIT 1"
    with closing(sqlite3.connect(api / API)) as shop:
        found = [(ticket_id, shop.execute(last, [ticket_id]).fetchone()) for ticket_id in ids]
    return [Talk(ticket_id=ticket_id, message_id=row[0]) for ticket_id, row in found]


def _open(page: Page, talk: Talk) -> float:
    row = page.locator(f'tr[data-ticket-id="{talk.ticket_id}"] .c-customer')
    return painted(page, row.click, "message", talk.message_id)
