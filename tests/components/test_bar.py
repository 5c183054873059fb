"""The header and the lines below it, composed in Python."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from components import keys
from components.chart import Chart
from components.data import FreshnessData, NoticeData
from components.frame import Frame
from components.freshness import FreshnessBar
from components.header_tools import HeaderTools
from components.notice import Notice
from components.server_clock import ServerClock, ServerTime
from tests.components import samples
from tests.components.user import all_styled, showing, styled

HOSTILE = "<img src=x onerror=alert(1)>"
HELD = NoticeData(
    text="The reply leaves in",
    action="Undo",
    undo_until="2025-01-20T12:00:05Z",
    undo_left="5 s",
)
FAULT = NoticeData(text="Not sent.", tone="error")


def notice(data: NoticeData | None, on_action: Callable[[], object] = list) -> Callable[[], object]:
    return lambda: Notice(on_action=on_action).update(data)


def freshness(data: FreshnessData) -> Callable[[], object]:
    return lambda: FreshnessBar(on_action=list).update(data)


async def test_notice_says_what_happened_and_calls_its_button() -> None:
    told: list[str] = []
    async with showing(notice(HELD, lambda: told.append("undo"))) as user:
        await user.should_see("The reply leaves in 5 s")
        user.find("Undo").click()

    assert told == ["undo"]


async def test_notice_is_said_aloud_once_but_an_error_is_an_alert() -> None:
    async with showing(notice(HELD)) as user:
        assert styled(user, "notice").props["data-say"] == "The reply leaves in 5 s"
        assert "role" not in styled(user, "notice").props
    async with showing(notice(FAULT)) as user:
        assert "data-say" not in styled(user, "notice").props
        assert styled(user, "notice").props["role"] == "alert"


async def test_notice_is_pressed_by_a_key_only_to_undo() -> None:
    async with showing(notice(HELD)) as user:
        assert styled(user, "link").props["data-key"] == keys.UNDO
    async with showing(notice(replace(HELD, action="Open"))) as user:
        assert "data-key" not in styled(user, "link").props


async def test_notice_without_anything_to_say_is_not_there() -> None:
    def say_and_end() -> None:
        line = Notice(on_action=list)
        line.update(FAULT)
        line.update(None)

    async with showing(say_and_end) as user:
        assert all_styled(user, "notice") == []


@pytest.mark.parametrize("data", [replace(HELD, text=HOSTILE), replace(FAULT, text=HOSTILE)])
async def test_notice_with_markup_stays_text(data: NoticeData) -> None:
    async with showing(notice(data)) as user:
        await user.should_see(HOSTILE)


async def test_freshness_reports_state_age_and_progress() -> None:
    data = replace(samples.LIVE, progress="3,400 of 10,000 tickets")
    async with showing(freshness(data)) as user:
        assert styled(user, "fresh").props["data-reported"] == "live"
        assert styled(user, "fresh-word").props["data-when-up"] == "Live"
        assert styled(user, "fresh-age").props["data-since"] == data.as_of
        await user.should_see("3,400 of 10,000 tickets")


async def test_freshness_has_words_for_a_line_that_does_not_stand() -> None:
    async with showing(freshness(samples.LIVE)) as user:
        said = styled(user, "fresh-word").props

    assert said["data-when-connecting"] == "Connecting…"
    assert said["data-when-silent"] == "Checking…"
    assert said["data-when-cut"] == "No connection"


async def test_freshness_says_what_still_works_and_is_tried_again() -> None:
    tried: list[str] = []

    def build() -> None:
        FreshnessBar(on_action=lambda: tried.append("now")).update(samples.OFFLINE)

    async with showing(build) as user:
        assert styled(user, "fresh-line").props["role"] == "alert"
        user.find("Try now").click()

    assert tried == ["now"]


async def test_every_key_is_in_the_list_of_keys_once() -> None:
    async with showing(HeaderTools) as user:
        for _, does in keys.KEYS:
            await user.should_see(does)

    assert len({key for key, _ in keys.KEYS}) == len(keys.KEYS)


async def test_tools_ask_the_browser_by_attributes() -> None:
    async with showing(HeaderTools) as user:
        theme, sheet = all_styled(user, "tool")

    assert theme.props["data-theme-choice"] == "next"
    assert sheet.props["data-key"] == "?"
    assert sheet.props["data-opens"].startswith("c")


async def test_clock_tells_the_time_with_the_page() -> None:
    async with showing(lambda: ServerClock(ServerTime(now_ms=1000.0, ticks_ms=5.0))) as user:
        assert styled(user, "clock").props["data-clock"] == "1000.0 5.0"


async def test_frame_says_where_one_is_and_what_is_said_aloud() -> None:
    async with showing(lambda: Frame(title="Ticketdesk", badge=HOSTILE)) as user:
        await user.should_see("Ticketdesk")
        await user.should_see(HOSTILE)
        assert styled(user, "sr").props["data-copied"] == "Copied"


async def test_chart_says_in_words_what_its_figure_shows() -> None:
    opened, _ = samples.CHARTS
    async with showing(lambda: Chart(title=opened.title, on_pick=list).update(opened)) as user:
        said = styled(user, "chart-area").props["aria-label"]

    assert said == f"{opened.title}. {opened.summary}"
