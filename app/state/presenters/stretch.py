"""Which messages of a long conversation are drawn: a stretch that moves, and does not only grow."""

from dataclasses import dataclass

from components.data import MESSAGES_A_STEP

MOST = 200
"""drawn at once; those farther away are let go"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The messages from `first` up to `end`, by their places; None is as far as the newest goes."""

    first: int | None = None
    end: int | None = None

    def places(self, total: int) -> tuple[int, int]:
        """Where it begins and ends among so many messages."""
        end = total if self.end is None else min(self.end, total)
        first = end - MESSAGES_A_STEP if self.first is None else self.first
        return max(0, min(first, end)), end

    def around(self, place: int, total: int) -> "Stretch":
        """With this message in it: the same where it is, else one with it in the middle."""
        first, end = self.places(total)
        if first <= place < end:
            return self
        end = min(total, place + MESSAGES_A_STEP // 2)
        return Stretch(max(0, end - MESSAGES_A_STEP), None if end == total else end)

    def moved(self, where: str, total: int) -> "Stretch":
        """After `earlier`, `later`, `beginning` or `end`; the same after anything else."""
        first, end = self.places(total)
        match where:
            case "earlier":
                first = max(0, first - MESSAGES_A_STEP)
                return Stretch(first, self.end if end - first <= MOST else first + MOST)
            case "later":
                end = min(total, end + MESSAGES_A_STEP)
                return Stretch(max(first, end - MOST), None if end == total else end)
            case "beginning":
                return Stretch(0, None if total <= MESSAGES_A_STEP else MESSAGES_A_STEP)
            case "end":
                return Stretch()
        return self
