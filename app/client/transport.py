"""Bytes to the Tickets API and back: the only module that knows httpx."""

import asyncio
import errno
import json
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from app import __version__
from app.client.base_url import BaseUrl, host_of, parse_base_url, proxy_for, without_password
from app.client.responses import REDACTED_KEY, ApiResponse, BodyReader, http_date, pause_seconds
from app.domain.clock import Clock, Skew
from app.domain.errors import BadAnswerError, NotSentError, SettingsError, UnreachableError

Event = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
ASGI = Callable[[Event, Receive, Send], Awaitable[None]]

KEEPALIVE_SECONDS = 30.0
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
HARMLESS_STEPS = {
    "connect_tcp",
    "connect_unix_socket",
    "setup_socks5_connection",
    "start_tls",
    "retry",
    "response_closed",  # also after a tunnel that was refused; never the first step of a request
}
"""Steps of a connection in which no byte of the request leaves."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How many seconds each step, and a whole call, may take."""

    connect: float = 5.0
    write: float = 15.0
    read: float = 30.0
    whole_read: float = 20.0
    whole_write: float = 45.0


USUAL_DEADLINES = Deadlines()


class Transport:
    """Sends one request and gives back one response; follows no redirect, repeats nothing.

    `proxy` names the proxy requests go through, without its password.
    """

    def __init__(
        self,
        *,
        base_url: BaseUrl,
        key: str,
        clock: Clock,
        deadlines: Deadlines,
        reads: httpx.AsyncBaseTransport,
        writes: httpx.AsyncBaseTransport,
        proxy: str | None = None,
    ) -> None:
        self._base_url = base_url
        self._key = key
        self._clock = clock
        self.deadlines = deadlines
        self._reads = reads
        self._writes = writes
        self.proxy = proxy
        self.skew_seconds: float | None = None
        self.skew = Skew()
        """how far the server's clock was ahead of ours when it last answered, if it said so"""

    async def read(self, target: str, *, within_seconds: float) -> ApiResponse:
        """Make a GET; `target` is a path and query below the base URL.

        Raises: UnreachableError when the response did not come whole, BadAnswerError.
        """
        request = self._request("GET", target, {}, b"")
        return await self._exchange(self._reads, request, within_seconds=within_seconds)

    async def write(
        self, method: str, target: str, payload: object, headers: Mapping[str, str]
    ) -> ApiResponse:
        """Make a POST or PATCH, sent once over a connection of its own.

        Raises: NotSentError when certainly no byte left, UnreachableError, BadAnswerError; none of
            them once a success has been announced, even when its body breaks off.
        """
        headers = {"Content-Type": "application/json", "Connection": "close", **headers}
        request = self._request(method, target, headers, json.dumps(payload).encode())
        return await self._exchange(
            self._writes, request, within_seconds=self.deadlines.whole_write
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._reads.aclose()
        await self._writes.aclose()

    def _request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> httpx.Request:
        steps = self.deadlines
        timeout = httpx.Timeout(steps.read, connect=steps.connect, write=steps.write)
        return httpx.Request(
            method,
            f"{self._base_url.url}{target}",
            headers={
                "Authorization": f"Bearer {self._key}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"Ticketdesk/{__version__}",
                **headers,
            },
            content=body or None,
            extensions={"timeout": timeout.as_dict()},
        )

    async def _exchange(
        self, transport: httpx.AsyncBaseTransport, request: httpx.Request, *, within_seconds: float
    ) -> ApiResponse:
        sent = SentBytesTracker(may_have_left=isinstance(transport, httpx.ASGITransport))
        request.extensions["trace"] = sent
        reader = ResponseReader(key=self._key)
        try:
            async with asyncio.timeout(within_seconds):
                await reader.read(await transport.handle_async_request(request))
        except (TimeoutError, OSError, httpx.HTTPError, httpx.StreamError) as error:
            if not reader.status_is_enough(request.method):
                kind = UnreachableError if sent.may_have_left else NotSentError
                if self.proxy and sent.is_connect_refused:
                    raise kind(proxy_sentence(error, self.proxy, self._base_url.netloc)) from error
                raise kind(self._sentence(error, within_seconds)) from error
        except BadAnswerError:
            if not reader.status_is_enough(request.method):
                raise
        now = self._clock.now()
        if shown := reader.server_time():
            self.skew_seconds = (shown - now).total_seconds()
            self.skew.hear(shown, at=now)
        return reader.response(now)

    def _sentence(self, error: Exception, within_seconds: float) -> str:
        where = self._base_url.netloc
        if isinstance(error, httpx.ConnectTimeout):
            return f"{where} could not be reached within {self.deadlines.connect:g} s."
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return f"{where} did not answer in full within {within_seconds:g} s."
        if isinstance(error, httpx.ProxyError):
            return f"The proxy {self.proxy} does not let us through to {where}: {error!s:.80}."
        return network_sentence(error, where)


class SentBytesTracker:
    """Learns from the connection's trace whether a byte of the request may have left.

    `is_connect_refused`: nothing took the connection; behind a proxy, that proxy did not.
    """

    def __init__(self, *, may_have_left: bool) -> None:
        self.may_have_left = may_have_left
        self.is_connect_refused = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Take a step in; one that is not known to be harmless may have sent something."""
        step, _, phase = event.partition(".")[2].partition(".")
        opens_tunnel = getattr(info.get("request"), "method", b"") == b"CONNECT"
        has_begun = phase not in {"complete", "failed"}
        if has_begun and step not in HARMLESS_STEPS and not opens_tunnel:
            self.may_have_left = True
        self.is_connect_refused = step == "connect_tcp" and phase == "failed"


class ResponseReader:
    """As much of a response as has come; the key is cut out wherever the API repeats it."""

    def __init__(self, *, key: str) -> None:
        self._key = key
        self._head: httpx.Response | None = None
        self._body = BodyReader("")

    def status_is_enough(self, method: str) -> bool:
        """Whether the body does not matter: a yes to a write, a no to a read."""
        return self._head is not None and self._head.is_success == (method != "GET")

    async def read(self, head: httpx.Response) -> None:
        """Read the body to its end.

        Raises: the errors of the network, BadAnswerError when it is too large or oddly packed.
        """
        self._head = head
        try:
            self._body = BodyReader(head.headers.get("Content-Encoding", "").strip().lower())
            async for piece in head.aiter_raw():
                self._body.add(piece)
        finally:
            await head.aclose()

    def server_time(self) -> datetime | None:
        """What the server's own clock showed, aware UTC."""
        return http_date(self._head.headers.get("Date", "")) if self._head else None

    def response(self, now: datetime) -> ApiResponse:
        """What has come; a date in it is understood by the server's own clock where it shows it."""
        assert self._head is not None  # noqa: S101  # read() has run: nothing was raised before it
        headers = self._head.headers
        wait = headers.get("Retry-After")
        server_now = self.server_time() or now
        return ApiResponse(
            status=self._head.status_code,
            body=self._body.joined().replace(self._key.encode(), REDACTED_KEY.encode()),
            is_web_page="html" in headers.get("Content-Type", "").lower(),
            retry_after=None if wait is None else pause_seconds(wait, now=server_now),
            redirected_to=host_of(headers.get("Location", "")).replace(self._key, REDACTED_KEY),
        )


def open_transport(
    *,
    url: str,
    api_key: str,
    clock: Clock,
    app: ASGI | None = None,
    deadlines: Deadlines = USUAL_DEADLINES,
    connections: int = 4,
) -> Transport:
    """Connect to the API at `url`, or to `app` in this process, which then gets that address.

    Raises: SettingsError when the address, the key, the proxy or the certificates are unusable.
    """
    base_url = parse_base_url(url)
    try:
        httpx.URL(base_url.url)
    except httpx.InvalidURL:
        raise SettingsError(f"The API address names no possible host: {base_url.netloc}.") from None
    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise SettingsError("The API key is empty or holds characters that no key has.")
    proxy = None if app else proxy_for(base_url)
    reads, writes = _in_process(app) if app else _over_sockets(base_url, proxy, connections)
    return Transport(
        base_url=base_url,
        key=api_key,
        clock=clock,
        deadlines=deadlines,
        reads=reads,
        writes=writes,
        proxy=without_password(proxy) if proxy else None,
    )


def _in_process(app: ASGI) -> tuple[httpx.AsyncBaseTransport, httpx.AsyncBaseTransport]:
    """The app as a transport; when it fails that is a connection that breaks, and is logged."""

    async def guarded(scope: Event, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except ConnectionError:
            raise
        except Exception as error:
            log.exception("The embedded Tickets API failed")
            raise ConnectionError from error

    return httpx.ASGITransport(guarded), httpx.ASGITransport(guarded)


def _over_sockets(
    base_url: BaseUrl, proxy: str | None, connections: int
) -> tuple[httpx.AsyncBaseTransport, httpx.AsyncBaseTransport]:
    """Kept connections for reading; those for writing are closed by the header of each request."""
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=KEEPALIVE_SECONDS)
    try:
        needs_tls = base_url.scheme == "https" or proxy is not None
        tls = httpx.create_ssl_context() if needs_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        reads = httpx.AsyncHTTPTransport(verify=tls, proxy=proxy, limits=limits)
        writes = httpx.AsyncHTTPTransport(verify=tls, proxy=proxy, limits=limits)
    except (ImportError, ValueError, httpx.InvalidURL):
        raise SettingsError(
            f"The proxy {without_password(proxy or '')} in the environment is of a kind that "
            "cannot be used. Name an http or https proxy, or unset the variable."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"The certificates that SSL_CERT_FILE names cannot be read ({error.strerror})."
        ) from None
    return reads, writes


def network_sentence(error: BaseException, where: str) -> str:
    """What went wrong between this machine and `where`, and what to look at."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_sentence(cause, where)
        if isinstance(cause, ssl.SSLError):
            return f"{where} does not speak https as expected: check the address."
        if isinstance(cause, socket.gaierror):
            return f"The name in {where} was not found: check the address and the connection."
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing answers at {where}: is the Tickets API running there?"
        if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
            return f"There is no way to {where}: check this machine's network connection."
    return f"The connection to {where} broke before an answer came."


def proxy_sentence(error: BaseException, proxy: str, where: str) -> str:
    """Why the proxy cannot be reached, through which alone the way to `where` leads."""
    reason = "it cannot be reached"
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            reason = "its name was not found"
        elif isinstance(cause, ConnectionRefusedError):
            reason = "nothing answers there"
    return (
        f"The proxy {proxy} is not there: {reason}. So nothing reaches {where}. The proxy is named "
        "by HTTP_PROXY, HTTPS_PROXY or ALL_PROXY in the environment."
    )


def _certificate_sentence(cause: ssl.SSLCertVerificationError, where: str) -> str:
    reason = cause.verify_message.rstrip(".")
    clock = " Check this machine's clock, too." if "expired" in reason or "yet" in reason else ""
    return f"The certificate of {where} was not accepted: {reason}. Nothing was sent.{clock}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and everything that led to it, also the members of a group."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from _causes(member)
        error = error.__cause__ or error.__context__
