-- Tickets of customers who were forgotten are kept blank, and counted.
ALTER TABLE ticket ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
CREATE INDEX kept_blank ON ticket (forgotten) WHERE forgotten = 1;
UPDATE gone SET ticket = CAST(json_set(CAST(ticket AS TEXT), '$.forgotten', 0) AS BLOB);
