"""What is printed: a row for each promise, what it is measured against, and whether it holds."""

import sys
from dataclasses import dataclass

from tests.load._browser import Times, middle, p95


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One promise: what was measured, what against, and the bound on the ratio or the number."""

    what: str
    measured: float
    floor: float | None = None
    most: float
    unit: str = "ms"
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many floors it takes; without a floor the number itself."""
        return self.measured / self.floor if self.floor else self.measured

    @property
    def holds(self) -> bool:
        """Whether it is within its bound."""
        return self.ratio <= self.most

    def __str__(self) -> str:
        if self.floor is None:
            bound, against = f"{self.most:,g} {self.unit}", ""
        else:
            bound, against = f"{self.most:g} x", f"{self.floor:,.1f}"
        ratio = f"{self.ratio:.2f}" if self.floor else ""
        cells = (
            self.what,
            f"{self.measured:,.1f} {self.unit}",
            against,
            ratio,
            bound,
            "yes" if self.holds else "**no**",
            self.note,
        )
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| what | measured | floor | ratio | at most | holds | how |\n|---|---:|---:|---:|---:|---|---|"
)


def say(line: object) -> None:
    """Print it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def against_floor(what: str, times: Times, most: float = 2.0, *, slowest: bool = False) -> Line:
    """The median against the floor's; `slowest` takes the 95th of 100 instead."""
    pick, other = (p95, middle) if slowest else (middle, p95)
    return Line(
        what=what,
        measured=pick(times.desk),
        floor=pick(times.floor),
        most=most,
        note=f"{'p95' if slowest else 'median'} of {len(times.desk)}; "
        f"{'median' if slowest else 'p95'} {other(times.desk):,.0f} : {other(times.floor):,.0f}",
    )
