"""Two sellers in two browsers: they sign in, one is sent away, words that were typed survive."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from tests.doubles.doors import WORD
from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, THERE, Running, command, start, visit

SOON = 5_000
"""milliseconds; that it is a second on a machine that is not busy is held without a browser"""
PHONE = {"width": 390, "height": 844}
SIGN_IN = re.compile("/sign-in")
TICKET = "tr[data-ticket-id]"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("desk")
    seed(folder)
    running = start("serve", folder=folder, TICKETDESK_API_KEY=KEY)
    yield running
    assert running.stop() == 0


def ticketdesk(desk: Running, *words: str, typed: str = "") -> None:
    """Run a command beside the desk."""
    done = command(*words, "--data-dir", str(desk.folder / "data"), cwd=desk.folder, typed=typed)
    assert done.returncode == 0, done.stderr


def sign_in(page: Page, name: str, word: str = WORD) -> None:
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Password").fill(word)
    page.get_by_role("button", name="Sign in").click()


def test_two_sellers_sign_in_and_one_is_sent_away_while_typing(
    new_page: Callable[..., Page], desk: Running, console: list[str]
) -> None:
    ana, ben = new_page(), new_page()
    visit(ana, desk.url)
    ticketdesk(desk, "user", "add", "Ana", typed=WORD)
    expect(ana).to_have_url(SIGN_IN, timeout=SOON)  # who was in before is out
    ticketdesk(desk, "user", "add", "Ben", typed=WORD)

    sign_in(ana, "Ana", "wrong")
    expect(ana.get_by_role("alert")).to_contain_text("do not go together")
    sign_in(ana, "Ana")
    ben.goto(f"{desk.url}/?status=open")
    sign_in(ben, "Ben")
    for page in (ana, ben):
        page.wait_for_function(THERE)
    expect(ben).to_have_url(f"{desk.url}/?status=open")
    assert [cookie["httpOnly"] for cookie in ben.context.cookies() if "-" in cookie["name"]] == [
        True
    ]

    ben.locator(TICKET).first.click()
    box = ben.get_by_role("textbox", name="Reply")
    box.fill("Words that Ben")
    ticketdesk(desk, "user", "password", "Ben", typed=f"another {WORD}")
    expect(ben).to_have_url(SIGN_IN, timeout=SOON)
    expect(ana).not_to_have_url(SIGN_IN)

    sign_in(ben, "Ben", f"another {WORD}")
    expect(ben.get_by_role("textbox", name="Reply")).to_have_value("Words that Ben")
    box.press_sequentially(" types while another tab signs out", delay=15)
    ben.context.request.post(
        f"{desk.url}/account/sign-out", headers={"Origin": desk.url}, max_redirects=0
    )
    expect(ben).to_have_url(SIGN_IN, timeout=SOON)
    sign_in(ben, "Ben", f"another {WORD}")
    expect(box).to_have_value("Words that Ben types while another tab signs out")
    expect(ben.locator(".reply-others:visible")).to_have_count(0)
    ana.goto(ben.url)
    expect(ana.get_by_role("textbox", name="Reply")).to_have_value("")
    ben.goto(f"{desk.url}/health")
    theirs = ana.get_by_text("Ben has a draft here")
    expect(theirs).to_have_count(2)  # in its row and beside its conversation

    ana.get_by_role("button", name="Sign out").click()
    expect(ana).to_have_url(SIGN_IN, timeout=SOON)
    console[:] = [said for said in console if "401" not in said]  # the password that was wrong


def test_code_from_the_phone_is_asked_for_once_it_was_set_up(
    new_page: Callable[..., Page], desk: Running, console: list[str]
) -> None:
    ticketdesk(desk, "user", "add", "Finn", typed=WORD)
    page = new_page(viewport=PHONE)
    page.goto(f"{desk.url}/sign-in?next=/account")
    sign_in(page, "Finn")
    page.get_by_role("button", name="Set up one-time codes").click()
    phone = TOTP(page.locator(".secret").inner_text().replace("\n", ""))
    page.get_by_label("Code that your phone shows now").fill(phone.now())
    page.locator("form", has_text="Turn codes on").get_by_label("Password now").fill(WORD)
    fits(page)
    page.get_by_role("button", name="Turn codes on").click()
    recovery = page.locator(".recovery-codes li")
    expect(recovery).to_have_count(10)
    code = recovery.first.inner_text()
    fits(page)

    page.context.clear_cookies()
    page.goto(f"{desk.url}/sign-in?next=/account")
    sign_in(page, "Finn")
    page.get_by_text("Without the phone").click()
    page.get_by_label("Recovery code").fill(code)
    fits(page)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Recovery codes left: 9.")).to_be_visible()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


KEEP = "text => desk.words.keep((desk.words.boxed = 'tkt_1'), { text, onto: '', said: 0 })"
KEPT = "() => Object.values(localStorage).map(one => JSON.parse(one).text)"


def test_words_that_a_browser_kept_for_one_user_are_not_handed_to_another(
    new_page: Callable[..., Page], desk: Running
) -> None:
    for name in ("Cleo", "Elmo"):
        ticketdesk(desk, "user", "add", name, typed=WORD)
    page = new_page()

    def enter(name: str) -> None:
        page.goto(f"{desk.url}/sign-in?next=/health")
        sign_in(page, name)
        page.wait_for_function(THERE)

    def leave(typed: str) -> None:
        page.evaluate(KEEP, typed)
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(SIGN_IN)

    enter("Cleo")
    leave("typed by Cleo")
    enter("Elmo")
    leave("typed by Elmo")
    enter("Elmo")
    page.wait_for_function(f"() => !({KEPT})().includes('typed by Elmo')")

    assert page.evaluate(KEPT) == ["typed by Cleo"]


def test_page_whose_session_ends_while_its_line_is_cut_leads_to_the_sign_in(
    new_page: Callable[..., Page], desk: Running, console: list[str]
) -> None:
    ticketdesk(desk, "user", "add", "Dora", typed=WORD)
    page = new_page()
    page.goto(f"{desk.url}/?status=open")
    sign_in(page, "Dora")
    page.wait_for_function(THERE)
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    ticketdesk(desk, "user", "remove", "Dora")

    page.context.set_offline(False)

    expect(page).to_have_url(SIGN_IN, timeout=3 * SOON)
    console.clear()  # the browser complains about the line, and that it was refused


def test_reader_is_shown_no_control_that_changes_anything(page: Page, desk: Running) -> None:
    data = ("--data-dir", str(desk.folder / "data"))
    command("user", "add", "Ana", *data, cwd=desk.folder, typed=WORD)  # unless she is there
    ticketdesk(desk, "user", "add", "Rea", "--role", "reader", typed=WORD)
    page.goto(f"{desk.url}/?status=open")
    sign_in(page, "Rea")
    page.wait_for_function(THERE)
    page.locator(TICKET).first.get_by_role("checkbox").check()
    expect(page.get_by_role("group", name="Selected tickets")).to_be_visible()
    page.locator(f"{TICKET} .subject").first.click()
    expect(page.get_by_text("You may read every ticket here and answer none.")).to_be_visible()
    changes = page.locator("[data-command]:not(.notice *, .palette-entries *)")

    assert changes.count()
    assert changes.filter(visible=True).count() == 0
    page.keyboard.press("Control+k")
    found = page.locator(".palette-entries button")
    expect(found.filter(has_text="Close the conversation")).to_be_visible()
    expect(found.filter(has_text=re.compile("^(Close ticket|Reply|Write a reply)"))).to_have_count(
        0
    )
    visit(page, f"{desk.url}/settings")
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()
    assert changes.filter(visible=True).count() == 0
    expect(page.get_by_role("heading", name="Replies")).to_be_hidden()
