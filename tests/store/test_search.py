"""Filters, orders, words and totals, each against a slow and obvious oracle."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.filters import PAGE_SIZE, VIEWS, SortKey, TicketFilter
from app.domain.metrics import has_all_messages
from app.domain.ticket import Awaiting, Status, name_key
from app.store.search.normalize import normalize
from app.store.search.text_search import MAX_SCANNED
from app.store.tickets.mirror import TicketMirror
from tests.store.oracle import Typed, has_word, in_order, matches, pieces
from tests.store.searching import Store
from tests.store.shop import (
    NOON,
    StillClock,
    any_messages,
    any_ticket,
    asked,
    page,
    ticket,
)

# Making a failure smaller fills a copy again and again, for minutes.
_SOME_SHOPS = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def minutes(n: int) -> datetime:
    return NOON + timedelta(minutes=n)


def filters() -> st.SearchStrategy[TicketFilter]:
    days = st.none() | st.integers(0, 8).map(lambda n: (NOON - timedelta(days=n)).date())
    return st.builds(
        TicketFilter,
        status=st.none() | st.sampled_from(Status),
        other_status=st.sampled_from([False, False, True]),
        awaiting=st.none() | st.sampled_from(Awaiting),
        answered=st.none() | st.booleans(),
        waits_longer_than=st.none() | st.just(timedelta(hours=24)),
        waits_less_than=st.none() | st.sampled_from([timedelta(hours=1), timedelta(days=3)]),
        product=st.none() | st.sampled_from(["Premium License", "premium license"]),
        currency=st.none() | st.just("EUR"),
        created_from=days,
        created_to=days,
        sort=st.sampled_from(SortKey),
        descending=st.booleans(),
        page=st.integers(1, 4),
    ) | st.sampled_from([TicketFilter(), *(view.filter for view in VIEWS.values())])


Asked = tuple[TicketFilter, list[Typed]]


@_SOME_SHOPS
@given(
    seed=st.integers(0, 2**32),
    asked_for=st.lists(
        st.tuples(filters(), st.lists(pieces(), max_size=3)), min_size=20, max_size=40
    ),
)
async def test_find_agrees_with_looking_at_every_ticket(seed: int, asked_for: list[Asked]) -> None:
    chance = Random(seed)  # noqa: S311 not a secret
    with TemporaryDirectory() as folder:
        mirror = await TicketMirror.open(Path(folder) / "mirror.sqlite3", clock=StillClock())
        store = Store(mirror)
        for n in range(110):
            messages = any_messages(chance)
            of = any_ticket(chance, f"tkt_{n:03}")
            await store.add(of, *messages or (), held=messages is not None)
        for chosen, typed in asked_for:
            await check(store, chosen, *typed)
        await mirror.close()


async def check(store: Store, chosen: TicketFilter, *typed: Typed) -> None:
    wanted = [
        (of, messages)
        for of, messages in store.shop.values()
        if matches(of, messages, chosen) and all(piece.holds(of, messages) for piece in typed)
    ]
    chosen = replace(chosen, query=" ".join(piece.text for piece in typed))
    start = PAGE_SIZE * (chosen.page - 1)

    found = await store.find(chosen)

    assert [row["id"] for row in found.rows] == in_order(wanted, chosen)[start : start + PAGE_SIZE]
    assert found.total in (None, len(wanted))
    assert await store.count(chosen) == len(wanted)
    assert found.held == len(store.shop)
    heard = [has_all_messages(of, messages) for of, messages in store.shop.values()]
    assert found.with_all_messages == sum(heard)


async def test_only_so_much_of_a_text_is_searched(store: Store) -> None:
    short, message = "a " * 500, "b " * 50_000
    await store.add(
        ticket("tkt_1", subject=f"early {short} late", product_name=f"early {short} late"),
        *(asked(f"first{n} {message} last{n}", minutes(n)) for n in range(20)),
    )

    found = {
        text: await store.count(TicketFilter(query=text))
        for text in ("early", "late", "first19", "last19", "first11", "first0")
    }

    assert found == {"early": 1, "late": 0, "first19": 1, "last19": 0, "first11": 1, "first0": 0}
    for text, count in found.items():
        assert len((await store.find(TicketFilter(query=text))).rows) == count
    await store.mirror.mark_gone("tkt_1", started=store.mirror.request_number())
    assert [await store.count(TicketFilter(query=text)) for text in found] == [0] * 6


def word(text: str) -> Typed:
    return Typed(text, lambda of, messages: has_word(of, messages, text))


@_SOME_SHOPS
@given(
    seed=st.integers(0, 2**32),
    asked_for=st.lists(
        st.tuples(filters(), st.lists(pieces(), max_size=2)), min_size=5, max_size=15
    ),
)
async def test_facets_count_what_each_value_would_show(seed: int, asked_for: list[Asked]) -> None:
    chance = Random(seed)  # noqa: S311 not a secret
    with TemporaryDirectory() as folder:
        mirror = await TicketMirror.open(Path(folder) / "mirror.sqlite3", clock=StillClock())
        store = Store(mirror)
        for n in range(60):
            messages = any_messages(chance)
            of = any_ticket(chance, f"tkt_{n:03}")
            await store.add(of, *messages or (), held=messages is not None)
        for plain, typed in asked_for:
            chosen = replace(plain, query=" ".join(piece.text for piece in typed))
            facets = await store.facets(chosen)
            for product, count in facets.products:
                assert count == await store.count(replace(chosen, product=product))
            for currency, count in facets.currencies:
                assert count == await store.count(replace(chosen, currency=currency))
            assert {name_key(name) for name, _ in facets.products} == _keys(store, "product_name")
            offered = {name_key(name) for name, _ in facets.currencies}
            assert offered == _keys(store, "order_currency")
            assert len(offered) == len(facets.currencies)
        await mirror.close()


def _keys(store: Store, field: str) -> set[str]:
    names = (getattr(of, field) for of, _ in store.shop.values())
    return {name_key(name) for name in names if name}


@pytest.mark.parametrize("field", ["product", "currency"])
async def test_every_choice_can_be_typed_and_finds_what_choosing_it_finds(
    store: Store, field: str
) -> None:
    names = ["Theme", "theme ", "Theme Pro", "C++", "C", '27" Skin', "kr", "KR", "€", "USDT-TRC20"]
    for n, name in enumerate(names):
        spelled = {"product_name": name} if field == "product" else {"order_currency": name}
        await store.add(ticket(f"tkt_{n}", **spelled))

    facets = await store.facets(TicketFilter())

    choices = facets.products if field == "product" else facets.currencies
    assert len(choices) == len(names) - 2
    for name, count in choices:
        typed = name.replace('"', "")
        chosen = await store.ids(**{field: name})
        assert len(chosen) == count
        assert await store.ids(f'{field}:"{typed}"') == chosen
        assert await store.ids(f"{field}:“{typed}”") == chosen


HOSTILE = (
    "$€£%&#@*+-=/\\|~^<>()[]{}:;,.!?'\"`_ \n\u00a0aZß0\uff19łøŁ退\U0001d518👍\u0301\u200b\u202e\0"
)


@_SOME_SHOPS
@given(
    texts=st.lists(st.text(HOSTILE, max_size=12), min_size=30, max_size=60),
    queries=st.lists(st.text(HOSTILE, min_size=1, max_size=4), min_size=30, max_size=60),
)
async def test_list_count_and_facets_of_any_query_agree(
    texts: list[str], queries: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        mirror = await TicketMirror.open(Path(folder) / "mirror.sqlite3", clock=StillClock())
        store = Store(mirror)
        for n, text in enumerate(texts):
            said = () if n % 3 else (asked(text),)
            subject = text if n % 3 else None
            await store.add(ticket(f"tkt_{n:03}", subject=subject, order_currency="USD"), *said)
        for query in [*queries, *map("-{}".format, queries), "$", "-$", "$30", "$ €"]:
            count = await store.count(TicketFilter(query=query))
            pages = range(1, count // PAGE_SIZE + 2)
            found = [await store.find(TicketFilter(query=query, page=page)) for page in pages]
            listed = [row["id"] for one in found for row in one.rows]
            facets = await store.facets(TicketFilter(query=query))
            assert (len(listed), len(set(listed))) == (count, count), query
            assert sum(number for _, number in facets.currencies) == count, query
        for sign in filter(normalize, HOSTILE):
            await check(store, TicketFilter(), word(sign))
        await mirror.close()


async def test_dollar_is_a_word_of_its_own(store: Store) -> None:
    await store.add(ticket("tkt_1", subject="you owe me $30"))
    await store.add(ticket("tkt_2", subject="you owe me 30 euros"), asked("or US$ 7"))
    await store.add(ticket("tkt_3", subject="you owe me 30"))

    assert await store.ids("$") == ["tkt_2", "tkt_1"]
    assert await store.ids("$30") == ["tkt_1"]
    assert await store.ids("-$") == ["tkt_3"]


async def test_find_still_agrees_after_tickets_changed_and_went(store: Store) -> None:
    chance = Random(5)  # noqa: S311 not a secret
    for round_ in range(3):
        for n in range(0, 90, 1 + round_):
            of = any_ticket(chance, f"tkt_{n:03}")
            of = replace(of, updated_at=NOON + timedelta(seconds=round_))
            await store.add(of, *any_messages(chance) or ())
    for n in range(0, 90, 7):
        await store.mirror.mark_gone(f"tkt_{n:03}", started=store.mirror.request_number())
        del store.shop[f"tkt_{n:03}"]

    for query in ("ref", "order", "a", "退款", "déjà", "example.com", "premium"):
        await check(store, TicketFilter(), word(query))
        await check(store, TicketFilter(status=Status.OPEN, sort=SortKey.SUBJECT), word(query))


@pytest.mark.parametrize("day", [date.min, date.max, date(1900, 1, 1)])
async def test_find_takes_any_day(store: Store, day: date) -> None:
    await store.add(ticket("tkt_1"))

    assert await store.ids(created_from=day, created_to=day) == []


async def test_find_gives_an_empty_page_past_the_end(store: Store) -> None:
    await store.add(ticket("tkt_1"))

    for query in ("", "order", "older:1m", "-refund"):
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
    for n in range(MAX_SCANNED + 300):
        at = NOON - timedelta(minutes=n)
        store.shop[f"tkt_{n:04}"] = (
            ticket(f"tkt_{n:04}", subject="old" if n >= MAX_SCANNED else "new", updated_at=at),
            None,
        )
    tickets = [of for of, _ in store.shop.values()]
    await store.mirror.apply_page(page(*tickets), started=store.mirror.request_number())

    await check(store, TicketFilter(), word("old"))
    await check(store, TicketFilter(page=2, descending=False), word("old"))


async def test_two_letters_begin_a_short_text_or_are_a_word_of_a_message(store: Store) -> None:
    for n in range(40):
        of = ticket(f"tkt_{n:02}", subject="yes" if n < 30 else "zz")
        await store.add(of, asked("zz" if n < 30 else "yes"))

    for text in ("zz", "yes", "ye", "z"):
        await check(store, TicketFilter(), word(text))


async def test_phrase_is_found_in_one_message_and_not_across_two(store: Store) -> None:
    await store.add(ticket("tkt_1", subject=None), asked("my order"), asked("refund please"))
    await store.add(ticket("tkt_2", subject=None), asked("my order refund please"))

    assert await store.ids('"order refund"') == ["tkt_2"]
    assert await store.ids("order refund") == ["tkt_2", "tkt_1"]
