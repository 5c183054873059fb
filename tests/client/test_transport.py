"""Bytes over real sockets: what each fault becomes, and that nothing is said twice or elsewhere."""

import asyncio
import gzip
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.client.responses import ApiResponse
from app.client.transport import Deadlines, open_transport
from app.domain.clock import SystemClock
from app.domain.errors import BadAnswerError, NotSentError, UnreachableError
from tests.client.doubles import KEY, Line, Talk, serving

SHORT = Deadlines(connect=0.5, write=0.5, read=0.5, whole_read=0.4, whole_write=0.6)
CERTIFICATES = Path(__file__).parent / "certificates"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def fetch(url: str) -> ApiResponse:
    transport = open_transport(url=url, api_key=KEY, clock=SystemClock(), deadlines=SHORT)
    try:
        return await transport.read("/tickets", within_seconds=SHORT.whole_read)
    finally:
        await transport.aclose()


async def post(url: str, text: str = "Hello") -> ApiResponse:
    transport = open_transport(url=url, api_key=KEY, clock=SystemClock(), deadlines=SHORT)
    try:
        return await transport.write("POST", "/tickets/t", {"message": text}, {"X-Test": "1"})
    finally:
        await transport.aclose()


def saying(*pieces: bytes, pause: float = 0.0) -> Talk:
    """Read the request, say the pieces, hang up."""

    async def talk(line: Line) -> None:
        await line.request()
        for piece in pieces:
            await line.send(piece)
            await asyncio.sleep(pause)

    return talk


async def hangs_up_unread(line: Line) -> None:
    line.reset()


async def hangs_up(line: Line) -> None:
    await line.request()


async def resets_after_half(line: Line) -> None:
    line.received += await line.reader.read(100)
    line.reset()


async def says_nothing(line: Line) -> None:
    await line.request()
    await asyncio.sleep(60)


async def stops_reading(line: Line) -> None:
    await asyncio.sleep(60)


async def drips(line: Line) -> None:
    await line.request()
    await line.send(b"HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\n")
    while True:
        await line.send(b"x")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "fault",
    [
        hangs_up_unread,
        hangs_up,
        resets_after_half,
        says_nothing,
        drips,
        saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
        saying(b"HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\n{"),
        saying(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
        saying(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 100, pause=0.05),
        saying(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000),
    ],
)
async def test_reply_whose_line_breaks_may_have_arrived(fault: Talk) -> None:
    async with serving(fault) as api:
        with pytest.raises(UnreachableError) as caught:
            await post(api.url)

        assert type(caught.value) is UnreachableError
        assert len(api.lines) == 1


async def test_reply_that_is_not_read_to_its_end_may_have_arrived() -> None:
    async with serving(stops_reading) as api:
        with pytest.raises(UnreachableError, match="did not answer in full within") as caught:
            await post(api.url, "x" * 40_000_000)

    assert type(caught.value) is UnreachableError


async def test_refused_connection_has_sent_nothing() -> None:
    async with serving(hangs_up) as api:
        pass

    with pytest.raises(NotSentError, match=r"Nothing answers at 127\.0\.0\.1:\d+"):
        await post(api.url)


async def test_unknown_name_has_sent_nothing() -> None:
    with pytest.raises(NotSentError, match=r"nowhere\.invalid"):
        await post("http://nowhere.invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 100\r\n\r\n{",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        b'Content-Length: 3\r\n\r\n{"d',
        b'\r\n{"data": {',
        b"Content-Length: 4\r\nContent-Encoding: gzip\r\n\r\n{}{}",
        b"Content-Length: 2\r\nContent-Encoding: br\r\n\r\n{}",
    ],
)
async def test_success_of_a_reply_stands_whatever_becomes_of_its_body(body: bytes) -> None:
    async with serving(saying(CREATED + body)) as api:
        answer = await post(api.url)

    assert answer.status == 201


async def test_success_of_a_reply_stands_when_the_body_never_ends() -> None:
    async def talk(line: Line) -> None:
        await line.request()
        await line.send(CREATED, b"\r\n{")
        await asyncio.sleep(60)

    async with serving(talk) as api:
        answer = await post(api.url)

    assert answer.status == 201


async def test_read_that_breaks_off_is_no_answer() -> None:
    async with serving(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")) as api:
        with pytest.raises(UnreachableError, match="broke before"):
            await fetch(api.url)


async def test_slow_read_ends_at_its_deadline() -> None:
    async with serving(saying(*[b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 99], pause=0.05)) as api:
        with pytest.raises(UnreachableError, match=r"in full within 0\.4 s"):
            await fetch(api.url)


async def test_refusal_to_read_stands_whatever_becomes_of_its_body() -> None:
    async with serving(saying(b"HTTP/1.1 401 No\r\nContent-Length: 10\r\n\r\n{}")) as api:
        assert (await fetch(api.url)).status == 401


async def test_endless_body_is_cut() -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    async def talk(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await line.send(piece)

    async with serving(talk) as api:
        transport = open_transport(url=api.url, api_key=KEY, clock=SystemClock())
        with pytest.raises(BadAnswerError, match="too large"):
            await transport.read("/tickets", within_seconds=10)
        await transport.aclose()


async def test_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"data": []}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: GZip\r\nContent-Length: {len(packed)}\r\n\r\n"

    async with serving(saying(head.encode() + packed)) as api:
        assert (await fetch(api.url)).body == b'{"data": []}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed_and_nothing_reaches_its_target(status: int) -> None:
    async with serving(saying(EMPTY)) as elsewhere:
        head = (
            f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}/x\r\nContent-Length: 0\r\n\r\n"
        )
        async with serving(saying(head.encode())) as api:
            answers = [await post(api.url), await fetch(api.url)]

        assert {answer.redirected_to for answer in answers} == {f"127.0.0.1:{elsewhere.port}"}
        assert elsewhere.lines == []


async def test_each_write_has_a_connection_of_its_own_and_reads_share_one() -> None:
    async def talk(line: Line) -> None:
        while True:
            await line.request()
            await line.send(EMPTY)

    async with serving(talk) as api:
        transport = open_transport(url=api.url, api_key=KEY, clock=SystemClock())
        for _ in range(3):
            await transport.read("/tickets", within_seconds=5)
        for _ in range(3):
            await transport.write("PATCH", "/tickets/t", {}, {})
        await transport.aclose()

        methods = [re.findall(rb"(GET|PATCH) ", line.received) for line in api.lines]
        assert methods == [[b"GET"] * 3, [b"PATCH"], [b"PATCH"], [b"PATCH"]]


async def test_request_says_what_it_must_and_not_more() -> None:
    async with serving(saying(EMPTY)) as api:
        await post(api.url, "Olá \ud83d")

        head, _, body = api.lines[0].received.decode().partition("\r\n\r\n")
        said = dict(line.split(": ", 1) for line in head.lower().split("\r\n")[1:])
        assert head.startswith("POST /v1/tickets/t HTTP/1.1\r\n")
        assert body == '{"message": "Ol\\u00e1 \\ud83d"}'
        assert re.fullmatch(r"ticketdesk/[\d.]+", said.pop("user-agent"))
        assert said == {
            "host": f"127.0.0.1:{api.port}",
            "authorization": f"bearer {KEY}",
            "accept": "application/json",
            "accept-encoding": "gzip",
            "content-type": "application/json",
            "connection": "close",
            "content-length": str(len(body)),
            "x-test": "1",
        }


async def test_key_is_cut_out_of_whatever_the_api_repeats() -> None:
    body = f'{{"error": "bad key {KEY}"}}'.encode()
    head = f"HTTP/1.1 401 No\r\nLocation: https://{KEY}.example.com\r\n\r\n".encode()

    async with serving(saying(head + body)) as api:
        assert KEY not in repr(await fetch(api.url))


async def test_date_to_wait_for_is_read_by_the_clock_of_the_server() -> None:
    dates = b"Date: Thu, 01 Jan 2004 12:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2004 12:02:00 GMT\r\n"

    async with serving(saying(b"HTTP/1.1 429 Slow\r\n" + dates + b"\r\n")) as api:
        assert (await fetch(api.url)).retry_after == 120


async def test_clock_of_the_shop_is_learned_from_what_it_dates() -> None:
    answer = b"HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    ahead = format_datetime(datetime.now(UTC) + timedelta(hours=24), usegmt=True)

    async with serving(saying(answer % ahead.encode())) as api:
        transport = open_transport(url=api.url, api_key=KEY, clock=SystemClock())
        for _ in range(3):
            await transport.read("/tickets", within_seconds=5)
        await transport.aclose()

    assert abs(transport.skew.value - timedelta(hours=24)) < timedelta(seconds=60)
