"""Drafts and settings: by seller, in the outbox's file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.local import Local
from app.store.outbox import Outbox
from tests.doubles.clock import HandClock


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    opened = await Outbox.open(tmp_path / "outbox.sqlite3", clock=HandClock())
    yield opened
    await opened.close()


@pytest.fixture
def local(outbox: Outbox) -> Local:
    return Local(outbox.database, clock=HandClock())


async def test_draft_is_kept_by_ticket_and_seller(local: Local) -> None:
    await local.save_draft("tkt_1", "one")
    await local.save_draft("tkt_1", "two", author="ana")

    assert await local.draft("tkt_1") == "one"
    assert await local.draft("tkt_1", author="ana") == "two"
    assert await local.draft("tkt_2") == ""


async def test_draft_ids_name_the_tickets_with_a_draft(local: Local) -> None:
    await local.save_draft("tkt_1", "one")
    await local.save_draft("tkt_2", "two", author="ana")

    assert await local.draft_ids() == {"tkt_1"}


async def test_later_text_takes_the_place_of_the_earlier(local: Local) -> None:
    await local.save_draft("tkt_1", "Hel")
    await local.save_draft("tkt_1", "Hello\n ")

    assert await local.draft("tkt_1") == "Hello\n "


async def test_blank_draft_is_none(local: Local) -> None:
    await local.save_draft("tkt_1", "Hel")
    await local.save_draft("tkt_1", " \n")

    assert await local.draft_ids() == frozenset()


async def test_save_says_whether_a_draft_appeared_or_disappeared(local: Local) -> None:
    answers = [await local.save_draft("tkt_1", text) for text in ("a", "ab", "", "")]

    assert answers == [True, False, True, False]


async def test_draft_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    first = await Outbox.open(path, clock=HandClock())
    await Local(first.database, clock=HandClock()).save_draft("tkt_1", "kept")
    await first.close()

    second = await Outbox.open(path, clock=HandClock())

    assert await Local(second.database, clock=HandClock()).draft("tkt_1") == "kept"
    await second.close()


async def test_undo_seconds_are_kept_by_seller_and_survive_a_restart(
    local: Local, outbox: Outbox, tmp_path: Path
) -> None:
    assert await local.undo_seconds() is None
    await local.save_undo_seconds(20)
    await local.save_undo_seconds(0)
    await local.save_undo_seconds(30, author="ana")
    await outbox.close()

    again = await Outbox.open(tmp_path / "outbox.sqlite3", clock=HandClock())
    kept = Local(again.database, clock=HandClock())

    assert (await kept.undo_seconds(), await kept.undo_seconds(author="ana")) == (0, 30)
    await again.close()
