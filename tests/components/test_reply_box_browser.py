from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.components import talk
from tests.components.conftest import Gallery

pytestmark = pytest.mark.browser


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Reply")


def send(page: Page) -> Locator:
    return page.get_by_role("button", name="Send", exact=True)


def test_a_double_click_sends_once_and_empties_the_box(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("On its way.")

    send(page).dblclick()

    expect(box(page)).to_have_value("")
    assert gallery.said("send") == [["send", "On its way.", False]]


def test_two_keys_at_once_send_once(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Twice?")

    page.evaluate(
        """() => { const press = { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
           const box = document.querySelector("textarea");
           for (let n = 0; n < 3; n++) box.dispatchEvent(new KeyboardEvent("keydown", press)); }"""
    )

    expect(box(page)).to_have_value("")
    assert len(gallery.said("send")) == 1


SAY = """([name, ...said]) => { const id = document.querySelector("form.reply").id.slice(1);
         for (const one of said) getElement(id).$emit(name, one); }"""


def test_the_server_hands_over_one_reply_at_a_time_for_a_ticket(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    reply = {"ticket_id": "tkt_0000", "text": "slow", "then_close": False}

    page.evaluate(SAY, ["send", reply, reply, {**reply, "ticket_id": "tkt_0005"}])

    page.wait_for_timeout(600)
    assert gallery.said("send") == [["send", "slow", False]]


def test_a_draft_of_another_ticket_is_kept_for_that_one(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")

    page.evaluate(
        SAY, ["draft", {"ticket_id": "tkt_0005", "text": "For 5", "base": 3, "revision": 4}]
    )

    assert gallery.wait("draft") == ["For 5"]
    gallery.do("typed")
    assert gallery.said("typed") == [["typed", "tkt_0005", 3, 4]]


def test_words_typed_while_another_ticket_is_on_its_way_are_handed_over(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).focus()
    page.evaluate(
        """() => { const box = document.querySelector("textarea");
           document.querySelector('tr[data-ticket-id="tkt_0001"]').click();
           box.value = "Half a word"; box.dispatchEvent(new Event("input")); }"""
    )

    expect(box(page)).to_have_value("Draft of 1")

    assert gallery.said("draft") == [["draft", "Half a word"]]
    gallery.do("typed")
    assert gallery.said("typed") == [["typed", "tkt_0000", 0, 1]]


def test_send_while_another_ticket_is_on_its_way_is_not_silent(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("For the first")
    page.evaluate(
        """() => { document.querySelector('tr[data-ticket-id="tkt_0001"]').click();
           document.querySelector(".reply button.primary").click(); }"""
    )

    expect(box(page)).to_have_value("Draft of 1")

    assert gallery.wait("missed")[:2] == ["tkt_0000", "For the first"]
    assert gallery.said("send") == []


def test_a_reply_that_was_not_taken_stays_in_the_box(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("refuse me")

    box(page).press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("Your text is kept")
    expect(box(page)).to_have_value("refuse me")
    expect(send(page)).to_be_enabled()


def test_send_and_close_says_so(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Done.")

    page.get_by_role("button", name="Send and close").click()

    assert gallery.wait("send") == ["Done.", True]


def test_a_blank_reply_gets_a_sentence(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    box(page).fill("  \n ")

    send(page).click()

    expect(page.get_by_role("alert")).to_contain_text("The reply is empty")
    assert gallery.said("send") == []


def test_a_text_over_the_limit_is_kept_as_a_draft_and_never_sent(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("x" * 50_000)

    box(page).press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("50,000 of 40,000 characters")
    expect(send(page)).to_be_disabled()
    assert gallery.wait("draft") == ["x" * 50_000]
    assert gallery.said("send") == []


def test_a_text_too_large_for_the_socket_stays_in_the_window(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("x" * 150_000)

    box(page).press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("too long to be kept as a draft")
    page.wait_for_timeout(600)
    assert [one for one in gallery.said() if one[0] in {"send", "draft"}] == []
    assert len(box(page).input_value()) == 150_000


def test_characters_are_counted_as_people_do(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")

    box(page).fill("😀" * 40_000)
    expect(page.locator(".reply-count")).to_have_text("40,000 of 40,000 characters")
    expect(send(page)).to_be_enabled()
    box(page).fill("😀" * 40_001)

    expect(page.get_by_role("alert")).to_contain_text("40,001 of 40,000 characters")


def test_a_draft_is_handed_over_while_typing(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")

    page.evaluate(
        """() => { const box = document.querySelector("textarea");
           for (const key of "Dear Anna") {
             box.value += key; box.dispatchEvent(new Event("input")); } }"""
    )

    assert gallery.wait("draft") == ["Dear Anna"]
    assert gallery.said("draft") == [["draft", "Dear Anna"]]


def test_typing_survives_a_refresh(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    box(page).press_sequentially("Half a sen")

    gallery.do("talk")

    expect(page.get_by_text("I write again.")).to_be_visible()
    expect(box(page)).to_have_value("Half a sen")
    expect(box(page)).to_be_focused()
    box(page).press_sequentially("tence")
    expect(box(page)).to_have_value("Half a sentence")


def test_another_ticket_brings_its_own_draft(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    box(page).press_sequentially("For Anna")

    page.click('tr[data-ticket-id="tkt_0001"]')

    expect(box(page)).to_have_value("Draft of 1")
    before, opened = gallery.said()[-2:]
    assert (before, opened) == (["draft", "For Anna"], ["open", "tkt_0001"])


def test_going_back_hands_the_draft_over_first(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.evaluate("history.pushState(null, '', '/?ticket=1')")
    box(page).press_sequentially("Not lost")

    page.evaluate("history.back()")

    assert gallery.wait("popstate") == ["/?ticket=0"]
    assert [call[0] for call in gallery.said()][-2:] == ["draft", "popstate"]
    assert gallery.said("draft")[-1] == ["draft", "Not lost"]


def test_text_draft_returned_is_taken_where_nothing_was_typed_since(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("New.")
    assert gallery.wait("draft") == ["New."]

    gallery.do("draft_returned")
    gallery.do("focus")

    expect(box(page)).to_have_value("Taken back.\n\nNew.")
    expect(box(page)).to_be_focused()
    box(page).fill("Both.")
    page.wait_for_timeout(600)
    gallery.do("typed")
    assert gallery.said("typed") == [["typed", "tkt_0000", 1, 2]]


def test_text_from_elsewhere_never_takes_the_place_of_what_was_typed_since(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("New. And newer")

    gallery.do("draft_returned")

    page.wait_for_timeout(600)
    expect(box(page)).to_have_value("New. And newer")
    gallery.do("typed")
    assert gallery.said("typed") == [["typed", "tkt_0000", 0, 1]]


def test_the_other_text_is_shown_put_below_or_discarded(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Mine")
    gallery.do("elsewhere")
    region = page.get_by_role("region", name="From another window")
    expect(region).to_contain_text("This draft was also changed in another window.")
    expect(page.get_by_role("button", name="Discard it")).to_have_count(0)

    region.get_by_role("button", name="Show the other text").press("Enter")

    expect(region).to_contain_text("A long line of it.")
    assert page.title() != "owned"
    region.get_by_role("button", name="Insert below yours").click()
    expect(box(page)).to_be_focused()
    region.get_by_role("button", name="Discard it").click()
    number, text, insert = gallery.wait("other_draft")
    assert [call[3] for call in gallery.said("other_draft")] == [True, False]
    assert (number, text, insert) == (7, talk.OTHER_DRAFT.text, False)
    assert gallery.said("draft") == [["draft", "Mine"]]


def test_the_box_grows_to_twelve_lines(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    heights = []

    for lines in (1, 8, 40):
        box(page).fill("\n".join("x" * lines))
        heights.append((box(page).bounding_box() or {})["height"])

    three, eight, twelve = heights
    assert three < eight < twelve
    assert twelve < 4.2 * three


def test_a_ticket_that_is_gone_takes_no_reply_and_keeps_the_text(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Kept")

    gallery.do("gone")

    expect(send(page)).to_be_disabled()
    expect(box(page)).to_have_value("Kept")


def test_close_ticket_is_handed_over(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")

    page.get_by_role("button", name="Close ticket").click()

    assert gallery.wait("status") == []


def test_order_of_the_buttons_is_send_send_and_close_close(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Done.")
    reached = []

    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))

    assert reached == ["Sendto anna@…", "Send and close", "Close ticket"]


def test_what_another_program_wrote_into_the_box_is_sent(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Teh key")
    page.evaluate("() => { document.querySelector('textarea').value = 'The key'; }")

    box(page).press("Control+Enter")

    expect(box(page)).to_have_value("")
    assert gallery.wait("send") == ["The key", False]


@pytest.mark.parametrize("told_by", ["", "change"])
def test_what_another_program_wrote_into_the_box_becomes_the_draft(
    stage: Callable[..., Page], gallery: Gallery, told_by: str
) -> None:
    page = stage("/?ticket=0")
    box(page).focus()
    page.evaluate(
        """name => { const box = document.querySelector("textarea");
           box.value = "Dictated"; if (name) box.dispatchEvent(new Event(name)); }""",
        told_by,
    )

    if not told_by:
        box(page).blur()

    assert gallery.wait("draft") == ["Dictated"]


def test_key_that_is_held_sends_once_and_never_complains(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("Once")
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    expect(box(page)).to_have_value("")

    for _ in range(5):
        page.keyboard.down("Enter")

    assert gallery.said("send") == [["send", "Once", False]]
    expect(page.get_by_role("alert")).to_have_count(0)


def test_focus_stays_in_the_box_after_send_by_mouse(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box(page).fill("On its way.")

    send(page).click()

    expect(box(page)).to_have_value("")
    expect(box(page)).to_be_focused()


def test_escape_leads_from_the_box_to_the_row_of_its_ticket(stage: Callable[..., Page]) -> None:
    page = stage()
    page.click('tr[data-ticket-id="tkt_0002"]')
    box(page).focus()

    page.keyboard.press("Escape")

    expect(page.locator('tr[data-ticket-id="tkt_0002"]')).to_be_focused()
    expect(page.get_by_role("complementary")).to_be_visible()


def test_box_grows_where_the_browser_does_not_do_it(
    new_page: Callable[..., Page], gallery: Gallery
) -> None:
    page = new_page()
    page.add_init_script(
        "CSS.supports = () => false;"
        "addEventListener('DOMContentLoaded', () => document.head.append(Object.assign("
        "document.createElement('style'),"
        " { textContent: 'textarea { field-sizing: fixed !important }' })))"
    )
    gallery.open(page, "/?ticket=0")
    before = (box(page).bounding_box() or {})["height"]

    box(page).fill("\n".join("x" * 8))
    grown = (box(page).bounding_box() or {})["height"]
    box(page).fill("")

    assert grown > 1.8 * before
    assert (box(page).bounding_box() or {})["height"] == before


def test_reply_is_seen_at_the_click_as_no_more_than_being_saved(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    saving = page.get_by_role("complementary").locator(".saving:visible")
    box(page).fill("slow")

    page.get_by_role("button", name="Send", exact=True).click()

    expect(saving).to_contain_text("slow")
    expect(saving).to_contain_text("Saving…")
    gallery.do("talk")
    expect(saving).to_have_count(0)


def test_reply_that_was_not_taken_is_no_longer_said_to_be_saved(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    box(page).fill("refuse me")

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("#reply-says")).to_contain_text("Not sent")
    expect(page.locator(".saving:visible")).to_have_count(0)
