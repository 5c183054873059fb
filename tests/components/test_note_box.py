"""The box for private notes: opened by the browser alone, with words of its own, and no Send."""

import asyncio
from typing import Any

from nicegui import ElementFilter
from nicegui.testing import User

from components import keys
from components.data import NoteBoxData, OtherDraft
from components.elements import Box, Button
from components.note_box import NoteBox
from tests.components.user import click, press, showing

DATA = NoteBoxData(ticket_id="tkt_1", may_add=True, customer="anna@example.com", draft="Paid")


class Desk:
    """A box, and what it told."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []

    def build(self) -> None:
        self.box = NoteBox(
            beside=Box("div"),
            on_add=lambda: self.said.append(("add",)),
            on_draft=lambda *told: self.said.append(("draft", *told)),
            on_other_draft=lambda *told: self.said.append(("other", *told)),
            on_about=lambda about: self.said.append(("about", about)),
        )
        self.box.update(DATA)

    async def tell(self, event: str, **args: Any) -> None:
        """What the script tells."""
        for listener in self.box._form._event_listeners.values():
            if listener.type == event:
                self.box._form._handle_event({"listener_id": listener.id, "args": args})
        await asyncio.sleep(0.05)


def button(user: User, label: str) -> Button:
    with user:
        return next(b for b in ElementFilter(kind=Button) if b.text == label)


async def test_box_tells_what_is_typed_for_its_ticket_and_what_it_is_about() -> None:
    desk = Desk()

    async with showing(desk.build) as user:
        await desk.tell("draft", ticket_id="tkt_1\nnote", text="Paid twice", base=1, revision=2)
        click(user, "This customer")
        click(user, "Add note")
        await user.should_see("Only on this desk. The customer never sees it.")

    assert desk.said == [("draft", "tkt_1", "Paid twice", 1, 2), ("about", "customer"), ("add",)]


async def test_box_opens_by_a_key_of_its_own_in_the_browser_and_hears_of_no_send() -> None:
    desk = Desk()

    async with showing(desk.build) as user:
        opener, add = button(user, "Private note"), button(user, "Add note")
        await desk.tell("send", ticket_id="tkt_1\nnote", text="Paid twice", base=1, revision=2)

        assert opener.props["popovertarget"] == desk.box._box.html_id
        assert opener.props["data-key"] == keys.NOTE not in {keys.SEND, keys.REPLY}
        assert (add.props["type"], "data-key" in add.props) == ("button", False)
        assert desk.box._box.props["popover"] == "auto"
    assert desk.said == []


async def test_note_that_is_too_long_or_was_refused_is_told_and_cannot_be_added() -> None:
    desk = Desk()

    async with showing(desk.build) as user:
        for length in (20_001, 19_000):
            text = "x" * length
            await desk.tell("draft", ticket_id="tkt_1\nnote", text=text, base=0, revision=1)
            if length > 20_000:
                await user.should_see("The private note has 20,001 of 20,000 characters.")
                assert button(user, "Add note").props["disabled"]
        await user.should_see("19,000 of 20,000 characters")
        assert "disabled" not in button(user, "Add note").props
        await desk.tell("refuse", why="pasted", length=150_000)
        await user.should_see("Nothing was pasted: that text has 150,000 characters")
        await desk.tell("draft", ticket_id="tkt_1\nnote", text="Short", base=0, revision=2)
        await user.should_not_see("Nothing was pasted")


async def test_why_a_note_was_not_added_and_a_text_of_another_window_stand_in_the_box() -> None:
    desk = Desk()

    async with showing(desk.build) as user:
        desk.box.update(
            NoteBoxData(
                ticket_id="tkt_1",
                may_add=True,
                problem="The private note is empty.",
                other_drafts=(OtherDraft(number=4, text="Paid three times"),),
            )
        )
        await user.should_see("The private note is empty.")
        click(user, "Show the other text")
        press(user, "insert", "4")

    assert desk.said == [("other", 4, "Paid three times", True)]


async def test_nothing_can_be_noted_where_it_may_not() -> None:
    desk = Desk()

    async with showing(desk.build) as user:
        desk.box.update(NoteBoxData(ticket_id="tkt_1"))

        assert button(user, "Private note").props["hidden"]
        assert desk.box._about.props["hidden"]
