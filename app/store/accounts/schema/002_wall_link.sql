-- What lets a display in, to the wall alone. Never edited after release.
-- The address holds a random token and the display's browser another one; here are their hashes.

CREATE TABLE wall_link (
    link_id     TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    view        TEXT NOT NULL,
    masking     TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    token_hash  TEXT NOT NULL UNIQUE,
    cookie_hash TEXT UNIQUE,
    seen_at     TEXT,
    revoked_at  TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX wall_link_name ON wall_link (name_key) WHERE revoked_at IS NULL;
