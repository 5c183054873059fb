"""The words people type, in every script, and whatever else they type."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.filters import TicketFilter
from app.store.search.normalize import normalize
from tests.store.searching import Store
from tests.store.shop import asked, ticket


@pytest.mark.parametrize(
    "query",
    [
        *("received", "ORDER", "eceive", "anna@example.com", "example.com", "inv-12345", "12345"),
        *("ord_77", "77", "premium license", "lic", "tkt_1", "grü", "gru", "Zürich", "o"),
        *("or rec", "where", "parcel order", "  order  "),
    ],
)
async def test_find_knows_the_words_people_type(store: Store, query: str) -> None:
    await store.add(ticket("tkt_1"), asked("Grüße aus Zurich, where is my parcel?"))

    assert await store.ids(query) == ["tkt_1"]


@pytest.mark.parametrize(
    "query", ["refund", "arcel", "here", "xanna", "tkt_2", "order refund", "received-anna"]
)
async def test_find_leaves_out_what_lacks_a_word(store: Store, query: str) -> None:
    await store.add(ticket("tkt_1"), asked("Where is my parcel?"))

    assert await store.ids(query) == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我想退款", "退款"),
        ("我想退款", "款"),
        ("ライセンスキーが届きません", "キー"),
        ("환불해 주세요", "환불"),
        ("أَيْنَ الطَّلَب", "اين الطلب"),
        ("ไม่ได้รับคีย์", "รับ"),
        ("Πού είναι ένας κωδικός;", "κωδικος"),
        ("मुझे कुंजी नहीं मिली", "कुंजी"),
        ("Straße 5", "STRASSE"),
        ("thanks 🙂", "🙂"),
        ("costs 30€ more", "€"),
    ],
)
async def test_find_reads_every_script(store: Store, text: str, query: str) -> None:
    await store.add(ticket("tkt_1", subject=text))
    await store.add(ticket("tkt_2", subject="-"), asked(text))

    found = await store.ids(query)

    assert "tkt_1" in found
    assert "tkt_2" in found or len(normalize(query)) <= 2


ODD = ['"', "*", "AND", "OR NOT", "(", "a AND", 'sub"ject', "o'brien", "NEAR(", "-", "^x", "\x00"]


@pytest.mark.parametrize("query", [*ODD, "\ud800", "%", "_", "x" * 10_000, "a " * 500, "{x}:y"])
async def test_find_takes_anything_that_is_typed(store: Store, query: str) -> None:
    await store.add(ticket("tkt_1", subject="sub ject for o'brien and"))

    found = await store.find(TicketFilter(query=query, product=None))

    assert found.total in (0, 1)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(max_size=30), product=st.none() | st.text(max_size=5))
async def test_terms_and_filters_never_fail(store: Store, query: str, product: str | None) -> None:
    found = await store.find(TicketFilter(query=query, product=product, currency=product))

    assert found.total == 0


async def test_find_looks_for_nothing_when_only_signs_are_typed(store: Store) -> None:
    await store.add(ticket("tkt_1"))

    assert await store.ids('"*!') == ["tkt_1"]
