"""What has to work through a proxy that shows the desk by TLS below a path."""

import secrets
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.desk import command, visit

SELLERS = ("Ana", "Ben")
PASSWORD = "correct horse battery"  # noqa: S105  # made up


def add_sellers(folder: Path) -> None:
    """Give the desk in this folder its users, before it is started or beside it."""
    for name in SELLERS:
        data = ("--data-dir", str(folder / "data"))
        done = command("user", "add", name, *data, cwd=folder, typed=f"{PASSWORD}\n")
        assert done.returncode == 0, done.stderr


def new_link(folder: Path, address: str) -> str:
    """A link for a display, below the public address."""
    name = f"Hall {secrets.token_hex(4)}"
    options = ("--data-dir", str(folder / "data"), "--public-url", address)
    link = command("kiosk-link", "new", name, *options, cwd=folder).stdout.splitlines()[-1]
    assert link.startswith(f"{address}/kiosk?link=")
    return link


def sign_in(page: Page, address: str, name: str) -> None:
    """Come in by the form, to which every page leads, with a cookie for this path and TLS alone."""
    page.goto(f"{address}/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")
    [cookie] = [
        one for one in page.context.cookies() if one["name"].startswith("__Secure-ticketdesk-")
    ]
    assert (cookie["path"], cookie["secure"], cookie["httpOnly"]) == ("/desk", True, True)


def two_sellers_and_a_wall(
    address: str, ticket: str, link: str, new_page: Callable[[], Page]
) -> None:
    """One seller closes `ticket`, which waits; the other and the wall see it; nobody leaves."""
    one, two, wall = (new_page() for _ in range(3))
    asked: list[str] = []
    for page in (one, two, wall):
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
    for page, name in zip((one, two), SELLERS, strict=True):
        sign_in(page, address, name)
        visit(page, f"{address}/")
    visit(wall, link)
    wall.wait_for_url(f"{address}/kiosk")
    expect(wall.locator("[data-kiosk] [data-ticket-id]").first).to_be_visible()

    one.goto(f"{address}/tickets/{ticket}")
    one.wait_for_url(f"{address}/?ticket={ticket}")
    one.get_by_role("button", name="Close ticket").click()
    two.get_by_role("button", name="Closed", exact=True).click()

    two.wait_for_url(f"{address}/?status=closed")
    expect(two.locator(f"tr[data-ticket-id={ticket}]")).to_be_visible()
    expect(wall.locator(f"[data-ticket-id={ticket}]")).to_have_count(0)
    two.locator(f"tr[data-ticket-id={ticket}] .subject").click()
    two.wait_for_url(f"{address}/?status=closed&ticket={ticket}")
    two.go_back()
    two.wait_for_url(f"{address}/?status=closed")
    two.get_by_role("link", name="Health").click()
    two.wait_for_url(f"{address}/health")
    below = f"//{address.removeprefix('https://')}/"
    assert [url for url in asked if below not in url] == []
    assert any(url.startswith("wss:") for url in asked)
