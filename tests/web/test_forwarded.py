"""What proxies say of the browser behind them: believed of those that were named alone."""

from ipaddress import ip_network

import pytest
from starlette.types import Receive, Scope, Send

from app.web.forwarded import ForwardedHeaders

TRUSTED = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("2001:db8::/64")]
Lines = list[tuple[str, str]]


async def seen(peer: str, *lines: tuple[str, str], kind: str = "http") -> Scope:
    """The scope as the application behind gets it."""
    met: list[Scope] = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        met.append(scope)

    async def nothing(*_: object) -> None: ...

    written = [(b"host", b"inside:8080"), *((n.lower().encode(), v.encode()) for n, v in lines)]
    scope = {"type": kind, "scheme": "http", "client": (peer, 5000), "headers": written}
    await ForwardedHeaders(inside, trusted=TRUSTED)(scope, nothing, nothing)  # type: ignore[arg-type]
    return met[0]


def address(scope: Scope) -> str:
    return str(scope["client"][0])


def host(scope: Scope) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == b"host"]


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        ([("X-Forwarded-For", "192.0.2.7")], "192.0.2.7"),
        ([("X-Forwarded-For", "192.0.2.7:4711")], "192.0.2.7"),
        ([("X-Forwarded-For", "192.0.2.9, 192.0.2.7")], "192.0.2.7"),
        ([("X-Forwarded-For", "192.0.2.9"), ("X-Forwarded-For", "192.0.2.7")], "192.0.2.7"),
        ([("X-Forwarded-For", "192.0.2.9, 192.0.2.7, 10.1.2.3")], "192.0.2.7"),
        ([("X-Forwarded-For", "10.1.2.3, 10.1.2.4")], "10.1.2.3"),
        ([("X-Forwarded-For", "192.0.2.9, unknown")], "127.0.0.1"),
        ([("X-Forwarded-For", "192.0.2.9, unknown, 10.1.2.3")], "10.1.2.3"),
        ([("X-Forwarded-For", "<script>")], "127.0.0.1"),
        ([("X-Forwarded-For", "")], "127.0.0.1"),
        ([("X-Forwarded-For", "::ffff:192.0.2.7")], "192.0.2.7"),
        ([("Forwarded", "for=192.0.2.7;proto=https")], "192.0.2.7"),
        ([("Forwarded", 'for=192.0.2.9, For="[2001:db8:1::7]:4711"')], "2001:db8:1::7"),
        ([("Forwarded", "for=_hidden")], "127.0.0.1"),
        ([], "127.0.0.1"),
    ],
)
async def test_browser_is_the_rightmost_hop_that_nobody_named(lines: Lines, client: str) -> None:
    assert address(await seen("127.0.0.1", *lines)) == client


async def test_two_accounts_that_differ_are_not_believed() -> None:
    """nginx adds the older header and passes the newer one on as the browser wrote it."""
    older, newer = ("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.66;host=evil")

    assert address(await seen("127.0.0.1", older, newer)) == "127.0.0.1"
    agreeing = await seen("127.0.0.1", older, ("Forwarded", "for=192.0.2.7"))
    assert address(agreeing) == "192.0.2.7"


FORGED = (
    ("X-Forwarded-For", "192.0.2.66"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Prefix", "/evil"),
)


@pytest.mark.parametrize("peer", ["192.0.2.1", "127.0.0.2", "::1", "testclient"])
async def test_forged_headers_of_a_stranger_are_dropped(peer: str) -> None:
    """Other programs of this machine are strangers too, unless they are named."""
    scope = await seen(peer, *FORGED)

    assert (address(scope), scope["scheme"]) == (peer, "http")
    assert scope["headers"] == [(b"host", b"inside:8080")]


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
async def test_scheme_and_host_are_taken_from_a_named_proxy(kind: str, scheme: str) -> None:
    scope = await seen("10.0.0.1", *FORGED, kind=kind)

    assert (address(scope), scope["scheme"]) == ("192.0.2.66", scheme)
    assert host(scope) == [b"evil.example"]
    assert not any(name.startswith(b"x-forwarded") for name, _ in scope["headers"])


async def test_scheme_is_the_one_the_browser_came_by_when_two_proxies_stand_in_a_row() -> None:
    chain = ("X-Forwarded-For", "192.0.2.7, 10.1.2.3")

    scope = await seen("10.0.0.1", chain, ("X-Forwarded-Proto", "https, http"))

    assert (address(scope), scope["scheme"]) == ("192.0.2.7", "https")
    one = await seen("10.0.0.1", chain, ("X-Forwarded-Proto", "https"))
    assert one["scheme"] == "https"
