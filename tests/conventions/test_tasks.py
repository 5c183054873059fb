"""Every task has an owner that awaits it at shutdown."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.tree import ROOT, code_files, name_of

STARTS = {"asyncio.create_task", "asyncio.ensure_future"}
AWAITS = ("await task", "await asyncio.gather(", "await asyncio.wait(")
OWNERS = {
    "app/client/cache.py": ("aclose",),
    "app/client/scheduler.py": ("aclose",),
    "app/domain/tasks.py": ("finish", "background_tasks", "_run_once"),
    "app/server/demo/simulated_customer.py": ("stop", "_run"),
    "app/state/kiosk.py": ("close",),
    "app/state/reactive.py": ("close",),
    "app/sync/coordinator.py": ("run",),
    "app/sync/full_scan/runner.py": ("_cancel_first",),
    "app/sync/poll_loop.py": ("_rest",),
    "app/web/server.py": ("_until_told",),
}
"""the functions that await the tasks of a module; everybody else starts them in a `TaskSet`"""


def starts_in(path: Path) -> bool:
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    return any(isinstance(one, ast.Attribute) and ast.unparse(one) in STARTS for one in tree)


def functions_in(path: Path) -> Iterator[ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.AsyncFunctionDef):
            yield node


def test_only_modules_with_an_owner_start_tasks_by_themselves() -> None:
    found = {name_of(path) for path in code_files(".py", below=("app",)) if starts_in(path)}

    assert found == set(OWNERS)


@pytest.mark.parametrize("name", OWNERS)
def test_owner_awaits_its_tasks(name: str) -> None:
    awaiting = {
        function.name
        for function in functions_in(ROOT / name)
        if any(words in ast.unparse(function) for words in AWAITS)
    }

    assert set(OWNERS[name]) <= awaiting
