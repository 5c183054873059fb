"""What was said is shown where it was found, when nothing else in the row shows why."""

from datetime import timedelta

from app.domain.filters import TicketFilter
from app.domain.ticket import Message
from tests.store.searching import Store
from tests.store.shop import NOON, answered, asked, ticket


async def excerpt(store: Store, query: str, *messages: Message) -> str | None:
    await store.add(ticket("tkt_1"), *messages)
    found = await store.find(TicketFilter(query=query))
    assert [row["id"] for row in found.rows] == ["tkt_1"]
    return found.excerpts.get("tkt_1")


async def test_excerpt_is_of_the_newest_message_with_most_of_the_words(store: Store) -> None:
    messages = (
        asked("The parcel has a scratch."),
        answered("Which parcel?"),
        asked("Never mind."),
    )

    assert await excerpt(store, "parcel scratch", *messages) == "The parcel has a scratch."
    assert await excerpt(store, "parcel", *messages) == "Which parcel?"


async def test_excerpt_of_a_long_message_begins_shortly_before_the_hit(store: Store) -> None:
    text = f"{'before ' * 50}\n\nthe  needle {'after ' * 50}"

    shown = await excerpt(store, "needle", asked(text))

    assert shown is not None
    assert shown.startswith("… before ")
    assert "before the needle after" in shown
    assert len(shown) <= 202


async def test_no_excerpt_where_the_row_shows_the_hit(store: Store) -> None:
    assert await excerpt(store, "received", asked("It was never received.")) is None
    assert await excerpt(store, "subject:order older:1m", asked("My order?")) is None


async def test_no_excerpt_without_a_conversation(store: Store) -> None:
    await store.add(ticket("tkt_2", updated_at=NOON - timedelta(days=9)), held=False)

    found = await store.find(TicketFilter(query="-parcel"))

    assert (len(found.rows), found.excerpts) == (1, {})
