"""What an HTTP response means: a success, or one of our errors with a sentence for the seller."""

import math
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any

from app.client.wire import NOT_UNDERSTOOD, WEB_PAGE, json_from
from app.domain.errors import (
    ApiError,
    BadAnswerError,
    ForbiddenError,
    KeyRefusedError,
    RateLimitedError,
    RefusedError,
    TicketNotFoundError,
)

LONGEST_PAUSE_SECONDS = 3600.0
USUAL_PAUSE_SECONDS = 60.0
LONGEST_QUOTE = 200
LARGEST_COMPLAINT = 10_000
"""bytes; a longer success is not searched for a failure"""

LARGEST_BODY = 8_000_000
"""bytes, of what came over the wire as well as of what it unpacks to"""

REDACTED_KEY = "sg_…"
"""stands where a key stood"""

_KEYLIKE = re.compile(r"sg_[A-Za-z0-9]\w*")
_NOT_PRINTED = re.compile(
    r"[\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)


class Operation(Enum):
    """What the request was for; it decides what a refusal means."""

    LIST = "list"
    TICKET = "ticket"
    REPLY = "reply"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """A response as it came; after a write the `body` of a success may have broken off.

    `retry_after` is in seconds, already within bounds; `redirected_to` is the host a redirect
    points to.
    """

    status: int
    body: bytes = b""
    is_web_page: bool = False
    retry_after: float | None = None
    redirected_to: str = ""


def check_read(response: ApiResponse, operation: Operation) -> None:
    """Return for a success whose body is worth reading.

    Raises: any ApiError but UnreachableError.
    """
    if not 200 <= response.status < 300:
        raise _refusal(response, operation)
    if response.is_web_page:
        raise BadAnswerError(WEB_PAGE)
    if failure := _hidden_failure(response):
        raise failure


def check_write(response: ApiResponse, operation: Operation) -> None:
    """Return when the API has accepted what was sent, whatever it wrote into the body.

    Raises: any ApiError but UnreachableError; after BadAnswerError the outcome is not known.
    """
    if not 200 <= response.status < 300:
        raise _refusal(response, operation)
    if _is_page(response):
        raise BadAnswerError(WEB_PAGE)
    if failure := _hidden_failure(response):
        raise failure
    start = _start(response)
    # A JSON document that broke off is still the API's yes; any other text is not the API.
    if start and start not in b"{[" and _json_in(response.body) is None:
        raise BadAnswerError(f"{NOT_UNDERSTOOD}: it is not JSON.")


def pause_seconds(header: str, *, now: datetime) -> float:
    """How long a Retry-After header asks to wait: seconds or an HTTP date, within bounds."""
    try:
        seconds = float(header)
    except ValueError:
        at = http_date(header)
        seconds = max((at - now).total_seconds(), 0.0) if at else math.nan
    if math.isnan(seconds) or seconds < 0:
        return USUAL_PAUSE_SECONDS
    return min(max(seconds, 1.0), LONGEST_PAUSE_SECONDS)


def http_date(header: str) -> datetime | None:
    """A time as HTTP headers write it, aware UTC."""
    try:
        at = parsedate_to_datetime(header)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _refusal(response: ApiResponse, operation: Operation) -> ApiError:
    if 400 <= response.status < 500:
        return _declined(response, operation)
    if 300 <= response.status < 400:
        target = f" to {_quotable(response.redirected_to)}" if response.redirected_to else ""
        return BadAnswerError(
            f"The address redirects{target}. This is not followed, since the key would go along: "
            "write the right address into the settings."
        )
    return BadAnswerError(f"The Tickets API has a problem of its own ({_quote(response)}).")


def _declined(response: ApiResponse, operation: Operation) -> ApiError:
    status, quote = response.status, _quote(response)
    if status == 403 and (operation is not Operation.LIST or _is_page(response)):
        is_page = _is_page(response)
        return ForbiddenError(
            _FORBIDDEN[operation, is_page].format("403: a web page" if is_page else quote)
        )
    if status in {401, 403}:
        return KeyRefusedError(
            f"The Tickets API refused the key ({quote}). "
            "Check the key in the settings and that it is still valid in the shop."
        )
    if status == 429:
        return RateLimitedError(response.retry_after or USUAL_PAUSE_SECONDS)
    if status in {404, 410} and operation is not Operation.LIST:
        return TicketNotFoundError("The Tickets API does not know this ticket (any more).")
    if status in {408, 409, 425} and operation is Operation.REPLY:
        return BadAnswerError(f"The Tickets API did not say whether it took the reply ({quote}).")
    return RefusedError(_DECLINED[operation].format(quote), status=status)


_DECLINED = {
    Operation.LIST: "The Tickets API declined the request ({}). Check its address in the settings.",
    Operation.TICKET: "The Tickets API declined the request ({}).",
    Operation.REPLY: "The Tickets API declined this reply ({}).",
    Operation.STATUS: "The Tickets API declined the new status ({}).",
}


_TRY = "links, code and unusual signs are refused most often"
_FORBIDDEN = {
    (Operation.LIST, True): (
        "Something before the shop refused the list of tickets ({}): a firewall, a proxy or a "
        "network that asks you to sign in. If that lasts, check address and key in the settings."
    ),
    (Operation.TICKET, True): (
        "Something before the shop, such as a firewall, refused this ticket ({}). "
        "If that lasts, ask who looks after the shop's firewall."
    ),
    (Operation.TICKET, False): (
        "The Tickets API refused to show this ticket ({}). The key may lack the right to read it."
    ),
    (Operation.REPLY, True): (
        "Something before the shop, such as a firewall, refused this text ({}); it is not the key, "
        f"with which the ticket could be read. Change the text ({_TRY}), "
        "or ask who looks after the shop's firewall."
    ),
    (Operation.REPLY, False): (
        "The Tickets API, or something before it, refused this reply ({}), though the ticket can "
        f"be read with the same key. Change the text ({_TRY}), "
        "or ask whether the key has the right to write."
    ),
    (Operation.STATUS, True): (
        "Something before the shop, such as a firewall, refused the new status ({}); it is not the "
        "key, with which the ticket could be read. Ask who looks after the shop's firewall."
    ),
    (Operation.STATUS, False): (
        "The Tickets API, or something before it, refused the new status ({}), though the ticket "
        "can be read with the same key. Ask whether the key has the right to write."
    ),
}
"""What a 403 to one request means, by what was asked and whether a web page came"""


def _start(response: ApiResponse) -> bytes:
    return response.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


def _is_page(response: ApiResponse) -> bool:
    return response.is_web_page or _start(response) == b"<"


def _hidden_failure(response: ApiResponse) -> BadAnswerError | None:
    """A failure in the clothes of a success: `success: false`, or an error and no data."""
    found = _json_in(response.body) if len(response.body) <= LARGEST_COMPLAINT else None
    if not isinstance(found, dict) or found.get("data") is not None:
        return None
    if found.get("success") is not False and not found.get("error"):
        return None
    return BadAnswerError(f"The Tickets API reported a failure ({_quote(response)}).")


def _quote(response: ApiResponse) -> str:
    """The status and what the API itself says, short and without anything like a key."""
    text = "a web page" if response.is_web_page else _complaint_in(_json_in(response.body))
    text = _quotable(text)
    return f"{response.status}: {text}" if text else str(response.status)


def _quotable(text: str) -> str:
    text = _KEYLIKE.sub(REDACTED_KEY, text)
    text = _NOT_PRINTED.sub(" ", text).strip()
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def _complaint_in(found: Any, depth: int = 4) -> str:
    """The text of an error in any of the usual shapes."""
    if isinstance(found, str):
        return found
    if depth and isinstance(found, list):
        return _complaint_in(found[0], depth - 1) if found else ""
    if depth and isinstance(found, dict):
        names = ("error", "message", "detail", "msg", "errors")
        return next(filter(None, (_complaint_in(found.get(name), depth - 1) for name in names)), "")
    return ""


def _json_in(body: bytes) -> Any:
    try:
        return json_from(body)
    except ValueError:
        return None


class BodyReader:
    """Collects a body, unpacked piece by piece and never larger than allowed.

    Args:
        encoding: the Content-Encoding it came with.
    Raises: BadAnswerError as soon as it is too large or cannot be unpacked.
    """

    def __init__(self, encoding: str, *, largest: int = LARGEST_BODY) -> None:
        self._unpack = _unpacker(encoding)
        self._largest = largest
        self._room = largest
        self._arrived = 0
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """Take the next piece as it came over the wire."""
        self._arrived += len(piece)
        try:
            # One byte more than fits is enough to know; the rest is never unpacked.
            unpacked = self._unpack(piece, self._room + 1)
        except zlib.error:
            raise BadAnswerError("The answer of the Tickets API is damaged.") from None
        self._room -= len(unpacked)
        if self._room < 0 or self._arrived > self._largest:
            raise BadAnswerError(
                "The answer of the Tickets API is too large "
                f"(more than {self._largest / 1_000_000:.0f} MB) and was not read."
            )
        self._pieces.append(unpacked)

    def joined(self) -> bytes:
        """All of it, unpacked."""
        return b"".join(self._pieces)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    if encoding in {"", "identity"}:
        return lambda piece, _: piece
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress
    raise BadAnswerError(
        "The Tickets API packs its answers in a way that was not asked for. "
        "Is there a proxy in between?"
    )
