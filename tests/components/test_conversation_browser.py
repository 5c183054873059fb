from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from components.message_text import target
from tests.components.conftest import Gallery
from tests.components.talk import HOSTILE, MESSAGES

pytestmark = pytest.mark.browser


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def space_below(page: Page) -> float:
    return -float(log(page).evaluate("log => log.scrollTop"))


def read_from(page: Page, below_top: int) -> None:
    """Scroll to so many pixels below the beginning."""
    log(page).evaluate(
        "(log, y) => log.scrollTo(0, y + log.clientHeight - log.scrollHeight)", below_top
    )
    page.wait_for_timeout(50)


def above(page: Page) -> float:
    """How much lies above what is in sight."""
    return float(log(page).evaluate("log => log.scrollHeight - log.clientHeight + log.scrollTop"))


def test_a_conversation_has_its_names(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    drawer = page.get_by_role("complementary", name="Conversation")

    expect(drawer.get_by_role("heading", name="Order not received")).to_be_visible()
    articles = log(page).get_by_role("article")
    expect(articles).to_have_count(len(MESSAGES))
    expect(articles.first).to_have_attribute("data-message-id", "msg_001")
    expect(articles.first).to_have_attribute("data-sender", "customer")
    expect(log(page).locator('[data-reply-state="unconfirmed"]')).to_contain_text("Not confirmed")


def test_hostile_text_is_drawn_as_text(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=7")

    article = log(page).locator('[data-message-id="msg_003"]')
    assert HOSTILE.splitlines()[0] in article.locator(".msg-text").text_content()
    expect(page.get_by_role("heading", level=2, name="<img src=x")).to_be_visible()
    expect(page.locator('tr[data-ticket-id="tkt_0007"]')).to_contain_text("${7*7} `{{ 1 + 1 }}`")
    assert page.locator("main img, aside img, main script, aside script").count() == 0
    assert page.title() == "NiceGUI"


def test_links_open_elsewhere_and_show_where_they_lead(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")

    link = log(page).get_by_role("link").first

    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("data-host", "xn--pple-43d.example")


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, ""), (2, " (opens xn--pple-43d.example)"), (3, " (opens shop.example)")],
)
def test_link_that_leads_elsewhere_than_it_seems_says_where(
    stage: Callable[..., Page], gallery: Gallery, number: int, told: str
) -> None:
    page = stage("/?ticket=0")
    gallery.do("links")

    text = log(page).locator(f'[data-message-id="msg_00{number}"] .msg-text')
    link = text.get_by_role("link")

    expect(text).to_have_text(f"{link.text_content()}{told}")


HOSTS = (
    *("https://EXAMPLE.com:443/a", "http://user:word@shop.example:8080/", "https://straße.example"),
    *(
        "https://münchen.example",
        "https://\uff45\uff58\uff41.example",
        "http://2130706433/",
        "http://0x7f.1",
    ),
    *(
        "https://good.example\\@bad.example/",
        "http://ex%61mple.com/",
        "https://a.example?b@c.example",
    ),
    *(
        "https://a.example#@b.example",
        "https://日本。example",
        "https://İ.example/",
        "http://127.1./",
    ),
)


@pytest.mark.parametrize("href", HOSTS)
def test_host_that_is_told_is_the_one_the_browser_opens(page: Page, href: str) -> None:
    assert target(href) == page.evaluate("href => new URL(href).host", href)


def test_message_of_many_lines_is_drawn_in_few_boxes(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")

    gallery.do("lines")

    text = log(page).locator('[data-message-id="msg_001"] .msg-text')
    expect(text.get_by_role("link")).to_have_count(1)
    assert text.locator("*").count() <= 202
    assert text.evaluate("all => all.textContent.split('\\n').length") == 100_001
    assert text.evaluate("all => all.innerText.trimEnd().endsWith('end')")


def test_the_log_opens_at_its_end_and_follows_it(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    assert space_below(page) < 2

    gallery.do("talk")

    expect(page.get_by_text("I write again.")).to_be_in_viewport()
    assert space_below(page) < 2


def test_the_log_stays_where_the_reader_is(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    read_from(page, 40)

    gallery.do("talk")

    news = page.get_by_role("button", name="1 new message")
    expect(news).to_be_visible()
    assert above(page) == 40
    news.click()
    expect(page.get_by_text("I write again.")).to_be_in_viewport()


def test_earlier_messages_do_not_move_what_is_read(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    read_from(page, 60)
    read = log(page).locator('[data-message-id="msg_002"]')
    before = read.bounding_box()

    gallery.do("earlier")

    expect(page.get_by_text("From before.")).to_have_count(5)
    after = read.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 2


def test_actions_are_handed_over(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")

    page.get_by_role("button", name="Check again").click()
    page.get_by_role("button", name="Show all (12,345 more characters)").click()
    page.get_by_role("button", name="Show 40 earlier messages").click()

    assert gallery.wait("turn") == ["earlier"]
    assert gallery.wait("review") == ["r2", "check"]
    assert gallery.wait("more") == ["msg_006"]


def test_facts_can_be_copied(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy invoice").click()

    expect(page.locator("#desk-say")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "INV-12345"


def test_copying_works_without_the_clipboard_too(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")

    page.get_by_role("button", name="Copy order").click()

    expect(page.locator("#desk-say")).to_have_text("Copied")


def test_escape_closes_and_gives_the_focus_back(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage()
    page.click('tr[data-ticket-id="tkt_0002"]')
    drawer = page.get_by_role("complementary", name="Conversation")
    expect(drawer).to_be_visible()
    drawer.get_by_role("log").focus()

    page.keyboard.press("Escape")

    expect(drawer).to_be_hidden()
    expect(page.locator('tr[data-ticket-id="tkt_0002"]')).to_be_focused()


def test_other_tickets_of_the_customer_open(stage: Callable[..., Page], gallery: Gallery) -> None:
    page = stage("/?ticket=0")
    page.get_by_text("2 other tickets, 1 open").click()

    page.get_by_role("complementary").get_by_role("link", name="Charged twice").click()

    assert gallery.wait("open") == ["tkt_0003"]


def test_messages_that_are_being_read_have_a_skeleton(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")

    gallery.do("reading")

    expect(log(page)).to_have_attribute("aria-busy", "true")
    expect(log(page).get_by_role("article")).to_have_count(0)


def test_long_conversation_goes_to_its_beginning_and_on_from_there(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")

    gallery.do("beginning")

    expect(log(page).get_by_role("article")).to_have_count(30)
    expect(page.get_by_role("button", name="To the end (4,951 more)")).to_be_attached()
    assert above(page) < 2
    page.get_by_role("button", name="Show 50 later messages").click()
    assert gallery.wait("turn") == ["later"]
    read = log(page).locator('[data-message-id="msg_049"]')
    before = read.bounding_box() or {}

    gallery.do("later")

    expect(log(page).get_by_role("article")).to_have_count(50)
    assert abs((read.bounding_box() or {})["y"] - before["y"]) < 2
    expect(page.locator(".to-end")).to_be_hidden()


def test_ticket_that_lies_ready_is_shown_before_the_desk_has_heard_of_the_click(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    box = page.get_by_role("textbox", name="Reply")
    box.fill("For the first ticket")
    gallery.do("ready")
    expect(page.locator('.pane[data-ticket="tkt_0001"]')).to_be_hidden()

    page.evaluate("window.desk.reveal('tkt_0001')")

    expect(log(page).get_by_role("article")).to_have_count(len(MESSAGES))
    expect(page.get_by_role("complementary").locator("h2:visible")).to_contain_text("License key")
    assert space_below(page) < 2
    assert page.locator("form.reply").evaluate("form => form.inert")

    gallery.do("opened")

    expect(page.locator("form.reply[inert]")).to_have_count(0)
    expect(box).to_have_value("Draft of 1")
    expect(page.locator(".pane:visible > .head")).to_have_count(1)


def test_ticket_opened_in_place_of_the_one_that_lay_ready_is_the_one_shown(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    gallery.do("ready")

    page.locator('tr[data-ticket-id="tkt_0003"] a').click()

    heading = page.get_by_role("complementary").locator("h2:visible")
    expect(heading).to_have_count(1)
    expect(page.locator(".pane:visible")).to_have_attribute("data-ticket", "tkt_0003")
    expect(page.locator("form.reply[inert]")).to_have_count(0)


def test_row_at_which_the_pointer_rests_is_told(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")

    page.locator('tr[data-ticket-id="tkt_0004"] .c-customer').hover()

    assert gallery.wait("rest") == ["tkt_0004"]


def test_link_to_the_ticket_is_copied_with_its_host(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy link").click()

    assert page.evaluate("navigator.clipboard.readText()") == f"{gallery.url}/?ticket=tkt_0000"


def test_facts_are_not_cut(stage: Callable[..., Page]) -> None:
    page = stage("/?ticket=0")
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"

    assert page.locator(".facts bdi").evaluate_all(cut) == 0


def test_log_is_read_on_where_one_was_after_a_reload(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    read_from(page, 60)
    before = log(page).locator('[data-message-id="msg_002"]').bounding_box() or {}

    page.reload()
    page.wait_for_function("window.did_handshake")

    after = log(page).locator('[data-message-id="msg_002"]').bounding_box() or {}
    assert abs(after["y"] - before["y"]) < 2
    page.click('tr[data-ticket-id="tkt_0001"]')
    expect(page.get_by_role("heading", level=2, name="License key")).to_be_visible()
    assert space_below(page) < 2


def test_button_keeps_the_focus_where_its_message_is_drawn_anew(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")
    check = page.get_by_role("button", name="Check again")
    check.focus()

    gallery.do("looked")
    expect(log(page)).to_contain_text("looked at 12:31")

    expect(check).to_be_focused()
    gallery.do("talk")
    expect(check).to_be_focused()


def test_hit_of_a_search_is_in_sight_and_marked_and_leads_to_the_next(
    stage: Callable[..., Page], gallery: Gallery
) -> None:
    page = stage("/?ticket=0")

    gallery.do("hit")

    expect(log(page).locator("mark")).to_be_in_viewport()
    hits = page.get_by_role("group", name="Hits")
    expect(hits).to_contain_text("Hit 1 of 3")
    hits.get_by_role("button", name="Next hit").click()
    assert gallery.wait("turn") == ["next-hit"]
