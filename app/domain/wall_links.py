"""A wall link lets one display in, to the wall alone: what it shows, how long, and its state."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from app.domain.errors import WallLinkError

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


class WallSize(StrEnum):
    """From how far a wall is read, which says how many tickets stand on a page."""

    NEAR = "near"
    FAR = "far"


class WallPanel(StrEnum):
    """What stands between the numbers of a wall and its foot."""

    OLDEST = "oldest"
    """the tickets that wait longest, on as many pages as they need"""
    PRODUCTS = "products"
    """how many wait for each product"""
    AGES = "ages"
    """how many wait how long"""
    TREND = "trend"
    """what was opened and closed on each of the last days"""


Night = tuple[int, int]
"""from which hour to which the wall is dim, in the room's zone"""

DWELLS = (12, 600)
MOST_HOURS = 999

NOT_THRESHOLDS = (
    f"Amber comes before red: choose whole hours, 1 to {MOST_HOURS}, the first below the second."
)
NOT_DWELL = f"A page of the wall stays for {DWELLS[0]} to {DWELLS[1]} seconds."
NOT_ROTATION = f"A wall shows one or more of {', '.join(WallPanel)}, each once."
NOT_PRODUCTS = "A wall of numbers alone names no product: leave the products out, or show words."
NOT_NIGHT = "The night of a wall is written as two hours, such as 22-6, or left empty."


@dataclass(frozen=True, slots=True, kw_only=True)
class WallBoard:
    """What one display shows, and how. Raises: WallLinkError."""

    view: WallView = WallView.WAITING
    masking: Masking = Masking.MASKED
    size: WallSize = WallSize.NEAR
    amber_hours: int = 4
    """from so long a wait on a ticket is amber, from `red_hours` on red"""
    red_hours: int = 24
    dwell_seconds: int = 12
    """so long each page stays"""
    night: Night | None = None
    rotation: tuple[WallPanel, ...] = (WallPanel.OLDEST,)
    """the panels that take turns; each of their pages stays for `dwell_seconds`"""

    def __post_init__(self) -> None:
        if not 0 < self.amber_hours < self.red_hours <= MOST_HOURS:
            raise WallLinkError(NOT_THRESHOLDS)
        if not DWELLS[0] <= self.dwell_seconds <= DWELLS[1]:
            raise WallLinkError(NOT_DWELL)
        if self.night and (self.night[0] == self.night[1] or not all(h < 24 for h in self.night)):
            raise WallLinkError(NOT_NIGHT)
        if not self.rotation or len({*self.rotation}) < len(self.rotation):
            raise WallLinkError(NOT_ROTATION)
        if self.masking is Masking.NUMBERS and WallPanel.PRODUCTS in self.rotation:
            raise WallLinkError(NOT_PRODUCTS)

    def is_night(self, hour: int) -> bool:
        """Whether the wall is dim in this hour of the room's day."""
        if self.night is None:
            return False
        begins, ends = self.night
        return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


USUAL = WallBoard()
"""what a display shows for which nobody has chosen anything"""


def wall_board(
    *,
    view: str = "waiting",
    masking: str = "masked",
    size: str = "near",
    amber: str = "4",
    red: str = "24",
    dwell: str = "12",
    night: str = "",
    rotation: str = "oldest",
) -> WallBoard:
    """What somebody has chosen, in the words of a form or of the command line.

    Raises: WallLinkError, also for a view, a masking or a size that there is not.
    """
    return WallBoard(
        view=_chosen(WallView, view),
        masking=_chosen(Masking, masking),
        size=_chosen(WallSize, size),
        amber_hours=_whole(amber, NOT_THRESHOLDS),
        red_hours=_whole(red, NOT_THRESHOLDS),
        dwell_seconds=_whole(dwell, NOT_DWELL),
        night=night_of(night),
        rotation=rotation_of(rotation),
    )


def rotation_of(text: str) -> tuple[WallPanel, ...]:
    """The panels of a rotation as `oldest,trend`."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    return tuple(_chosen(WallPanel, word) for word in words)


def rotation_words(rotation: tuple[WallPanel, ...]) -> str:
    """The same as text."""
    return ",".join(rotation)


def night_of(text: str) -> Night | None:
    """The hours of a night as `22-6`, None for no text."""
    if not text.strip():
        return None
    hours = re.fullmatch(r"([0-9]{1,2}) ?- ?([0-9]{1,2})", text.strip())
    if hours is None:
        raise WallLinkError(NOT_NIGHT)
    return int(hours[1]), int(hours[2])


def night_words(night: Night | None) -> str:
    """The same as text."""
    return f"{night[0]}-{night[1]}" if night else ""


def _whole(text: str, sentence: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text.strip()):
        raise WallLinkError(sentence)
    return int(text)


_Choice = TypeVar("_Choice", bound=StrEnum)


def _chosen(choices: type[_Choice], word: str) -> _Choice:
    try:
        return choices(word)
    except ValueError:
        raise WallLinkError(f"A wall knows no “{word}”. It knows: {', '.join(choices)}.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLink:
    """What one display may show."""

    link_id: str
    name: str
    board: WallBoard
    created_by: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None
    """None until a display has used it"""
    revoked_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it lets nobody in any more."""
        return self.revoked_at is not None or now >= self.expires_at
