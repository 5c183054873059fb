"""The desk is killed while people type: every word is in a draft or in a box afterwards."""

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, start, until, visit
from tests.e2e.shop import Shop

KILLS = int(os.environ.get("KILLS", "2"))
"""how often the desk dies under random typing; more by hand"""
RELOAD_SECONDS = 60

TYPE = """word => {
  const box = document.querySelector('textarea[aria-label="Reply"]');
  if (!window.did_handshake || !box || box.readOnly) return false;
  box.value += ` ${word}`;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}"""
OPEN = """id => document.querySelector(`tr[data-ticket-id="${id}"]`)?.click()"""


class Mortal:
    """A desk that is killed and started again on its folder and its port."""

    def __init__(self, folder: Path) -> None:
        seed(folder)
        self.folder = folder
        self.running = start("serve", folder=folder, TICKETDESK_API_KEY=KEY)
        self.url = self.running.url

    def kill(self) -> None:
        self.running.kill()

    def start(self) -> None:
        port = int(self.url.rpartition(":")[2])
        self.running = start("serve", folder=self.folder, port=port, TICKETDESK_API_KEY=KEY)

    def drafts(self) -> list[str]:
        (path,) = self.folder.glob("data/**/outbox.sqlite3")
        with closing(sqlite3.connect(path, timeout=10)) as outbox:
            return [row[0] for row in outbox.execute("SELECT text FROM draft")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Mortal]:
    mortal = Mortal(tmp_path)
    yield mortal
    mortal.running.stop()


@pytest.fixture
def tickets(desk: Mortal) -> list[str]:
    return [str(ticket["id"]) for ticket in Shop(desk.running).waiting()[:5]]


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def open_ticket(page: Page, desk: Mortal, ticket: str) -> None:
    visit(page, f"{desk.url}/?ticket={ticket}")
    expect(page.locator("[data-message-id]").first).to_be_visible(timeout=20_000)


def comes_back(page: Page) -> None:
    """Wait until the page that the dead desk left behind was loaded anew."""
    page.wait_for_function("!window.old && window.did_handshake", timeout=RELOAD_SECONDS * 1000)


def texts(page: Page) -> str:
    """What stands in the box, "" while the page is being loaded."""
    try:
        return str(page.evaluate("document.querySelector('textarea')?.value ?? ''"))
    except Error:
        return ""


def test_words_of_one_ticket_are_safe_when_another_is_opened_first(
    desk: Mortal, tickets: list[str], page: Page, console: list[str]
) -> None:
    first, second = tickets[:2]
    open_ticket(page, desk, first)
    page.evaluate("window.old = true")
    desk.kill()
    box(page).fill("Typed while it was away")
    page.evaluate("id => history.replaceState(null, '', `/?ticket=${id}`)", second)

    desk.start()
    comes_back(page)
    box(page).press_sequentially("Hi")

    until(lambda: sorted(desk.drafts()) == ["Hi", "Typed while it was away"], seconds=20)
    assert Shop(desk.running).draft(first) == "Typed while it was away"
    page.wait_for_function("Object.keys(localStorage).every(k => !k.startsWith('ticketdesk_w'))")
    console.clear()  # the browser complains about the desk that was gone


def test_words_of_a_tab_that_was_closed_become_a_draft_on_any_page(
    desk: Mortal, tickets: list[str], page: Page, console: list[str]
) -> None:
    open_ticket(page, desk, tickets[0])
    desk.kill()
    box(page).fill("Typed, and the tab closed")
    second = page.context.new_page()
    page.close()
    desk.start()

    visit(second, f"{desk.url}/settings")

    until(lambda: desk.drafts() == ["Typed, and the tab closed"], seconds=20)
    console.clear()  # the browser complains about the desk that was gone


def test_no_word_is_lost_by_kills_at_random_moments(
    desk: Mortal, tickets: list[str], new_page: Callable[..., Page], console: list[str]
) -> None:
    chance = random.Random(2611)  # noqa: S311  # the same in every run
    one = new_page()
    pages = [one, one.context.new_page(), new_page()]
    for page in pages:
        open_ticket(page, desk, chance.choice(tickets))
    typed: list[str] = []

    def work(steps: int) -> None:
        for _ in range(steps):
            page = chance.choice(pages)
            try:
                if chance.random() < 0.4:
                    page.evaluate(OPEN, chance.choice(tickets))
                elif page.evaluate(TYPE, word := f"w{len(typed)}"):
                    typed.append(word)
            except Error:
                continue  # the page is just being loaded anew
            page.wait_for_timeout(chance.choice((0, 50, 300, 700)))

    for _ in range(KILLS):
        work(chance.randrange(4, 12))
        desk.kill()
        for page in pages:
            page.evaluate("window.old = true")
        work(chance.randrange(4, 12))
        if chance.random() < 0.5:
            dead = pages.pop(0)
            pages.append(dead.context.new_page())
            dead.close()
            desk.start()
            open_ticket(pages[-1], desk, chance.choice(tickets))
        else:
            desk.start()
        work(chance.randrange(2, 6))  # while some pages are not back yet
        for page in pages:
            comes_back(page)

    def everywhere() -> set[str]:
        return set(" ".join([*desk.drafts(), *map(texts, pages)]).split())

    until(lambda: set(typed) <= everywhere(), seconds=30)
    assert len(typed) > 4 * KILLS
    console.clear()  # the browser complains about the desk that was gone
