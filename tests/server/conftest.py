"""An empty store, its clock, and the API over it; each test has its own file."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from app.server.application import build_api
from app.server.database import open_database
from app.server.repository import TicketStore
from tests.server.workbench import KEY, SetClock, client_of


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "tickets.sqlite3"
    open_database(path).dispose()
    return path


@pytest.fixture
def engine(empty_database: Path, tmp_path: Path) -> Iterator[Engine]:
    path = shutil.copy(empty_database, tmp_path / "tickets.sqlite3")
    engine = open_database(path)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(engine: Engine, clock: SetClock) -> TicketStore:
    return TicketStore(engine, now=clock)


@pytest.fixture
def api(engine: Engine, clock: SetClock) -> FastAPI:
    return build_api(engine, api_key=KEY, now=clock)


@pytest.fixture
async def client(api: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(api) as client:
        yield client
