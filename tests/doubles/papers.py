"""The drafts of a desk in memory, kept by the store's own rules."""

import sqlite3
from itertools import count

from app.domain.outbox_entry import Draft, DraftKind
from app.store.outbox.file import SCHEMA
from app.store.outbox.local import (
    delete_draft,
    delete_sent_draft,
    join_drafts,
    read_drafts,
    restore_text,
    write_draft,
)


class Papers:
    """Every draft of one seller; the newest is the one written last, whatever a clock says."""

    def __init__(self) -> None:
        # Garbage is collected in whichever thread happens to run, and closes it there.
        self._file = sqlite3.connect(":memory:", check_same_thread=False)
        self._file.row_factory = sqlite3.Row
        for step in ("002_draft.sql", "004_drafts.sql", "009_private_notes.sql"):
            self._file.executescript((SCHEMA / step).read_text(encoding="utf-8"))
        self._moments = count()

    def keep(
        self,
        ticket_id: str,
        text: str,
        onto: Draft | None = None,
        kind: DraftKind = DraftKind.REPLY,
    ) -> Draft | None:
        return write_draft(self._file, ticket_id, "", kind, text=text, onto=onto, at=self._at())

    def join(self, own: Draft, other: Draft) -> Draft | None:
        return join_drafts(self._file, own, other, at=self._at())

    def drop(self, draft: Draft) -> bool:
        return delete_draft(self._file, draft)

    def sent(self, ticket_id: str, text: str) -> None:
        delete_sent_draft(self._file, ticket_id, "", text=text)

    def give_back(self, ticket_id: str, text: str) -> None:
        restore_text(self._file, ticket_id, "", text=text, at=self._at())

    def of(self, ticket_id: str, kind: DraftKind = DraftKind.REPLY) -> tuple[Draft, ...]:
        return read_drafts(self._file, ticket_id, "", kind)

    def texts(self) -> dict[str, list[str]]:
        """What is kept, by ticket."""
        rows = self._file.execute("SELECT DISTINCT ticket_id FROM draft")
        return {row[0]: [draft.text for draft in self.of(row[0])] for row in rows.fetchall()}

    def __del__(self) -> None:
        self._file.close()

    def _at(self) -> str:
        return f"{next(self._moments):09}"
