"""The map of the product: that what it builds is also started."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import MethodType, SimpleNamespace

import pytest

from app import bootstrap
from app.client.tickets import open_client
from app.desk.activity import ActivityLog
from app.desk.desk import Doors
from app.domain.clock import SystemClock
from app.store.forgotten import NOBODY
from tests.doubles.doors import open_doors


async def test_whatever_forgets_looks_and_sends_in_the_background_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[MethodType] = []

    @asynccontextmanager
    async def recorded(*running: MethodType, **_: object) -> AsyncIterator[None]:
        started.extend(running)
        yield

    monkeypatch.setattr(bootstrap, "background_tasks", recorded)
    clock, settings = SystemClock(), SimpleNamespace(keep_messages_days=30, refresh_seconds=15)
    client = open_client(url="http://127.0.0.1:9", api_key="k", clock=clock)
    async with open_doors(tmp_path, clock) as opened, AsyncExitStack() as parts:
        parts.push_async_callback(client.aclose)
        stores = await bootstrap._stores(parts, tmp_path, clock=clock, forgotten=NOBODY)
        doors = Doors(
            users=opened.users,
            sign_ins=opened.sign_ins,
            walls=opened.walls,
            activity=ActivityLog(opened.accounts, clock=clock),
        )
        await bootstrap._desk_over(parts, client, stores, settings, clock=clock, doors=doors)

        assert {doors.activity.run, doors.sign_ins.run, doors.walls.run} <= set(started)
        assert sorted(run.__self__.__class__.__name__ for run in started) == [
            *("ActivityLog", "Delivery", "PageReaper", "Retention", "SignIns"),
            *("SyncCoordinator", "Walls"),
        ]
