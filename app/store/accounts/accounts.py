"""Users, sessions, guesses and what was done: one file of the data folder, whatever the shop.

The command line writes to it beside a running desk, which looks at it twice a second; so whatever
is changed here counts everywhere within a second. Others keep what opens a door in the same file:
a numbered step of `schema` for their table, and a module beside this one that takes `database`.
"""

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock

from app.domain.accounts import ABSOLUTE, IDLE, Role, SignInSession, User, name_key
from app.domain.clock import Clock
from app.domain.errors import AccountError, SignInRefusedError, StoreDamagedError, StoreFullError
from app.domain.network import network_of
from app.store.accounts.guesses import KEPT as GUESSES_KEPT
from app.store.database import Database
from app.store.private_files import write_private

ACCOUNTS = "accounts.sqlite3"
HAD_USERS = "had-users"
"""says beside it that there are users, so that a file that was lost is not taken for a new one"""
SCHEMA = Path(__file__).parent / "schema"

ACTIVITY_KEPT = timedelta(days=90)
PLACE_KEPT = timedelta(days=90)
"""so long the place from which somebody signed in is known as theirs"""

DAMAGED = (
    "{path} is damaged and cannot be read, so nobody is let in. Restore it from a backup, or move "
    "it away and make an owner anew: ticketdesk user add NAME --role owner"
)

CHANGED = "What you sign in with has just been changed. Sign in again."

_USERS = "SELECT user_id, name, role FROM user"
_SESSIONS = (
    "SELECT s.token_hash, s.session_id, s.created_at, s.seen_at, s.device, s.address,"
    " u.user_id, u.name, u.role FROM session AS s JOIN user AS u USING (user_id)"
)
LOST = (
    "{path} holds no user, and there was one: it was removed or replaced, so nobody is let in. "
    "Restore it from a backup, or make an owner anew: ticketdesk user add NAME --role owner"
)
_LOG = """
SELECT at, who, what, ticket_id, address FROM activity
WHERE (:who = '' OR who = :who) AND (:ticket_id = '' OR ticket_id = :ticket_id)
  AND instr(lower(what), lower(:what)) > 0
ORDER BY number DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that was done."""

    at: datetime
    who: str
    """a user's name, "" for the one seller before there are users"""
    what: str
    ticket_id: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who there is and who is in."""

    users: Mapping[str, User]
    """by their ids"""
    sessions: Mapping[str, SignInSession]
    """by the hash of their token"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user, and what they sign in with."""

    user: User
    password_hash: str = field(repr=False)
    code_secret: str | None = field(repr=False)
    """None for a user who has no one-time codes"""


class Accounts:
    """The open file; made by `Accounts.open`. Raises: as `Database`."""

    def __init__(self, database: Database, path: Path, *, clock: Clock) -> None:
        self.database = database
        self._path = path
        self._clock = clock

    @classmethod
    async def open(cls, folder: Path, *, clock: Clock) -> "Accounts":
        """Open the file in `folder`, made if missing; several programs may have it open."""
        path = folder / ACCOUNTS
        with FileLock(path.with_suffix(".lock"), mode=0o600, thread_local=False):
            path.touch(mode=0o600)
            try:
                database = await Database.open(path, schema=SCHEMA, durable=True)
            except StoreDamagedError:
                raise StoreDamagedError(DAMAGED.format(path=path)) from None
            accounts = cls(database, path, clock=clock)
            await accounts._renew_keys()
            await accounts.forget_old()
            if await accounts.users():  # also of a folder that an earlier version has left
                await accounts._mark_users(exist=True)
        return accounts

    async def _renew_keys(self) -> None:
        """Bring the keys of names in line with `name_key`, which an earlier version made otherwise.

        Of two that have become one name the second keeps its key, and with it a name of its own.
        """
        old = await self.database.read(lambda c: [*_old_keys(c)])
        if old:
            await self.database.write(lambda c: [c.execute(*one) for one in old])

    async def close(self) -> None:
        """Finish what was asked for."""
        await self.database.close()

    async def check_not_lost(self) -> None:
        """Refuse a file without users where there were some. Raises: StoreDamagedError."""
        if self._mark.exists() and not await self.users():
            raise StoreDamagedError(LOST.format(path=self._path))

    async def users(self) -> tuple[User, ...]:
        """Everybody, by name."""
        return await self.database.read(
            lambda c: tuple(map(_user, c.execute(f"{_USERS} ORDER BY name_key")))
        )

    async def find(self, name: str) -> Credentials | None:
        """The user of this name, however it is spelled, with what they sign in with."""
        query = "SELECT * FROM user WHERE name_key = ?"

        def find(connection: sqlite3.Connection) -> Credentials | None:
            row = connection.execute(query, (name_key(name),)).fetchone()
            return row and Credentials(
                user=_user(row), password_hash=row["password_hash"], code_secret=row["code_secret"]
            )

        return await self.database.read(find)

    async def add(self, name: str, role: Role | None, password_hash: str) -> User:
        """Add a user; the first one is the owner, later ones sellers if no role is given.

        Raises: AccountError when there is one of this name.
        """
        user_id, at = secrets.token_hex(8), self._clock.now().isoformat()

        def add(connection: sqlite3.Connection) -> User:
            first = connection.execute("SELECT 1 FROM user").fetchone() is None
            user = User(
                user_id=user_id,
                name=name,
                role=Role.OWNER if first else role or Role.SELLER,
            )
            try:
                connection.execute(
                    "INSERT INTO user (user_id, name, name_key, role, password_hash, created_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (user_id, name, name_key(name), user.role.value, password_hash, at),
                )
            except sqlite3.IntegrityError:
                raise AccountError(f"There is a user {name} already.") from None
            return user

        user = await self.database.write(add)
        await self._mark_users(exist=True)
        return user

    async def remove(self, user: User) -> None:
        """Remove a user and end their sessions. Raises: AccountError for the last owner."""

        def remove(connection: sqlite3.Connection) -> None:
            _check_owner_stays(connection, user)
            for table in ("session", "place", "recovery_code", "user"):
                connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user.user_id,))  # noqa: S608  # ours

        await self.database.write(remove)
        if not await self.users():
            await self._mark_users(exist=False)

    async def set_role(self, user: User, role: Role) -> None:
        """Give a user another role; they sign in anew. Raises: AccountError for the last owner."""

        def change(connection: sqlite3.Connection) -> None:
            if role is not Role.OWNER:
                _check_owner_stays(connection, user, even_alone=True)
            connection.execute("DELETE FROM session WHERE user_id = ?", (user.user_id,))
            connection.execute(
                "UPDATE user SET role = ? WHERE user_id = ?", (role.value, user.user_id)
            )

        await self.database.write(change)

    async def set_password(self, user: User, password_hash: str, *, but_session: str = "") -> None:
        """Give a user another password; their sessions end, but for the one who changed it."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE user SET password_hash = ? WHERE user_id = ?",
                (password_hash, user.user_id),
            )
            connection.execute(
                "DELETE FROM session WHERE user_id = ? AND session_id <> ?",
                (user.user_id, but_session),
            )

        await self.database.write(change)

    async def admitted(self) -> Admitted:
        """Who is in, over all browsers; what has run out is left out."""
        now = self._clock.now()

        def read(connection: sqlite3.Connection) -> Admitted:
            users = {row["user_id"]: _user(row) for row in connection.execute(_USERS)}
            rows = connection.execute(_SESSIONS) if users else ()
            sessions = {row["token_hash"]: _session(row) for row in rows}
            return Admitted(
                users=users,
                sessions={key: one for key, one in sessions.items() if not one.is_over(now)},
            )

        return await self.database.read(read)

    async def begin_session(
        self, known: Credentials, *, device: str, address: str, instead_of: str | None = None
    ) -> str:
        """Let a user in; the token that their browser keeps.

        Args:
            known: as it was found before the password was looked at.
            instead_of: the token that the browser had; its session ends.
        Raises: SignInRefusedError if the user was removed or signs in with something else by now.
        """
        user = known.user
        token, now = secrets.token_urlsafe(32), self._clock.now().isoformat()
        row = (hash_of(token), secrets.token_hex(8), user.user_id, now, now, device, address)

        def begin(connection: sqlite3.Connection) -> None:
            found = connection.execute(
                "SELECT 1 FROM user WHERE user_id = ? AND password_hash = ? AND code_secret IS ?",
                (user.user_id, known.password_hash, known.code_secret),
            )
            if found.fetchone() is None:
                raise SignInRefusedError(CHANGED)
            if instead_of:
                connection.execute(
                    "DELETE FROM session WHERE token_hash = ?", (hash_of(instead_of),)
                )
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            connection.execute(
                "INSERT OR REPLACE INTO place VALUES (?, ?, ?)",
                (user.user_id, network_of(address), now),
            )

        await self.database.write(begin)
        return token

    async def end_session(self, session_id: str) -> None:
        """Sign one browser out."""
        await self.database.write(
            lambda c: c.execute("DELETE FROM session WHERE session_id = ?", (session_id,)).rowcount
        )

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        """Note when sessions were last used, by their ids."""
        rows = [(at.isoformat(), session_id) for session_id, at in seen.items()]
        await self.database.write(
            lambda c: c.executemany("UPDATE session SET seen_at = ? WHERE session_id = ?", rows)
        )

    async def note_done(self, who: str, what: str, address: str) -> None:
        """Keep that somebody has just done this."""
        await self.note(Activity(at=self._clock.now(), who=who, what=what, address=address))

    async def note(self, *done: Activity) -> None:
        """Keep what was done."""
        rows = [(one.at.isoformat(), one.who, one.what, one.ticket_id, one.address) for one in done]
        await self.database.write(
            lambda c: c.executemany(
                "INSERT INTO activity (at, who, what, ticket_id, address) VALUES (?, ?, ?, ?, ?)",
                rows,
            )
        )

    async def activities(
        self, *, who: str = "", what: str = "", ticket_id: str = "", limit: int = -1
    ) -> tuple[Activity, ...]:
        """What was done, the newest first; only that of `who`, with these words, of a ticket."""
        chosen = {"who": who, "what": what, "ticket_id": ticket_id, "limit": limit}
        return await self.database.read(lambda c: tuple(map(_activity, c.execute(_LOG, chosen))))

    async def forget_old(self) -> None:
        """Let go of sessions that are over, guesses that no longer count, and an old log."""
        now = self._clock.now()
        old = {
            "DELETE FROM session WHERE seen_at < ?": now - IDLE,
            "DELETE FROM session WHERE created_at < ?": now - ABSOLUTE,
            "DELETE FROM guess WHERE at < ?": now - GUESSES_KEPT,
            "DELETE FROM activity WHERE at < ?": now - ACTIVITY_KEPT,
            "DELETE FROM place WHERE seen_at < ?": now - PLACE_KEPT,
        }

        def forget(connection: sqlite3.Connection) -> None:
            for statement, oldest in old.items():
                connection.execute(statement, (oldest.isoformat(),))

        await self.database.write(forget)

    @property
    def _mark(self) -> Path:
        return self._path.with_name(HAD_USERS)

    async def _mark_users(self, *, exist: bool) -> None:
        try:
            if not exist:
                self._mark.unlink(missing_ok=True)
            elif not self._mark.exists():
                await asyncio.to_thread(write_private, self._mark, "")
        except OSError as error:
            raise StoreFullError(f"{self._mark} cannot be written ({error.strerror}).") from None


def hash_of(token: str) -> str:
    """What is kept of a token: it is random, so a plain hash will do."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _check_owner_stays(
    connection: sqlite3.Connection, user: User, *, even_alone: bool = False
) -> None:
    roles = {row["user_id"]: row["role"] for row in connection.execute(_USERS)}
    role, others = roles.pop(user.user_id, ""), roles.values()
    if role == Role.OWNER and Role.OWNER not in others and (others or even_alone):
        raise AccountError(
            f"{user.name} is the only owner. Make another user the owner before that."
        )


def _old_keys(connection: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, str]]]:
    for table, id_ in (("user", "user_id"), ("wall_link", "link_id")):
        change = f"UPDATE OR IGNORE {table} SET name_key = ? WHERE {id_} = ?"  # noqa: S608  # ours
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608  # ours
            if row["name_key"] != (key := name_key(row["name"])):
                yield change, (key, row[id_])


def _user(row: sqlite3.Row) -> User:
    return User(user_id=row["user_id"], name=row["name"], role=Role(row["role"]))


def _session(row: sqlite3.Row) -> SignInSession:
    return SignInSession(
        session_id=row["session_id"],
        user=_user(row),
        created_at=datetime.fromisoformat(row["created_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
        device=row["device"],
        address=row["address"],
    )


def _activity(row: sqlite3.Row) -> Activity:
    return Activity(
        at=datetime.fromisoformat(row["at"]),
        who=row["who"],
        what=row["what"],
        ticket_id=row["ticket_id"],
        address=row["address"],
    )
