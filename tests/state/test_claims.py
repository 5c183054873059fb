"""Who has a ticket, in its row and its drawer: it warns whoever else answers, and never locks."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from app.desk.claims import Claims
from app.domain.accounts import Role, SignInSession, User
from app.domain.filters import TicketFilter
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from app.state.inbox import InboxState
from app.state.presenters.claims import claims_by_ticket
from app.store.outbox.claims import ClaimStore
from app.store.outbox.outbox import Outbox
from components.data import ClaimData
from components.ticket_columns import item
from tests.doubles.clock import HandClock
from tests.doubles.doors import Doors, open_doors
from tests.state.scripted import NOON, FastClock, ScriptedDesk, opened, shown, until_quiet
from tests.state.windows import sends, types

Opens = Callable[[str], ConversationState]


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, HandClock()) as made:
        for name, role in (("Ana", None), ("Ben", None), ("Rea", Role.READER)):
            await made.add(name, role)
        yield made


@pytest.fixture
async def users(doors: Doors) -> dict[str, User]:
    return {user.name: user for user in doors.sign_ins.users.values()}


@pytest.fixture
async def claims(scripted: ScriptedDesk, doors: Doors, tmp_path: Path) -> AsyncIterator[Claims]:
    outbox = await Outbox.open(tmp_path / "outbox.sqlite3", clock=HandClock())
    made = Claims(ClaimStore(outbox.database, clock=HandClock()), doors.sign_ins)
    scripted.desk = replace(scripted.desk, claims=made)
    yield made
    await outbox.close()


@pytest.fixture
async def opens(
    scripted: ScriptedDesk, claims: Claims, users: dict[str, User]
) -> AsyncIterator[Opens]:
    """A window in which somebody of this name has signed in."""
    async with AsyncExitStack() as parts:

        def window(name: str) -> ConversationState:
            session = SignInSession(
                session_id=name,
                user=users[name],
                created_at=NOON,
                seen_at=NOON,
                device="Firefox",
                address="::1",
            )
            desk = replace(scripted.desk, session=session)
            made = ConversationState(desk, viewer=name, fmt=Formatter(), clock=FastClock())
            parts.push_async_callback(made.close)
            return made

        yield window


async def test_drawer_says_who_has_the_ticket_and_offers_what_can_be_done(
    opens: Opens, claims: Claims, users: dict[str, User]
) -> None:
    ana, ben, rea = (opens(name) for name in ("Ana", "Ben", "Rea"))
    for window in (ana, ben, rea):
        await opened(window, "t1")
    assert shown(ana).claim == ClaimData(action="Claim this ticket")
    assert shown(rea).claim == ClaimData()

    await claims.claim("t1", users["Ana"])

    own = users["Ana"].user_id
    assert shown(ana).claim == ClaimData(text="You have this", action="Give it up", whose=own)
    assert shown(ben).claim == ClaimData(text="Ana has this", action="Take it over", whose=own)
    assert shown(rea).claim == ClaimData(text="Ana has this", whose=own)


async def test_button_does_what_it_said_when_it_was_pressed(
    opens: Opens, scripted: ScriptedDesk, users: dict[str, User]
) -> None:
    ana, own, other = opens("Ana"), users["Ana"].user_id, users["Ben"].user_id
    await opened(ana, "t1")

    for whose in ("", other, own):
        await ana.turn_claim(whose)

    assert scripted.commands.given == [
        ("claim", "t1", ""),
        ("claim", "t1", other),
        ("give_up_claim", "t1"),
    ]


async def test_reply_into_a_ticket_of_somebody_else_asks_once_and_locks_nothing(
    opens: Opens, claims: Claims, users: dict[str, User], scripted: ScriptedDesk
) -> None:
    ben = opens("Ben")
    await opened(ben, "t1")
    types(ben, "Dear customer")
    await claims.claim("t1", users["Ana"])

    await sends(ben, "Dear customer")

    asked = shown(ben).before_send
    assert asked
    assert [reason.text for reason in asked.reasons] == ["Ana has claimed this ticket."]
    assert scripted.commands.given == []
    ben.go_on_with_reply()
    await sends(ben, "Dear customer")
    assert scripted.commands.given[0][0] == "send_reply"


async def test_own_claim_holds_no_reply_up(
    opens: Opens, claims: Claims, users: dict[str, User], scripted: ScriptedDesk
) -> None:
    ana = opens("Ana")
    await claims.claim("t1", users["Ana"])
    await opened(ana, "t1")
    types(ana, "Dear customer")

    await sends(ana, "Dear customer")

    assert scripted.commands.given[0][0] == "send_reply"


async def test_closed_ticket_is_nobodys_to_claim(
    opens: Opens, claims: Claims, users: dict[str, User], scripted: ScriptedDesk
) -> None:
    await claims.claim("t1", users["Ana"])
    scripted.queries.tickets["t1"] = replace(scripted.queries.tickets["t1"], status="closed")
    ben = opens("Ben")
    await opened(ben, "t1")
    types(ben, "Dear customer")

    assert shown(ben).claim is None
    await sends(ben, "Dear customer")
    assert scripted.commands.given[0][0] == "send_reply"


async def test_without_users_nothing_is_said_of_claims(
    state: ConversationState, scripted: ScriptedDesk, claims: Claims
) -> None:
    await opened(state, "t1")

    assert shown(state).claim is None
    assert claims_by_ticket(scripted.desk) == {}


async def test_row_says_who_has_its_ticket_until_it_is_closed(
    scripted: ScriptedDesk, claims: Claims, users: dict[str, User], opens: Opens
) -> None:
    scripted.queries.tickets["t2"] = replace(scripted.queries.tickets["t2"], status="closed")
    desk = opens("Ben")._desk
    inbox = InboxState(
        scripted.desk.queries,
        scripted.changes,
        chosen=TicketFilter(),
        fmt=Formatter(),
        clock=FastClock(),
        claims=lambda: claims_by_ticket(desk),
    )
    claims.changed.subscribe(inbox.somebody_moved)
    inbox.show(TicketFilter())
    await until_quiet()
    for ticket_id in ("t1", "t2"):
        await claims.claim(ticket_id, users["Ana"])

    table = inbox.table.value
    assert table
    rows = {row.id: row for row in table.rows}
    assert (rows["t1"].claim, rows["t2"].claim, rows["t3"].claim) == ("Ana has this", "", "")
    assert item(rows["t1"], waits=False).attributes["data-claim"] == "Ana has this"
    assert "Ana has this" in item(rows["t1"], waits=False).content
    await inbox.close()
