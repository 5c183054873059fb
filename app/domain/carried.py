"""Work that is carried out to its end also when whoever asked for it leaves meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_under_way: set[asyncio.Task[Any]] = set()
"""what is running: the event loop itself keeps no task"""


def carried_out(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let nobody interrupt `work`: between what it changes and what it tells of that."""

    @wraps(work)
    async def whole(*arguments: P.args, **named: P.kwargs) -> T:
        task = asyncio.create_task(work(*arguments, **named))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)
        return await asyncio.shield(task)

    return whole
