"""Bytes to the Tickets API and back: the only module that knows httpx."""

import asyncio
import json
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from app import __version__
from app.client.address import Address, host_of, proxy_for, read_address, without_password
from app.client.answers import CUT_KEY, Answer, http_date, pause_seconds
from app.client.bodies import Body
from app.client.network import Departure, network_sentence, proxy_sentence
from app.domain.clock import Clock, Skew
from app.domain.errors import (
    BadAnswerError,
    NotSentError,
    SettingsError,
    UnreachableError,
)

Event = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
ASGI = Callable[[Event, Receive, Send], Awaitable[None]]

KEPT_SECONDS = 30.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long each step, and a whole call, may take. Units: seconds."""

    connect: float = 5.0
    write: float = 15.0
    read: float = 30.0
    whole_read: float = 20.0
    whole_write: float = 45.0


USUAL_DEADLINES = Deadlines()


class Transport:
    """Sends one request and gives back one answer; never follows, never repeats, never waits on.

    `proxy` names the proxy requests go through, without its password.
    """

    def __init__(
        self,
        *,
        address: Address,
        key: str,
        clock: Clock,
        deadlines: Deadlines,
        reads: httpx.AsyncBaseTransport,
        writes: httpx.AsyncBaseTransport,
        proxy: str | None = None,
    ) -> None:
        self._address = address
        self._key = key
        self._clock = clock
        self.deadlines = deadlines
        self._reads = reads
        self._writes = writes
        self.proxy = proxy
        self.skew_seconds: float | None = None
        self.skew = Skew()
        """how far the server's clock was ahead of ours when it last answered, if it said so"""

    async def read(self, target: str, *, within_seconds: float) -> Answer:
        """Answer of a GET. `target` is a path and query below the base address.

        Errors: UnreachableError when the answer did not come whole, BadAnswerError.
        """
        request = self._request("GET", target, {}, b"")
        return await self._exchange(self._reads, request, within_seconds=within_seconds)

    async def write(
        self, method: str, target: str, payload: object, headers: Mapping[str, str]
    ) -> Answer:
        """Answer of a POST or PATCH, sent once over a connection of its own.

        Errors: NotSentError when certainly no byte left, UnreachableError, BadAnswerError; none of
                them once a success has been announced, even when its body breaks off.
        """
        return await self._exchange(
            self._writes,
            self._request(
                method,
                target,
                {"Content-Type": "application/json", "Connection": "close", **headers},
                json.dumps(payload).encode(),
            ),
            within_seconds=self.deadlines.whole_write,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._reads.aclose()
        await self._writes.aclose()

    def _request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> httpx.Request:
        steps = self.deadlines
        return httpx.Request(
            method,
            f"{self._address.base}{target}",
            headers={
                "Authorization": f"Bearer {self._key}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"Ticketdesk/{__version__}",
                **headers,
            },
            content=body or None,
            extensions={
                "timeout": httpx.Timeout(
                    steps.read, connect=steps.connect, write=steps.write
                ).as_dict()
            },
        )

    async def _exchange(
        self, transport: httpx.AsyncBaseTransport, request: httpx.Request, *, within_seconds: float
    ) -> Answer:
        departure = Departure(happened=isinstance(transport, httpx.ASGITransport))
        request.extensions["trace"] = departure
        arrival = Arrival(unmentionable=self._key)
        try:
            async with asyncio.timeout(within_seconds):
                await arrival.take(await transport.handle_async_request(request))
        except (TimeoutError, OSError, httpx.HTTPError, httpx.StreamError) as error:
            if not arrival.status_is_enough(request.method):
                kind = UnreachableError if departure.happened else NotSentError
                if self.proxy and departure.is_unanswered:
                    raise kind(proxy_sentence(error, self.proxy, self._address.where)) from error
                raise kind(self._sentence(error, within_seconds)) from error
        except BadAnswerError:
            if not arrival.status_is_enough(request.method):
                raise
        now = self._clock.now()
        if said := arrival.server_time():
            self.skew_seconds = (said - now).total_seconds()
            self.skew.hear(said, at=now)
        return arrival.answer(now)

    def _sentence(self, error: Exception, within_seconds: float) -> str:
        where = self._address.where
        if isinstance(error, httpx.ConnectTimeout):
            return f"{where} could not be reached within {self.deadlines.connect:g} s."
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            return f"{where} did not answer in full within {within_seconds:g} s."
        if isinstance(error, httpx.ProxyError):
            return f"The proxy {self.proxy} does not let us through to {where}: {error!s:.80}."
        return network_sentence(error, where)


class Arrival:
    """As much of an answer as has come; the key is cut out wherever the API repeats it."""

    def __init__(self, *, unmentionable: str) -> None:
        self._key = unmentionable
        self._head: httpx.Response | None = None
        self._body = Body("")

    def status_is_enough(self, method: str) -> bool:
        """Whether the body does not matter: a yes to a write, a no to a read."""
        return self._head is not None and self._head.is_success == (method != "GET")

    async def take(self, head: httpx.Response) -> None:
        """Read the body to its end.

        Errors: those of the network, BadAnswerError when it is too large or oddly packed.
        """
        self._head = head
        try:
            self._body = Body(head.headers.get("Content-Encoding", "").strip().lower())
            async for piece in head.aiter_raw():
                self._body.add(piece)
        finally:
            await head.aclose()

    def server_time(self) -> datetime | None:
        """What the server's own clock showed, aware UTC."""
        return http_date(self._head.headers.get("Date", "")) if self._head else None

    def answer(self, now: datetime) -> Answer:
        """What has come; a date in it is understood by the server's own clock where it shows it."""
        assert self._head is not None  # noqa: S101  # take() has run: nothing was raised before it
        headers = self._head.headers
        wait = headers.get("Retry-After")
        server_now = self.server_time() or now
        return Answer(
            status=self._head.status_code,
            body=self._body.joined().replace(self._key.encode(), CUT_KEY.encode()),
            is_web_page="html" in headers.get("Content-Type", "").lower(),
            retry_after=None if wait is None else pause_seconds(wait, now=server_now),
            redirected_to=host_of(headers.get("Location", "")).replace(self._key, CUT_KEY),
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

    Errors: SettingsError when the address, the key, the proxy or the certificates are unusable.
    """
    address = _checked(read_address(url))
    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise SettingsError("The API key is empty or holds characters that no key has.")
    proxy = None if app else proxy_for(address)
    if app:
        reads = writes = _in_process(app)
    else:
        reads, writes = _over_sockets(address, proxy, connections)
    return Transport(
        address=address,
        key=api_key,
        clock=clock,
        deadlines=deadlines,
        reads=reads,
        writes=writes,
        proxy=without_password(proxy) if proxy else None,
    )


def _checked(address: Address) -> Address:
    try:
        httpx.URL(address.base)
    except httpx.InvalidURL:
        raise SettingsError(f"The API address names no possible host: {address.where}.") from None
    return address


def _in_process(app: ASGI) -> httpx.AsyncBaseTransport:
    """The app as a transport; when it fails that is a connection that breaks, and is logged."""

    async def guarded(scope: Event, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except ConnectionError:
            raise
        except Exception as error:
            log.exception("The embedded Tickets API failed")
            raise ConnectionError from error

    return httpx.ASGITransport(guarded)


def _over_sockets(
    address: Address, proxy: str | None, connections: int
) -> tuple[httpx.AsyncBaseTransport, httpx.AsyncBaseTransport]:
    """Kept connections for reading; those for writing are closed by the header of each request."""
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=KEPT_SECONDS)
    try:
        needs_tls = address.scheme == "https" or proxy is not None
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
