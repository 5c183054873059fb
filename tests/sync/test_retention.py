"""Old messages are let go of where that was asked for, and are never read ahead."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.outbox_entry import DeliveryState, Reply
from app.domain.signals import Changes, Signal
from app.store.holdings import COPY, OUTBOX
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from app.sync.message_backfill import DROPPED_AT_ONCE, Retention
from tests.store.shop import NOON, StillClock, asked, conversation, page, ticket

KEEP = timedelta(days=10)
CLOCK = StillClock()


class Kept:
    """Both files, and what is told of them."""

    def __init__(self, mirror: TicketMirror, outbox: Outbox) -> None:
        self.mirror, self.outbox = mirror, outbox
        self.told: list[frozenset[str]] = []
        changes = Signal[Changes]()
        changes.subscribe(lambda news: self.told.append(news.tickets))
        self.retention = Retention(
            keep=KEEP, mirror=mirror, outbox=outbox, changes=changes, clock=CLOCK
        )

    async def hold(self, *ids: str, days: int) -> None:
        """Hold tickets with a message each, in which nothing has happened for so many days."""
        of = [ticket(id_, updated_at=NOON - timedelta(days=days)) for id_ in ids]
        await self.mirror.apply_page(page(*of), started=self.mirror.request_number())
        for one in of:
            read = conversation(one, asked("Kingfisher?"))
            await self.mirror.apply_conversation(read, started=self.mirror.request_number())

    async def reply(self, entry_id: str, *, days: int, state: DeliveryState) -> None:
        at = NOON - timedelta(days=days)
        await self.outbox.enqueue(
            Reply(
                entry_id=entry_id,
                ticket_id="tkt_1",
                written_at=at,
                text="Nightjar",
                state=state,
                baseline=frozenset(),
                sent_at=at,
                message_id=entry_id if state is DeliveryState.CONFIRMED else None,
            )
        )


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    mirror = await TicketMirror.open(tmp_path / COPY, clock=CLOCK)
    outbox = await Outbox.open(tmp_path / OUTBOX, clock=CLOCK)
    yield Kept(mirror, outbox)
    await outbox.close()
    await mirror.close()


async def test_old_messages_are_dropped_and_told_and_new_ones_stay(kept: Kept) -> None:
    await kept.hold("tkt_old", days=11)
    await kept.hold("tkt_new", days=9)

    await kept.retention.drop_old()
    await kept.retention.drop_old()

    assert kept.told == [frozenset({"tkt_old"})]
    assert await kept.mirror.load_conversation("tkt_old") is None
    assert await kept.mirror.load_conversation("tkt_new") is not None


async def test_more_than_one_batch_is_dropped(kept: Kept) -> None:
    ids = [f"tkt_{number}" for number in range(DROPPED_AT_ONCE + 1)]
    await kept.hold(*ids, days=11)

    await kept.retention.drop_old()

    assert [len(told) for told in kept.told] == [DROPPED_AT_ONCE, 1]


async def test_settled_replies_go_with_them_and_unsettled_ones_never(kept: Kept) -> None:
    await kept.reply("old", days=11, state=DeliveryState.CONFIRMED)
    await kept.reply("new", days=9, state=DeliveryState.CONFIRMED)
    await kept.reply("open", days=11, state=DeliveryState.UNCONFIRMED)

    await kept.retention.drop_old()

    assert await kept.outbox.find("old") is None
    assert await kept.outbox.find("new") is not None
    assert await kept.outbox.find("open") is not None
