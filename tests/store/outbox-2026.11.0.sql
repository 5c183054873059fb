-- The outbox of a shop as version 2026.11.0 left it: one draft, one reply that has not left.
BEGIN TRANSACTION;
CREATE TABLE "draft" (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL,
    author    TEXT NOT NULL,
    text      TEXT NOT NULL,
    saved_at  TEXT NOT NULL
) STRICT;
INSERT INTO "draft" VALUES(1,'tkt_1','','A draft of the earlier version.','2026-11-29T10:55:59.417403+00:00');
CREATE TABLE opening (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO "opening" VALUES(1,1);
CREATE TABLE outbox (
    seq           INTEGER PRIMARY KEY,
    reply_id      TEXT NOT NULL UNIQUE,
    ticket_id     TEXT NOT NULL,
    written_at    TEXT NOT NULL,
    text          TEXT NOT NULL,
    "order"       TEXT CHECK ("order" IN ('open', 'closed')),
    then_close    INTEGER NOT NULL CHECK (then_close IN (0, 1)),
    author        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('queued', 'inflight', 'accepted', 'unknown',
                                                 'refused', 'uncertain', 'confirmed', 'cancelled')),
    question      TEXT,
    reason        TEXT,
    seen          TEXT NOT NULL,
    send_at       TEXT,
    baseline      TEXT,
    touched_at    TEXT,
    sent_at       TEXT,
    checked_at    TEXT,
    next_check_at TEXT,
    attempts      INTEGER NOT NULL,
    approvals     INTEGER NOT NULL,
    pauses        INTEGER NOT NULL,
    message_id    TEXT,
    copies        INTEGER NOT NULL,
    -- Nothing is confirmed that was not seen in the ticket, and nothing is out without a baseline.
    CHECK (state <> 'confirmed' OR "order" IS NOT NULL OR message_id IS NOT NULL),
    CHECK (state IN ('queued', 'cancelled') OR (baseline IS NOT NULL AND sent_at IS NOT NULL))
) STRICT;
INSERT INTO "outbox" VALUES(1,'r1','tkt_2','2026-11-29T10:55:59.420073+00:00','A reply that has not left.',NULL,0,'','queued',NULL,NULL,'[]',NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,NULL,0);
CREATE TABLE setting (
    author TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (author, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_unsettled ON outbox (ticket_id, seq)
    WHERE state NOT IN ('confirmed', 'cancelled');
CREATE UNIQUE INDEX outbox_message ON outbox (ticket_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outbox_final ON outbox (written_at) WHERE state IN ('confirmed', 'cancelled');
CREATE INDEX draft_place ON draft (ticket_id, author);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('draft',1);
COMMIT;
PRAGMA user_version = 4;
