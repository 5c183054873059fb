"""The lists that sellers have given a name, in the outbox's file: they exist only here."""

import re
import sqlite3
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import unquote_plus

from app.domain.clock import Clock
from app.domain.errors import ViewChangedError, ViewError
from app.domain.saved_views import SavedView, check_room
from app.domain.ticket import customer_key
from app.store.outbox.file import OutboxFile
from app.store.outbox.mending import plain

_SEEN_BY = (
    "SELECT * FROM saved_view WHERE author IN (:author, '') OR is_shared <> 0"
    " ORDER BY author <> :author, author, place, view_id"
)
_INSERT = (
    "INSERT INTO saved_view VALUES"
    " (:view_id, :author, :name, :words, :is_shared, :place, :revision, :at)"
)
_CHANGE = (
    "UPDATE saved_view SET name = :name, words = :words, is_shared = :is_shared,"
    " revision = :revision"
    " WHERE view_id = :view_id"
)


class SavedViewStore:
    """Saved views by their author.

    Raises: ViewError for a name that is taken and for too many; ViewChangedError when a view is no
    longer as it was seen; StoreError. Then nothing was changed.
    """

    def __init__(self, database: OutboxFile, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def seen_by(self, author: str) -> tuple[SavedView, ...]:
        """A seller's own views in their order, then those that others share."""
        values = {"author": author}
        return await self._database.read(
            lambda c: tuple(map(_view, c.execute(_SEEN_BY, values).fetchall()))
        )

    async def add(self, view: SavedView) -> None:
        """Keep a view: the last of its author's, or where it was if it has a place."""
        at = self._clock.now().isoformat()

        def insert(connection: sqlite3.Connection) -> None:
            others = _of(connection, view.author)
            check_room(view.name, [other.name for other in others])
            last = max((other.place for other in others), default=0)
            row = _row(replace(view, place=view.place or last + 1))
            connection.execute(_INSERT, row | {"at": at})

        await self._database.write(insert)

    async def change(
        self, view: SavedView, *, name: str, is_shared: bool, words: str | None = None
    ) -> None:
        """Give a view another name, share it, or no longer, and another list where `words` are
        given; `view` is it as it was seen.
        """

        def change(connection: sqlite3.Connection) -> None:
            now = _unchanged(connection, view)
            others = [
                one.name for one in _of(connection, view.author) if one.view_id != view.view_id
            ]
            check_room(name, others)
            changed = replace(now, name=name, is_shared=is_shared, words=words or now.words)
            connection.execute(_CHANGE, _row(replace(changed, revision=now.revision + 1)))

        await self._database.write(change)

    async def move(self, view: SavedView, by: int) -> None:
        """Put a view further down among its author's, or up if `by` is negative."""

        def move(connection: sqlite3.Connection) -> None:
            ids = [one.view_id for one in _of(connection, view.author)]
            if view.view_id not in ids:
                return
            to = max(0, ids.index(view.view_id) + by)
            ids.remove(view.view_id)
            ids.insert(to, view.view_id)
            connection.executemany(
                "UPDATE saved_view SET place = ? WHERE view_id = ?",
                [(place, view_id) for place, view_id in enumerate(ids, start=1)],
            )

        await self._database.write(move)

    async def remove(self, view: SavedView) -> None:
        """Forget a view; `view` is it as it was seen."""

        def remove(connection: sqlite3.Connection) -> None:
            _unchanged(connection, view)
            connection.execute("DELETE FROM saved_view WHERE view_id = ?", (view.view_id,))

        await self._database.write(remove)

    async def naming(self, address: str) -> tuple[SavedView, ...]:
        """All views that name a customer's address."""
        return await self._database.read(lambda c: _naming(c, address))

    async def forget(self, address: str) -> int:
        """Remove all views that name a customer's address; how many they were."""

        def remove(connection: sqlite3.Connection) -> int:
            naming = [(view.view_id,) for view in _naming(connection, address)]
            connection.executemany("DELETE FROM saved_view WHERE view_id = ?", naming)
            return len(naming)

        return await self._database.write(remove)


def _naming(connection: sqlite3.Connection, address: str) -> tuple[SavedView, ...]:
    # Not where it is a part of another one: ana@example.com of joana@example.com.
    whole = re.compile(rf"(?<![\w.%+-]){re.escape(customer_key(address))}(?![\w-]|\.\w)")
    views = map(_view, connection.execute("SELECT * FROM saved_view"))
    return tuple(
        view
        for view in views
        if whole.search(customer_key(f"{view.name} {unquote_plus(view.words)}"))
    )


def _unchanged(connection: sqlite3.Connection, seen: SavedView) -> SavedView:
    """The view as it is now, if it was not changed since it was seen."""
    query = "SELECT * FROM saved_view WHERE view_id = ?"
    row = connection.execute(query, (seen.view_id,)).fetchone()
    if row is None:
        raise ViewError("This view was removed by somebody else meanwhile.")
    now = _view(row)
    if now.revision != seen.revision:
        raise ViewChangedError(now)
    return now


def _of(connection: sqlite3.Connection, author: str) -> Collection[SavedView]:
    query = "SELECT * FROM saved_view WHERE author = ? ORDER BY place, view_id"
    return [_view(row) for row in connection.execute(query, (author,))]


def _view(row: sqlite3.Row) -> SavedView:
    return SavedView(
        view_id=plain(row["view_id"]),
        author=plain(row["author"]),
        name=plain(row["name"]),
        words=plain(row["words"]),
        is_shared=bool(row["is_shared"]),
        place=row["place"],
        revision=row["revision"],
    )


def _row(view: SavedView) -> dict[str, object]:
    return {
        "view_id": view.view_id,
        "author": view.author,
        "name": view.name,
        "words": view.words,
        "is_shared": view.is_shared,
        "place": view.place,
        "revision": view.revision,
    }
