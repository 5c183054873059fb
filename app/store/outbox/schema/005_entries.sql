-- The words of the field for the columns of an entry. Only names change: no row is written, so that
-- a damaged one stops nothing. Never edited after release.

ALTER TABLE outbox RENAME COLUMN reply_id TO entry_id;
ALTER TABLE outbox RENAME COLUMN "order" TO status;
ALTER TABLE outbox RENAME COLUMN question TO review_reason;
ALTER TABLE outbox RENAME COLUMN send_at TO sends_at;
ALTER TABLE outbox RENAME COLUMN touched_at TO ticket_updated_at;
