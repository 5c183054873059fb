-- From where each user has signed in: guesses made elsewhere do not keep them out there.

CREATE TABLE place (
    user_id TEXT NOT NULL,
    address TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (user_id, address)
) STRICT, WITHOUT ROWID;

INSERT OR REPLACE INTO place (user_id, address, seen_at) SELECT user_id, address, seen_at FROM session;
