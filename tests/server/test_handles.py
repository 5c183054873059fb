"""Invented customers: no two alike, none a person."""

import re

from app.server.handles import handle


def test_no_two_customers_share_an_address() -> None:
    assert len({handle(number) for number in range(10_000)}) == 10_000


def test_addresses_are_of_the_example_domain() -> None:
    assert all(re.fullmatch(r"[a-z]+[._-]?[a-z]+\d*@example\.com", handle(n)) for n in range(9_000))


def test_neighbours_look_nothing_alike() -> None:
    first_words = {re.split(r"[._-]|$", handle(number))[0][:4] for number in range(40)}

    assert len(first_words) > 25
