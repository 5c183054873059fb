-- How each display shows what it shows. Never edited after release.

ALTER TABLE wall_link ADD COLUMN size TEXT NOT NULL DEFAULT 'near';
ALTER TABLE wall_link ADD COLUMN amber_hours INTEGER NOT NULL DEFAULT 4;
ALTER TABLE wall_link ADD COLUMN red_hours INTEGER NOT NULL DEFAULT 24;
ALTER TABLE wall_link ADD COLUMN dwell_seconds INTEGER NOT NULL DEFAULT 12;
-- Two hours of the day as '22-6', '' for none.
ALTER TABLE wall_link ADD COLUMN night TEXT NOT NULL DEFAULT '';
