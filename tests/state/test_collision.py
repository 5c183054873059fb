"""Two sellers at one ticket: nobody answers over an answer they have not seen, unless they want."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.desk.read_models import ConversationSnapshot, PendingReply
from app.domain.signals import Changes
from app.domain.ticket import Message, Ticket
from app.state.collision import Answer, Collision, answered_meanwhile
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from tests.state.scripted import NOON, ScriptedDesk, opened, shown, until_quiet
from tests.state.windows import sends, types


def said(text: str, id_: str = "a1", *, seconds: int = 5, sender: str = "seller") -> Message:
    return Message(id=id_, sender=sender, text=text, created_at=NOON - timedelta(seconds=seconds))


def with_messages(
    *messages: Message, pending: tuple[PendingReply, ...] = ()
) -> ConversationSnapshot:
    return ConversationSnapshot(
        ticket=Ticket(id="t1"), messages=messages, read_at=NOON, pending=pending
    )


def on_its_way(text: str, id_: str = "r1", **more: str) -> PendingReply:
    return PendingReply(reply_id=id_, text=text, written_at=NOON, **{"state": "queued", **more})


def replies(scripted: ScriptedDesk) -> list[str]:
    return [given[3] for given in scripted.commands.given if given[0] == "send_reply"]


async def comes(scripted: ScriptedDesk, message: Message) -> None:
    """Somebody else writes, and the desk tells."""
    scripted.queries.messages["t1"] += (message,)
    scripted.changes.emit(Changes(tickets=frozenset({"t1"})))
    await until_quiet()


async def test_reply_into_a_ticket_answered_meanwhile_asks_before_it_is_sent(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    types(state, "Dear customer")
    await comes(scripted, said("Solved."))

    await sends(state, "Dear customer")

    asked = shown(state).before_send
    assert replies(scripted) == []
    assert asked
    assert [(reason.text, reason.quote) for reason in asked.reasons] == [
        ("Somebody answered 5 s ago, since you began to write:", "Solved.")
    ]
    assert [message.id for message in shown(state).messages or ()] == ["m-t1", "a1"]

    state.go_on_with_reply()
    assert shown(state).before_send is None
    assert replies(scripted) == []
    await sends(state, "Dear customer")

    assert replies(scripted) == ["Dear customer"]


async def test_send_that_a_broken_line_repeats_is_no_answer_to_the_question(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    types(state, "Dear customer")
    await comes(scripted, said("Solved."))
    await sends(state, "Dear customer")

    await sends(state, "Dear customer")

    assert replies(scripted) == []
    assert shown(state).before_send


async def test_answer_that_comes_while_one_is_asked_about_is_asked_about_as_well(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    types(state, "Dear customer")
    await comes(scripted, said("Solved."))
    await sends(state, "Dear customer", then_close=True)
    await comes(scripted, said("Really.", "a2"))

    state.go_on_with_reply()
    await sends(state, "Dear customer", then_close=True)

    asked = shown(state).before_send
    assert replies(scripted) == []
    assert asked
    assert asked.then_close
    assert asked.reasons[0].quote == "Really."


async def test_answer_that_stood_there_when_the_text_was_begun_holds_nothing_up(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    scripted.queries.messages["t1"] += (said("Solved."),)
    await opened(state, "t1")
    types(state, "And one more thing")

    await sends(state, "And one more thing")

    assert len(replies(scripted)) == 1


async def test_customer_who_writes_meanwhile_holds_nothing_up(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    types(state, "Dear customer")
    await comes(scripted, said("Hello??", sender="customer"))

    await sends(state, "Dear customer")

    assert len(replies(scripted)) == 1


async def test_own_replies_hold_no_further_one_up_however_the_shop_tidies_them(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    before = ""
    for n, text in enumerate(("First  &amp; all", "Second", "Third")):
        types(state, text)
        if before:  # the shop shows it while the next one is being written
            await comes(scripted, said(" ".join(before.split()), f"m{n}", seconds=0))
        await sends(state, text)
        before = text

    assert len(replies(scripted)) == 3


async def test_answer_that_came_before_a_word_was_typed_holds_nothing_up(
    state: ConversationState, scripted: ScriptedDesk
) -> None:
    await opened(state, "t1")
    await comes(scripted, said("Solved."))
    types(state, "And one more thing")

    await sends(state, "And one more thing")

    assert len(replies(scripted)) == 1


def test_reply_on_its_way_that_becomes_a_message_is_one_answer() -> None:
    collision = Collision()
    collision.begin(with_messages(pending=(on_its_way("Solved."),)))

    assert collision.check(with_messages(said("Solved.", "m9"))) is None
    assert collision.check(with_messages(said("Solved.", "m9"), said("No.", "m10")))


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (on_its_way("Solved."), True),
        (on_its_way("Solved.", state="uncertain"), True),
        (on_its_way("Solved.", state="refused"), False),
        (replace(on_its_way(""), status="closed"), False),
    ],
)
def test_reply_of_another_window_counts_before_it_has_left(reply: PendingReply, told: bool) -> None:
    collision = Collision()
    collision.begin(with_messages())

    assert (collision.check(with_messages(pending=(reply,))) is not None) is told


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(-30, "0 s ago"), (0, "0 s ago"), (59, "59 s ago"), (60, "1 min ago"), (86_400, "at Jan 19")],
)
def test_reason_says_who_and_how_long_ago_whatever_the_clocks_say(seconds: int, age: str) -> None:
    answer = Answer("a1", "Solved.", NOON - timedelta(seconds=seconds))

    told = answered_meanwhile(answer, "Ana", now=NOON, fmt=Formatter()).text

    assert told.startswith(f"Ana answered {age}")
    assert told.endswith(", since you began to write:")
    unknown = answered_meanwhile(replace(answer, at=None), "", now=NOON, fmt=Formatter()).text
    assert unknown == "Somebody answered, since you began to write:"
