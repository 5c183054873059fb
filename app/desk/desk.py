"""The counter as the screens receive it: ask, order, and be told what changed."""

from dataclasses import dataclass, field, replace

from app.desk.activity import ActivityLog
from app.desk.claims import Claims
from app.desk.commands import Commands
from app.desk.presence import Presence
from app.desk.private_notes import PrivateNotes
from app.desk.queries import Queries
from app.desk.sign_ins import SignIns
from app.desk.users import Users
from app.desk.walls import Walls
from app.domain.accounts import Right, SignInSession
from app.domain.signals import Changes, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Who may come in, who is in, and what was done."""

    users: Users
    sign_ins: SignIns
    walls: Walls
    activity: ActivityLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a screen of one shop needs."""

    queries: Queries
    commands: Commands
    changes: Signal[Changes]
    presence: Presence = field(default_factory=Presence)

    claims: Claims | None = None
    """who has which ticket; None where there is nobody to tell apart, as in tests"""

    private_notes: PrivateNotes | None = None
    """None where nobody writes any, as in tests"""

    doors: Doors | None = None
    """who may come in; None where nobody has to ask, as in tests"""
    session: SignInSession | None = None
    """in which somebody looks at the desk; None is the one seller before there are users"""

    def of(self, session: SignInSession | None) -> "Desk":
        """The desk as whoever has signed in has it."""
        return replace(
            self,
            session=session,
            commands=self.commands.by(session),
            queries=self.queries.by(session),
            private_notes=self.private_notes and self.private_notes.by(session),
        )

    def may(self, right: Right) -> bool:
        """Whether whoever looks at it may do this."""
        return self.session is None or self.session.user.may(right)
