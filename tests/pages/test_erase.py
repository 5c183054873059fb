"""The page on which the owner forgets a customer: an address, a question, and then for good."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.desk.desk import Doors as DeskDoors
from app.desk.erasing import Eraser, Kept
from app.domain.accounts import Role
from app.domain.errors import StoreError, UnsettledError
from app.pages.erase import register_erase
from app.web.sign_in_guard import SignInGuard
from tests.doubles.clock import HandClock
from tests.doubles.doors import open_doors
from tests.pages.test_people import COOKIE, House
from tests.state.scripted import ScriptedDesk

ADDRESS = "<b>bird@example.com"
HELD = Kept(tickets=3, drafts=1, entries=2, notes=4, views=1, damaged=(Path("/data/outbox.old"),))


class ScriptedEraser(Eraser):
    """Knows of one customer, and remembers whom it forgot; `trouble` is in the way."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.forgotten: list[str] = []
        self.trouble: StoreError | None = None

    async def look(self, address: str) -> Kept:
        self.asked.append(address)
        if self.trouble:
            raise self.trouble
        return HELD

    async def forget(self, address: str, *, even_unsettled: bool = False) -> Kept:
        assert not even_unsettled
        kept = await self.look(address)
        self.forgotten.append(address)
        return kept


@pytest.fixture
def eraser() -> ScriptedEraser:
    return ScriptedEraser()


@pytest.fixture
async def house(tmp_path: Path, eraser: ScriptedEraser) -> AsyncIterator[House]:
    clock = HandClock()
    async with open_doors(tmp_path, clock) as doors:
        house, web = House(doors, clock), FastAPI()
        whole = DeskDoors(
            users=doors.users,
            sign_ins=doors.sign_ins,
            walls=doors.walls,
            activity=house.activity,
        )
        register_erase(web, ScriptedDesk().desk, whole, eraser, head_html="")
        house.app = SignInGuard(web, sign_ins=doors.sign_ins, cookie=COOKIE)
        yield house


async def test_question_says_what_goes_and_what_stays_and_does_nothing(
    house: House, eraser: ScriptedEraser
) -> None:
    assert "Show what goes" in (await house.ask("/erase")).text

    asked = (await house.ask("/erase", address=f" {ADDRESS} ")).text

    for said in (
        *("Tickets: 3.", "drafts (1)", "(2), private notes (4)", "cannot be undone"),
        *("The store itself still has this customer", "Forget &lt;b&gt;bird", "Keep &lt;b&gt;bird"),
        *("/data/outbox.old may still name them",),
    ):
        assert said in asked
    assert "<b>bird" not in asked
    assert (eraser.asked, eraser.forgotten) == ([ADDRESS], [])


async def test_owner_forgets_a_customer_and_the_log_does_not_name_them(
    house: House, eraser: ScriptedEraser
) -> None:
    await house.doors.add("Ana")
    ana = await house.doors.enter("Ana")

    done = await house.ask("/erase", ana, address=ADDRESS, sure="yes")

    assert "Forgotten. Tickets kept blank: 3." in done.text
    assert "bird@example.com" not in done.text
    assert eraser.forgotten == [ADDRESS]
    [line] = await house.activity.find(what="forgot")
    assert (line.who, line.what, line.ticket_id) == ("Ana", "forgot a customer", "")


async def test_one_seller_of_a_desk_without_users_is_the_owner(
    house: House, eraser: ScriptedEraser
) -> None:
    assert (await house.ask("/erase", address=ADDRESS, sure="yes")).status_code == 200

    assert eraser.forgotten == [ADDRESS]


@pytest.mark.parametrize("role", [Role.SELLER, Role.READER])
async def test_nobody_but_the_owner_forgets_anybody(
    house: House, eraser: ScriptedEraser, role: Role
) -> None:
    await house.doors.add("Ana")
    await house.doors.add("Ben", role)
    ben = await house.doors.enter("Ben")

    assert (await house.ask("/erase", ben)).status_code == 403
    assert (await house.ask("/erase", ben, address=ADDRESS, sure="yes")).status_code == 403

    assert eraser.forgotten == []


@pytest.mark.parametrize("sure", ["", "yes"])
@pytest.mark.parametrize(
    "case",
    [
        (ADDRESS, UnsettledError(2), "Not settled yet: 2 of the replies"),
        (ADDRESS, StoreError("No ticket of them is kept here."), "No ticket of them"),
        ("tkt_1", None, "This is no e-mail address"),
    ],
)
async def test_what_cannot_be_forgotten_is_one_sentence_above_the_form(
    house: House,
    eraser: ScriptedEraser,
    sure: str,
    case: tuple[str, StoreError | None, str],
) -> None:
    address, eraser.trouble, said = case

    answer = await house.ask("/erase", address=address, sure=sure)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{address.replace("<b>", "&lt;b&gt;")}"' in answer.text
    assert eraser.forgotten == []
    assert await house.activity.find(what="forgot") == ()
