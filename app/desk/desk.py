"""The counter as the screens receive it: ask, order, and be told what changed."""

from dataclasses import dataclass, replace

from app.desk.commands import Commands
from app.desk.queries import Queries
from app.domain.accounts import User
from app.domain.signals import Changes, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a screen of one shop needs."""

    queries: Queries
    commands: Commands
    changes: Signal[Changes]

    def of(self, user: User | None) -> "Desk":
        """The desk as this user has it; None is the one seller of a desk without users."""
        return replace(self, commands=self.commands.by(user))
