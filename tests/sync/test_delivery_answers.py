"""Every way a reply can be answered on the wire, and what must become of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.outbox_entry import ReviewAction
from tests.doubles.socket_bench import SocketBench
from tests.doubles.upstream import Act

CONFIRM_SECONDS = 130
PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
HTML = (("Content-Type", "text/html"),)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SocketBench]:
    built = SocketBench(tmp_path)
    built.truth.open_ticket("tkt_1")
    await built.listen()
    yield built
    await built.shut()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: the act, the state the ladder must end in, how often the customer has the text."""

    act: Act
    ends: str = "confirmed"
    copies: int = 1
    at_first: str | None = None
    reason: str = ""


NEVER = None
ROWS = {
    "accepted then closed before reading": Row(
        act=Act(late=NEVER, takes=0, cut=0), ends="uncertain", copies=0, at_first="unknown"
    ),
    "accepted then reset before reading": Row(
        act=Act(late=NEVER, takes=0, cut=0, end="reset"), ends="uncertain", copies=0
    ),
    "server stops reading in the body": Row(
        act=Act(late=NEVER, takes=0.5, cut=0, end="hang"), ends="uncertain", copies=0
    ),
    "server resets in the body": Row(
        act=Act(late=NEVER, takes=0.5, cut=0, end="reset"), ends="uncertain", copies=0
    ),
    "applied, response never comes": Row(act=Act(cut=0, end="hang"), at_first="unknown"),
    "applied, clean close": Row(act=Act(cut=0), at_first="unknown"),
    "applied, reset": Row(act=Act(cut=0, end="reset"), at_first="unknown"),
    "500 before apply": Row(
        act=Act(late=NEVER, status=500), ends="uncertain", copies=0, at_first="unknown"
    ),
    "500 after apply": Row(act=Act(status=500), at_first="unknown"),
    "502 and applied 5 s later": Row(act=Act(late=5, status=502), at_first="unknown"),
    "504 and applied 40 s later": Row(act=Act(late=40, status=504), at_first="unknown"),
    "slow-loris response": Row(act=Act(drip=0.05, status=500), at_first="unknown"),
    "201 cut by its length": Row(act=Act(framed="short"), at_first="accepted"),
    "201 cut in its chunks": Row(act=Act(framed="chunked"), at_first="accepted"),
    "500 cut by its length": Row(act=Act(framed="short", status=500), at_first="unknown"),
    "201 with cut JSON": Row(act=Act(body=b'{"data": {"id": "tk'), at_first="accepted"),
    "201 with cut JSON and no length": Row(
        act=Act(body=b'{"data": {"id": "tk', framed="none"), at_first="accepted"
    ),
    "200 with a sign-in page": Row(
        act=Act(late=NEVER, body=PAGE, headers=HTML),
        ends="uncertain",
        copies=0,
        at_first="unknown",
        reason="web page",
    ),
    "204 empty": Row(act=Act(status=204, body=b""), at_first="accepted"),
    "200 success true": Row(act=Act(body=b'{"success": true}'), at_first="accepted"),
    "200 success false": Row(
        act=Act(late=NEVER, body=b'{"success": false}'), ends="uncertain", copies=0
    ),
    **{
        f"{status} was not applied": Row(
            act=Act(late=NEVER, status=status), ends="refused", copies=0, at_first="refused"
        )
        for status in (400, 401, 403, 404, 405, 410, 413, 415, 422)
    },
    "403 of a firewall": Row(
        act=Act(late=NEVER, status=403, body=PAGE, headers=HTML),
        ends="refused",
        copies=0,
        at_first="refused",
        reason="Something before the shop, such as a firewall, refused this text",
    ),
    **{
        f"{status} leaves it open": Row(act=Act(status=status), at_first="unknown")
        for status in (408, 409, 425)
    },
    "text is trimmed": Row(act=Act(rewrite=lambda text: text.strip()), at_first="accepted"),
    "text is escaped": Row(
        act=Act(rewrite=lambda text: text.replace("&", "&amp;").replace("'", "&#39;"))
    ),
    "text is cut at 2,000": Row(
        act=Act(rewrite=lambda text: text[:2000]), ends="uncertain", copies=0, reason="much like"
    ),
}
TEXT = "  It's resent & paid.\r\n" + "Please look into your mail. " * 90 + "\n"


@pytest.mark.parametrize("name", ROWS)
async def test_reply_ends_truthfully_when(bench: SocketBench, name: str) -> None:
    row = ROWS[name]
    bench.upstream.writes.append(row.act)
    await bench.send(TEXT)

    await bench.delivery.send_next()
    if row.at_first:
        assert await bench.state() == row.at_first
    await bench.run_for(CONFIRM_SECONDS)

    reply = await bench.row()
    assert reply.state == row.ends
    assert row.reason in (reply.reason or "")
    shown = [text for text in bench.truth.texts("tkt_1") if text.split() == TEXT.split()]
    escaped = [text for text in bench.truth.texts("tkt_1") if "&#39;" in text]
    assert len(shown) + len(escaped) == row.copies
    assert len(bench.upstream.posts()) == 1


async def test_text_that_a_firewall_refuses_holds_back_no_other(bench: SocketBench) -> None:
    bench.truth.open_ticket("tkt_2")
    bench.upstream.writes.append(Act(late=NEVER, status=403, body=PAGE, headers=HTML))
    await bench.send("<script>")
    await bench.send("Hello", ticket="tkt_2", entry_id="r2")

    await bench.run_for(3)

    assert (await bench.state("r1"), await bench.state("r2")) == ("refused", "confirmed")
    assert bench.delivery.stall is None


async def test_reply_applied_after_the_last_delay_heals(
    bench: SocketBench,
) -> None:
    bench.upstream.writes.append(Act(late=222, status=504))
    await bench.send("Hello")

    await bench.run_for(200)
    assert await bench.state() == "uncertain"
    await bench.run_for(200)

    assert await bench.state() == "confirmed"
    assert len(bench.upstream.posts()) == 1


async def test_person_resends_after_an_error_before_apply(bench: SocketBench) -> None:
    bench.upstream.writes.append(Act(late=NEVER, status=500))
    await bench.send("Hello")
    await bench.run_for(CONFIRM_SECONDS)

    await bench.commands.review("r1", ReviewAction.RESEND)
    await bench.run_for(CONFIRM_SECONDS)

    assert await bench.state() == "confirmed"
    assert bench.truth.texts("tkt_1") == ["Hello"]


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30), (None, 60), ("1e12", 3600), ("-5", 60)]
)
async def test_pause_is_kept_as_long_as_it_was_asked_for(
    bench: SocketBench, header: str | None, seconds: int
) -> None:
    headers = (("Retry-After", header),) if header else ()
    bench.upstream.writes.append(Act(late=NEVER, status=429, headers=headers))
    await bench.send("Hello")

    await bench.run_for(seconds - 1)
    asked_in_the_pause = len(bench.upstream.asked)
    await bench.run_for(20)

    assert asked_in_the_pause == 2
    assert await bench.state() == "confirmed"
    assert bench.truth.texts("tkt_1") == ["Hello"]


AN_HOUR = (("Retry-After", "3600"),)


async def test_pause_of_a_shop_that_is_well_again_holds_no_reply_for_longer_than_a_minute(
    bench: SocketBench,
) -> None:
    bench.truth.open_ticket("tkt_2")
    bench.upstream.writes.append(Act(late=NEVER, status=503, headers=AN_HOUR))
    await bench.send("One")
    await bench.send("Two", ticket="tkt_2", entry_id="r2")

    await bench.run_for(30)
    assert await bench.state("r2") == "queued"
    assert bench.delivery.stall
    assert bench.delivery.stall.next_try_at
    await bench.run_for(60)

    assert await bench.state("r2") == "confirmed"
    assert bench.truth.texts("tkt_2") == ["Two"]


async def test_pause_after_a_reply_is_obeyed_though_reads_are_well_until_somebody_tries(
    bench: SocketBench,
) -> None:
    bench.upstream.writes.append(Act(late=NEVER, status=429, headers=AN_HOUR))
    await bench.send("One")
    await bench.run_for(600)
    assert (await bench.state(), len(bench.upstream.posts())) == ("refused", 1)

    bench.tickets.scheduler.probe_now()
    await bench.commands.refresh_now()
    await bench.run_for(5)

    assert await bench.state() == "confirmed"
    assert len(bench.upstream.posts()) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirect_is_never_followed(bench: SocketBench, tmp_path: Path, status: int) -> None:
    (tmp_path / "other").mkdir()
    other = SocketBench(tmp_path / "other")
    await other.listen()
    target = (("Location", f"{other.upstream.url}/tickets/tkt_1"),)
    bench.upstream.writes.append(Act(late=NEVER, status=status, headers=target))
    await bench.send("Hello")

    await bench.run_for(CONFIRM_SECONDS)

    row = await bench.row()
    assert row.state == "uncertain"
    assert "redirects" in (row.reason or "")
    assert other.upstream.asked == []
    await other.shut()


async def test_every_reply_has_a_connection_of_its_own_and_carries_its_id(
    bench: SocketBench,
) -> None:
    for name in ("r1", "r2", "r3"):
        await bench.send(f"Hello {name}", entry_id=name)
    await bench.run_for(CONFIRM_SECONDS)

    posts = bench.upstream.posts()
    assert len({asked.connection for asked in posts}) == 3
    assert {asked.headers["connection"] for asked in posts} == {"close"}
    assert [asked.headers["idempotency-key"] for asked in posts] == ["r1", "r2", "r3"]


async def test_nothing_is_written_before_the_outbox_says_inflight(bench: SocketBench) -> None:
    states: list[str] = []
    bench.upstream.at["connect"] = lambda _: states.append(bench.state_on_disk())
    await bench.send("Hello")
    await bench.run_for(0)

    assert states == ["queued", "inflight"]
