"""Written conversations are cut where they can stop and filled where they have gaps."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from app.server.demo.scenarios import (
    Cuts,
    Scenario,
    State,
    draw_order,
    email_of_customer,
    fill_gaps,
    gap_values,
    load_scenarios,
)
from tests.server.workbench import CONVERSATIONS, chance

PRODUCTS = [
    {
        "name": "Tool",
        "kind": "software",
        "prices": [["29.99", "USD"], ["2.600", "KWD"]],
        "weight": 9,
    },
    {"name": "Song", "kind": "audio", "prices": [["8900", "JPY"]], "weight": 1},
]


def written(folder: Path, senders: str, **changes: Any) -> Scenario:
    """A scenario whose messages are c(ustomer) or s(eller), read back from its file."""
    names = {"c": "customer", "s": "seller"}
    entry = {
        "key": "one",
        "weight": 2,
        "subjects": ["About {{product}}"],
        "order": True,
        "kinds": [],
        "ends": "any",
        "messages": [
            {"sender": names[letter], "text": f"{letter} {{{{key}}}}"} for letter in senders
        ],
    }
    conversations = folder / "conversations"
    conversations.mkdir(exist_ok=True)
    (conversations / "one.json").write_text(json.dumps(entry | changes))
    (folder / "products.json").write_text(json.dumps(PRODUCTS))
    return load_scenarios(conversations)[0]


def lengths(scenario: Scenario, state: State) -> set[int]:
    cuts, rng = Cuts([scenario], state), chance()
    return {cuts.draw(rng).length for _ in range(60)}


@pytest.mark.parametrize(
    ("senders", "ends", "state", "expected"),
    [
        ("csc", "any", "closed", {3}),
        ("csc", "closed", "closed", {3}),
        ("csc", "any", "needs-seller", {1, 3}),
        ("csc", "closed", "needs-seller", {1}),
        ("csc", "needs-seller", "needs-seller", {1, 3}),
        ("csc", "any", "waiting-customer", {2}),
        ("cscs", "closed", "waiting-customer", {2}),
        ("cscs", "waiting-customer", "waiting-customer", {2, 4}),
        ("ccsc", "any", "needs-seller", {1, 2, 4}),
        ("c", "closed", "needs-seller", {1}),
    ],
)
def test_conversation_is_cut_where_it_waits(
    tmp_path: Path, senders: str, ends: str, state: State, expected: set[int]
) -> None:
    assert lengths(written(tmp_path, senders, ends=ends), state) == expected


def test_product_fits_the_scenario(tmp_path: Path) -> None:
    scenario = written(tmp_path, "c", kinds=["audio"])

    order = draw_order(scenario, number=7, rng=chance())

    assert (order.product_name, order.amount, order.currency) == ("Song", Decimal(8900), "JPY")
    assert order.invoice_id == "INV-7"
    assert order.order_id.startswith("ord_")


def test_gaps_are_filled_with_the_order(tmp_path: Path) -> None:
    order = draw_order(written(tmp_path, "c"), number=12345, rng=chance())
    words = gap_values(order, customer_email="fox@example.com", rng=chance())

    text = fill_gaps("{{order}} {{invoice}} {{email}} {{amount}} {{product}}", words)

    money = f"{order.amount} {order.currency}"
    assert text == f"{order.order_id} INV-12345 fox@example.com {money} Tool"
    assert fill_gaps("{{key}}", words).count("-") == 3
    assert fill_gaps("{{7*7}} {{config}} {key}", words) == "{{7*7}} {{config}} {key}"


def test_written_conversations_can_leave_a_ticket_in_every_state() -> None:
    scenarios = load_scenarios(CONVERSATIONS)
    rng = chance()

    for state in get_args(State):
        cuts = Cuts(scenarios, state)
        drawn = Counter(id(cuts.draw(rng).scenario) for _ in range(5_000))
        assert len(drawn) > 60


def test_no_gap_of_the_written_conversations_stays_open() -> None:
    rng = chance()
    gap = re.compile(r"\{\{ ?(product|order|invoice|amount|email|key)")

    for scenario in load_scenarios(CONVERSATIONS):
        words = gap_values(draw_order(scenario, number=1, rng=rng), customer_email="e", rng=rng)
        for text in scenario.texts + scenario.subjects:
            assert not gap.search(fill_gaps(text, words))


def test_no_two_customers_share_an_address() -> None:
    assert len({email_of_customer(number) for number in range(10_000)}) == 10_000


def test_addresses_are_of_the_example_domain() -> None:
    assert all(
        re.fullmatch(r"[a-z]+[._-]?[a-z]+\d*@example\.com", email_of_customer(n))
        for n in range(9_000)
    )


def test_neighbours_look_nothing_alike() -> None:
    first_words = {re.split(r"[._-]|$", email_of_customer(number))[0][:4] for number in range(40)}

    assert len(first_words) > 25
