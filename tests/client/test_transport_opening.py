"""Ways to the API: certificates, proxies, in process; and every failure httpx has a name for."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.client.base_url import parse_base_url
from app.client.responses import ApiResponse
from app.client.transport import ASGI, Deadlines, Event, Receive, Send, Transport, open_transport
from app.domain.clock import SystemClock
from app.domain.errors import NotSentError, SettingsError, UnreachableError
from tests.client.doubles import KEY, Line, ScriptedApi, serving, until_quiet

CERTIFICATES = Path(__file__).parent / "certificates"
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def answers(line: Line) -> None:
    await line.request()
    await line.send(EMPTY)


def opened(url: str, app: ASGI | None = None) -> Transport:
    return open_transport(url=url, api_key=KEY, clock=SystemClock(), app=app)


async def post(url: str, app: ASGI | None = None) -> ApiResponse:
    transport = opened(url, app)
    try:
        return await transport.write("POST", "/tickets/t", {"message": "Hello"}, {})
    finally:
        await transport.aclose()


@pytest.fixture
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority that signed `certificates`, made once with openssl for these tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "authority.pem"))


def tls(name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


@pytest.mark.usefixtures("_trusted")
async def test_certificate_of_a_private_authority_is_accepted_where_it_is_named() -> None:
    async with serving(answers, tls=tls("here")) as api:
        assert (await post(api.url.replace("http", "https"))).status == 200


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("elsewhere", "certificate is not valid for '127.0.0.1'"),
        ("expired", "certificate has expired"),
        ("unborn", "certificate is not yet valid"),
    ],
)
async def test_certificate_is_refused_with_the_exact_reason(name: str, reason: str) -> None:
    async with serving(answers, tls=tls(name)) as api:
        with pytest.raises(NotSentError) as caught:
            await post(api.url.replace("http", "https"))

    assert reason in str(caught.value)
    assert api.lines == []


async def test_certificate_of_an_unknown_authority_is_refused() -> None:
    async with serving(answers, tls=tls("here")) as api:
        with pytest.raises(NotSentError, match="unable to get local issuer certificate"):
            await post(api.url.replace("http", "https"))


async def test_https_to_a_plain_port_has_sent_nothing() -> None:
    async def is_puzzled(line: Line) -> None:
        await line.reader.read(100)
        await line.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(is_puzzled) as api:
        with pytest.raises(NotSentError, match="does not speak https"):
            await post(api.url.replace("http", "https"))


def test_certificates_that_cannot_be_read_are_a_setting_to_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))

    with pytest.raises(SettingsError, match="SSL_CERT_FILE names cannot be read"):
        opened("https://api.example.com")


async def test_proxy_is_used_and_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(answers) as proxy:
        monkeypatch.setenv("http_proxy", f"http://ana:secret@127.0.0.1:{proxy.port}")

        await post("http://api.example.com")

        assert proxy.lines[0].received.startswith(b"POST http://api.example.com/v1/tickets/t ")
        assert opened("http://api.example.com").proxy == f"127.0.0.1:{proxy.port}"


async def test_proxy_that_refuses_the_way_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuses(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    async with serving(refuses) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(NotSentError, match=r"The proxy 127\.0\.0\.1:\d+ does not .* 407 Proxy"):
            await post("https://api.example.com")

        assert KEY.encode() not in proxy.lines[0].received


async def test_tunnel_that_breaks_before_the_request_has_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def breaks(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async with serving(breaks) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(NotSentError):
            await post("https://api.example.com")


@pytest.mark.usefixtures("_trusted")
async def test_reply_lost_in_a_tunnel_may_have_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tunnels(line: Line) -> None:
        await line.request()
        await line.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await line.writer.start_tls(tls("elsewhere"))
        await line.request()
        line.reset()

    async with serving(tunnels) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(UnreachableError) as caught:
            await post("https://other.example.com")

    assert type(caught.value) is UnreachableError


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_proxy_that_is_not_there_is_named_and_not_the_shop(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{plug.getsockname()[1]}"
    monkeypatch.setenv(f"{scheme}_proxy", f"http://ana:secret@{proxy}")

    with pytest.raises(NotSentError) as caught:
        await opened(f"{scheme}://api.example.com").read("/tickets", within_seconds=5)

    said = str(caught.value)
    assert said.startswith(f"The proxy {proxy} is not there: nothing answers there.")
    assert "secret" not in said


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "gopher://127.0.0.1"])
def test_proxy_of_a_kind_that_cannot_be_used_is_a_setting_to_mend(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("https_proxy", proxy)

    with pytest.raises(SettingsError, match="in the environment is of a kind"):
        opened("https://api.example.com")


@pytest.mark.parametrize("key", ["", "two words", "schlüssel", "line\nbreak", "nul\0"])
def test_key_that_no_header_can_carry_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_transport(url="http://localhost", api_key=key, clock=SystemClock())

    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.com", "https://\u2603.\u0600"])
def test_address_that_no_request_can_have_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        opened(url)


async def test_app_in_this_process_is_asked_without_a_socket() -> None:
    api = ScriptedApi().then(201, {"data": {}})

    answer = await post("http://desk.example.com", api)

    assert answer.status == 201
    assert api.asked[0].path == "/v1/tickets/t"
    assert api.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("failure", [ConnectionResetError("gone"), RuntimeError("a bug")])
async def test_app_that_fails_is_a_line_that_breaks(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(scope: Event, receive: Receive, send: Send) -> None:
        raise failure

    with pytest.raises(UnreachableError) as caught:
        await post("http://localhost", fails)

    assert type(caught.value) is UnreachableError
    assert ("a bug" in caplog.text) is isinstance(failure, RuntimeError)
    assert bool(caplog.records) is isinstance(failure, RuntimeError)


async def test_key_is_in_no_log_and_no_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async with serving(answers) as api:
        transport = opened(api.url)
        await transport.write("POST", "/tickets/t", {}, {})
        await transport.aclose()

    assert "send_request_headers" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in repr(transport)


def kinds(
    base: type[httpx.TransportError] = httpx.TransportError,
) -> Iterator[type[httpx.HTTPError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


class Failing(httpx.AsyncBaseTransport):
    """Fails as told, before or after a byte has left."""

    def __init__(self, error: Exception, *, late: bool) -> None:
        self._error = error
        self._late = late

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._late:
            await request.extensions["trace"]("http11.send_request_headers.started", {})
        raise self._error


FAILURES = [
    *(kind("x") for kind in kinds()),
    httpx.StreamClosed(),
    TimeoutError(),
    OSError(),
    ssl.SSLError(),
]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
async def test_every_failure_is_one_of_ours_and_says_whether_a_byte_left(
    failure: Exception, late: bool
) -> None:
    failing = Failing(failure, late=late)
    transport = Transport(
        base_url=parse_base_url("https://api.example.com"),
        key=KEY,
        clock=SystemClock(),
        deadlines=Deadlines(),
        reads=failing,
        writes=failing,
    )

    for call in (
        transport.read("/tickets", within_seconds=1),
        transport.write("POST", "/tickets/t", {}, {}),
    ):
        with pytest.raises(UnreachableError, match=r"api\.example\.com.*\.") as caught:
            await call
        assert type(caught.value) is (UnreachableError if late else NotSentError)


async def test_call_that_is_given_up_is_not_taken_for_a_failure() -> None:
    api = ScriptedApi(hold=asyncio.Event())
    call = asyncio.create_task(post("http://localhost", api))
    await until_quiet()
    assert api.asked

    call.cancel()

    with pytest.raises(asyncio.CancelledError):
        await call
