"""Two sellers and a display, each in a browser of their own: in, at one ticket, and out again."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from app.domain.accounts import ABSOLUTE
from app.domain.wall_links import LASTS
from tests.e2e.desk import Running, command, until, visit
from tests.e2e.shop import Shop

PASSWORD = "correct horse"  # noqa: S105  # made up
HERE = ("--data-dir", "data")


def add_user(desk: Running, name: str) -> None:
    done = command("user", "add", name, *HERE, cwd=desk.folder, typed=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr


def sign_in(page: Page, desk: Running, name: str) -> None:
    page.goto(f"{desk.url}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{desk.url}/")


def reply(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Reply").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_two_sellers_meet_at_a_ticket_and_a_wall_comes_and_goes(
    new_page: Callable[..., Page], console: list[str], desk_process: Running
) -> None:
    ana, ben, wall = new_page(), new_page(), new_page()
    ticket = str(Shop(desk_process).waiting()[0]["id"])
    for name in ("Ana", "Ben"):
        add_user(desk_process, name)
    until(lambda: "/sign-in" in (ana.goto(desk_process.url) and ana.url))
    sign_in(ana, desk_process, "Ana")
    sign_in(ben, desk_process, "Ben")

    wall.goto(f"{desk_process.url}/kiosk")
    code = wall.locator(".wall-code").inner_text()
    ana.goto(f"{desk_process.url}/screens")
    form = ana.locator("form", has=ana.get_by_label("Code on the screen"))
    form.get_by_label("Code on the screen").fill(code.lower())
    form.get_by_label("Name of the screen").fill("Hall")
    form.get_by_role("button", name="Let it in").click()
    expect(wall.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible(timeout=10_000)

    for page in (ana, ben):
        visit(page, f"{desk_process.url}/?status=all&ticket={ticket}")
    expect(ben.locator(".head [data-presence]")).to_have_text("Ana: looking")
    expect(ana.locator("tr[data-presence]")).to_have_attribute("data-ticket-id", ticket)
    ben.get_by_role("textbox", name="Reply").press_sequentially("Dear")
    expect(ana.locator(".head [data-presence]")).to_have_text("Ben: writing")

    ana.keyboard.press("a")
    expect(ana.locator("tr[data-claim]")).to_have_attribute("data-ticket-id", ticket)
    expect(ben.locator(".head [data-claim]")).to_have_text(
        "Ana has thisonly on this deskTake it over"
    )
    reply(ana, "Solved by me.")
    expect(ben.get_by_text("Solved by me.").first).to_be_visible()
    reply(ben, "Dear customer, by Ben.")
    box = ben.get_by_role("textbox", name="Reply")
    asked = ben.get_by_role("alertdialog", name="Before you send")
    expect(asked).to_have_accessible_description(
        re.compile(
            r"Ana answered \d+ s ago, since you began to write: ?Solved by me\. ?"
            r"Ana has claimed this ticket\."
        )
    )
    expect(asked.get_by_role("button", name="Back to the text")).to_be_focused()
    ben.keyboard.press("Tab")
    ben.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    expect(box).to_have_value("")
    expect(ben.locator("[data-reply-state]").last).to_contain_text("Dear customer, by Ben.")

    ana.goto(f"{desk_process.url}/screens")
    ana.locator("[data-screen=Hall]").get_by_role("button", name="Revoke").click()
    ana.get_by_role("button", name="Revoke Hall").click()
    expect(wall.get_by_text("This link was revoked.")).to_be_visible(timeout=2_000)
    expect(wall.locator("[data-ticket-id]")).to_have_count(0)

    assert command("user", "remove", "Ben", *HERE, cwd=desk_process.folder).returncode == 0
    expect(ben).to_have_url(re.compile("/sign-in"), timeout=3_000)
    assert all("401" in told for told in console)
    console.clear()


def test_session_and_link_end_within_a_second_when_their_time_is_over(
    new_page: Callable[..., Page], console: list[str], desk_process: Running
) -> None:
    cleo, wall = new_page(), new_page()
    add_user(desk_process, "Cleo")
    until(lambda: "/sign-in" in (cleo.goto(desk_process.url) and cleo.url))
    sign_in(cleo, desk_process, "Cleo")
    made = command("kiosk-link", "new", "Yard", *HERE, cwd=desk_process.folder)
    wall.goto(made.stdout.splitlines()[-1])
    expect(wall.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()

    age(desk_process, "session", created_at=ABSOLUTE)
    expect(cleo).to_have_url(re.compile("/sign-in"), timeout=2_000)
    expect(cleo.get_by_text("You have been signed out.")).to_be_visible()
    expect(wall.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()

    age(desk_process, "wall_link", expires_at=LASTS)
    expect(wall.get_by_text("This link has run out")).to_be_visible(timeout=2_000)
    expect(wall.locator("[data-ticket-id]")).to_have_count(0)
    assert all("401" in told for told in console)
    console.clear()


def age(desk: Running, table: str, **by: timedelta) -> None:
    """Put a time of every row of the accounts so far back, while the desk runs."""
    file = desk.folder / "data" / "accounts.sqlite3"
    with closing(sqlite3.connect(file, timeout=10)) as accounts, accounts:
        for column, span in by.items():
            for (at,) in accounts.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall():  # noqa: S608
                then = (datetime.fromisoformat(at) - span - timedelta(minutes=1)).isoformat()
                accounts.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (then, at))  # noqa: S608
