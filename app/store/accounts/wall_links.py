"""Wall links in the file of accounts: the address lets a display in once, its cookie from then on.

The address is exchanged for a cookie; until that cookie has come back once, the address can be
exchanged again, so that an answer that was lost, or a program that looks at links in a chat, takes
nothing from the display.
"""

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from app.domain.accounts import name_key
from app.domain.clock import Clock
from app.domain.errors import WallLinkError
from app.domain.wall_links import (
    LASTS,
    Masking,
    WallBoard,
    WallLink,
    WallSize,
    WallView,
    night_of,
    night_words,
    rotation_of,
    rotation_words,
)
from app.store.accounts.accounts import hash_of
from app.store.database import Database

UNKNOWN = (
    "This link is not known to this desk: it may be mistyped, or belong to another desk. "
    "Ask for a new one."
)
REVOKED = "This link was revoked. Ask for a new one."
EXPIRED = f"This link has run out: it lasts {LASTS.days} days. Ask for a new one."
USED = "This link is in use on another screen. Ask for a new one: each screen has its own."

_COLUMNS = (
    "link_id, name, view, masking, size, amber_hours, red_hours, dwell_seconds, night, rotation,"
    " created_by, created_at, expires_at, seen_at, revoked_at"
)


class WallLinks:
    """Makes, exchanges and revokes wall links. Raises: WallLinkError; those of `Database`."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def new(self, name: str, *, board: WallBoard, by: str) -> tuple[WallLink, str]:
        """A link and the token of its address, which is kept nowhere."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        link = WallLink(
            link_id=secrets.token_hex(8),
            name=name,
            board=board,
            created_by=by,
            created_at=now,
            expires_at=now + LASTS,
        )

        def add(connection: sqlite3.Connection) -> None:
            connection.execute(
                "DELETE FROM wall_link WHERE max(expires_at, coalesce(revoked_at, '')) < ?",
                ((now - LASTS).isoformat(),),
            )
            # The name of one that has run out is free again.
            connection.execute(
                "UPDATE wall_link SET revoked_at = expires_at"
                " WHERE revoked_at IS NULL AND expires_at <= ? AND name_key = ?",
                (now.isoformat(), name_key(name)),
            )
            try:
                connection.execute(
                    "INSERT INTO wall_link (link_id, name, name_key, view, masking, size,"
                    " amber_hours, red_hours, dwell_seconds, night, rotation, created_by,"
                    " created_at, expires_at, token_hash)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(link.link_id, name, name_key(name), board.view.value),
                        *(board.masking.value, board.size.value, board.amber_hours),
                        *(board.red_hours, board.dwell_seconds, night_words(board.night)),
                        *(rotation_words(board.rotation), by),
                        *(now.isoformat(), link.expires_at.isoformat(), hash_of(token)),
                    ),
                )
            except sqlite3.IntegrityError:
                raise WallLinkError(
                    f"There is a link {name} already. Revoke it, or choose another name."
                ) from None

        await self._database.write(add)
        return link, token

    async def all(self) -> tuple[WallLink, ...]:
        """Every link that was not revoked, by name."""
        query = f"SELECT {_COLUMNS} FROM wall_link WHERE revoked_at IS NULL ORDER BY name_key"  # noqa: S608  # ours
        return await self._database.read(lambda c: tuple(map(_link, c.execute(query))))

    async def cookies(self) -> Mapping[str, WallLink]:
        """The links that displays have, by the hash of their cookies; also those that are over."""
        query = f"SELECT cookie_hash, {_COLUMNS} FROM wall_link WHERE cookie_hash IS NOT NULL"  # noqa: S608  # ours
        return await self._database.read(
            lambda c: {row["cookie_hash"]: _link(row) for row in c.execute(query)}
        )

    async def exchange(self, token: str, *, held: str | None = None) -> tuple[WallLink, str]:
        """The link of an address and a new cookie for the display that came by it.

        Args:
            held: the cookie that the display has; with that of the same link it is let in again.
        """
        return await self._exchange("token_hash", hash_of(token), hash_of(held) if held else None)

    async def give(self, link: WallLink) -> tuple[WallLink, str]:
        """The cookie of a link that was made for a display which waits for it."""
        return await self._exchange("link_id", link.link_id, None)

    async def _exchange(
        self, column: str, value: str, held_hash: str | None
    ) -> tuple[WallLink, str]:
        cookie, now = secrets.token_urlsafe(32), self._clock.now()
        query = f"SELECT cookie_hash, {_COLUMNS} FROM wall_link WHERE {column} = ?"  # noqa: S608  # ours

        def exchange(connection: sqlite3.Connection) -> WallLink:
            row = connection.execute(query, (value,)).fetchone()
            if row is None:
                raise WallLinkError(UNKNOWN)
            link = _link(row)
            if sentence := why_over(link, now):
                raise WallLinkError(sentence)
            if link.seen_at is not None and row["cookie_hash"] != held_hash:
                raise WallLinkError(USED)
            connection.execute(
                "UPDATE wall_link SET cookie_hash = ?, seen_at = NULL WHERE link_id = ?",
                (hash_of(cookie), link.link_id),
            )
            return link

        return await self._database.write(exchange), cookie

    async def revoke(self, name: str) -> WallLink:
        """Let the display of this link in no longer."""
        query = f"SELECT {_COLUMNS} FROM wall_link WHERE name_key = ? AND revoked_at IS NULL"  # noqa: S608  # ours

        def revoke(connection: sqlite3.Connection) -> WallLink:
            row = connection.execute(query, (name_key(name),)).fetchone()
            if row is None:
                rest = "SELECT name FROM wall_link WHERE revoked_at IS NULL ORDER BY name_key"
                names = ", ".join(row["name"] for row in connection.execute(rest)) or "none"
                raise WallLinkError(f"There is no link {name}. There are: {names}.")
            connection.execute(
                "UPDATE wall_link SET revoked_at = ? WHERE link_id = ?",
                (self._clock.now().isoformat(), row["link_id"]),
            )
            return _link(row)

        return await self._database.write(revoke)

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        """Note when displays were last heard of, by the ids of their links."""
        rows = [(at.isoformat(), link_id) for link_id, at in seen.items()]
        await self._database.write(
            lambda c: c.executemany("UPDATE wall_link SET seen_at = ? WHERE link_id = ?", rows)
        )


def why_over(link: WallLink, now: datetime) -> str:
    """Why a link lets nobody in any more, in a sentence; "" while it does."""
    if link.revoked_at is not None:
        return REVOKED
    return EXPIRED if link.is_over(now) else ""


def _link(row: sqlite3.Row) -> WallLink:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(row[name]) if row[name] else None

    return WallLink(
        link_id=row["link_id"],
        name=row["name"],
        board=WallBoard(
            view=WallView(row["view"]),
            masking=Masking(row["masking"]),
            size=WallSize(row["size"]),
            amber_hours=row["amber_hours"],
            red_hours=row["red_hours"],
            dwell_seconds=row["dwell_seconds"],
            night=night_of(row["night"]),
            rotation=rotation_of(row["rotation"]),
        ),
        created_by=row["created_by"],
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
        seen_at=moment("seen_at"),
        revoked_at=moment("revoked_at"),
    )
