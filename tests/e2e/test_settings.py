"""What a seller sets holds for every browser, and what cannot be set is said beside the field."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.components.test_look_browser import serious
from tests.e2e.desk import Running, visit
from tests.e2e.shop import Shop


def test_undo_time_is_kept_for_every_browser_and_counted_down(
    page: Page, new_page: Callable[..., Page], desk_process: Running
) -> None:
    shop, undo = Shop(desk_process), "Undo a sent reply for"
    visit(page, f"{desk_process.url}/settings")
    for wrong, said in (("45", "0 to 30 seconds, not 45"), ("2.5", "no whole number")):
        page.get_by_label(undo).fill(wrong)
        page.get_by_label(undo).blur()
        expect(page.locator("#undo-says")).to_contain_text(said)
    page.get_by_label(undo).fill("30")
    page.get_by_label(undo).blur()
    expect(page.locator("#undo-says")).to_contain_text("can be undone for 30 seconds.")

    other = new_page()
    visit(other, f"{desk_process.url}/settings")
    expect(other.get_by_label(undo)).to_have_value("30")
    waiting = str(shop.waiting()[0]["id"])
    visit(other, f"{desk_process.url}/?ticket={waiting}")
    other.get_by_role("textbox", name="Reply").fill("Held for long")
    other.get_by_role("button", name="Send", exact=True).click()

    held = other.locator("[data-reply-state=queued]")
    expect(held).to_contain_text("Sending in a moment")
    expect(held.locator(".hold")).to_have_text(re.compile(r"^2\d s$"), timeout=15_000)
    held.get_by_role("button", name="Undo").click()
    expect(other.get_by_role("textbox", name="Reply")).to_have_value("Held for long")
    assert "Held for long" not in shop.texts(waiting)


def test_theme_is_chosen_here_as_in_the_header(page: Page, desk_process: Running) -> None:
    visit(page, f"{desk_process.url}/settings")

    page.get_by_role("group", name="Theme").get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Theme: Dark")).to_be_visible()
    page.get_by_role("button", name="Theme: Dark").click()
    system = page.get_by_role("button", name="As the system")
    expect(system).to_have_attribute("aria-pressed", "true")


def test_page_of_its_own_fills_a_phone(
    new_page: Callable[..., Page], desk_process: Running
) -> None:
    phone = new_page(viewport={"width": 390, "height": 844})
    for path, heading in (("/settings", "Replies"), ("/health", "Local copy")):
        visit(phone, desk_process.url + path)

        expect(phone.get_by_role("heading", name=heading, exact=True)).to_be_in_viewport()
        main = phone.get_by_role("main").bounding_box()
        assert main
        assert main["width"] == 390
    viewport = phone.locator("meta[name=viewport]").get_attribute("content")
    assert "interactive-widget=resizes-content" in (viewport or "")


@pytest.mark.parametrize("place", ["settings", "health", "no-such-page", "demo/customer"])
def test_each_page_beside_the_list_can_be_read_in_the_dark(
    new_page: Callable[..., Page], desk_process: Running, console: list[str], place: str
) -> None:
    phone = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    phone.goto(f"{desk_process.url}/{place}")
    expect(phone.get_by_role("main")).to_be_visible()

    assert serious(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    console.clear()  # a page that is not there is said on the console, too


@pytest.mark.parametrize("place", ["settings", "health"])
def test_pages_beside_the_list_keep_a_margin_on_a_phone(
    new_page: Callable[..., Page], desk_process: Running, place: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    visit(page, f"{desk_process.url}/{place}")

    box = page.locator(f".{place} h2").first.bounding_box()

    assert box is not None
    assert box["x"] >= 12
