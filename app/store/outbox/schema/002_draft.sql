-- What sellers have typed and not sent. Never edited after release.

CREATE TABLE draft (
    ticket_id TEXT NOT NULL,
    author    TEXT NOT NULL,
    text      TEXT NOT NULL,
    saved_at  TEXT NOT NULL,
    PRIMARY KEY (ticket_id, author)
) STRICT, WITHOUT ROWID;
