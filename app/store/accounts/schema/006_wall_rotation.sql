-- What takes turns on each display, as 'oldest,trend'. Never edited after release.

ALTER TABLE wall_link ADD COLUMN rotation TEXT NOT NULL DEFAULT 'oldest';
