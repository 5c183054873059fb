"""What proxies say of the browser behind them, believed of those that were named, of nobody else.

Whoever sends a request can write these headers too: what a named proxy did not add itself is read
from the right, where its own entries stand, and never further than the first hop nobody named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import zip_longest

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.pages.sign_in import PROXY_USER

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_PAIR = re.compile(r'\b(for|proto|host)=(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Whom a proxy was asked by, and under which name; "" is unsaid."""

    address: str = ""
    scheme: str = ""
    host: str = ""


class ForwardedHeaders:
    """ASGI middleware before everything else: puts the browser in the place of a named proxy.

    No proxy is trusted unless it is named, also none on this machine: other programs run there.
    """

    def __init__(
        self, app: ASGIApp, *, trusted: Sequence[Network] = (), user_header: str | None = None
    ) -> None:
        self.app = app
        self._user_header = user_header or ""
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without these headers, which nobody further in may read."""
        if scope["type"] != "lifespan":
            said = Headers(scope=scope) if self._trusts(_peer(scope)) else Headers()
            hops = _hops(said)
            own = self._user_header.encode()
            headers = [
                pair for pair in scope["headers"] if not _is_forwarded(pair[0]) and pair[0] != own
            ]
            scope = {
                **scope,
                "headers": headers,
                PROXY_USER: _one(said.getlist(self._user_header)),
            }
            if hops:
                self._put(scope, hops)
        await self.app(scope, receive, send)

    def _put(self, scope: Scope, hops: Sequence[Hop]) -> None:
        """Write the hop that stands before the named proxies into the scope."""
        client, said = _peer(scope), hops[-1]
        for hop in reversed(hops):
            if (address := _address(hop.address)) is None:
                break
            client, said = address, hop
            if not self._trusts(address):
                break
        scope["client"] = (str(client), 0)
        scheme, host = said.scheme or hops[-1].scheme, said.host or hops[-1].host
        if scheme.lower() in {"http", "https"}:
            plain = "ws" if scope["type"] == "websocket" else "http"
            scope["scheme"] = plain + "s" * (scheme.lower() == "https")
        if host:
            scope["headers"] = [
                *(pair for pair in scope["headers"] if pair[0] != b"host"),
                (b"host", host.encode("latin-1")),
            ]

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def _one(values: Sequence[str]) -> str:
    """The user a proxy names; nobody where two are named, one of whom somebody else wrote."""
    return values[0].strip() if len(values) == 1 else ""


def _peer(scope: Scope) -> Address | None:
    return _address(scope["client"][0]) if scope.get("client") else None


def _hops(headers: Headers) -> list[Hop]:
    """The hops as the headers tell them, the nearest last; none where two accounts differ.

    A proxy that writes one kind of header passes the other kind on as the browser wrote it.
    """
    older, newer = _x_forwarded(headers), _forwarded(headers)
    if older and newer:
        agree = [hop.address for hop in older] == [hop.address for hop in newer]
        return older if agree else []
    return older or newer


def _x_forwarded(headers: Headers) -> list[Hop]:
    names = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
    addresses, schemes, hosts = (_values(headers, name) for name in names)
    told = zip_longest(*(reversed(values) for values in (addresses, schemes, hosts)), fillvalue="")
    hops = [Hop(address=address, scheme=scheme, host=host) for address, scheme, host in told]
    return hops[::-1]


def _forwarded(headers: Headers) -> list[Hop]:
    hops = []
    for element in _values(headers, "forwarded"):
        pairs = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(element)}
        hops.append(
            Hop(
                address=pairs.get("for", ""),
                scheme=pairs.get("proto", ""),
                host=pairs.get("host", ""),
            )
        )
    return hops


def _values(headers: Headers, name: str) -> list[str]:
    return [value.strip() for line in headers.getlist(name) for value in line.split(",")]


def _address(text: str) -> Address | None:
    """An address as proxies write it: with a port, in brackets, or neither; None for a word."""
    bare = text.partition("]")[0].removeprefix("[")
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return (found.version == 6 and found.ipv4_mapped) or found


def _is_forwarded(name: bytes) -> bool:
    return name == b"forwarded" or name.startswith(b"x-forwarded-")
