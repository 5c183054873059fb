"""The counter as the screens receive it: ask, order, and be told what changed."""

from dataclasses import dataclass

from app.desk.commands import Commands
from app.desk.queries import Queries
from app.domain.signals import Changes, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a screen of one shop needs."""

    queries: Queries
    commands: Commands
    changes: Signal[Changes]
