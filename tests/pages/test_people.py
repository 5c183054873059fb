"""The pages about people: users for the owner, one's own account, who did what."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pyotp import TOTP

from app.desk.activity import ActivityLog
from app.desk.desk import Doors as DeskDoors
from app.domain.accounts import Role
from app.pages.people import register_people
from app.pages.sign_in import SessionCookie
from app.web.sign_in_guard import SignInGuard
from tests.doubles.clock import HandClock
from tests.doubles.doors import WORD, Doors, open_doors
from tests.state.scripted import ScriptedDesk

COOKIE = SessionCookie(desk_id="0123abcd", secure=False)
OTHER = "quite another one"
SECRET = re.compile('name="secret" value="([A-Z2-7]{32})"')
RECOVERY = re.compile(r"<code>([a-z2-7-]{29})</code>")


class House:
    """Accounts and the pages about them."""

    def __init__(self, doors: Doors, clock: HandClock) -> None:
        self.doors, self.clock = doors, clock
        self.activity = activity = ActivityLog(doors.accounts, clock=clock)
        web = FastAPI()
        whole = DeskDoors(
            users=doors.users, sign_ins=doors.sign_ins, walls=doors.walls, activity=activity
        )
        register_people(web, ScriptedDesk().desk, whole, head_html="")
        self.app = SignInGuard(web, sign_ins=doors.sign_ins, cookie=COOKIE)

    async def ask(self, path: str, token: str = "", **form: str) -> httpx.Response:
        """Get a page, or send a form."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            headers = {"cookie": f"{COOKIE.name}={token}"}
            if form:
                return await client.post(path, data=form, headers=headers)
            return await client.get(path, headers=headers)

    async def names(self) -> dict[str, str]:
        return {user.name: user.role.value for user in await self.doors.users.all()}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = HandClock()
    async with open_doors(tmp_path, clock) as doors:
        yield House(doors, clock)


async def test_first_user_is_made_in_the_browser_and_then_signs_in(house: House) -> None:
    assert "the one seller" in (await house.ask("/users")).text

    made = await house.ask("/users", do="add", name="Ana", password=WORD)

    assert (made.status_code, made.headers["location"]) == (303, "/sign-in")
    assert await house.names() == {"Ana": "owner"}
    assert (await house.ask("/users")).status_code == 401


async def test_owner_adds_changes_and_removes_users(house: House) -> None:
    await house.doors.add("Ana")
    ana = await house.doors.enter("Ana")

    await house.ask("/users", ana, do="add", name="Ben", password=WORD, role="reader")
    assert await house.names() == {"Ana": "owner", "Ben": "reader"}
    await house.ask("/users", ana, do="role", name="Ben", role="seller")
    assert await house.names() == {"Ana": "owner", "Ben": "seller"}
    await house.ask("/users", ana, do="password", name="Ben", password=OTHER)
    assert await house.doors.enter("Ben", typed=OTHER)
    answer = await house.ask("/users", ana, do="remove", name="Ben", sure="yes")

    assert "Ben is no longer let in." in answer.text
    assert await house.names() == {"Ana": "owner"}
    assert (await house.doors.log())[-1] == "Ana: removed user Ben"


async def test_remove_asks_first_naming_whom_and_what_is_kept(house: House) -> None:
    await house.doors.add("Ana")
    await house.doors.add("<b>Ben")
    ana = await house.doors.enter("Ana")

    asked = (await house.ask("/users", ana, do="remove", name="<b>Ben")).text

    assert "Remove &lt;b&gt;Ben?" in asked
    assert "Keep &lt;b&gt;Ben" in asked
    assert "export --unsent" in asked
    assert "<b>Ben" not in asked
    assert "<b>Ben" in await house.names()


async def test_sign_out_everywhere_asks_first_and_ends_every_browser_of_ones_own(
    house: House,
) -> None:
    await house.doors.add("Ana")
    await house.doors.add("Ben")
    ana, other, ben = [await house.doors.enter(name) for name in ("Ana", "Ana", "Ben")]

    asked = await house.ask("/account/sign-out", ana)
    assert "Your browsers, 2 of them" in asked.text
    assert house.doors.sign_ins.session_of(other)
    done = await house.ask("/account/sign-out", ana, sure="yes")

    assert (done.status_code, done.headers["location"]) == (303, "/sign-in")
    live = [house.doors.sign_ins.session_of(token) is not None for token in (ana, other, ben)]
    assert live == [False, False, True]


async def test_pages_about_people_have_the_header_of_the_desk(house: House) -> None:
    await house.doors.add("Ana")
    ana = await house.doors.enter("Ana")

    for path in ("/users", "/account", "/log"):
        page = (await house.ask(path, ana)).text
        assert re.search(r'<header class="bar">.*href="/".*href="/settings".*</header>', page)


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"do": "add", "name": "Ana", "password": WORD}, "a user Ana already"),
        ({"do": "add", "name": "<b>", "password": "short"}, "8 to 1,000"),
        ({"do": "role", "name": "Eve", "role": "seller"}, "no user Eve"),
        ({"do": "role", "name": "Ana", "role": "king"}, "nothing that can be done"),
        ({"do": "add", "name": "Eve", "password": WORD, "role": "king"}, "nothing that can be"),
        ({"do": "role", "name": "Ana", "role": "reader"}, "only owner"),
        ({"do": "everything"}, "nothing that can be done"),
    ],
)
async def test_form_that_asks_for_what_cannot_be_gets_a_sentence(
    house: House, form: dict[str, str], problem: str
) -> None:
    await house.doors.add("Ana")
    answer = await house.ask("/users", await house.doors.enter("Ana"), **form)

    assert answer.status_code == 422
    assert problem in answer.text
    assert await house.names() == {"Ana": "owner"}


async def test_name_of_a_user_is_only_ever_text(house: House) -> None:
    await house.doors.add("Ana")
    await house.doors.add('<img src=x>"')

    page = (await house.ask("/users", await house.doors.enter("Ana"))).text

    assert "<img" not in page
    assert "&lt;img src=x&gt;&quot;" in page


async def test_own_devices_are_listed_and_signed_out_one_by_one(house: House) -> None:
    await house.doors.add("Ana")
    here, there = await house.doors.enter("Ana"), await house.doors.session("Ana")

    assert (await house.ask("/account", here)).text.count('value="sign-out"') == 2
    await house.ask("/account", here, do="sign-out", session=there.session_id)

    assert not house.doors.sign_ins.is_live(there)
    assert house.doors.sign_ins.session_of(here)


async def test_nobody_signs_out_the_devices_of_somebody_else(house: House) -> None:
    await house.doors.add("Ana")
    await house.doors.add("Ben")
    theirs = await house.doors.session("Ana")

    await house.ask(
        "/account", await house.doors.enter("Ben"), do="sign-out", session=theirs.session_id
    )

    assert house.doors.sign_ins.is_live(theirs)


async def test_own_password_is_changed_by_whoever_knows_it(house: House) -> None:
    await house.doors.add("Ana")
    here, there = await house.doors.enter("Ana"), await house.doors.enter("Ana")

    refused = await house.ask("/account", here, do="password", password=OTHER, new=OTHER)
    assert refused.status_code == 422
    await house.ask("/account", here, do="password", password=WORD, new=OTHER)

    assert await house.doors.enter("Ana", typed=OTHER)
    assert house.doors.sign_ins.session_of(here)
    assert not house.doors.sign_ins.session_of(there)


async def with_codes(house: House, token: str) -> tuple[str, str]:
    """Set codes up as a browser does; the secret and the page with the recovery codes."""
    secret = SECRET.findall((await house.ask("/account", token, do="codes-new")).text)[0]
    code = TOTP(secret).at(house.clock.now())
    done = await house.ask(
        "/account", token, do="codes-on", secret=secret, code=code, password=WORD
    )
    return secret, done.text


async def test_one_time_codes_are_set_up_with_a_code_and_the_password(house: House) -> None:
    await house.doors.add("Ana")
    ana = await house.doors.enter("Ana")
    asked = (await house.ask("/account", ana, do="codes-new")).text
    secret = SECRET.findall(asked)[0]
    assert 'src="data:image/svg' in asked
    code = TOTP(secret).at(house.clock.now())
    for wrong in ({"code": "000000"}, {"password": "wrong"}, {"secret": secret[1:]}):
        form = {"do": "codes-on", "secret": secret, "code": code, "password": WORD} | wrong
        refused = await house.ask("/account", ana, **form)
        assert refused.status_code == 422
        assert ("clock says" in refused.text) is ("code" in wrong)
        assert not await house.doors.users.recovery_codes_left()

    _, done = await with_codes(house, ana)

    assert len(set(RECOVERY.findall(done))) == 10
    later = (await house.ask("/account", ana)).text
    assert not RECOVERY.findall(later)
    assert "Recovery codes left: 10" in later


async def test_codes_are_turned_off_and_renewed_with_the_password_alone(house: House) -> None:
    await house.doors.add("Ana")
    ana = await house.doors.enter("Ana")
    _, before = await with_codes(house, ana)

    for what in ("codes-renew", "codes-off"):
        assert (await house.ask("/account", ana, do=what, password=OTHER)).status_code == 422
    after = (await house.ask("/account", ana, do="codes-renew", password=WORD)).text
    assert not set(RECOVERY.findall(before)) & set(RECOVERY.findall(after))
    await house.ask("/account", ana, do="codes-off", password=WORD)

    assert await house.doors.enter("Ana")


async def test_owner_takes_the_codes_off_somebody_else(house: House) -> None:
    await house.doors.add("Ana")
    await house.doors.add("Ben")
    ana, ben = await house.doors.enter("Ana"), await house.doors.enter("Ben")
    assert "codes-off" not in (await house.ask("/users", ana)).text
    await with_codes(house, ana)
    await with_codes(house, ben)

    assert (await house.ask("/users", ana)).text.count('value="codes-off"') == 1
    assert (await house.ask("/users", ana, do="codes-off", name="Ana")).status_code == 422
    await house.ask("/users", ana, do="codes-off", name="Ben")

    assert house.doors.sign_ins.session_of(ben) is None
    assert await house.doors.enter("Ben")
    assert (await house.doors.log())[-2] == "Ana: took the codes off user Ben"


async def test_log_says_who_did_what_and_is_filtered(house: House) -> None:
    await house.doors.add("Ana")
    await house.doors.add("Ben", Role.READER)
    ana, session = await house.doors.enter("Ana"), await house.doors.session("Ben")
    house.activity.note(session, "replied", "tkt_<1>")
    house.activity.note(None, "closed", "tkt_2")

    whole = (await house.ask("/log", ana)).text
    assert "tkt_&lt;1&gt;" in whole
    assert "the one seller" in whole
    assert "closed" not in (await house.ask("/log?who=Ben", ana)).text
    assert "replied" not in (await house.ask("/log?ticket=tkt_2", ana)).text
    assert "replied" in (await house.ask("/log?what=REPL", ana)).text


async def test_log_is_taken_along_as_csv_without_formulas(house: House) -> None:
    await house.doors.add("=1+1")
    ana = await house.doors.enter("=1+1")

    answer = await house.ask("/log.csv?what=signed", ana)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[1] for line in answer.text.splitlines()] == ['"who"', '"\'=1+1"']


async def test_log_is_kept_for_ninety_days(house: House, tmp_path: Path) -> None:
    await house.doors.add("Ana")
    clock = HandClock()
    clock.set_wrong(91 * 86_400)

    async with open_doors(tmp_path, clock) as later:
        assert await later.log() == []


async def test_log_of_a_desk_that_runs_for_months_is_kept_for_ninety_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, forgotten = HandClock(), asyncio.Event()
    async with open_doors(tmp_path, clock) as doors:
        await doors.add("Ana")
        forget_old = doors.accounts.forget_old

        async def watched() -> None:
            await forget_old()
            forgotten.set()

        monkeypatch.setattr(doors.accounts, "forget_old", watched)
        running = asyncio.create_task(ActivityLog(doors.accounts, clock=clock).run())
        await asyncio.sleep(0)
        clock.advance(91 * 86_400)
        await asyncio.wait_for(forgotten.wait(), 10)
        running.cancel()

        assert await doors.log() == []
