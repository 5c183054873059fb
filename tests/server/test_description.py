"""`/openapi.json` is true: what it allows is accepted, what it forbids is refused, and no more."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import settings
from sqlalchemy import create_engine

from app.server.application import build_api, utc_now
from app.server.database import open_database
from app.server.repository import TicketStore
from tests.server.workbench import KEY, a_ticket

# The description is read before any test runs and without a database; the calls go to `served`.
described = schemathesis.openapi.from_asgi(
    "/openapi.json", build_api(create_engine("sqlite://"), api_key=KEY)
)
known_ids: list[str] = []
calls: Counter[tuple[str, int]] = Counter()
numbers = count()


@described.hook
def map_path_parameters(_context: object, path_parameters: Any) -> Any:
    """Two of three calls are about a ticket that exists."""
    if path_parameters and calls.total() % 3:
        path_parameters["ticket_id"] = known_ids[0]
    return path_parameters


@described.hook
def map_headers(_context: object, headers: Any) -> Any:
    """No two calls share a valid Idempotency-Key: what that does is tested by name."""
    for name in headers or ():
        if name.lower() == "idempotency-key" and re.fullmatch(r"[!-~]{1,255}", headers[name]):
            headers[name] = f"call-{next(numbers)}"
    return headers


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    engine = open_database(Path(tmp_path_factory.mktemp("described")) / "tickets.sqlite3")
    known_ids.append(a_ticket(TicketStore(engine, now=utc_now)).id)
    yield build_api(engine, api_key=KEY)
    engine.dispose()


def _kept(method: str, path: str) -> Callable[..., None]:
    """A test of one operation; of its own, since workers tell tests apart by their names."""

    @described.include(method=method, path=path).parametrize()
    @settings(max_examples=40)
    def check(case: schemathesis.Case[Any], served: FastAPI) -> None:
        answer = case.call_and_validate(app=served, headers={"Authorization": f"Bearer {KEY}"})

        calls[case.operation.label, answer.status_code] += 1

    return check


test_listing_does_what_its_description_says = _kept("GET", "/v1/tickets")
test_reading_does_what_its_description_says = _kept("GET", "/v1/tickets/{ticket_id}")
test_replying_does_what_its_description_says = _kept("POST", "/v1/tickets/{ticket_id}")
test_closing_does_what_its_description_says = _kept("PATCH", "/v1/tickets/{ticket_id}")


def test_no_other_operation_is_described() -> None:
    found = {operation.ok().label for operation in described.get_all_operations()}

    assert found == {label for label, _ in calls}


def test_every_kind_of_answer_was_seen() -> None:
    seen = {f"{label} {status}" for label, status in calls}

    assert seen >= {
        "GET /v1/tickets 200",
        "GET /v1/tickets 400",
        "GET /v1/tickets/{ticket_id} 200",
        "GET /v1/tickets/{ticket_id} 404",
        "POST /v1/tickets/{ticket_id} 201",
        "POST /v1/tickets/{ticket_id} 422",
        "PATCH /v1/tickets/{ticket_id} 200",
        "PATCH /v1/tickets/{ticket_id} 422",
    }
