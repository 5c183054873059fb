"""After an outage: one click looks for everything of which nobody knows whether it arrived."""

from app.domain.errors import RefusedError, UnreachableError
from tests.doubles.bench import Bench
from tests.doubles.shop import Fate


async def test_recheck_all_confirms_what_is_there_and_sends_nothing(bench: Bench) -> None:
    lost = UnreachableError("The answer broke off.")
    for number in (1, 2, 3):
        bench.truth.open_ticket(f"tkt_{number}")
        bench.shop.fates.append(Fate(late=None, error=lost))
        await bench.send("Hello", ticket=f"tkt_{number}", entry_id=f"r{number}")
    bench.truth.open_ticket("tkt_4")
    bench.shop.fates.append(Fate(late=None, error=RefusedError("No.", status=422)))
    await bench.send("Hello", ticket="tkt_4", entry_id="r4")
    await bench.run_for(200)
    assert [reply.state for reply in await bench.outbox.needing_review()] == [
        "uncertain",
        "uncertain",
        "uncertain",
        "refused",
    ]
    bench.truth.reply("tkt_1", "Hello", "r1")
    bench.truth.reply("tkt_3", "Hello", "r3")

    await bench.commands.recheck_all()
    due = (await bench.row("r2")).next_check_at
    assert due is not None
    assert due <= bench.clock.now()  # which the screen calls "looking again"
    await bench.run_for(1)

    states = [await bench.state(f"r{number}") for number in (1, 2, 3, 4)]
    assert states == ["confirmed", "uncertain", "confirmed", "refused"]
    assert [bench.truth.arrived[f"r{number}"] for number in (1, 2, 3, 4)] == [1, 1, 1, 1]
