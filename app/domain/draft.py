"""What a seller has typed and not sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text left in a reply box; `number` is its own for ever, whatever becomes of the text."""

    number: int
    text: str
