"""Lists against a fresh sort and numbers against a recount, both over the API's own rows."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from app.client.parsing import parse_text
from app.domain.filters import PAGE_SIZE
from app.store.holdings import OUTBOX
from app.store.search.normalize import normalize
from app.store.tickets.upsert import SORT_LENGTH
from tests.doubles.tab import NotShownError, Tab

Row = dict[str, Any]
SHOWN_SECONDS = 30
LISTS = 24
COUNT = re.compile(r'<span class="view-count">([^<]*)<')

SORTS: dict[str, Callable[[Row], Any]] = {
    "updated": lambda row: row["updated_at"],
    "created": lambda row: row["created_at"],
    "subject": lambda row: _key(row["subject"]),
    "customer": lambda row: row["customer_email"].strip().lower(),
    "product": lambda row: _key(row["product_name"]),
    "amount": lambda row: row["order_amount"] and Decimal(row["order_amount"]),
    "messages": lambda row: row["message_count"],
}


def _key(name: str | None) -> str | None:
    """A text as it is sorted; an empty one counts as none."""
    known = parse_text(name)
    return None if known is None else normalize(known)[:SORT_LENGTH]


@dataclass(frozen=True, slots=True)
class Truth:
    """What the API has: rows by id, and since when each customer waits, as its messages say."""

    rows: dict[str, Row]
    waits: dict[str, int]
    heard: frozenset[str]
    """the tickets whose messages the desk has read as they are now"""
    seen: frozenset[tuple[str, int]] = frozenset()
    """what the seller has seen, with how many messages"""

    def fitting(self, chosen: dict[str, str]) -> list[Row]:
        """The rows that a filter lets through."""
        return [row for row in self.rows.values() if _fits(row, chosen)]

    def cards(self) -> dict[str, int]:
        """The numbers above the list."""
        rows = self.rows.values()
        return {
            "total": len(rows),
            "open": sum(row["status"] == "open" for row in rows),
            "closed": sum(row["status"] == "closed" for row in rows),
            "needs-response": sum(map(_waits, rows)),
        }

    def views(self, now: datetime) -> dict[str, tuple[int, int]]:
        """At least and at most so many in each view: where texts lack, waits are guessed."""
        waiting = [row for row in self.rows.values() if _waits(row)]
        known = [row for row in waiting if row["id"] in self.heard]
        day_ago = (now - timedelta(hours=24)).timestamp()
        late = sum(self.waits[row["id"]] < day_ago for row in known)
        exact = self.cards() | {
            "all": len(self.rows),
            "never-answered": sum(not row["has_owner_reply"] for row in waiting),
            "high-value": sum(Decimal(row["order_amount"] or 0) >= 100 for row in waiting),
            "unread": sum((row["id"], row["message_count"]) not in self.seen for row in waiting),
            "customer-replied": sum(bool(row["has_owner_reply"]) for row in waiting),
            "waiting-on-customer": sum(
                row["status"] == "open" and not _waits(row) for row in self.rows.values()
            ),
        }
        exact.pop("total")
        bounds = {key: (number, number) for key, number in exact.items()}
        return bounds | {"over-a-day": (late, late + len(waiting) - len(known))}


def read_truth(api: Path, copy: Path) -> Truth:
    """Read it from the API's database; the copy only says which messages the desk has read."""
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as held:
        heard = frozenset(
            row[0] for row in held.execute("SELECT id FROM ticket WHERE has_all_messages = 1")
        )
    with closing(sqlite3.connect(f"file:{api}?mode=ro", uri=True)) as shop:
        shop.row_factory = sqlite3.Row
        rows = {row["id"]: dict(row) for row in shop.execute("SELECT * FROM tickets")}
        asked = "SELECT ticket_id, sender, created_at FROM messages ORDER BY 1, position"
        waits: dict[str, int] = {}
        for row in shop.execute(asked):
            if row["sender"] == "customer":
                waits.setdefault(row["ticket_id"], row["created_at"])
            else:
                waits.pop(row["ticket_id"], None)
    with closing(sqlite3.connect(f"file:{copy.with_name(OUTBOX)}?mode=ro", uri=True)) as own:
        marked = "SELECT ticket_id, messages FROM mark WHERE author = '' AND kind = 'seen'"
        seen = frozenset((row[0], row[1]) for row in own.execute(marked))
    return Truth(rows=rows, waits=waits, heard=heard, seen=seen)


def same_as_api(api: Path, copy: Path) -> Iterator[str]:
    """Every ticket that the copy holds otherwise than the API, or that only one of them has."""
    asked = "SELECT id, status, {}, message_count, updated_at FROM {}"
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as held:
        ours = {row[0]: row[1:] for row in held.execute(asked.format("awaiting", "ticket"))}
    with closing(sqlite3.connect(f"file:{api}?mode=ro", uri=True)) as shop:
        query = asked.format("awaiting_response_from", "tickets")
        for id_, status, side, count, updated in shop.execute(query):
            awaiting = "seller" if side == "owner" else side
            theirs = (status, awaiting, count, updated * 1_000_000)
            if (mine := ours.pop(id_, None)) != theirs:
                yield f"{id_} is {mine}, in the API {theirs}"
    yield from (f"{id_} is in the copy alone" for id_ in ours)


async def recounted(
    api: Path, copy: Path, tabs: Sequence[Tab], kiosks: Sequence[Tab], *, seed: int = 1
) -> list[str]:
    """Everything on these screens that differs from the API; nothing may change meanwhile."""
    truth, chance = read_truth(api, copy), Random(seed)  # noqa: S311  # repeatable on purpose
    faults = []
    for number in range(LISTS):
        tab, chosen = tabs[number % len(tabs)], _any_list(truth, chance)
        faults += await _wrong_list(tab, chosen, truth)
    numbers = [
        *(_wrong_numbers(tab, lambda: read_truth(api, copy)) for tab in tabs),
        *(_wrong_wall(wall, lambda: read_truth(api, copy)) for wall in kiosks),
    ]
    wrong = Counter(fault for found in await asyncio.gather(*numbers) for fault in found)
    return faults + [f"on {screens} screens: {fault}" for fault, screens in wrong.items()]


def _any_list(truth: Truth, chance: Random) -> dict[str, str]:
    """A filter, an order and a page, as an address has them."""
    some = chance.choice(list(truth.rows.values()))
    chosen = {"sort": chance.choice(("", "-")) + chance.choice(list(SORTS))}
    offered = {
        "status": chance.choice(("open", "closed")),
        "product": some["product_name"],
        "currency": some["order_currency"],
    }
    chosen |= {name: value for name, value in offered.items() if value and chance.random() < 0.4}
    pages = max(1, -(-len(truth.fitting(chosen)) // PAGE_SIZE))
    page = chance.choice((1, 1, 2, pages, chance.randint(1, pages)))
    return chosen | ({"page": str(page)} if 1 < page <= pages else {})


async def _wrong_list(tab: Tab, chosen: dict[str, str], truth: Truth) -> list[str]:
    address = f"/?{urlencode(chosen)}"
    tab.asked += 1
    asked = tab.asked
    tab.emit_page("desk_popstate", address)
    try:
        await tab.answered(asked, seconds=SHOWN_SECONDS)
        await tab.until(
            lambda: tab.count is not None,
            what=f"the count of {address}",
            seconds=SHOWN_SECONDS,
        )
    except NotShownError as error:
        return [str(error)]
    right = truth.fitting(chosen)
    key, first = SORTS[chosen["sort"].lstrip("-")], PAGE_SIZE * (int(chosen.get("page", 1)) - 1)
    wanted = _sorted(map(key, right), down=chosen["sort"].startswith("-"))[first:][:PAGE_SIZE]
    ids = tab.ids
    shown = [key(truth.rows[id_]) if id_ in truth.rows else "?" for id_ in ids]
    count = tab.count
    strange = set(ids) - {row["id"] for row in right}
    if count == len(right) and shown == wanted and not strange and len(set(ids)) == len(ids):
        return []
    return [
        f"{address} counts {count} (right: {len(right)}), {len(strange)} of its {len(ids)} rows "
        f"do not belong there, in order: {shown == wanted}"
    ]


async def _wrong_numbers(tab: Tab, read: Callable[[], Truth]) -> list[str]:
    def differing() -> list[str]:
        truth = read()
        cards, views = truth.cards(), truth.views(datetime.now(UTC))
        said = tab.cards
        wrong = [
            f"card {k} says {said.get(k)}, right: {n}" for k, n in cards.items() if said.get(k) != n
        ]
        counts = {key: _number("".join(COUNT.findall(line))) for key, line in tab.views.items()}
        wrong += [
            f"view {key} says {counts.get(key)}, right: {low} to {high}"
            for key, (low, high) in views.items()
            if not low <= (counts.get(key) or 0) <= high
        ]
        return wrong

    return await _until_none(tab, differing)


async def _wrong_wall(wall: Tab, read: Callable[[], Truth]) -> list[str]:
    def differing() -> list[str]:
        truth = read()
        cards = truth.cards()
        lists = [element["items"] for element in wall.elements.values() if "items" in element]
        items = {key: item["attrs"] for drawn in lists for key, item in drawn.items()}
        said = {key: attrs["data-value"] for key, attrs in items.items() if "data-stat" in attrs}
        wrong = [
            f"the wall says {value} {key}, right: {cards[key]}"
            for key, value in said.items()
            if value != str(cards[key])
        ]
        tiles = [key for key, attrs in items.items() if "data-ticket-id" in attrs]
        since = [truth.waits.get(tile) for tile in tiles]
        known = [at for tile, at in zip(tiles, since, strict=True) if tile in truth.heard]
        if None in since or known != sorted(known):  # type: ignore[type-var]  # then no None is in it
            wrong.append(f"the wall's tiles are not those who wait, longest first: {since}")
        return wrong

    return await _until_none(wall, differing)


async def _until_none(tab: Tab, differing: Callable[[], list[str]]) -> list[str]:
    """What differs when it has had its time to follow."""
    try:
        await tab.until(lambda: not differing(), what="", seconds=SHOWN_SECONDS)
    except NotShownError:
        return differing()
    return []


def _sorted(values: Iterator[Any], *, down: bool) -> list[Any]:
    """In order, what is unknown last either way."""
    known = list(values)
    given = sorted((value for value in known if value is not None), reverse=down)
    return given + [None] * (len(known) - len(given))


def _fits(row: Row, chosen: dict[str, str]) -> bool:
    wanted = (("status", "status"), ("product", "product_name"), ("currency", "order_currency"))
    return all(name not in chosen or row[field] == chosen[name] for name, field in wanted)


def _waits(row: Row) -> bool:
    return bool(row["status"] == "open" and row["awaiting_response_from"] == "owner")


def _number(text: str) -> int | None:
    return int(text.replace(",", "")) if text else None
