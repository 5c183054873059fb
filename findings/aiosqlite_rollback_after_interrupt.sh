#!/bin/sh
# aiosqlite 0.22.1 (Python's sqlite3): `interrupt()` ends not only the query that runs. As long as any
# other cursor of the connection is open (one row fetched of many is enough), SQLite keeps the
# interrupt for whatever comes next, so that the `rollback()` after it fails with "interrupted" as
# well and the connection stays in its transaction. A pool that gives such a connection back has lost
# it: the next `BEGIN` says "cannot start a transaction within a transaction", for ever.
# Closing every open cursor before the rollback is enough.
#
# Seen and expected: the four lines below.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "aiosqlite==0.22.1"
cat > "$folder/look.py" <<'PY'
import asyncio

import aiosqlite

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT {} FROM n"


async def tried(work):
    try:
        await work
    except aiosqlite.Error as error:
        return str(error)
    return "done"


async def main(path):
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await connection.execute("BEGIN")
        half_read = await connection.execute(NUMBERS.format(99, "i"))
        await half_read.fetchone()
        long = asyncio.create_task(tried(connection.execute(NUMBERS.format(10**10, "max(i)"))))
        await asyncio.sleep(0.5)
        await connection.interrupt()
        print("query:", await long)
        print("rollback:", await tried(connection.rollback()), connection.in_transaction)
        print("begin:", await tried(connection.execute("BEGIN")))
        await half_read.close()
        print("cursor closed, rollback:", await tried(connection.rollback()))


asyncio.run(main(__import__("sys").argv[1]))
PY
"$folder/venv/bin/python" "$folder/look.py" "$folder/file.sqlite3" > "$folder/seen"
cat "$folder/seen"
cat > "$folder/expected" <<'TEXT'
query: interrupted
rollback: interrupted True
begin: interrupted
cursor closed, rollback: done
TEXT
diff "$folder/expected" "$folder/seen"
