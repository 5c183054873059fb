-- The replies that went out, or are on their way, by ticket: who was the last here to answer it.
-- Never edited after release.

CREATE INDEX outbox_answers ON outbox (ticket_id, seq, author)
    WHERE status IS NULL AND state IN ('queued', 'inflight', 'accepted', 'confirmed');
