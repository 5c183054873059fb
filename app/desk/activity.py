"""Who did what: written down behind the back of whoever did it, so that no click waits for it."""

import logging

from app.domain.accounts import SignInSession
from app.domain.clock import Clock
from app.domain.errors import DeskError
from app.domain.tasks import TaskSet
from app.store.accounts.accounts import Accounts, Activity

FORGET_SECONDS = 3600.0

log = logging.getLogger(__name__)


class ActivityLog:
    """Notes what is done at the desk; sign-ins and changes of users are noted where they happen.

    `run` it until cancelled: what is older than it is kept goes then.
    """

    def __init__(self, accounts: Accounts, *, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._writing = TaskSet()

    def note(self, session: SignInSession | None, what: str, *ticket_ids: str) -> None:
        """Somebody did this with these tickets; None is the one seller before there are users."""
        who = session.user.name if session else ""
        address = session.address if session else ""
        at = self._clock.now()
        done = [
            Activity(at=at, who=who, what=what, ticket_id=ticket_id, address=address)
            for ticket_id in ticket_ids
        ]
        if done:
            self._writing.start(self._write(*done))

    async def find(
        self, *, who: str = "", what: str = "", ticket_id: str = "", limit: int = -1
    ) -> tuple[Activity, ...]:
        """What was done in the last 90 days, the newest first; `limit` -1 is all of it."""
        await self._writing.finish()
        return await self._accounts.activities(who=who, what=what, ticket_id=ticket_id, limit=limit)

    async def run(self) -> None:
        """Let go of what is old in the file of accounts, once an hour."""
        while True:
            await self._clock.sleep(FORGET_SECONDS)
            await self._accounts.forget_old()

    async def close(self) -> None:
        """Finish writing."""
        await self._writing.finish()

    async def _write(self, *done: Activity) -> None:
        try:
            await self._accounts.note(*done)
        except DeskError as error:  # what was done is done; it only stands in no log
            log.error("The log of who did what: %s", error)  # noqa: TRY400  # says it all
