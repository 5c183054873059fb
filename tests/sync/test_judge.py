"""The judge of the long runs condemns what it must, and only that."""

from collections import Counter

from app.domain.errors import RateLimitedError, RefusedError, UnreachableError
from tests.doubles.bench import Bench
from tests.doubles.judge import judge
from tests.doubles.shop import Fate

LOST = UnreachableError("The answer broke off.")
KEPT = {"r1": "Hello"}


def faults(bench: Bench, acknowledged: dict[str, str] | None = None) -> list[str]:
    """The first words of each fault that is found."""
    found = judge(bench.path, bench.truth, KEPT if acknowledged is None else acknowledged).faults
    return [fault.partition(" [Reply(")[0] for fault in found]


async def sent(bench: Bench, *fates: Fate) -> None:
    bench.shop.fates.extend(fates)
    await bench.send("Hello")
    await bench.run_for(300)
    assert faults(bench) == []


async def test_lost_reply_is_condemned(bench: Bench) -> None:
    await sent(bench)

    assert faults(bench, {"r1": "Hello", "r2": "Gone"}) == ["P1 r2 was acknowledged and is lost"]
    assert faults(bench, {"r1": "Other words"}) == ["P1 r1 was acknowledged and is lost"]


async def test_second_send_without_a_yes_is_condemned(bench: Bench) -> None:
    await sent(bench)

    bench.truth.arrived["r1"] += 1

    assert faults(bench) == ["P2 sent 2 times"]


async def test_silent_double_is_condemned(bench: Bench) -> None:
    await sent(bench)

    bench.truth.reply("tkt_1", "Hello", "r1")

    assert faults(bench) == ["P3 2 copies and nobody was told"]


async def test_equal_replies_count_together(bench: Bench) -> None:
    late = Fate(late=100, error=RateLimitedError(30))
    bench.shop.fates.extend((late, Fate(late=200), Fate(late=None, error=LOST)))
    await bench.send("Hello")
    await bench.send("Hello", entry_id="r2")
    await bench.run_for(3000)

    assert (bench.truth.applied["r1"], bench.truth.applied["r2"]) == (2, 0)
    assert faults(bench) == []
    bench.truth.reply("tkt_1", "Hello", "r1")
    assert faults(bench) == ["P3 3 copies and nobody was told"]


async def test_false_sent_is_condemned(bench: Bench) -> None:
    await sent(bench)

    bench.truth.tickets["tkt_1"].messages.pop()

    assert faults(bench) == ["P5 false sent: no such message in the ticket"]


async def test_false_failed_is_condemned(bench: Bench) -> None:
    await sent(bench, Fate(late=None, error=RefusedError("No.", status=422)))

    bench.truth.reply("tkt_1", "Hello", "r1")

    assert faults(bench) == ["false failed: refused, but the customer has it"]


async def test_unconfirmed_that_stays_so_is_condemned(bench: Bench) -> None:
    await sent(bench, Fate(late=None, error=LOST))

    bench.truth.reply("tkt_1", "Hello", "r1")

    assert faults(bench) == ["not healed: uncertain, but the ticket shows it"]


async def test_disorder_is_condemned_unless_nobody_could_see_it(bench: Bench) -> None:
    bench.shop.fates.append(Fate(late=100))
    await bench.send("Hello")
    await bench.delivery.send_next()
    bench.truth.write("tkt_1", "seller", "Hello")
    await bench.send("Next", entry_id="r2")
    await bench.run_for(300)
    bench.shop.catch_up()

    assert bench.truth.applied_order == ["r2", "r1"]
    assert faults(bench) == []
    bench.truth.arrived = Counter({"r2": 1, "r1": 1})
    assert faults(bench) == ["P10 tkt_1: ['r2', 'r1'] left, ['r1', 'r2'] was written"]


async def test_reply_that_nobody_owns_is_condemned(bench: Bench) -> None:
    await bench.send("Hello")

    assert [fault.split()[0] for fault in faults(bench)] == ["P8"]
