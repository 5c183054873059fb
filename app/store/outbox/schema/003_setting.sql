-- What sellers have set for themselves. Never edited after release.

CREATE TABLE setting (
    author TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (author, name)
) STRICT, WITHOUT ROWID;
