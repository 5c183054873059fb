"""SQL that every supported Python runs: values are given by place (`?`) or by name (`:limit`).

sqlite3 of Python 3.12 and later counts a numbered placeholder (`?1`) as a named one, and refuses a
sequence of values for it.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conventions.tree import code_files, name_of

_NUMBERED = re.compile(r"\?\d")


def numbered_in(source: str) -> Iterator[int]:
    """The line of every text in which a placeholder has a number."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if _NUMBERED.search(text):
                yield node.lineno


def test_no_placeholder_has_a_number() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in code_files(".py", below=("app",))
        for line in numbered_in(path.read_text("utf-8"))
    ]
    found += [
        name_of(path)
        for path in code_files(".sql", below=("app",))
        if _NUMBERED.search(path.read_text("utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "sql", ['"SELECT 1 WHERE a = ?1"', 'f"SELECT {columns} LIMIT ?2"', '"SELECT 1 "\n"LIMIT ?1"']
)
def test_number_is_found_in_every_kind_of_text(sql: str) -> None:
    assert list(numbered_in(f"query = ({sql})")) == [1]
