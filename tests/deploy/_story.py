"""What has to work through a proxy that shows the desk by TLS below a path."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.desk import visit


def two_sellers_and_a_wall(address: str, ticket: str, new_page: Callable[[], Page]) -> None:
    """One seller closes `ticket`, which waits; the other and the wall see it; nobody leaves."""
    one, two, wall = (new_page() for _ in range(3))
    asked: list[str] = []
    for page, path in ((one, "/"), (two, "/"), (wall, "/kiosk")):
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        visit(page, address + path)
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
