"""A page that the browser has translated: what changes on it is still seen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser

TRANSLATE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  const code = "script, style, [translate=no]";
  for (const text of texts.filter((one) => one.data.trim() && !one.parentElement.closest(code))) {
    const font = document.createElement("font");
    font.append(`~${text.data}~`);
    text.replaceWith(font);
  }
}"""
"""as translators do: each text gives way to an element of theirs"""


def test_header_and_lines_follow_what_changes(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    gallery.do("told")
    notice = page.locator(".drawer > .notice")
    expect(notice.get_by_role("button")).to_have_text("Undo")
    page.evaluate(TRANSLATE)
    expect(page.locator(".bar-title")).to_have_text("Ticketdesk")
    expect(notice.get_by_role("button")).to_have_text("~Undo~")

    gallery.do("offline")
    gallery.do("taken")

    expect(page.locator(".fresh-word")).to_have_text("Offline")
    expect(page.locator(".fresh time")).to_have_text("2 h")
    expect(notice.locator("p")).to_contain_text("Your words are in the draft")
    expect(notice.get_by_role("button")).to_have_text("Open")


def test_rows_numbers_views_and_messages_follow_what_changes(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    expect(page.locator("tr[data-ticket-id]").nth(24)).to_be_visible()
    page.evaluate(TRANSLATE)
    expect(page.locator(".range")).to_contain_text("~")

    for change in ("counting", "filtered", "talk"):
        gallery.do(change)

    expect(page.locator(".range")).to_contain_text("text of 310 of 412 tickets")
    expect(page.locator(".range")).not_to_contain_text("~")
    expect(page.locator(".chip").first).not_to_contain_text("~")
    expect(page.get_by_role("log", name="Messages")).to_contain_text("I write again.")


def test_addresses_and_ids_are_not_translated(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    gallery.do("to-review")
    page.evaluate(TRANSLATE)

    for place in (".c-customer bdi", ".facts bdi", ".review-who"):
        named = page.locator(place).all_text_contents()
        assert named != []
        assert [text for text in named if "~" in text and "Jan" not in text] == []
    gallery.open(page, "/wall")
    page.evaluate(TRANSLATE)
    assert [text for text in page.locator(".wall-who").all_text_contents() if "~" in text] == []
