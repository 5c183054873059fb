"""The line of a seller's own marks, and the sheet behind Snooze."""

from components.data import MarksData
from components.ticket_marks import TicketMarks
from tests.components.user import click, showing


async def test_marks_are_chosen_in_words_and_what_holds_is_said() -> None:
    told: list[tuple[str, str]] = []
    made: list[TicketMarks] = []

    def build() -> None:
        made.append(TicketMarks(on_mark=lambda what, until: told.append((what, until))))
        made[0].update(MarksData(may_be_unread=True), is_open=True)

    async with showing(build) as user:
        for label in ("Later today", "Tomorrow", "Next week", "Until the customer replies"):
            click(user, label)
        for label in ("Pin", "Mark as unread"):
            click(user, label)
        made[0].update(MarksData(pinned=True, snoozed_until="reply", words="Pinned"), is_open=True)
        for label in ("Unpin", "Wake now"):
            click(user, label)
        await user.should_see("Pinned")
        await user.should_see("only on this desk")

    assert told == [
        ("snooze", "later"),
        ("snooze", "tomorrow"),
        ("snooze", "week"),
        ("snooze", "reply"),
        ("pin", ""),
        ("unread", ""),
        ("unpin", ""),
        ("wake", ""),
    ]
