"""The demo store's conversations and products keep the format that the seed reads."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parents[2] / "assets" / "demo"
KINDS = {"software", "game", "theme", "course", "audio", "ebook", "giftcard"}
WITH_A_KEY = {"software", "game", "giftcard"}
DECIMALS = {"USD": 2, "EUR": 2, "GBP": 2, "BRL": 2, "JPY": 0, "KWD": 3}
ENDS = {"closed", "needs-seller", "waiting-customer", "any"}
PLACEHOLDERS = {"product", "order", "invoice", "amount", "email", "key"}
FIELDS = {"key", "weight", "subjects", "order", "kinds", "ends", "messages"}

# Where a link leads, an e-mail goes: both only to the names kept free for examples.
HOST = re.compile(r"(?:\w+://(?:[^\s/@<>\"]*@)?|@)((?:[\w-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
EXAMPLE_HOST = re.compile(r"(?:[\w-]+\.)*example\.(?:com|org)")
RAW_INVISIBLE = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]"
)

SCENARIOS: dict[str, Any] = {
    path.name: json.loads(path.read_text("utf-8"))
    for path in sorted((DEMO / "conversations").glob("*.json"))
}
PRODUCTS: list[Any] = json.loads((DEMO / "products.json").read_text("utf-8"))


def longest(scenario: Any) -> int:
    return max(len(message["text"]) for message in scenario["messages"])


def texts(scenario: Any) -> Iterator[str]:
    yield from scenario["subjects"]
    yield from (message["text"] for message in scenario["messages"])


def says(pattern: str) -> Callable[[Any], bool]:
    return lambda scenario: re.search(pattern, "\n".join(texts(scenario))) is not None


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_keeps_the_format(name: str) -> None:
    scenario = SCENARIOS[name]

    assert scenario.keys() == FIELDS
    assert f"{scenario['key']}.json" == name
    assert type(scenario["weight"]) is int
    assert 1 <= scenario["weight"] <= 20
    assert type(scenario["order"]) is bool
    assert scenario["ends"] in ENDS
    assert set(scenario["kinds"]) <= KINDS
    assert all(isinstance(text, str) for text in texts(scenario))
    assert all(texts(scenario))
    assert len(set(scenario["subjects"])) == len(scenario["subjects"]) > 0


@pytest.mark.parametrize("name", SCENARIOS)
def test_conversation_starts_and_ends_with_the_right_side(name: str) -> None:
    scenario = SCENARIOS[name]
    senders = [message["sender"] for message in scenario["messages"]]

    assert all(message.keys() == {"sender", "text"} for message in scenario["messages"])
    assert senders[0] == "customer"
    assert set(senders) <= {"customer", "seller"}
    if scenario["ends"] in ("needs-seller", "waiting-customer"):
        assert senders[-1] == ("customer" if scenario["ends"] == "needs-seller" else "seller")


@pytest.mark.parametrize("name", SCENARIOS)
def test_placeholders_are_known_and_can_be_filled(name: str) -> None:
    scenario = SCENARIOS[name]
    used = {word for text in texts(scenario) for word in re.findall(r"\{\{(\w+)\}\}", text)}

    assert used <= (PLACEHOLDERS if scenario["order"] else {"email"})
    if "key" in used:
        assert set(scenario["kinds"]) <= WITH_A_KEY
        assert scenario["kinds"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_links_and_addresses_lead_nowhere_real(name: str) -> None:
    hosts = [host for text in texts(SCENARIOS[name]) for host in HOST.findall(text)]

    assert [host for host in hosts if not EXAMPLE_HOST.fullmatch(host)] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_invisible_characters_are_escaped_in_the_file(name: str) -> None:
    raw = (DEMO / "conversations" / name).read_text("utf-8")

    assert RAW_INVISIBLE.findall(raw) == []


def test_scenarios_are_many() -> None:
    assert len(SCENARIOS) >= 60


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(says("[\u0590-\u05ff]"), id="Hebrew"),
        pytest.param(says("[\u0621-\u064a]"), id="Arabic"),
        pytest.param(says("[\u0400-\u04ff]"), id="Cyrillic"),
        pytest.param(says("[\u0370-\u03ff]"), id="Greek"),
        # "You" in polite Chinese; kanji alone would count Japanese twice.
        pytest.param(says("\u60a8"), id="Chinese"),
        pytest.param(says("[\u3040-\u30ff]"), id="Japanese"),
        pytest.param(says("[\uac00-\ud7a3]"), id="Korean"),
        pytest.param(says("[\u0900-\u097f]"), id="Hindi"),
        pytest.param(says("[\u0e00-\u0e7f]"), id="Thai"),
        pytest.param(says("<script>"), id="script tag"),
        pytest.param(says("onerror="), id="event handler"),
        pytest.param(says("javascript:"), id="script link"),
        pytest.param(says(r"\$\{.*\}"), id="template braces"),
        pytest.param(says("DROP TABLE"), id="SQL"),
        pytest.param(says("\u202e"), id="right-to-left override"),
        pytest.param(says("\u200b"), id="zero-width"),
        pytest.param(says("[\u0300-\u036f]{12}"), id="combining tower"),
        pytest.param(says("\U0001f469\u200d"), id="joined emoji"),
        pytest.param(says(r"\S{1000}"), id="unbroken word"),
        pytest.param(lambda s: longest(s) > 30_000, id="text of 30,000 characters"),
        pytest.param(lambda s: 6_000 < longest(s) < 10_000, id="text of 6,000 characters"),
        pytest.param(lambda s: len(s["messages"]) >= 40, id="40 messages"),
        pytest.param(lambda s: not s["order"], id="no order"),
        pytest.param(lambda s: " " in s["subjects"], id="blank subject"),
        pytest.param(lambda s: max(map(len, s["subjects"])) >= 300, id="subject of 300 characters"),
    ],
)
def test_demo_covers(found: Callable[[Any], bool]) -> None:
    assert any(found(scenario) for scenario in SCENARIOS.values())


def test_every_kind_of_product_is_sold_and_asked_about() -> None:
    assert {product["kind"] for product in PRODUCTS} == KINDS
    assert {kind for scenario in SCENARIOS.values() for kind in scenario["kinds"]} == KINDS


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product["name"])
def test_product_keeps_the_format(product: Any) -> None:
    assert product.keys() == {"name", "kind", "prices", "weight"}
    assert product["name"].strip()
    assert type(product["weight"]) is int
    assert product["weight"] >= 1
    assert product["prices"]
    for amount, currency in product["prices"]:
        assert Decimal(amount) >= 0
        assert Decimal(amount).as_tuple().exponent == -DECIMALS[currency]
