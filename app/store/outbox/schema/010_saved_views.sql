-- Lists that sellers have given a name. Never edited after release.

CREATE TABLE saved_view (
    view_id   TEXT NOT NULL PRIMARY KEY,
    author    TEXT NOT NULL,
    name      TEXT NOT NULL,
    words     TEXT NOT NULL,
    is_shared INTEGER NOT NULL,
    place     INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    saved_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
