-- Texts of one reply that were typed in two browsers at once stand beside each other.
-- Never edited after release.

CREATE TABLE drafts (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL,
    author    TEXT NOT NULL,
    text      TEXT NOT NULL,
    saved_at  TEXT NOT NULL
) STRICT;

INSERT INTO drafts (ticket_id, author, text, saved_at)
SELECT ticket_id, author, text, saved_at FROM draft;

DROP TABLE draft;
ALTER TABLE drafts RENAME TO draft;

CREATE INDEX draft_place ON draft (ticket_id, author);
