"""Whatever a row of the list is, it is held or counted as unreadable, and it harms no other."""

import asyncio
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.client.wire import page_from
from app.store.tickets.mirror import TicketMirror
from tests.store.shop import StillClock

NAMES = (
    *("id", "subject", "status", "awaiting_response_from", "customer_email", "order_id"),
    *("invoice_id", "product_name", "order_amount", "order_currency", "message_count"),
    *("has_owner_reply", "created_at", "updated_at", "closed_at"),
)
ODD = st.text(st.sampled_from("a\0\x1b\u200b\ud800İß'\"%_/\\"), max_size=4)
VALUES = st.one_of(
    ODD,
    st.text(max_size=5),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
    st.booleans(),
    st.just([]),
    st.sampled_from(["2026-11-24T12:00:00Z", "open", "closed", "seller", "1e400"]),
)
ROWS = st.lists(
    st.one_of(
        VALUES, st.fixed_dictionaries({"id": ODD}, optional=dict.fromkeys(NAMES[1:], VALUES))
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_every_row_is_held_or_counted(pages: list[list[object]]) -> None:
    async def take_in() -> None:
        with tempfile.TemporaryDirectory() as folder:
            mirror = await TicketMirror.open(Path(folder) / "copy.sqlite3", clock=StillClock())
            ids: set[str] = set()
            for rows in pages:
                page = page_from(json.dumps({"data": rows}).encode())
                assert len(page.tickets) + page.unreadable == len(rows)
                await mirror.apply_page(page, started=mirror.request_number())
                ids |= {ticket.id for ticket in page.tickets}
            held = await mirror.read(lambda c: c.execute("SELECT id FROM ticket").fetchall())
            assert {row["id"] for row in held} == ids
            await mirror.close()

    asyncio.run(take_in())
