import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from components.data import ConversationData
from components.elements import Button
from components.reply_box import ReplyBox
from tests.components import talk
from tests.components.user import attribute, press, showing


@dataclass
class Desk:
    """A reply box, and what it told."""

    said: list[tuple[Any, ...]] = field(default_factory=list)
    box: ReplyBox | None = None

    def build(self, data: ConversationData) -> Callable[[], None]:
        def draw() -> None:
            self.box = ReplyBox(
                on_send=self.send,
                on_status=lambda: self.said.append(("status",)),
                on_draft=lambda *told: self.said.append(("draft", *told)),
                on_other_draft=lambda *told: self.said.append(("other", *told)),
                on_missed=lambda *told: self.said.append(("missed", *told)),
            )
            self.box.update(data)

        return draw

    async def send(self, *told: Any) -> None:
        await asyncio.sleep(0)
        self.said.append(("send", *told))

    async def tell(self, event: str, **args: Any) -> None:
        """What the script tells."""
        assert self.box is not None
        for listener in self.box._form._event_listeners.values():
            if listener.type == event:
                self.box._form._handle_event({"listener_id": listener.id, "args": args})
        await asyncio.sleep(0.05)


def reply(ticket_id: str = "tkt_0000") -> dict[str, Any]:
    return {"ticket_id": ticket_id, "text": "Hi", "base": 1, "revision": 2, "reply_id": "r"}


def button(user: User, label: str) -> Button:
    with user:
        return next(b for b in ElementFilter(kind=Button) if b.text == label)


async def test_reply_is_sent_to_the_open_ticket_and_to_no_other() -> None:
    desk = Desk()
    async with showing(desk.build(talk.conversation())):
        await desk.tell("send", **reply(), then_close=True)
        await desk.tell("send", **reply("tkt_0005"), then_close=False)

    assert desk.said == [("send", "Hi", 1, 2, "r", True), ("missed", "tkt_0005", "Hi", 1, 2, "r")]


async def test_draft_belongs_to_the_ticket_it_was_typed_for() -> None:
    desk = Desk()
    async with showing(desk.build(talk.conversation())):
        await desk.tell("draft", **reply("tkt_0005"))

    assert desk.said == [("draft", "tkt_0005", "Hi", 1, 2)]


async def test_closed_ticket_has_no_send_and_close() -> None:
    data = talk.conversation(tone="closed", status_action="Reopen ticket")
    async with showing(Desk().build(data)) as user:
        assert button(user, "Send and close").props["hidden"]
        assert "hidden" not in button(user, "Reopen ticket").props


async def test_text_from_another_window_is_shown_on_request_and_stays_text() -> None:
    desk = Desk()
    async with showing(desk.build(talk.conversation(other_drafts=(talk.OTHER_DRAFT,)))) as user:
        await user.should_see("This draft was also changed in another window.")
        await user.should_not_see("A long line of it.")
        user.find("Show the other text").click()
        await user.should_see("A long line of it.")
        press(user, "insert", "7")

    assert desk.said == [("other", 7, talk.OTHER_DRAFT.text, True)]


@pytest.mark.parametrize(
    ("why", "begins"),
    [("pasted", "Nothing was pasted: that text has 1,200,000 characters, this box holds 100,000,"),
     ("dropped", "Nothing was dropped here: that text has 1,200,000 characters,"),
     ("unsaved", "The reply has 1,200,000 of 40,000 characters."), ("<script>", "")],
)  # fmt: skip
async def test_text_that_was_refused_is_said_with_its_length_until_another_is_typed(
    why: str, begins: str
) -> None:
    desk = Desk()
    async with showing(desk.build(talk.conversation())) as user:
        await desk.tell("refuse", why=why, length=1_200_000)
        assert str(attribute(user, "reply-says", "textContent") or "").startswith(begins)

        await desk.tell("draft", **reply())
        assert attribute(user, "reply-says", "hidden") is True


async def test_what_is_said_of_a_text_stands_as_long_as_the_text_does() -> None:
    desk = Desk()
    async with showing(desk.build(talk.conversation())) as user:
        await desk.tell("send", **{**reply(), "text": "  "})
        await desk.tell("draft", **{**reply(), "text": "  "})
        assert "empty" in str(attribute(user, "reply-says", "textContent"))
        await desk.tell("draft", **{**reply(), "text": "x" * 40_001})
        assert "40,001 of 40,000" in str(attribute(user, "reply-says", "textContent"))
        assert button(user, "Send and close").props["disabled"]
        await desk.tell("send", **{**reply(), "text": "x" * 40_001})

    assert [told[0] for told in desk.said] == ["draft", "draft"]
