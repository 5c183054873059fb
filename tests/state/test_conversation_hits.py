"""A search that was opened leads to its hits in the conversation."""

from collections.abc import AsyncIterator

import pytest

from app.domain.search_query import parse_query
from app.domain.ticket import Message, Ticket
from app.state.conversation import ConversationState
from app.state.formatting import Formatter
from app.state.presenters.hits import hits_in, with_hits
from components.data import Segment
from tests.state.scripted import NOON, FastClock, ScriptedDesk, opened, shown

TEXTS = ["Hello", "My licence key is lost", *["And?"] * 58, "The KEY, please", "Thanks"]
MESSAGES = tuple(
    Message(id=f"m{n}", sender="customer", text=t, created_at=NOON) for n, t in enumerate(TEXTS)
)


@pytest.fixture
async def state() -> AsyncIterator[ConversationState]:
    desk = ScriptedDesk()
    desk.put(Ticket(id="t1", subject="Lost"))
    desk.queries.messages["t1"] = MESSAGES
    searched = ConversationState(
        desk.desk, viewer="tab", fmt=Formatter(), clock=FastClock(), query=lambda: "key from:a@b.c"
    )
    yield searched
    await searched.close()


def drawn(state: ConversationState) -> list[str]:
    return [message.id for message in shown(state).messages or ()]


async def test_conversation_opens_at_the_first_hit_wherever_it_stands(
    state: ConversationState,
) -> None:
    await opened(state, "t1")

    assert (shown(state).hits_label, shown(state).come_to) == ("Hit 1 of 2", "m1")
    (hit,) = (message for message in shown(state).messages or () if message.id == "m1")
    assert [one.text for one in hit.segments if one.hit] == ["key"]


async def test_next_and_previous_hit_are_gone_to_and_what_is_pressed_last_counts(
    state: ConversationState,
) -> None:
    await opened(state, "t1")
    seen = []

    for step in ("next-hit", "next-hit", "previous-hit", "end"):
        state.turn(step)
        seen.append((shown(state).come_to, shown(state).come_to in drawn(state)))

    assert seen == [("m60", True), ("m60", True), ("m1", True), ("", False)]
    assert shown(state).hits_label == "2 hits"


def test_hit_in_a_link_marks_the_link_and_leaves_it_whole() -> None:
    query = parse_query("key")
    link = Segment(text="https://example.com/?key", href="https://example.com/?key")

    made = with_hits((Segment(text="A key: "), link, Segment(text=" donkey")), query)

    assert "".join(one.text for one in made) == "A key: https://example.com/?key donkey"
    assert [(one.text, bool(one.href)) for one in made if one.hit] == [
        ("key", False),
        (link.text, True),
    ]


def test_without_a_search_nothing_is_a_hit() -> None:
    for query in ("", "-key", "from:key"):
        assert hits_in(MESSAGES, parse_query(query)) == ()
