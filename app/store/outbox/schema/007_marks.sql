-- What each seller has marked on tickets for themselves: seen, snoozed, pinned.
-- Never edited after release.

CREATE TABLE mark (
    author    TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    kind      TEXT NOT NULL,
    messages  INTEGER NOT NULL,
    until     TEXT,
    marked_at TEXT NOT NULL,
    PRIMARY KEY (author, ticket_id, kind)
) STRICT, WITHOUT ROWID;
