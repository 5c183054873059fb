"""The handwritten conversations and products of the demo shop, and how their gaps are filled."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from app.server.contract import new_id
from app.server.repository import Order

State = Literal["closed", "needs-seller", "waiting-customer"]
"""what a ticket waits for; the words are those of the scenario files"""

_GAP = re.compile(r"\{\{(product|order|invoice|amount|email|key)\}\}")
_KEY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_FIRST = (  # noqa: SIM905  # words read better than a column of strings
    "amber brass cedar chalk cobalt copper coral cotton ember fern flint foggy frost ginger "
    "granite hazel indigo ivory jade lemon linen lunar maple marble mellow mint misty mossy "
    "neon nimble ocean olive opal paper pepper pixel plum quiet rapid rustic salty silver "
    "slate solar spicy tidy toasted velvet violet walnut winter"
).split()
_SECOND = (  # noqa: SIM905  # words read better than a column of strings
    "acorn anchor badger beacon biscuit bobbin button cactus canoe comet compass cricket "
    "dolphin falcon fiddle gecko glacier hammock heron kettle lantern lemur llama magnet "
    "marmot meadow moth muffin noodle otter paddle panda pebble pickle pigeon puffin radish "
    "raven rocket saddle sparrow spoon teapot thimble tulip turnip walrus whisk willow "
    "zeppelin"
).split()
_JOINTS = ("", ".", "_", "-")
_PAIRS = len(_FIRST) * len(_SECOND)
_STRIDE = 1_009  # shares no factor with the pairs, so neighbours look nothing alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One conversation with gaps; `senders` and `texts` run side by side, oldest first."""

    weight: int
    subjects: tuple[str, ...]
    has_order: bool
    ends: str
    """closed | needs-seller | waiting-customer | any"""
    senders: tuple[str, ...]
    texts: tuple[str, ...]
    products: tuple["Product", ...]
    """what it can be about"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something the shop sells, with its price in each currency."""

    name: str
    kind: str
    prices: tuple[tuple[Decimal, str], ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The first `length` messages of a scenario."""

    scenario: Scenario
    length: int

    @property
    def senders(self) -> tuple[str, ...]:
        """Who wrote each message."""
        return self.scenario.senders[: self.length]

    @property
    def texts(self) -> tuple[str, ...]:
        """What was written, gaps included."""
        return self.scenario.texts[: self.length]


class Cuts:
    """All conversations that can leave a ticket in one state, drawn as often as their weight."""

    def __init__(self, scenarios: Sequence[Scenario], state: State) -> None:
        self._cuts: list[Cut] = []
        weights: list[float] = []
        for scenario in scenarios:
            lengths = _lengths(scenario, state)
            self._cuts += [Cut(scenario, length) for length in lengths]
            weights += [scenario.weight / len(lengths) for _ in lengths]
        self._until = list(accumulate(weights))

    def draw(self, rng: random.Random) -> Cut:
        """One of them."""
        return rng.choices(self._cuts, cum_weights=self._until)[0]


def _lengths(scenario: Scenario, state: State) -> list[int]:
    """After how many messages this scenario can stop and be in `state`."""
    whole = len(scenario.senders)
    if state == "closed":
        return [whole] if scenario.ends in {"closed", "any"} else []
    awaited = "customer" if state == "needs-seller" else "seller"
    stops = [n for n, sender in enumerate(scenario.senders, start=1) if sender == awaited]
    # The last word of a settled conversation is a thank-you: nobody waits after it.
    return [n for n in stops if n < whole or scenario.ends != "closed" or whole == 1]


def load_scenarios(conversations: Path) -> list[Scenario]:
    """Every `*.json` in the folder, by name; `products.json` lies beside the folder."""
    listed = json.loads((conversations.parent / "products.json").read_text("utf-8"))
    products = [_product(entry) for entry in listed]
    files = sorted(conversations.glob("*.json"))
    return [_scenario(json.loads(file.read_text("utf-8")), products) for file in files]


def draw_order(scenario: Scenario, *, number: int, rng: random.Random) -> Order:
    """An order of one of the scenario's products; `number` is that of its invoice."""
    product = draw_weighted(scenario.products, rng)
    prices = product.prices
    amount, currency = rng.choices(prices, weights=range(len(prices), 0, -1))[0]
    return Order(
        order_id=new_id("ord_", rng=rng),
        invoice_id=f"INV-{number}",
        product_name=product.name,
        amount=amount,
        currency=currency,
    )


def gap_values(order: Order, *, customer_email: str, rng: random.Random) -> dict[str, str]:
    """What stands in the gaps of a text about `order`."""
    groups = ("".join(rng.choices(_KEY_LETTERS, k=5)) for _ in range(4))
    return {
        "product": order.product_name,
        "order": order.order_id,
        "invoice": order.invoice_id,
        "amount": f"{order.amount} {order.currency}",
        "email": customer_email,
        "key": "-".join(groups),
    }


def fill_gaps(text: str, words: Mapping[str, str]) -> str:
    """`text` with its gaps filled."""
    return _GAP.sub(lambda gap: words[gap[1]], text)


def draw_weighted(choices: Sequence[Any], rng: random.Random) -> Any:
    """One of `choices`, as often as its `weight` says."""
    return rng.choices(choices, weights=[choice.weight for choice in choices])[0]


def _product(entry: dict[str, Any]) -> Product:
    prices = tuple((Decimal(amount), currency) for amount, currency in entry["prices"])
    return Product(name=entry["name"], kind=entry["kind"], prices=prices, weight=entry["weight"])


def _scenario(entry: dict[str, Any], products: Sequence[Product]) -> Scenario:
    kinds = entry["kinds"]
    return Scenario(
        weight=entry["weight"],
        subjects=tuple(entry["subjects"]),
        has_order=entry["order"],
        ends=entry["ends"],
        senders=tuple(message["sender"] for message in entry["messages"]),
        texts=tuple(message["text"] for message in entry["messages"]),
        products=tuple(p for p in products if not kinds or p.kind in kinds),
    )


def email_of_customer(number: int) -> str:
    """The address of customer `number`; no two numbers share one."""
    serial, place = divmod(number, _PAIRS)
    second, first = divmod(place * _STRIDE % _PAIRS, len(_FIRST))
    joint = _JOINTS[(first + second) % len(_JOINTS)]
    return f"{_FIRST[first]}{joint}{_SECOND[second]}{serial or ''}@example.com"
