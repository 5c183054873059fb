"""Drafts and settings: by seller, in the outbox's file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from tests.doubles.clock import HandClock
from tests.doubles.drafts import kept


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    opened = await Outbox.open(tmp_path / "outbox.sqlite3", clock=HandClock())
    yield opened
    await opened.close()


@pytest.fixture
def local(outbox: Outbox) -> LocalStore:
    return LocalStore(outbox.database, clock=HandClock())


async def test_draft_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    first = await Outbox.open(path, clock=HandClock())
    await LocalStore(first.database, clock=HandClock()).save_draft("tkt_1", "kept")
    await first.close()

    second = await Outbox.open(path, clock=HandClock())

    assert await kept(LocalStore(second.database, clock=HandClock())) == ["kept"]
    await second.close()


async def test_undo_seconds_are_kept_by_seller_and_survive_a_restart(
    local: LocalStore, outbox: Outbox, tmp_path: Path
) -> None:
    assert await local.undo_seconds() is None
    await local.save_undo_seconds(20)
    await local.save_undo_seconds(0)
    await local.save_undo_seconds(30, author="ana")
    await outbox.close()

    again = await Outbox.open(tmp_path / "outbox.sqlite3", clock=HandClock())
    kept = LocalStore(again.database, clock=HandClock())

    assert (await kept.undo_seconds(), await kept.undo_seconds(author="ana")) == (0, 30)
    await again.close()


async def test_last_view_and_the_order_in_each_are_each_sellers_own(local: LocalStore) -> None:
    await local.save_list_habit("open", "-amount", author="ana")
    await local.save_list_habit("closed", "", author="ana")
    await local.save_list_habit("closed", "customer", author="ben")

    ana, ben, nobody = [await local.list_habits(author=a) for a in ("ana", "ben", "")]

    assert (ana.view, ana.orders) == ("closed", {"open": "-amount"})
    assert (ben.view, ben.orders) == ("closed", {"closed": "customer"})
    assert (nobody.view, nobody.orders) == ("", {})
