-- The outbox: replies and orders on their way to the Tickets API. Never edited after release.

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

CREATE INDEX outbox_unsettled ON outbox (ticket_id, seq)
    WHERE state NOT IN ('confirmed', 'cancelled');

-- One message of a ticket confirms at most one reply.
CREATE UNIQUE INDEX outbox_message ON outbox (ticket_id, message_id) WHERE message_id IS NOT NULL;

CREATE INDEX outbox_final ON outbox (written_at) WHERE state IN ('confirmed', 'cancelled');

-- Counts the openings of this file: a process that is no longer the newest can move nothing.
CREATE TABLE opening (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO opening (only, epoch) VALUES (1, 0);
