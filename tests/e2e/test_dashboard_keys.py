"""The desk without a mouse, and with two themes and two widths."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, visit


@pytest.fixture
def desk(page: Page, desk_process: Running) -> Page:
    visit(page, f"{desk_process.url}/?view=needs-response")
    expect(page.locator("tr[data-ticket-id]").first).to_be_visible()
    return page


def focused(page: Page) -> str:
    """The ticket whose row has the focus."""
    return str(page.evaluate("document.activeElement.dataset.ticketId ?? ''"))


def nth(page: Page, number: int) -> Locator:
    return page.locator("tr[data-ticket-id]").nth(number)


def test_j_and_k_go_through_the_list_and_enter_opens(desk: Page) -> None:
    drawer = desk.get_by_role("complementary", name="Conversation")
    second = nth(desk, 1).get_attribute("data-ticket-id")

    desk.keyboard.press("j")
    desk.keyboard.press("j")
    assert focused(desk) == second
    desk.keyboard.press("k")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")

    expect(drawer).to_be_visible()
    expect(desk).to_have_url(re.compile(f"view=needs-response&ticket={second}$"))
    desk.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert focused(desk) == second


def test_slash_searches_and_letters_in_a_field_are_only_letters(desk: Page) -> None:
    box = desk.get_by_role("searchbox", name="Search tickets")

    desk.keyboard.press("/")
    desk.keyboard.type("jk?/x")

    expect(box).to_be_focused()
    expect(box).to_have_value("jk?/x")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_question_mark_shows_the_keys(desk: Page) -> None:
    desk.keyboard.press("?")

    keys = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Next ticket")
    desk.keyboard.press("Escape")
    expect(keys).to_have_count(0)


def test_ctrl_enter_sends_what_is_written(desk: Page) -> None:
    nth(desk, 0).click()
    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible()
    desk.keyboard.press("r")
    desk.keyboard.type("By keys alone")
    desk.keyboard.press("Control+Enter")

    pending = desk.locator("[data-reply-state]")
    expect(pending).to_contain_text("By keys alone")
    expect(desk.get_by_role("textbox", name="Reply")).to_have_value("")
    desk.get_by_role("button", name="Undo").click()
    expect(pending).to_have_count(0)
    desk.get_by_role("textbox", name="Reply").fill("")


def test_h_snoozes_and_the_ticket_waits_in_a_view_of_its_own(desk: Page) -> None:
    rows = desk.locator("tr[data-ticket-id]")
    before, snoozed = rows.count(), str(nth(desk, 0).get_attribute("data-ticket-id"))
    nth(desk, 0).click()
    expect(desk.get_by_role("textbox", name="Reply")).to_be_visible()

    desk.keyboard.press("h")
    desk.get_by_role("button", name="Tomorrow").click()

    marks = desk.get_by_role("group", name="My marks")
    expect(marks).to_contain_text("Snoozed until")
    desk.reload()
    expect(rows).to_have_count(before - 1)
    desk.get_by_role("link", name=re.compile("^Snoozed")).click()
    expect(rows).to_have_count(1)
    expect(nth(desk, 0)).to_have_attribute("data-ticket-id", snoozed)
    expect(nth(desk, 0)).to_have_attribute("data-snoozed-until", re.compile("T"))
    marks.get_by_role("button", name="Wake now").click()
    expect(desk.get_by_text("Nothing snoozed.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_everything_fits_and_axe_finds_nothing_serious(
    new_page: Callable[..., Page], desk_process: Running, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    page = new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")

    visit(page, f"{desk_process.url}/?view=needs-response")
    expect(nth(page, 0)).to_be_visible()
    assert serious(page) == []
    nth(page, 0).click()
    expect(page.get_by_role("textbox", name="Reply")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit(page, f"{desk_process.url}/health")
    assert serious(page) == []


def serious(page: Page) -> list[str]:
    """What axe calls serious or worse, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{problem['id']}: {node['html'][:120]}"
        for problem in found
        if problem["impact"] in ("serious", "critical")
        for node in problem["nodes"]
    ]
