-- Who may come in, who is in, who guesses, who did what. Never edited after release.

CREATE TABLE user (
    user_id       TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('owner', 'seller', 'reader')),
    password_hash TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    -- One-time codes: the secret, and the last time step of which a code was accepted.
    code_secret   TEXT,
    code_step     INTEGER
) STRICT, WITHOUT ROWID;

-- The browser holds a random token; here is only its hash.
CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    user_id    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    device     TEXT NOT NULL,
    address    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_user ON session (user_id);

-- Each guess at a password counts against what it was about: an account, an address.
CREATE TABLE guess (
    number INTEGER PRIMARY KEY,
    about  TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

CREATE INDEX guess_about ON guess (about, at);

CREATE TABLE activity (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,
    what      TEXT NOT NULL,
    ticket_id TEXT,
    address   TEXT NOT NULL
) STRICT;

CREATE INDEX activity_at ON activity (at);
