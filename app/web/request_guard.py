"""Checks `Host`, `Origin` and `Sec-Fetch-Site` of every request and sets the security headers."""

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from app.pages.sign_in import OURS

READING = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGES = frozenset({"same-origin", "none"})

# The screen's templates are compiled in the browser and its start is an inline script: without
# 'unsafe-eval' and 'unsafe-inline' the page stays blank. So this stops framing, foreign hosts and
# trackers, not injected scripts: that customers' text is only ever text must hold by itself.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

USUAL_PORTS = {"http": 80, "https": 443}

WALLS = frozenset({"/kiosk", "/kiosk/plain"})

FOREIGN_HOST = "Ticketdesk does not answer under this host name."
FOREIGN_PAGE = "Ticketdesk does not answer to other pages."
UNKNOWN_PAGE = (
    "Your browser does not say which page sends this, so Ticketdesk does nothing. "
    "Allow it to send the header Origin, or use a newer one."
)


@dataclass(frozen=True, slots=True)
class AllowedNames:
    """The exact `Host` and `Origin` values that are let in."""

    hosts: frozenset[str]
    origins: frozenset[str]
    framed_by: str | None = None
    """the origin whose pages may show the wall, and nothing else, in a frame"""
    elsewhere: str | None = None
    """the scheme of origins, where the desk listens to more than this machine itself: then the
    address that a connection has come to is allowed too, which no other name can lead to"""

    def allows_host(self, host: str, scope: Scope) -> bool:
        """Whether this is a name of the desk."""
        return host.lower() in self.hosts or host in self._own(scope)

    def allows_origin(self, origin: str, scope: Scope) -> bool:
        """Whether this page is one of the desk's."""
        own = (f"{self.elsewhere}://{host}" for host in self._own(scope))
        return origin in self.origins or origin in own

    def _own(self, scope: Scope) -> tuple[str, ...]:
        if self.elsewhere is None or not scope.get("server"):
            return ()
        (address, port), usual = scope["server"], USUAL_PORTS[self.elsewhere]
        ip = ip_address(address.partition("%")[0])
        ip = (ip.version == 6 and ip.ipv4_mapped) or ip
        host = f"[{ip}]" if ip.version == 6 else str(ip)
        return (f"{host}:{port}", host) if port == usual else (f"{host}:{port}",)


def allowed_names(
    port: int,
    *,
    scheme: str = "http",
    public_url: str | None = None,
    framed_by: str | None = None,
    elsewhere: bool = False,
) -> AllowedNames:
    """The names of this machine at `port`, and the public address where a proxy stands in front.

    Args:
        elsewhere: whether the desk listens to more than this machine itself.
    """
    names = ["127.0.0.1", "localhost", "[::1]"]
    if elsewhere and (own := socket.gethostname().lower()):
        names += [own, f"{own}.local"]
    usual = USUAL_PORTS[scheme]
    hosts = {f"{name}:{port}" for name in names} | (set(names) if port == usual else set())
    origins = {f"{scheme}://{host}" for host in hosts}
    if public_url:
        public = urlsplit(public_url.lower())
        hosts.add(public.netloc)
        origins.add(f"{public.scheme}://{public.netloc}")
    return AllowedNames(
        frozenset(hosts), frozenset(origins), framed_by, scheme if elsewhere else None
    )


class RequestGuard:
    """ASGI middleware before everything else, the WebSocket included."""

    def __init__(self, app: ASGIApp, *, allowed: AllowedNames) -> None:
        self.app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it with one sentence."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            framed_by = self._allowed.framed_by if _is_wall(scope) else None
            await self.app(scope, receive, _with_headers(send, framed_by=framed_by))
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, refusal)(scope, receive, send)
        else:
            await PlainTextResponse(refusal + "\n", 403)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._allowed.allows_host(hosts[0], scope):
            return FOREIGN_HOST
        if not all(self._allowed.allows_origin(origin, scope) for origin in origins):
            return FOREIGN_PAGE
        if scope["type"] == "websocket":
            return None if origins else FOREIGN_PAGE
        if scope["method"] in READING:
            return None
        sites = headers.getlist("sec-fetch-site")
        if not set(sites) <= OWN_PAGES:
            return FOREIGN_PAGE
        # Every browser says one of the two; what is no browser has no cookie of ours.
        is_let_in = any(OURS in cookie for cookie in headers.getlist("cookie"))
        return UNKNOWN_PAGE if is_let_in and not (sites or origins) else None


def _is_wall(scope: Scope) -> bool:
    """The wall is read-only: whoever frames it can make nobody press anything."""
    return scope["path"] in WALLS


def _with_headers(send: Send, *, framed_by: str | None = None) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if framed_by:
                policy = CONTENT_SECURITY_POLICY.replace(
                    "ancestors 'none'", f"ancestors {framed_by}"
                )
                headers["Content-Security-Policy"] = policy
        await send(message)

    return send_with_headers
