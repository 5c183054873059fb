-- Private notes of sellers, each on a ticket or on a customer (the key of the address), and the text
-- of one that was not added, which is a draft of another kind. Never edited after release.

CREATE TABLE private_note (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    about       TEXT NOT NULL,
    about_key   TEXT NOT NULL,
    author      TEXT NOT NULL,
    author_name TEXT NOT NULL,
    written_at  TEXT NOT NULL,
    text        TEXT NOT NULL
) STRICT;

CREATE INDEX private_note_about ON private_note (about_key, about);

ALTER TABLE draft ADD COLUMN kind TEXT NOT NULL DEFAULT 'reply';
