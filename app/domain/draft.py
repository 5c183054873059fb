"""What a seller has typed and not sent."""

from dataclasses import dataclass

LONGEST = 100_000
"""Characters; a longer text does not go over the line between browser and desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text left in a reply box; `number` is its own for ever, whatever becomes of the text."""

    number: int
    text: str
