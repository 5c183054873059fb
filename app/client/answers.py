"""What an HTTP answer means: a success, or one of our errors with a sentence for the seller."""

import math
import re
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
"""Bytes; a longer success is not searched for a failure."""

CUT_KEY = "sg_…"
"""Stands where a key stood."""

_KEYLIKE = re.compile(r"sg_[A-Za-z0-9]\w*")
_NOT_PRINTED = re.compile(
    r"[\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)


class Asked(Enum):
    """What the request was for; it decides what a refusal means."""

    LIST = "list"
    TICKET = "ticket"
    REPLY = "reply"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came.

    Units: `retry_after` in seconds, already within bounds; None when the answer names no pause.
    Shape: `redirected_to` is the host a redirect points to; after a write the `body` of a success
           may have broken off.
    """

    status: int
    body: bytes = b""
    is_web_page: bool = False
    retry_after: float | None = None
    redirected_to: str = ""


def check_read(answer: Answer, asked: Asked) -> None:
    """Return for a success whose body is worth reading.

    Errors: any ApiError but UnreachableError.
    """
    if not 200 <= answer.status < 300:
        raise _refusal(answer, asked)
    if answer.is_web_page:
        raise BadAnswerError(WEB_PAGE)
    if failure := _hidden_failure(answer):
        raise failure


def check_write(answer: Answer, asked: Asked) -> None:
    """Return when the API has accepted what was sent, whatever it wrote into the body.

    Errors: any ApiError but UnreachableError; after BadAnswerError the outcome is not known.
    """
    if not 200 <= answer.status < 300:
        raise _refusal(answer, asked)
    if _is_page(answer):
        raise BadAnswerError(WEB_PAGE)
    if failure := _hidden_failure(answer):
        raise failure
    start = _start(answer)
    # A JSON document that broke off is still the API's yes; any other text is not the API.
    if start and start not in b"{[" and _parsed(answer.body) is None:
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


def _refusal(answer: Answer, asked: Asked) -> ApiError:
    if 400 <= answer.status < 500:
        return _declined(answer, asked)
    if 300 <= answer.status < 400:
        target = f" to {_harmless(answer.redirected_to)}" if answer.redirected_to else ""
        return BadAnswerError(
            f"The address redirects{target}. This is not followed, since the key would go along: "
            "write the right address into the settings."
        )
    return BadAnswerError(f"The Tickets API has a problem of its own ({_quote(answer)}).")


def _declined(answer: Answer, asked: Asked) -> ApiError:
    status, quote = answer.status, _quote(answer)
    if status == 403 and (asked is not Asked.LIST or _is_page(answer)):
        is_page = _is_page(answer)
        return ForbiddenError(
            _FORBIDDEN[asked, is_page].format("403: a web page" if is_page else quote)
        )
    if status in {401, 403}:
        return KeyRefusedError(
            f"The Tickets API refused the key ({quote}). "
            "Check the key in the settings and that it is still valid in the shop."
        )
    if status == 429:
        return RateLimitedError(answer.retry_after or USUAL_PAUSE_SECONDS)
    if status in {404, 410} and asked is not Asked.LIST:
        return TicketNotFoundError("The Tickets API does not know this ticket (any more).")
    if status in {408, 409, 425} and asked is Asked.REPLY:
        return BadAnswerError(f"The Tickets API did not say whether it took the reply ({quote}).")
    return RefusedError(_DECLINED[asked].format(quote), status=status)


_DECLINED = {
    Asked.LIST: "The Tickets API declined the request ({}). Check its address in the settings.",
    Asked.TICKET: "The Tickets API declined the request ({}).",
    Asked.REPLY: "The Tickets API declined this reply ({}).",
    Asked.STATUS: "The Tickets API declined the new status ({}).",
}


_TRY = "links, code and unusual signs are refused most often"
_FORBIDDEN = {
    (Asked.LIST, True): (
        "Something before the shop refused the list of tickets ({}): a firewall, a proxy or a "
        "network that asks you to sign in. If that lasts, check address and key in the settings."
    ),
    (Asked.TICKET, True): (
        "Something before the shop, such as a firewall, refused this ticket ({}). "
        "If that lasts, ask who looks after the shop's firewall."
    ),
    (Asked.TICKET, False): (
        "The Tickets API refused to show this ticket ({}). The key may lack the right to read it."
    ),
    (Asked.REPLY, True): (
        "Something before the shop, such as a firewall, refused this text ({}); it is not the key, "
        f"with which the ticket could be read. Change the text ({_TRY}), "
        "or ask who looks after the shop's firewall."
    ),
    (Asked.REPLY, False): (
        "The Tickets API, or something before it, refused this reply ({}), though the ticket can "
        f"be read with the same key. Change the text ({_TRY}), "
        "or ask whether the key has the right to write."
    ),
    (Asked.STATUS, True): (
        "Something before the shop, such as a firewall, refused the new status ({}); it is not the "
        "key, with which the ticket could be read. Ask who looks after the shop's firewall."
    ),
    (Asked.STATUS, False): (
        "The Tickets API, or something before it, refused the new status ({}), though the ticket "
        "can be read with the same key. Ask whether the key has the right to write."
    ),
}
"""What a 403 to one request means, by what was asked and whether a web page came"""


def _start(answer: Answer) -> bytes:
    return answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


def _is_page(answer: Answer) -> bool:
    return answer.is_web_page or _start(answer) == b"<"


def _hidden_failure(answer: Answer) -> BadAnswerError | None:
    """A failure in the clothes of a success: `success: false`, or an error and no data."""
    found = _parsed(answer.body) if len(answer.body) <= LARGEST_COMPLAINT else None
    if not isinstance(found, dict) or found.get("data") is not None:
        return None
    if found.get("success") is not False and not found.get("error"):
        return None
    return BadAnswerError(f"The Tickets API reported a failure ({_quote(answer)}).")


def _quote(answer: Answer) -> str:
    """The status and what the API itself says, short and without anything like a key."""
    said = "a web page" if answer.is_web_page else _said(_parsed(answer.body))
    said = _harmless(said)
    return f"{answer.status}: {said}" if said else str(answer.status)


def _harmless(said: str) -> str:
    said = _KEYLIKE.sub(CUT_KEY, said)
    said = _NOT_PRINTED.sub(" ", said).strip()
    return said if len(said) <= LONGEST_QUOTE else f"{said[:LONGEST_QUOTE]}…"


def _said(found: Any, depth: int = 4) -> str:
    """The text of an error in any of the usual shapes."""
    if isinstance(found, str):
        return found
    if depth and isinstance(found, list):
        return _said(found[0], depth - 1) if found else ""
    if depth and isinstance(found, dict):
        names = ("error", "message", "detail", "msg", "errors")
        return next(filter(None, (_said(found.get(name), depth - 1) for name in names)), "")
    return ""


def _parsed(body: bytes) -> Any:
    try:
        return json_from(body)
    except ValueError:
        return None
