from dataclasses import replace

from components.data import NoticeData
from components.review_queue import ReviewQueue
from tests.components.talk import HOSTILE, REVIEW_QUEUE
from tests.components.user import attribute, click, press, showing


async def test_each_reply_is_shown_and_decided_by_its_own_buttons() -> None:
    told: list[object] = []
    async with showing(lambda: queue(told).update(REVIEW_QUEUE)) as user:
        await user.should_see("3 replies need your review")
        await user.should_see("We refund it today.")
        press(user, "review", "r1", "draft")
        press(user, "open", "r1", "tkt_0001")
        click(user, "Re-check all")

    assert told == [("review", "r1", "draft"), ("open", "tkt_0001"), ("recheck_all",)]


async def test_a_text_with_markup_stays_text() -> None:
    async with showing(lambda: queue().update(REVIEW_QUEUE)) as user:
        await user.should_see(HOSTILE.splitlines()[0])


async def test_what_failed_is_told_and_the_place_can_be_left() -> None:
    queues: list[ReviewQueue] = []
    async with showing(lambda: queues.append(queue())) as user:
        assert attribute(user, "Needs review", "hidden") is True
        notice = NoticeData(text="Not read again: <offline>.", tone="error")
        queues[0].update(replace(REVIEW_QUEUE, items=(), recheck_all=False, notice=notice))

        await user.should_see("Not read again: <offline>.")
        await user.should_see("appears here")
        assert attribute(user, "Needs review", "hidden") is None
        assert attribute(user, "Re-check all", "hidden") is True


def queue(told: list[object] | None = None) -> ReviewQueue:
    heard = [] if told is None else told
    return ReviewQueue(
        on_review=lambda reply_id, action: heard.append(("review", reply_id, action)),
        on_recheck_all=lambda: heard.append(("recheck_all",)),
        on_open=lambda ticket_id: heard.append(("open", ticket_id)),
    )
