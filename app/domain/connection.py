"""State of the connection to the Tickets API, and of the desk itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConnectionStatus(StrEnum):
    """How current the copy is, and whether the desk works.

    `stale` when reads fail or lag, `offline` without an answer, `fault` when the desk itself
    fails.
    """

    LIVE = "live"
    STALE = "stale"
    OFFLINE = "offline"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What the last reads of the list say about the API.

    Shape: `problem` is a sentence for the seller or None; `unreadable` counts the rows of the
           last full scan that carried no usable id, `lacking` the tickets that the API counts and
           does not give; `next_try` is when the API is asked again, if that is not at once.
    """

    status: ConnectionStatus
    problem: str | None = None
    unreadable: int = 0
    lacking: int = 0
    next_try: datetime | None = None
