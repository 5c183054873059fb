from collections.abc import Callable
from dataclasses import replace

from nicegui import ElementFilter
from nicegui.testing import User

from components.conversation_head import ConversationHead
from components.data import ConversationData, Fact
from components.elements import Button
from components.keyed_list import KeyedList
from components.message_log import MessageLog
from tests.components import talk
from tests.components.user import press, showing, styled

PENDING = replace(talk.MESSAGES[7], id="r9", reply_id="r9", state="queued", undo_until="2025-01-20")


def drawn(data: ConversationData, log: list[MessageLog], said: list[object]) -> Callable[[], None]:
    def build() -> None:
        log.append(
            MessageLog(
                on_review=lambda *told: said.append(told),
                on_more=said.append,
                on_turn=said.append,
                on_note=lambda *told: said.append(told),
            )
        )
        log[-1].update(data)

    return build


def message_list(user: User) -> KeyedList:
    with user:
        return next(iter(ElementFilter(kind=KeyedList)))


async def test_reply_that_is_sent_travels_alone() -> None:
    log: list[MessageLog] = []
    data = talk.conversation()
    async with showing(drawn(data, log, [])) as user:
        shown = message_list(user)
        shown._to_dict()

        log[0].update(replace(data, messages=(*talk.MESSAGES, PENDING)))

        assert [item["key"] for item in shown._to_dict()["props"]["patch"]["items"]] == [
            "tkt_0000 r9r9"
        ]


async def test_what_a_person_decides_names_the_reply() -> None:
    said: list[object] = []
    async with showing(drawn(talk.conversation(), [], said)) as user:
        press(user, "review", "tkt_0000 r2msg_009", "resend")
        press(user, "more", "tkt_0000 msg_006")
        press(user, "turn", "earlier", "beginning")

    assert said == [("r2", "resend"), "msg_006", "beginning"]


async def test_messages_that_are_being_read_are_not_called_none() -> None:
    async with showing(drawn(talk.conversation(messages=None), [], [])) as user:
        await user.should_not_see("No messages yet.")
        assert styled(user, "log").props["aria-busy"] == "true"


async def test_conversation_without_messages_says_so() -> None:
    async with showing(drawn(talk.conversation(messages=(), earlier=0), [], [])) as user:
        await user.should_see("No messages yet.")


async def test_head_says_what_is_known_and_hands_over_what_is_pressed() -> None:
    said: list[str] = []

    def build() -> None:
        ConversationHead(
            on_close=lambda: said.append("close"),
            on_open_other=said.append,
            on_fact=said.append,
            on_notice_action=lambda: said.append("notice"),
            on_claim=said.append,
            on_more=said.append,
            on_note=lambda number, action: said.append(f"{action} {number}"),
        ).update(talk.conversation())

    async with showing(build) as user:
        await user.should_see("Order not received")
        await user.should_see("Invoice" + "INV-12345")
        press(user, "other", "tkt_0003")
        press(user, "fact", "Customer")
        user.find(kind=Button).click()

    assert said == ["tkt_0003", "/?q=from%3Aanna%40example.com", "close"]


async def test_fact_with_markup_stays_text() -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    fact = Fact(label="Order", value=hostile, copy=hostile)

    def build() -> None:
        ConversationHead(
            on_close=lambda: None,
            on_open_other=print,
            on_fact=print,
            on_notice_action=lambda: None,
            on_claim=print,
            on_more=print,
            on_note=print,
        ).update(talk.conversation(facts=(fact,), subject=hostile))

    async with showing(build) as user:
        with user:
            facts = next(x for x in ElementFilter(kind=KeyedList) if "Order" in x._items)

    assert "<img" not in facts.items[0].content
