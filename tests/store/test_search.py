"""Filters, orders, words and totals, each against a slow and obvious oracle."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.inbox import PAGE_SIZE, VIEWS, SortKey, TicketFilter
from app.domain.metrics import is_answered
from app.domain.ticket import Message, Status, Ticket, Turn
from app.store.folding import fold
from app.store.looking import LONGEST_WALK
from app.store.mirror import Mirror
from tests.store.searching import ZONE, Store
from tests.store.shop import (
    NOON,
    StillClock,
    any_messages,
    any_ticket,
    asked,
    page,
    ticket,
)


def matches(of: Ticket, messages: tuple[Message, ...] | None, chosen: TicketFilter) -> bool:
    """Whether a ticket belongs into a list, said as plainly as possible."""
    is_idle = of.updated_at is not None and NOON - of.updated_at > timedelta(hours=24)
    return all(
        (
            chosen.status in (None, of.status),
            chosen.turn in (None, of.turn),
            chosen.turn is None or chosen.status is not None or of.status == Status.OPEN,
            chosen.answered in (None, is_answered(of, messages)),
            chosen.product in (None, of.product_name),
            chosen.currency in (None, of.order_currency),
            in_days(of.created_at, chosen.created_from, chosen.created_to),
            chosen.idle_longer_than is None or is_idle,
            has_words(of, messages, [fold(word) for word in chosen.query.split()]),
        )
    )


def in_days(at: datetime | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    if at is None:
        return False
    day = at.astimezone(ZONE).date()
    return (first is None or day >= first) and (last is None or day <= last)


def has_words(of: Ticket, messages: tuple[Message, ...] | None, words: list[str]) -> bool:
    fields = [of.subject, of.customer_email, of.id, of.order_id, of.invoice_id, of.product_name]
    short = [fold(field) for field in fields if field]
    long = fold(" ".join(message.text for message in messages or ()))

    def begins(word: str) -> bool:
        texts = short if len(word) <= 2 else [*short, long]
        return any(f" {word}" in f" {text}" for text in texts)

    def is_part(word: str) -> bool:
        return len(word) > 2 and any(word in field for field in short)

    return all(map(begins, words)) or all(map(is_part, words))


KEYS: dict[SortKey, Callable[[Ticket], object]] = {
    SortKey.UPDATED: lambda of: of.updated_at,
    SortKey.CREATED: lambda of: of.created_at,
    SortKey.STATUS: lambda of: of.status,
    SortKey.TURN: lambda of: of.turn,
    SortKey.SUBJECT: lambda of: None if of.subject is None else fold(of.subject),
    SortKey.CUSTOMER: lambda of: of.customer_email and of.customer_email.lower(),
    SortKey.PRODUCT: lambda of: of.product_name and fold(of.product_name),
    SortKey.AMOUNT: lambda of: of.order_amount,
    SortKey.MESSAGES: lambda of: of.message_count,
}


def in_order(found: list[Ticket], chosen: TicketFilter) -> list[str]:
    key = KEYS[chosen.sort]
    known = [of for of in found if key(of) is not None]
    unknown = [of for of in found if key(of) is None]
    known.sort(key=lambda of: (key(of), of.id), reverse=chosen.descending)
    unknown.sort(key=lambda of: of.id, reverse=chosen.descending)
    return [of.id for of in known + unknown]


def filters() -> st.SearchStrategy[TicketFilter]:
    queries = [
        "",
        "",
        "",
        "ref",
        "a",
        "order",
        "example com",
        "12345",
        "退款",
        "题",
        "KLU ключ",
        "zz",
    ]
    days = st.none() | st.integers(0, 8).map(lambda n: (NOON - timedelta(days=n)).date())
    return st.builds(
        TicketFilter,
        query=st.sampled_from(queries),
        status=st.none() | st.sampled_from(Status),
        turn=st.none() | st.sampled_from(Turn),
        answered=st.none() | st.booleans(),
        idle_longer_than=st.none() | st.just(timedelta(hours=24)),
        product=st.none() | st.sampled_from(["Premium License", "premium license"]),
        currency=st.none() | st.just("EUR"),
        created_from=days,
        created_to=days,
        sort=st.sampled_from(SortKey),
        descending=st.booleans(),
        page=st.integers(1, 4),
    ) | st.sampled_from([view.filter for view in VIEWS.values()])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), asked_for=st.lists(filters(), min_size=20, max_size=40))
async def test_find_agrees_with_looking_at_every_ticket(
    seed: int, asked_for: list[TicketFilter]
) -> None:
    chance = Random(seed)  # noqa: S311 not a secret
    with TemporaryDirectory() as folder:
        mirror = await Mirror.open(Path(folder) / "mirror.sqlite3", clock=StillClock())
        store = Store(mirror)
        for n in range(110):
            messages = any_messages(chance)
            of = any_ticket(chance, f"tkt_{n:03}")
            await store.add(of, *messages or (), held=messages is not None)
        for chosen in asked_for:
            await check(store, chosen)
        await mirror.close()


async def check(store: Store, chosen: TicketFilter) -> None:
    wanted = [of for of, messages in store.shop.values() if matches(of, messages, chosen)]
    start = PAGE_SIZE * (chosen.page - 1)

    found = await store.find(chosen)

    assert [row["id"] for row in found.rows] == in_order(wanted, chosen)[start : start + PAGE_SIZE]
    assert found.total == len(wanted)
    assert found.held == len(store.shop)


async def test_find_still_agrees_after_tickets_changed_and_went(store: Store) -> None:
    chance = Random(5)  # noqa: S311 not a secret
    for round_ in range(3):
        for n in range(0, 90, 1 + round_):
            of = any_ticket(chance, f"tkt_{n:03}")
            of = replace(of, updated_at=NOON + timedelta(seconds=round_))
            await store.add(of, *any_messages(chance) or ())
    for n in range(0, 90, 7):
        await store.mirror.mark_gone(f"tkt_{n:03}", started=store.mirror.start())
        del store.shop[f"tkt_{n:03}"]

    for query in ("", "ref", "order", "a", "退款", "déjà", "example.com", "premium"):
        await check(store, TicketFilter(query=query))
        await check(store, TicketFilter(query=query, status=Status.OPEN, sort=SortKey.SUBJECT))


@pytest.mark.parametrize("day", [date.min, date.max, date(1900, 1, 1)])
async def test_find_takes_any_day(store: Store, day: date) -> None:
    await store.add(ticket("tkt_1"))

    assert await store.ids(created_from=day, created_to=day) == []


async def test_find_gives_an_empty_page_past_the_end(store: Store) -> None:
    await store.add(ticket("tkt_1"))

    for query in ("", "order"):
        found = await store.find(TicketFilter(query=query, page=9))
        assert (found.rows, found.total) == ([], 1)


async def test_find_counts_the_customers_other_open_tickets(store: Store) -> None:
    await store.add(ticket("tkt_1"))
    await store.add(ticket("tkt_2", customer_email="Anna@Example.com"))
    await store.add(ticket("tkt_3", status=Status.CLOSED))
    await store.add(ticket("tkt_4", customer_email=None))

    found = await store.find(TicketFilter(sort=SortKey.CREATED, descending=False))

    assert {row["id"]: row["other_open"] for row in found.rows} == {
        "tkt_1": 1,
        "tkt_2": 1,
        "tkt_3": 2,
        "tkt_4": 0,
    }


async def test_common_word_is_found_also_when_all_that_have_it_are_old(store: Store) -> None:
    for n in range(LONGEST_WALK + 300):
        at = NOON - timedelta(minutes=n)
        store.shop[f"tkt_{n:04}"] = (
            ticket(f"tkt_{n:04}", subject="old" if n >= LONGEST_WALK else "new", updated_at=at),
            None,
        )
    tickets = [of for of, _ in store.shop.values()]
    await store.mirror.apply_page(page(*tickets), started=store.mirror.start())

    await check(store, TicketFilter(query="old"))
    await check(store, TicketFilter(query="old", page=2, descending=False))


async def test_two_letters_are_looked_for_in_short_texts_only(store: Store) -> None:
    for n in range(40):
        of = ticket(f"tkt_{n:02}", subject="yes" if n < 30 else "zz")
        await store.add(of, asked("zz" if n < 30 else "yes"))

    await check(store, TicketFilter(query="zz"))
    await check(store, TicketFilter(query="yes"))
    await check(store, TicketFilter(query="ye"))
