"""What a connection tells: whether a byte may have left, and the reason in words."""

import errno
import socket
import ssl
from types import SimpleNamespace

import pytest

from app.client.transport import HARMLESS_STEPS, SentBytesTracker, network_sentence

WHERE = "api.example.com"


async def may_have_left(event: str, method: bytes = b"POST") -> bool:
    sent = SentBytesTracker(may_have_left=False)
    await sent(event, {"request": SimpleNamespace(method=method)})
    return sent.may_have_left


@pytest.mark.parametrize("step", sorted(HARMLESS_STEPS))
async def test_connecting_sends_no_byte(step: str) -> None:
    assert not await may_have_left(f"connection.{step}.started")


@pytest.mark.parametrize(
    "event",
    [
        "http11.send_request_headers.started",
        "http11.send_request_body.started",
        "http2.send_connection_init.started",
        "a_step_of_a_later_version",
        "",
    ],
)
async def test_any_other_step_may_have_sent_a_byte(event: str) -> None:
    assert await may_have_left(event)


async def test_opening_a_tunnel_sends_no_byte() -> None:
    assert not await may_have_left("http11.send_request_headers.started", b"CONNECT")


def refused_certificate(reason: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_message = reason
    return error


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (socket.gaierror(-2, "unknown"), "The name in api.example.com was not found"),
        (ConnectionRefusedError(), "Nothing answers at api.example.com"),
        (OSError(errno.ENETUNREACH, "x"), "There is no way to api.example.com"),
        (ConnectionResetError(), "broke before an answer came"),
        (refused_certificate("certificate has expired"), "certificate has expired. Nothing was"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "does not speak https"),
    ],
)
def test_reason_is_found_deep_in_the_chain(cause: Exception, sentence: str) -> None:
    group = ExceptionGroup("all attempts failed", [ValueError("of no interest"), cause])
    middle = RuntimeError("middle")
    middle.__cause__ = group
    outer = ValueError("outer")
    outer.__context__ = middle

    assert sentence in network_sentence(outer, WHERE)


@pytest.mark.parametrize(
    ("reason", "is_about_time"),
    [
        ("certificate has expired", True),
        ("certificate is not yet valid", True),
        ("Hostname mismatch, certificate is not valid for 'localhost'.", False),
    ],
)
def test_clock_is_mentioned_only_when_time_is_the_reason(reason: str, is_about_time: bool) -> None:
    assert ("clock" in network_sentence(refused_certificate(reason), WHERE)) is is_about_time
