"""What ARCHITECTURE.md says of changing a screen, done as it says; a column: test_ticket_table."""

from nicegui import ui

from components.conversation_head import ConversationHead
from components.data import ConversationData, Fact, StatCard
from components.elements import Box, Button, Text
from components.frame import Frame
from components.stats_row import StatsRow
from tests.components.user import showing


def nothing(*_said: object) -> None:
    """What a page would do."""


async def test_a_card_is_one_more_number() -> None:
    told: list[str] = []
    late = StatCard(key="late", label="Late", value=7, value_label="7")

    async with showing(lambda: StatsRow(on_card=told.append).update((late,))) as user:
        user.find("Late7").click()

    assert told == ["late"]


async def test_a_fact_is_one_more_line_of_the_head() -> None:
    region = Fact(label="Region", value="Europe & Asia", copy="EU")
    data = ConversationData(ticket_id="tkt_1", facts=(region,))

    async with showing(lambda: head(data)) as user:
        await user.should_see("Region")
        await user.should_see("Europe & Asia")


def head(data: ConversationData) -> None:
    ConversationHead(
        on_close=nothing,
        on_open_other=nothing,
        on_fact=nothing,
        on_notice_action=nothing,
        on_claim=nothing,
        on_more=nothing,
        on_note=nothing,
    ).update(data)


async def test_a_button_has_a_key_and_a_callback() -> None:
    pressed: list[str] = []
    buttons: list[Button] = []

    def snooze() -> None:
        pressed.append("snoozed")

    def build() -> None:
        buttons.append(Button("Snooze", "secondary", key="h", command=True, on_click=snooze))

    async with showing(build) as user:
        user.find("Snooze").click()

    assert pressed == ["snoozed"]
    assert (buttons[0].props["data-key"], buttons[0].props["data-command"]) == ("h", True)


async def test_a_page_is_a_frame_with_something_in_it() -> None:
    def page() -> None:
        frame = Frame(title="Ticketdesk")
        with frame.work, Box("section", "settings", aria_label="Reports"):
            Text("h2", "Reports")
            ui.button("Make one")

    async with showing(page) as user:
        await user.should_see("Reports")
        await user.should_see("Make one")
