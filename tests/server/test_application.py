"""One API: alone, in process, and as a route of another app that keeps its own paths."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from app.server.application import ApiRoute, build_api
from app.server.repository import TicketStore
from tests.server.workbench import KEY, SetClock, a_ticket, client_of


@pytest.fixture
async def desk(engine: Engine, clock: SetClock) -> AsyncIterator[httpx.AsyncClient]:
    """An app of its own, with the API among its routes and something mounted at the root."""
    host = FastAPI(openapi_url=None)

    @host.get("/")
    def home() -> str:
        return "desk"

    @host.get("/v1beta")
    def neighbour() -> str:
        return "neighbour"

    api = build_api(engine, api_key=KEY, now=clock, demo=True)
    host.router.routes.append(ApiRoute(api))
    host.mount("/", FastAPI(openapi_url=None))
    async with client_of(host) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/v1beta"])
async def test_host_keeps_its_own_paths(desk: httpx.AsyncClient, path: str) -> None:
    assert (await desk.get(path)).json() in {"desk", "neighbour"}


@pytest.mark.parametrize("path", ["/tickets", "/openapi.json/", "/demo", "/demo/customers", "/v10"])
async def test_host_answers_what_is_not_the_apis(desk: httpx.AsyncClient, path: str) -> None:
    answer = await desk.get(path)

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


async def test_api_answers_its_paths_within_a_host(
    desk: httpx.AsyncClient, store: TicketStore
) -> None:
    path = f"/v1/tickets/{a_ticket(store).id}"

    written = await desk.post(path, json={"message": "Hi"})

    assert written.status_code == 201
    assert (await desk.get(path)).json() == written.json()
    assert (await desk.get("/v1/tickets")).json()["stats"]["total"] == 1
    assert (await desk.get("/v1/nowhere")).json()["error"]["code"] == "not_found"
    assert (await desk.delete(path)).json()["error"]["code"] == "method_not_allowed"
    assert (await desk.get("/demo/customer")).status_code == 200


async def test_api_asks_for_the_key_within_a_host(desk: httpx.AsyncClient) -> None:
    answer = await desk.get("/v1/tickets", headers={"Authorization": "wrong"})

    assert answer.status_code == 401


async def test_description_is_served_without_a_key_and_without_a_docs_page(api: FastAPI) -> None:
    async with client_of(api, key="") as client:
        description = await client.get("/openapi.json")
        others = [await client.get(path) for path in ("/docs", "/redoc", "/demo/customer")]

    assert set(description.json()["paths"]) == {"/v1/tickets", "/v1/tickets/{ticket_id}"}
    assert [answer.status_code for answer in others] == [404] * 3


async def test_description_documents_every_status_of_every_operation(
    client: httpx.AsyncClient,
) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]

    documented = {
        f"{method} {path}": set(operation["responses"])
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    write = {"400", "401", "404", "405", "413", "422", "429", "500"}
    assert documented == {
        "get /v1/tickets": {"200", "400", "401", "405", "413", "429", "500"},
        "get /v1/tickets/{ticket_id}": {"200", "401", "404", "405", "413", "429", "500"},
        "post /v1/tickets/{ticket_id}": {"201", *write},
        "patch /v1/tickets/{ticket_id}": {"200", *write},
    }
