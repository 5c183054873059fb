"""A disk that is full: the seller is told, nothing is lost, nothing is sent a second time."""

import sqlite3

import pytest

from app.domain.errors import StoreFullError, UnreachableError
from tests.doubles.bench import Bench
from tests.doubles.drafts import kept
from tests.doubles.shop import Fate


async def fill_disk(bench: Bench) -> None:
    """Let no further page be written."""

    def fill(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        free = connection.execute("PRAGMA freelist_count").fetchone()[0]
        assert free == 0

    await bench.outbox.database.write(fill)


async def free_disk(bench: Bench) -> None:
    await bench.outbox.database.write(lambda c: c.execute("PRAGMA max_page_count = 1000000"))


LONG = "A long reply. " * 2_000


async def test_reply_that_cannot_be_kept_is_an_error_and_its_draft_stays(bench: Bench) -> None:
    await bench.commands.save_draft("tkt_1", LONG)
    await fill_disk(bench)

    with pytest.raises(StoreFullError, match="disk is full"):
        await bench.send(LONG)

    await free_disk(bench)
    assert await kept(bench.local) == [LONG]
    assert await bench.outbox.pending("tkt_1") == ()
    await bench.run_for(60)
    assert not bench.truth.arrived


async def test_reply_whose_claim_cannot_be_written_is_not_sent(bench: Bench) -> None:
    await bench.send("Hello")
    for _ in range(2_000):  # so that the baseline needs room
        bench.truth.write("tkt_1", "system", "Moved")
    await fill_disk(bench)

    with pytest.raises(StoreFullError):
        await bench.delivery.send_next()

    assert not bench.truth.arrived
    assert bench.delivery.stall
    assert "disk is full" in bench.delivery.stall.reason
    assert bench.told[-1].tickets == {"tkt_1"}
    await free_disk(bench)
    await bench.run_for(10)
    assert (await bench.state(), bench.delivery.stall) == ("confirmed", None)


async def test_outcome_that_cannot_be_written_is_read_back_and_never_sent_again(
    bench: Bench,
) -> None:
    async def fill() -> None:
        await fill_disk(bench)

    bench.shop.while_writing = fill
    bench.shop.fates.append(Fate(error=UnreachableError("A long story. " * 2_000)))
    await bench.send("Hello")
    with pytest.raises(StoreFullError):
        await bench.delivery.send_next()
    assert await bench.state() == "inflight"

    await free_disk(bench)
    await bench.run_for(60)

    assert await bench.state() == "confirmed"
    assert bench.truth.arrived["r1"] == 1
