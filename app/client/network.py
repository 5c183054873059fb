"""What a connection tells: whether the request has left, and why no answer came."""

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping

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


class Departure:
    """Learns from the connection's trace whether a byte of the request may have left.

    Shape: `is_unanswered` says that nothing took the connection, where a proxy stands that proxy.
    """

    def __init__(self, *, happened: bool) -> None:
        self.happened = happened
        self.is_unanswered = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Note a step; one that is not known to be harmless counts as a departure."""
        step, _, phase = event.partition(".")[2].partition(".")
        opens_tunnel = getattr(info.get("request"), "method", b"") == b"CONNECT"
        has_begun = phase not in {"complete", "failed"}
        if has_begun and step not in HARMLESS_STEPS and not opens_tunnel:
            self.happened = True
        self.is_unanswered = step == "connect_tcp" and phase == "failed"


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
