"""Which user has claimed which ticket, in the outbox's file: the API knows nothing of it."""

import sqlite3
from collections.abc import Mapping

from app.domain.clock import Clock
from app.store.outbox.file import OutboxFile
from app.store.outbox.mending import plain

_PUT = (
    "INSERT INTO claim (ticket_id, user_id, claimed_at) VALUES (:ticket_id, :user_id, :at)"
    " ON CONFLICT DO UPDATE SET user_id = excluded.user_id, claimed_at = excluded.claimed_at"
    " WHERE user_id = :instead_of"
)


class ClaimStore:
    """At most one claim a ticket. Raises: StoreError when nothing could be kept."""

    def __init__(self, database: OutboxFile, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claims(self) -> Mapping[str, str]:
        """The id of the user who has claimed a ticket, by the ticket's id."""
        return await self._database.read(_claims)

    async def put(self, ticket_id: str, user_id: str, *, instead_of: str = "") -> bool:
        """Keep a claim; false if somebody else than the user `instead_of` has the ticket."""
        row = {
            "ticket_id": ticket_id,
            "user_id": user_id,
            "at": self._clock.now().isoformat(),
            "instead_of": instead_of,
        }
        return await self._database.write(lambda c: c.execute(_PUT, row).rowcount > 0)

    async def drop(self, ticket_id: str, user_id: str) -> bool:
        """Forget a user's claim; false if it is not theirs."""
        statement = "DELETE FROM claim WHERE ticket_id = ? AND user_id = ?"
        values = (ticket_id, user_id)
        return await self._database.write(lambda c: c.execute(statement, values).rowcount > 0)


def _claims(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT ticket_id, user_id FROM claim")
    return {plain(row["ticket_id"]): plain(row["user_id"]) for row in rows}
