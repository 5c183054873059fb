"""How long a reply waits for an undo is the seller's choice."""

import pytest

from app.domain.errors import SettingsError
from app.domain.outbox_entry import ReviewAction
from tests.doubles.bench import Bench


@pytest.mark.parametrize("seconds", [1, 30])
async def test_reply_waits_as_long_as_was_chosen(bench: Bench, seconds: int) -> None:
    await bench.commands.set_undo_seconds(seconds)
    await bench.send("Hello")

    await bench.run_for(seconds - 0.5)
    assert (await bench.state(), bench.truth.texts("tkt_1")) == ("queued", [])
    await bench.run_for(1)

    assert bench.truth.texts("tkt_1") == ["Hello"]


async def test_reply_leaves_at_once_when_no_undo_is_wanted(bench: Bench) -> None:
    await bench.commands.set_undo_seconds(0)

    await bench.send("Hello")
    await bench.run_for(0)

    assert bench.truth.texts("tkt_1") == ["Hello"]


async def test_reply_on_its_way_keeps_the_time_it_was_given(bench: Bench) -> None:
    await bench.send("Hello")

    await bench.commands.set_undo_seconds(0)
    await bench.run_for(4)

    assert await bench.commands.review("r1", ReviewAction.UNDO) == "Hello"


@pytest.mark.parametrize("seconds", [-1, 31, 10**12])
async def test_other_numbers_change_nothing_and_say_so(bench: Bench, seconds: int) -> None:
    await bench.commands.set_undo_seconds(7)

    with pytest.raises(SettingsError, match="0 to 30 seconds"):
        await bench.commands.set_undo_seconds(seconds)

    assert await bench.local.undo_seconds() == 7


async def test_choice_survives_a_restart(bench: Bench) -> None:
    await bench.commands.set_undo_seconds(20)

    await bench.restart()
    await bench.send("Hello")
    await bench.run_for(19)

    assert await bench.state() == "queued"
