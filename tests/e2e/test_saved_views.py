"""A list becomes a view: saved, opened, changed, removed and put back; wide, and on a phone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import Running, visit

COUNTED = """() => document.querySelector("[aria-current] .view-count")?.textContent
  === document.querySelector("[data-count]").dataset.count"""
"""the view that is open says as many as the list has"""


def test_list_becomes_a_view_that_is_opened_changed_and_removed(
    page: Page, desk_process: Running
) -> None:
    rows = page.locator("tr[data-ticket-id]")
    form = page.get_by_role("dialog", name=re.compile("^(Save|Change) view$"))
    name = form.get_by_role("textbox", name="View name")
    sheet = page.get_by_role("dialog", name="Edit views")

    def link(words: str) -> Locator:
        return page.get_by_role("link", name=re.compile(f"^{words}"))

    visit(page, f"{desk_process.url}/?q=order&status=open&sort=-amount")
    expect(rows.first).to_be_visible()
    page.get_by_role("button", name="Save view").click()
    name.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("A view needs a name.")
    name.fill("Big orders")
    name.press("Enter")
    expect(form).to_be_hidden()
    page.wait_for_function(COUNTED)
    expect(link("Big orders")).to_have_attribute("aria-current", "page")

    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{desk_process.url}/?q=key")
    expect(rows.first).to_be_visible()
    page.get_by_role("button", name="Save view").click()
    expect(name).to_have_value("")
    name.fill("big ORDERS")
    form.get_by_role("button", name="Save", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("called “big ORDERS” already")
    expect(name).to_have_value("big ORDERS")
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_be_hidden()

    link("Big orders").click()
    expect(page).to_have_url(re.compile(r"/\?q=order&status=open&sort=-amount$"))
    visit(page, desk_process.url)  # what was looked at last
    expect(link("Big orders")).to_have_attribute("aria-current", "page")

    page.get_by_role("button", name="Edit views").click()
    sheet.get_by_role("button", name="Change Big orders").click()
    expect(name).to_have_value("Big orders")
    name.fill("Large orders")
    form.get_by_role("button", name="Take the list as it is now").click()
    name.press("Enter")
    expect(form).to_be_hidden()
    page.get_by_role("button", name="Edit views").click()
    sheet.get_by_role("button", name="Remove Large orders").click()
    expect(link("Large orders")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(link("Large orders")).to_have_count(1)
    page.get_by_role("button", name="Edit views").click()
    sheet.get_by_role("button", name="Remove Large orders").click()
    expect(link("Large orders")).to_have_count(0)
