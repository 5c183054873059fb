-- The tickets that the walk over the list has met, and those that the walk before it has.
ALTER TABLE seen RENAME TO seen_even;
CREATE TABLE seen_odd (n INTEGER PRIMARY KEY);
DELETE FROM state WHERE key = 'walk';
