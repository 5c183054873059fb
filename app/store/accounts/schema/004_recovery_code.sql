-- What lets a user in once in place of a one-time code; the code is random, here is only its hash.

CREATE TABLE recovery_code (
    user_id   TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;
