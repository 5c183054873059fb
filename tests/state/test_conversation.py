import asyncio
import random
from datetime import timedelta

import pytest

from app.desk.read_models import PendingReply
from app.domain.errors import BlankReplyError, StoreFullError
from app.domain.outbox_entry import ReviewAction
from app.domain.signals import Changes
from app.domain.ticket import Message, Status, Ticket
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from components.data import ConversationData
from tests.state.scripted import NOON, FastClock, ScriptedDesk, opened, shown, until_quiet
from tests.state.windows import sends, types


async def test_opening_shows_the_ticket_and_tells_who_looks_at_it(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")

    assert (shown(state).ticket_id, shown(state).subject) == ("t1", "No 1")
    assert scripted.commands.looked == ["t1"]

    state.open("")
    assert shown(state) == ConversationData()
    assert scripted.commands.looked == ["t1", None]


async def test_day_of_a_message_is_said_anew_once_it_is_another_day(
    state: ConversationState, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(state, "t1")
    assert [message.day_label for message in shown(state).messages or ()] == ["Today"]

    monkeypatch.setattr(FastClock, "now", lambda _: NOON + timedelta(days=1))
    state.set_formatter(Formatter())

    assert [message.day_label for message in shown(state).messages or ()] == ["Yesterday"]


async def test_answer_for_another_ticket_is_dropped(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.queries.held = []
    state.open("t1")
    await until_quiet()
    second = state.open("t2")
    await until_quiet()
    for release in reversed(scripted.queries.held):
        if not release.done():
            release.set_result(None)
    assert second is not None
    await second

    assert shown(state).ticket_id == "t2"


async def test_send_for_a_ticket_that_was_left_is_not_sent_kept_and_told(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    missed: list[str] = []
    state.missed.subscribe(missed.append)
    await opened(state, "t1")
    turn, reply_id = shown(state).draft_base, shown(state).reply_id
    await opened(state, "t2")

    await state.miss("t1", "for one", turn, 1, reply_id)

    assert missed == ["t1"]
    assert scripted.papers.texts() == {"t1": ["for one"]}
    assert [given for given in scripted.commands.given if given[0] == "send_reply"] == []


async def test_send_that_had_been_heard_is_not_told_as_missed(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    missed: list[str] = []
    state.missed.subscribe(missed.append)
    scripted.queries.replies["r1"] = PendingReply(
        reply_id="r1", text="for one", state="confirmed", written_at=NOON
    )
    await opened(state, "t2")

    await state.miss("t1", "for one", 0, 1, "r1")

    assert (missed, scripted.papers.texts()) == ([], {})


async def test_commands_go_to_the_ticket_on_the_screen_not_to_the_one_asked_for(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    scripted.queries.held = []
    state.open("t2")

    types(state, "for one")
    sending = asyncio.create_task(sends(state, "for one"))
    await until_quiet()

    assert scripted.commands.given[0][1] == "t1"
    assert shown(state).ticket_id == "t1"
    sending.cancel()


async def test_switching_a_thousand_times_never_mixes_tickets(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    chance = random.Random(11)  # noqa: S311  # a fixed schedule, not a secret
    drawn: list[ConversationData] = []
    state.drawer.follow(drawn.append)
    sending: list[asyncio.Task[None]] = []
    scripted.queries.held = []

    async def answer_what_is_shown() -> None:
        types(state, f"for {drawn[-1].ticket_id}")
        await sends(state, f"for {drawn[-1].ticket_id}")

    for _ in range(1000):
        state.open(f"t{chance.randrange(10)}")
        scripted.changes.emit(Changes(tickets=frozenset({f"t{chance.randrange(10)}"})))
        if drawn and chance.random() < 0.3:
            sending.append(asyncio.create_task(answer_what_is_shown()))
        for _ in range(chance.randrange(6)):
            scripted.release(chance)
            await asyncio.sleep(0)
    scripted.release()
    await asyncio.gather(*sending)
    await until_quiet()

    assert len(drawn) > 300
    for data in drawn:
        assert data.subject == f"No {data.ticket_id[1:]}"
        assert [m.id for m in data.messages or ()] == [f"m-{data.ticket_id}"]
    for _, ticket_id, _, text, seen, _ in scripted.commands.given:
        assert (text, seen) == (f"for {ticket_id}", {f"m-{ticket_id}"})
    for ticket_id, texts in scripted.papers.texts().items():
        assert texts == [f"for {ticket_id}"]
    assert shown(state).ticket_id == state.ticket_id


async def test_reply_carries_what_was_on_the_screen_and_empties_the_box_when_it_is_durable(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    emptied: list[None] = []
    state.sent.subscribe(emptied.append)

    await sends(state, "Sent again.", then_close=True)

    (_, ticket_id, _, text, seen, then_close) = scripted.commands.given[0]
    assert (ticket_id, text, seen, then_close) == ("t1", "Sent again.", {"m-t1"}, True)
    assert len(emptied) == 1


async def test_two_clicks_while_sending_are_one_reply_and_the_next_reply_is_another(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")

    await asyncio.gather(sends(state, "Hello"), sends(state, "Hello"))
    await sends(state, "And more")

    assert [given[3] for given in scripted.commands.given] == ["Hello", "And more"]
    assert len({given[2] for given in scripted.commands.given}) == 2


@pytest.mark.parametrize("error", [StoreFullError("The disk is full."), KeyError("bug")])
async def test_reply_that_is_not_durable_keeps_its_text_and_says_so(
    state: ConversationState, scripted: ScriptedDesk, error: Exception
) -> None:
    await opened(state, "t1")
    emptied: list[None] = []
    state.sent.subscribe(emptied.append)
    scripted.commands.error = error

    await sends(state, "Hello")

    notice = shown(state).notice
    assert notice is not None
    assert notice.text.endswith("Your text is kept.")
    assert emptied == []

    scripted.commands.error = None
    await until_quiet()
    assert scripted.papers.texts() == {"t1": ["Hello"]}
    await sends(state, "Hello")
    assert len({given[2] for given in scripted.commands.given}) == 1
    assert shown(state).notice is None


async def test_blank_reply_is_refused_in_words(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    scripted.commands.error = BlankReplyError()

    await sends(state, "  ")

    notice = shown(state).notice
    assert notice is not None
    assert notice.text.startswith("The reply is empty.")


async def test_status_is_turned_once_while_the_order_is_on_its_way(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")

    await asyncio.gather(state.toggle_status(), state.toggle_status())

    assert scripted.commands.given == [("change_status", "t1", Status.CLOSED)]


async def test_status_turned_over_a_text_says_that_there_is_one(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    turned: list[tuple[str, bool]] = []
    state.status_turned.subscribe(lambda turn: turned.append((turn.ticket_id, turn.has_draft)))
    await opened(state, "t1")

    await state.toggle_status()
    state.edit_draft("t1", "Half a sentence", 0, 1)
    await state.toggle_status()

    assert turned == [("t1", False), ("t1", True)]


async def test_status_that_we_do_not_understand_is_not_turned(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.put(Ticket(id="t1", status="pending"))
    await opened(state, "t1")

    await state.toggle_status()

    assert scripted.commands.given == []


async def test_text_that_is_taken_back_goes_into_the_box(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    types(state, "And more")
    focused: list[None] = []
    state.draft_returned.subscribe(focused.append)
    scripted.commands.returned = "t1", "Hello"

    await state.review("r1", "undo")
    await state.review("r1", "no such action")

    assert scripted.commands.given == [("review", "r1", ReviewAction.UNDO)]
    assert shown(state).draft == "Hello\n\nAnd more"
    assert len(focused) == 1


async def test_new_message_appears_in_the_open_conversation(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    second = Message(id="m2", sender="customer", text="Anyone?", created_at=NOON)
    scripted.queries.messages["t1"] += (second,)

    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()

    assert [m.id for m in shown(state).messages or ()] == ["m-t1", "m2"]


async def test_change_of_other_tickets_does_not_ask_again(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    scripted.queries.asked.clear()

    scripted.changes.emit(Changes(tickets=frozenset({"t2"}), stats=True, connection=True))
    await until_quiet()

    assert scripted.queries.asked == []


async def test_ticket_that_vanishes_while_open_stays_readable(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    del scripted.queries.tickets["t1"]

    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()

    assert (shown(state).subject, shown(state).may_reply) == ("No 1", False)
    assert shown(state).messages
    notice = shown(state).notice
    assert notice is not None
    assert notice.text.endswith("Your draft is kept.")


async def test_ticket_nobody_knows_appears_with_its_draft_once_it_is_read(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "new")
    assert not shown(state).may_reply

    scripted.papers.keep("new", "kept")
    scripted.put(Ticket(id="new", subject="No ew", status="open"))
    await until_quiet()

    assert (shown(state).subject, shown(state).draft) == ("No ew", "kept")


async def test_draft_of_a_ticket_found_late_never_goes_into_the_box_of_another(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "new")
    scripted.queries.held = []
    scripted.papers.keep("new", "kept")
    scripted.put(Ticket(id="new", subject="No ew", status="open"))
    await until_quiet()

    state.open("t1")
    await until_quiet()
    scripted.release()
    await until_quiet()

    assert (shown(state).ticket_id, shown(state).draft) == ("t1", "")


async def test_earlier_messages_and_long_ones_come_on_request(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    long = "x" * 5000
    scripted.queries.messages["t1"] = tuple(
        Message(id=f"m{n}", sender="customer", text=long, created_at=NOON) for n in range(120)
    )
    await opened(state, "t1")
    assert (len(shown(state).messages or ()), shown(state).earlier) == (50, 70)

    state.turn("earlier")
    state.show_more("m119")

    messages = shown(state).messages or ()
    assert (len(messages), shown(state).earlier) == (100, 20)
    assert messages[-1].more_label == ""
    assert messages[-2].more_label == "Show all (1,000 more characters)"


async def test_read_that_fails_is_said_and_goes_away_with_the_next(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    scripted.queries.error = RuntimeError("bug")
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()
    assert shown(state).notice

    scripted.queries.error = None
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()
    assert shown(state).notice is None
