"""State of the connection to the Tickets API, and of the desk itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConnectionStatus(StrEnum):
    """How current the mirror is, and whether the desk works.

    `stale` when reads fail or lag, `offline` without an answer, `fault` when the desk itself
    fails.
    """

    LIVE = "live"
    STALE = "stale"
    OFFLINE = "offline"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What the last reads of the list say about the API."""

    status: ConnectionStatus
    problem: str | None = None
    """a sentence for the seller"""
    unreadable: int = 0
    """rows of the last full scan that carried no usable id"""
    lacking: int = 0
    """tickets that the API counts and does not give"""
    next_try: datetime | None = None
    """when the API is asked again, if that is not at once"""
