-- The whole copy. What an older one held lies otherwise, so it begins anew and is read from the API.
DROP TABLE IF EXISTS ticket;
DROP TABLE IF EXISTS conversation;
DROP TABLE IF EXISTS gone;
DROP TABLE IF EXISTS kind;
DROP TABLE IF EXISTS quarter;
DROP TABLE IF EXISTS seen;
DROP TABLE IF EXISTS seen_even;
DROP TABLE IF EXISTS seen_odd;
DROP TABLE IF EXISTS state;
DROP TABLE IF EXISTS words;
DROP TABLE IF EXISTS parts;

-- Times are microseconds since 1970. Amounts are the text that came; `amount` is only for sorting.
CREATE TABLE ticket (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    subject TEXT,
    status TEXT,
    turn TEXT,
    customer_email TEXT,
    order_id TEXT,
    invoice_id TEXT,
    product_name TEXT,
    order_amount TEXT,
    order_currency TEXT,
    message_count INTEGER,
    has_owner_reply INTEGER,
    created_at INTEGER,
    updated_at INTEGER,
    closed_at INTEGER,
    unreadable TEXT,
    -- what follows is derived from the above and from the messages, see upsert.py
    kind INTEGER NOT NULL,
    read_at INTEGER,
    heard INTEGER NOT NULL,
    due INTEGER,
    answered INTEGER,
    waits_since INTEGER,
    waits_known TEXT,
    amount REAL,
    subject_key TEXT,
    product_key TEXT,
    -- the address as it tells customers apart
    customer_key TEXT GENERATED ALWAYS AS (lower(trim(customer_email))) VIRTUAL
);

-- One for each order of the list, with the kind, so that paging and filtering read no rows. Tickets
-- come newest first, which leaves no gaps where the index goes the same way.
CREATE INDEX by_updated ON ticket (updated_at DESC, n DESC, kind);
CREATE INDEX by_created ON ticket (created_at DESC, n DESC, kind);
CREATE INDEX by_state ON ticket (status, updated_at DESC, n DESC, kind);
CREATE INDEX by_turn ON ticket (turn, updated_at DESC, n DESC, kind);
CREATE INDEX by_subject ON ticket (subject_key, updated_at DESC, n DESC, kind);
CREATE INDEX by_customer ON ticket (customer_key, updated_at DESC, n DESC, kind);
CREATE INDEX by_product ON ticket (product_key, updated_at DESC, n DESC, kind);
CREATE INDEX by_amount ON ticket (amount DESC, updated_at DESC, n DESC, kind);
CREATE INDEX by_messages ON ticket (message_count DESC, updated_at DESC, n DESC, kind);
CREATE INDEX by_waiting ON ticket (waits_since, n, kind);
-- The narrow copy of each row that is read when the search index names thousands.
CREATE INDEX by_number ON ticket (n, kind, updated_at, created_at, waits_since);
-- And for the sets that are small or asked for all the time.
CREATE INDEX open_by_turn ON ticket (turn, updated_at DESC, n DESC, kind) WHERE status = 'open';
CREATE INDEX waiting ON ticket (waits_since, n, kind, waits_known) WHERE status = 'open' AND turn = 'seller';
CREATE INDEX open_of_customer ON ticket (customer_key) WHERE status = 'open';
CREATE INDEX unread ON ticket (unreadable) WHERE unreadable IS NOT NULL;
CREATE INDEX unheard ON ticket (updated_at) WHERE heard = 0;
CREATE INDEX by_worth ON ticket (due, updated_at DESC) WHERE due IS NOT NULL;

CREATE TABLE conversation (
    n INTEGER PRIMARY KEY,
    messages BLOB NOT NULL
);

-- Tickets the API no longer knows, with what was last known of them.
CREATE TABLE gone (
    id TEXT PRIMARY KEY,
    gone_at INTEGER NOT NULL,
    ticket BLOB NOT NULL,
    messages BLOB
) WITHOUT ROWID;

-- The combinations that tickets have, how many have each, and of how many of those all messages
-- are held; '' and -1 are unknown.
CREATE TABLE kind (
    kind INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    turn TEXT NOT NULL,
    answered INTEGER NOT NULL,
    product TEXT NOT NULL,
    currency TEXT NOT NULL,
    tickets INTEGER NOT NULL,
    heard INTEGER NOT NULL,
    UNIQUE (status, turn, answered, product, currency)
);

-- What happened in each quarter of an hour since 1970; every zone's days are made of such quarters.
CREATE TABLE quarter (
    quarter INTEGER PRIMARY KEY,
    opened INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    waits INTEGER NOT NULL
);

-- The tickets that the walk over the list has met, and those that the walk before it has.
CREATE TABLE seen_even (n INTEGER PRIMARY KEY);
CREATE TABLE seen_odd (n INTEGER PRIMARY KEY);
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Filled by search/index.py with folded text, which is why the words only need splitting at spaces. A
-- column for each field, so that a field can be asked alone and any mixture of terms is one question.
CREATE VIRTUAL TABLE words USING fts5 (
    said, subject, customer, orders, invoice,
    content = '', tokenize = 'ascii', columnsize = 0
);
