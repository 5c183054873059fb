-- Filled by indexing.py with folded text, which is why the words only need splitting at spaces.
-- words: every word of the ticket and of its messages, found from its beginning on.
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', tokenize = 'ascii', columnsize = 0
);
-- parts: subject, address, ids and product, found by any three signs in a row and more.
CREATE VIRTUAL TABLE parts USING fts5 (
    text, content = '', tokenize = 'trigram case_sensitive 1', columnsize = 0
);
