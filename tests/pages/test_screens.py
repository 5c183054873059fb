"""The page of the displays on the wall, and what Health says of them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.desk.activity import ActivityLog
from app.desk.desk import Doors as DeskDoors
from app.domain.accounts import Role
from app.domain.wall_links import NOT_ROTATION, NOT_THRESHOLDS, SILENT_AFTER, wall_board
from app.pages.health import screen_facts
from app.pages.screens import register_screens
from app.pages.sign_in import SessionCookie
from app.state.formatting import Formatter
from app.web.sign_in_guard import SignInGuard
from tests.doubles.clock import HandClock
from tests.doubles.doors import Doors, open_doors
from tests.state.scripted import ScriptedDesk

COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
CHOSEN = {"view": "waiting", "masking": "masked", "oldest": "on"}
LINK = re.compile(r'value="(http://[^"]+/kiosk\?link=[\w-]{43})"')


class Page:
    """The page and whoever looks at it."""

    def __init__(self, doors: Doors, clock: HandClock, *, public_url: str | None = None) -> None:
        self.doors, self.clock = doors, clock
        web = FastAPI()
        whole = DeskDoors(
            users=doors.users,
            sign_ins=doors.sign_ins,
            walls=doors.walls,
            activity=ActivityLog(doors.accounts, clock=clock),
        )
        register_screens(web, ScriptedDesk().desk, whole, head_html="", public_url=public_url)
        self.app = SignInGuard(web, sign_ins=doors.sign_ins, cookie=COOKIE)

    async def ask(self, token: str = "", host: str = "desk", **form: str) -> httpx.Response:
        """Get the page, or send a form."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            headers = {"cookie": f"{COOKIE.name}={token}"}
            if form:
                return await client.post("/screens", data=form, headers=headers)
            return await client.get("/screens", headers=headers)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    clock = HandClock()
    async with open_doors(tmp_path, clock) as doors:
        yield Page(doors, clock)


async def test_seller_makes_a_link_that_is_shown_once_and_revokes_it(page: Page) -> None:
    await page.doors.add("Ana")
    await page.doors.add("Ben", Role.SELLER)
    ben = await page.doors.enter("Ben")
    chosen = {"view": "never-answered", "masking": "numbers", "trend": "on"}

    made = await page.ask(ben, do="new", name="Hall <1>", **chosen)

    found = LINK.search(made.text)
    assert found
    assert '<img src="data:image/svg+xml' in made.text
    assert await page.doors.walls.exchange(found[1].partition("link=")[2], held=None)
    later = (await page.ask(ben)).text
    assert "link=" not in later
    for words in (
        "Hall &lt;1&gt;",
        "Never answered, Numbers alone, The last 14 days",
        "Not opened yet",
    ):
        assert words in later
    asked = await page.ask(ben, do="revoke", name="Hall <1>")
    assert "Revoke Hall &lt;1&gt;?" in asked.text
    assert len(page.doors.walls.screens()) == 1
    revoked = await page.ask(ben, do="revoke", name="Hall <1>", sure="yes")
    assert "Hall &lt;1&gt; is no longer let in." in revoked.text
    assert page.doors.walls.screens() == ()
    assert (await page.doors.log())[-1] == "Ben: revoked wall link Hall <1>"


async def test_reader_neither_sees_nor_changes_who_is_let_in(page: Page) -> None:
    await page.doors.add("Ana")
    await page.doors.add("Eve", Role.READER)
    eve = await page.doors.enter("Eve")

    assert (await page.ask(eve)).status_code == 403
    assert (await page.ask(eve, do="new", name="Hall", **CHOSEN)).status_code == 403
    assert page.doors.walls.screens() == ()


async def test_screen_that_shows_a_code_is_let_in_by_typing_it(page: Page) -> None:
    asked = page.doors.walls.ask_code(None, address="192.0.2.7")
    assert asked

    wrong = await page.ask(do="code", code="BBBB-BBBB", name="Hall", **CHOSEN)
    right = await page.ask(do="code", code=asked[1].lower(), name="Hall", **CHOSEN)

    assert (wrong.status_code, "No screen shows this code now." in wrong.text) == (422, True)
    assert "Hall is let in now." in right.text
    assert page.doors.walls.link_of(await page.doors.walls.collect(asked[0]))


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"do": "new", "name": "", **CHOSEN}, "A name has 1 to 40 letters"),
        ({"do": "new", "name": "hall", **CHOSEN}, "There is a link hall already."),
        ({"do": "new", "name": "Shop", "view": "all", "masking": "none"}, "nothing that can be"),
        ({"do": "code", "code": "\udcff", "name": "Shop", **CHOSEN}, "No screen shows this code"),
        ({"do": "revoke", "name": "Shop"}, "There is no link Shop. There are: Hall."),
        ({"do": "everything"}, "nothing that can be done"),
    ],
)
async def test_form_that_asks_for_what_cannot_be_gets_a_sentence(
    page: Page, form: dict[str, str], problem: str
) -> None:
    await page.doors.walls.new("Hall", by="Ana")

    answer = await page.ask(**{key: text.replace("\udcff", "\x00") for key, text in form.items()})

    assert (answer.status_code, problem in answer.text) == (422, True)
    assert [screen.link.name for screen in page.doors.walls.screens()] == ["Hall"]


async def test_link_that_only_this_machine_can_open_says_so(page: Page) -> None:
    here = await page.ask(host="127.0.0.1:8080", do="new", name="Hall", **CHOSEN)
    there = await page.ask(host="192.0.2.1:8080", do="new", name="Shop", **CHOSEN)
    public = Page(page.doors, page.clock, public_url="https://desk.example.com/desk")
    proxied = await public.ask(host="127.0.0.1", do="new", name="Attic", **CHOSEN)

    assert "Only this machine can open it." in here.text
    assert "Only this machine can open it." not in there.text + proxied.text
    assert "http://192.0.2.1:8080/kiosk?link=" in there.text
    assert "https://desk.example.com/desk/kiosk?link=" in proxied.text


async def test_health_tells_each_screen_its_view_its_data_and_its_silence(page: Page) -> None:
    walls, clock = page.doors.walls, page.clock
    _, token = await walls.new("Hall", by="Ana")
    await walls.new("Shop", by="Ana")
    link = walls.link_of(await walls.exchange(token, held=None))
    assert link
    walls.page_opened("page", link, lambda: clock.now() - timedelta(seconds=7))
    walls.page_connected("page", is_connected=True)

    def told() -> dict[str, str]:
        return screen_facts(walls.screens(), Formatter())

    assert told()["Hall"].startswith("On, its data as of 11:59:53")
    assert "All that wait, Words, masked; good until Feb 22, 2027" in told()["Hall"]
    assert told()["Shop"].startswith("Not opened yet.")
    walls.page_connected("page", is_connected=False)
    clock.advance(5)
    assert told()["Hall"].startswith("Last seen ")
    clock.advance(SILENT_AFTER.total_seconds())
    assert walls.screens()[0].is_silent
    assert told()["Hall"].startswith("Silent since ")


async def test_plain_screen_is_told_from_one_that_was_only_seen(page: Page) -> None:
    walls, clock = page.doors.walls, page.clock
    _, token = await walls.new("Hall", by="Ana")
    link = walls.link_of(await walls.exchange(token, held=None))
    assert link
    await walls.use(link)
    walls.plain_shown(link, clock.now() - timedelta(seconds=7))

    def told() -> str:
        return screen_facts(walls.screens(), Formatter())["Hall"].partition(".")[0]

    clock.advance(12)
    assert told() == "Plain, asked 12 s ago, its data as of 11:59:53\u202fAM"
    assert "Plain, asked 12 s ago" in (await page.ask()).text

    walls.page_opened("page", link, clock.now)
    walls.page_connected("page", is_connected=True)
    assert told().startswith("On, its data")

    walls.page_connected("page", is_connected=False)
    walls.page_closed("page")
    walls.plain_shown(link, None)
    assert told() == "Plain, asked 0 s ago, no data yet"
    clock.advance(SILENT_AFTER.total_seconds() + 1)
    assert told().startswith("Silent since ")


async def test_page_names_the_plain_wall_for_old_televisions(page: Page) -> None:
    assert "/kiosk/plain" in (await page.ask()).text


async def test_link_is_made_as_it_was_chosen_and_says_so(page: Page) -> None:
    chosen = {"size": "far", "amber": "2", "red": "8", "dwell": "30", "night": "22-6"}

    await page.ask(do="new", name="Hall", **CHOSEN, **chosen)

    (screen,) = page.doors.walls.screens()
    assert screen.link.board == wall_board(**chosen)
    said = "From 5 metres, amber from 2 h, red from 8 h, 30 s a page, dim 22-6"
    assert said in (await page.ask()).text


async def test_screen_says_which_panels_take_turns_on_it(page: Page) -> None:
    await page.ask(do="new", name="Hall", **CHOSEN, ages="on", trend="on")
    none = await page.ask(do="new", name="Shop", view="waiting", masking="masked")

    (screen,) = page.doors.walls.screens()
    assert screen.link.board == wall_board(rotation="oldest,ages,trend")
    said = "The longest waits + Waiting by age + The last 14 days"
    assert said in (await page.ask()).text
    assert NOT_ROTATION in none.text


async def test_thresholds_that_make_no_sense_are_one_sentence_and_make_no_link(page: Page) -> None:
    answer = await page.ask(do="new", name="Hall", **CHOSEN, amber="9", red="8")

    assert NOT_THRESHOLDS in answer.text
    assert page.doors.walls.screens() == ()
