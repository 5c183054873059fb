"""Times and messages come back from the file exactly as they went in."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ticket import Message
from app.store.tickets.rows import micros, moment, packed, unpacked

TIMES = st.datetimes(timezones=st.just(UTC))
MESSAGES = st.lists(
    st.builds(
        Message,
        id=st.text(st.characters(codec="utf-8")),
        sender=st.none() | st.text(st.characters(codec="utf-8")),
        text=st.text(st.characters(codec="utf-8")),
        created_at=st.none() | TIMES,
    )
).map(tuple)


@given(TIMES)
def test_moment_gives_back_what_micros_took(at: datetime) -> None:
    assert moment(micros(at)) == at


@given(MESSAGES)
def test_unpacked_gives_back_what_packed_took(messages: tuple[Message, ...]) -> None:
    assert unpacked(packed(messages)) == messages


def test_conversation_that_lies_on_disk_is_read_for_ever() -> None:
    body = bytes.fromhex("8b86c81aa24a7b408a8072584c029326523eb557d2c92bcdc9898d0500")

    [message] = unpacked(body)

    assert (message.id, message.text) == ("msg_1", "Hello, where is my license key?")
