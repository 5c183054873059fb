-- The words of the field. A column or a table that is renamed keeps what it holds, and no row is
-- written anew; only the indexes whose own names said the old words are made again.
DROP INDEX by_turn;
DROP INDEX open_by_turn;
DROP INDEX unheard;
DROP INDEX by_worth;

ALTER TABLE ticket RENAME COLUMN n TO number;
ALTER TABLE ticket RENAME COLUMN turn TO awaiting;
ALTER TABLE ticket RENAME COLUMN kind TO facet_group;
ALTER TABLE ticket RENAME COLUMN heard TO has_all_messages;
ALTER TABLE ticket RENAME COLUMN due TO backfill_rank;
ALTER TABLE ticket RENAME COLUMN waits_since TO waiting_since;
ALTER TABLE ticket RENAME COLUMN waits_known TO wait_exactness;
ALTER TABLE conversation RENAME COLUMN n TO number;
ALTER TABLE seen_even RENAME COLUMN n TO number;
ALTER TABLE seen_odd RENAME COLUMN n TO number;

ALTER TABLE kind RENAME TO facet_group;
ALTER TABLE facet_group RENAME COLUMN kind TO id;
ALTER TABLE facet_group RENAME COLUMN turn TO awaiting;
ALTER TABLE facet_group RENAME COLUMN heard TO with_all_messages;
ALTER TABLE quarter RENAME TO activity;
ALTER TABLE activity RENAME COLUMN quarter TO slot;
ALTER TABLE state RENAME TO sync_state;
UPDATE gone SET ticket = CAST(replace(CAST(ticket AS TEXT), '"turn":', '"awaiting":') AS BLOB);

CREATE INDEX by_awaiting ON ticket (awaiting, updated_at DESC, number DESC, facet_group);
CREATE INDEX open_by_awaiting ON ticket (awaiting, updated_at DESC, number DESC, facet_group)
    WHERE status = 'open';
CREATE INDEX incomplete ON ticket (updated_at) WHERE has_all_messages = 0;
CREATE INDEX by_backfill_rank ON ticket (backfill_rank, updated_at DESC) WHERE backfill_rank IS NOT NULL;
