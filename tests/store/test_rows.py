"""Times and messages come back from the file exactly as they went in."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.ticket import Message
from app.store.rows import micros, moment, packed, unpacked

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
