"""A wall link lets one display in, to the wall alone: what it shows, how long, and its state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS = timedelta(days=90)
SILENT_AFTER = timedelta(seconds=60)
"""a display that was in use and has not been heard of for so long is called silent"""


class WallView(StrEnum):
    """Which of the waiting tickets a wall shows."""

    WAITING = "waiting"
    NEVER_ANSWERED = "never-answered"
    CUSTOMER_REPLIED = "customer-replied"


class Masking(StrEnum):
    """How much of a ticket a wall shows."""

    MASKED = "masked"
    """subject, product and address without whatever leads to a person or an order"""
    NUMBERS = "numbers"
    """how many wait and how long, and no word of any ticket"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLink:
    """What one display may show."""

    link_id: str
    name: str
    view: WallView
    masking: Masking
    created_by: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None
    """None until a display has used it"""
    revoked_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it lets nobody in any more."""
        return self.revoked_at is not None or now >= self.expires_at
