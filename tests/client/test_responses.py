"""What a status and a body mean: our errors, their sentences, and what they must not quote."""

import gzip
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.responses import (
    ApiResponse,
    BodyReader,
    Operation,
    check_read,
    check_write,
    pause_seconds,
)
from app.domain.errors import (
    ApiError,
    BadAnswerError,
    ForbiddenError,
    KeyRefusedError,
    RateLimitedError,
    RefusedError,
    TicketNotFoundError,
)

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def refusal(status: int, asked: Operation, body: bytes = b"") -> ApiError:
    with pytest.raises(ApiError) as caught:
        check_write(ApiResponse(status=status, body=body), asked)
    return caught.value


@pytest.mark.parametrize(
    ("statuses", "asked", "kind"),
    [
        ({401}, set(Operation), KeyRefusedError),
        ({403}, {Operation.LIST}, KeyRefusedError),
        ({403}, set(Operation) - {Operation.LIST}, ForbiddenError),
        ({429}, set(Operation), RateLimitedError),
        ({404, 410}, set(Operation) - {Operation.LIST}, TicketNotFoundError),
        ({404, 410}, {Operation.LIST}, RefusedError),
        ({400, 405, 413, 415, 418, 422, 451}, set(Operation), RefusedError),
        ({408, 409, 425}, {Operation.REPLY}, BadAnswerError),
        ({408, 409, 425}, set(Operation) - {Operation.REPLY}, RefusedError),
        ({300, 301, 302, 303, 307, 308, 500, 502, 503, 504, 599}, set(Operation), BadAnswerError),
    ],
)
def test_status_decides_the_error(statuses: set[int], asked: set[Operation], kind: type) -> None:
    assert {type(refusal(status, what)) for status in statuses for what in asked} == {kind}


PAGE = b"<html><title>Blocked</title></html>"


@pytest.mark.parametrize("asked", list(Operation))
@pytest.mark.parametrize("body", [PAGE, b"\xef\xbb\xbf  " + PAGE])
def test_page_that_forbids_one_request_is_not_told_as_the_key(
    asked: Operation, body: bytes
) -> None:
    refused = refusal(403, asked, body)

    assert isinstance(refused, ForbiddenError)
    assert str(refused).startswith("Something before the shop")
    assert "(403: a web page)" in str(refused)


def test_text_that_was_forbidden_says_what_to_try() -> None:
    page, said = (
        refusal(403, Operation.REPLY, PAGE),
        refusal(403, Operation.REPLY, b'{"error": "No"}'),
    )

    assert "refused this text" in str(page)
    assert "refused this reply (403: No), though the ticket can be read" in str(said)
    assert "Change the text (links, code" in str(page)
    assert "Change the text (links, code" in str(said)


def test_refusal_keeps_its_status() -> None:
    refused = refusal(422, Operation.REPLY, b'{"message": "Too short."}')

    assert isinstance(refused, RefusedError)
    assert refused.status == 422
    assert str(refused) == "The Tickets API declined this reply (422: Too short.)."


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": "x", "message": "No luck"}}',
        b'{"error": "No luck"}',
        b'{"message": "No luck", "errors": ["other"]}',
        b'{"errors": ["No luck", "more"]}',
        b'{"errors": [{"message": "No luck"}]}',
        b'{"detail": [{"msg": "No luck"}]}',
        b'{"error": true, "message": "No luck"}',
        b'"No\\n luck"',
    ],
)
def test_error_text_is_found_in_any_usual_shape(body: bytes) -> None:
    assert "(500: No luck)" in str(refusal(500, Operation.LIST, body))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 90_000, b'{"error": {"a": []}}', b"\xff"])
def test_error_without_text_still_is_a_sentence(body: bytes) -> None:
    sentence = "The Tickets API has a problem of its own (500)."

    assert str(refusal(500, Operation.LIST, body)) == sentence


def test_error_text_is_cut_and_never_holds_a_key_or_a_line_break() -> None:
    body = b'{"error": "bad key sg_live_abc123\\r\\n\\u0000\\ud83d' + b"x" * 5000 + b'"}'

    said = str(refusal(401, Operation.REPLY, body))

    assert "bad key sg_… x" in said
    assert len(said) < 400
    said.encode()


def test_quote_holds_no_sign_that_acts() -> None:
    body = b'{"error": "no \\u202eevil \\u001b[2J \\u009b31m \\u2066x \\u200f \\ufeff"}'

    said = str(refusal(422, Operation.REPLY, body))

    assert "no evil [2J 31m x" in said
    assert said.isprintable()


def test_redirect_names_the_host_it_does_not_follow() -> None:
    answer = ApiResponse(status=307, redirected_to="elsewhere.example.com")

    with pytest.raises(BadAnswerError, match=r"redirects to elsewhere\.example\.com\. This is not"):
        check_write(answer, Operation.REPLY)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" \n", b'{"data": {}}', b'{"success": true, "id": "x"}', b"[]", b"true", b'"ok"'),
        *(b'{"data": {"id": "tk', b'[{"id"', b'{"data": {"error": "x"}, "error": null}'),
    ],
)
def test_write_is_accepted_whatever_json_the_success_holds(status: int, body: bytes) -> None:
    check_write(ApiResponse(status=status, body=body), Operation.REPLY)


@pytest.mark.parametrize(
    "body",
    [
        *(b"<!doctype html>", b"\xef\xbb\xbf <html>", b"OK", b'{"success": false}'),
        *(b'{"error": "quota"}', b'{"error": {"message": "x"}, "data": null}'),
    ],
)
def test_write_is_not_accepted_by_something_else_than_the_api(body: bytes) -> None:
    with pytest.raises(BadAnswerError):
        check_write(ApiResponse(status=200, body=body), Operation.REPLY)


def test_write_is_not_accepted_by_a_page_that_calls_itself_one() -> None:
    with pytest.raises(BadAnswerError, match="web page"):
        check_write(ApiResponse(status=200, body=b"", is_web_page=True), Operation.REPLY)


def test_read_of_a_failure_in_the_clothes_of_a_success_is_an_error() -> None:
    answer = ApiResponse(status=200, body=b'{"success": false, "message": "No store"}')

    with pytest.raises(BadAnswerError, match=r"reported a failure \(200: No store\)"):
        check_read(answer, Operation.LIST)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0.5", 1),
        ("0", 1),
        ("1000000000", 3600),
        ("inf", 3600),
        ("-5", 60),
        ("nan", 60),
        ("", 60),
        ("soon", 60),
        ("Thu, 01 Jan 2026 12:02:00 GMT", 120),
        ("Thu, 01 Jan 2026 12:02:00", 120),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 1),
        ("Fri, 01 Jan 2077 12:00:00 GMT", 3600),
    ],
)
def test_pause_is_read_from_seconds_or_a_date_within_bounds(header: str, seconds: float) -> None:
    assert pause_seconds(header, now=NOW) == seconds


@given(st.text())
def test_pause_is_within_bounds_for_any_header(header: str) -> None:
    assert 1 <= pause_seconds(header, now=NOW) <= 3600


@given(st.integers(200, 599), st.binary(), st.sampled_from(Operation))
def test_any_answer_is_a_success_or_one_of_our_sentences(
    status: int, body: bytes, asked: Operation
) -> None:
    for check in (check_read, check_write):
        try:
            check(ApiResponse(status=status, body=body), asked)
        except ApiError as error:
            said = str(error)
        else:
            said = "." if 200 <= status < 300 else ""
        assert said.endswith((".", "?"))


def bomb() -> bytes:
    """A hundred megabytes of nothing in a hundred kilobytes."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()


def body(encoding: str, *pieces: bytes, largest: int = 1000) -> bytes:
    taken = BodyReader(encoding, largest=largest)
    for piece in pieces:
        taken.add(piece)
    return taken.joined()


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_plain_body_is_joined(encoding: str) -> None:
    assert body(encoding, b"ab", b"", b"c") == b"abc"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
def test_packed_body_is_unpacked_however_it_is_cut(encoding: str) -> None:
    pack = zlib.compress if encoding == "deflate" else gzip.compress
    packed = pack(b"hello" * 100)

    assert body(encoding, *(packed[i : i + 1] for i in range(len(packed)))) == b"hello" * 100


def test_body_may_fill_the_bound_and_not_a_byte_more() -> None:
    assert len(body("gzip", gzip.compress(b"x" * 1000))) == 1000
    with pytest.raises(BadAnswerError, match="too large"):
        body("gzip", gzip.compress(b"x" * 1001))
    with pytest.raises(BadAnswerError, match="too large"):
        body("", b"x" * 500, b"x" * 501)


def test_body_that_unpacks_to_nothing_for_ever_is_cut() -> None:
    empty = gzip.compress(b"")

    with pytest.raises(BadAnswerError, match="too large"):
        body("gzip", *[empty] * 60)


def test_bomb_is_never_unpacked() -> None:
    packed = bomb()
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswerError, match="too large"):
            body("gzip", packed, largest=8_000_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 32_000_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_packing_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadAnswerError, match="a way that was not asked for"):
        BodyReader(encoding)


def test_damaged_packing_is_a_sentence() -> None:
    with pytest.raises(BadAnswerError, match="damaged"):
        body("gzip", b"this is not gzip")
