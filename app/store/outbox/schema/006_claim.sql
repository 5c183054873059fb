-- Who has said that a ticket is theirs, by the id of the user. Never edited after release.

CREATE TABLE claim (
    ticket_id  TEXT NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL,
    claimed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
