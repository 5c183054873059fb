"""A file holds one idea whole: none is both short and only ever used by one other."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.conventions.tree import code_files, name_of

FEW_LINES = 60
ALLOWED = {
    "app/cli/key.py": "a command of its own, loaded only when it runs",
    "app/sync/delivery/write_fence.py": "bootstrap chooses who stands between outbox and client",
    "app/sync/notifier.py": "a concept of its own, beside a coordinator that is long already",
}
DRAWN_AGAIN = ("components/", "app/pages/")
"""screens: one file a part, whose scripts become Python in the next step"""


def modules() -> dict[str, Path]:
    return {
        ".".join(Path(name_of(path)).with_suffix("").parts): path
        for path in code_files(".py", below=("app", "components"))
        if not path.name.startswith("__") and "migrations" not in path.parts
    }


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def crumbs() -> dict[str, int]:
    """Short files that one other uses, or nobody, with their number of lines."""
    users = defaultdict(set)
    for path in code_files(".py", below=("app", "components")):
        for module in imported_by(path):
            users[module].add(path)
    sizes = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules().items()}
    return {
        name_of(path): sizes[name]
        for name, path in modules().items()
        if sizes[name] < FEW_LINES and len(users[name] - {path}) <= 1
    }


def test_no_file_is_both_short_and_used_by_one_other_only() -> None:
    found = crumbs()
    screens = [name for name in found if name.startswith(DRAWN_AGAIN)]
    print(f"{len(found)} short files with one user, {len(screens)} of them screens")  # noqa: T201

    assert set(found) - set(screens) <= set(ALLOWED)
