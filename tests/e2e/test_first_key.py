"""A desk that has an API and no key asks for it in the browser, and goes on without a restart."""

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.desk import KEY, Running, command, start, until

PASSWORD = "correct horse"  # noqa: S105  # made up
WRONG = "sg_live_not_the_one_0123"


def test_desk_without_a_key_asks_its_owner_for_it_and_opens(
    api_process: Running, tmp_path: Path, page: Page, console: list[str]
) -> None:
    for name in ("Ana", "Ben"):
        where = ("--data-dir", "data")
        done = command("user", "add", name, *where, cwd=tmp_path, typed=f"{PASSWORD}\n")
        assert done.returncode == 0, done.stderr
    desk = start("serve", folder=tmp_path, TICKETDESK_API_URL=api_process.url)
    assert f"no key yet for the API at {api_process.url}" in until(desk.said)
    assert httpx.get(f"{desk.url}/readyz").status_code == 503
    assert httpx.post(f"{desk.url}/key", data={"key": KEY}).status_code == 401

    sign_in(page, desk, "Ben")
    expect(page.get_by_text("its owner has to enter the key")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, desk, "Ana")
    enter(page, WRONG)
    expect(page.get_by_role("alert")).to_be_visible()
    enter(page, KEY)
    expect(page.get_by_role("status")).to_contain_text("The Tickets API takes this key: 60 tickets")

    expect(page.locator("tr[data-ticket-id]").first).to_be_visible(timeout=15_000)
    assert KEY not in page.content()
    log = (tmp_path / "data" / "ticketdesk.log").read_text("utf-8")
    assert KEY not in log + desk.said()
    assert desk.stop() == 0
    assert all("422" in told or "503" in told for told in console)
    console.clear()


def test_desk_that_waits_for_a_key_ends_when_it_is_told_to(
    api_process: Running, tmp_path: Path
) -> None:
    desk = start("serve", folder=tmp_path, TICKETDESK_API_URL=api_process.url)

    assert desk.stop() == 0


def sign_in(page: Page, desk: Running, name: str) -> None:
    page.goto(desk.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def enter(page: Page, key: str) -> None:
    page.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Try it and keep it").click()
