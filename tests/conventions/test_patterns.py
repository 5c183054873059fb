"""No text makes a pattern of ours work longer than its length accounts for."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import app
import components
from app.domain.search_query import FIELDS
from tests.conventions.tree import ROOT
from tests.doubles.growth import grows_too_fast

SIZE = 600
FRAGMENTS = (
    *("a", "1", " ", "\n", ".", "-", "_", "@", "%", "=", "'", '"', "(", "é", "日", "*", "+", "#"),
    *(
        "a@",
        "a.",
        "a-",
        "1 ",
        "1.",
        "1-",
        "a1",
        "a1-",
        "1,",
        "+1",
        "a ",
        "@a.",
        "%40",
        "=\n",
        " \n",
    ),
)


def _modules() -> Iterator[Any]:
    for package in (app, components):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _patterns_in(item)


def _inline(path: Path) -> Iterator[tuple[str, str]]:
    """The patterns that are given to functions of `re` as they are."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            if ast.unparse(node.func) in {"re.escape", "re.compile"}:
                continue
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield ast.unparse(node.func), node.args[0].value


def _all() -> dict[str, re.Pattern[str]]:
    found = [pattern for module in _modules() for pattern in _patterns_in([*vars(module).values()])]
    # Those given to `re.fullmatch` begin at the start.
    whole = [f"(?:{word.begun})" for word in FIELDS.values()]
    for path in (*(ROOT / "app").rglob("*.py"), *(ROOT / "components").rglob("*.py")):
        for function, pattern in _inline(path):
            if function == "re.fullmatch":
                whole.append(f"(?:{pattern})")
            else:
                found.append(re.compile(pattern))
    found += [re.compile(rf"\A{pattern}\Z") for pattern in whole]
    return {f"{pattern.pattern[:60]} {pattern.flags}": pattern for pattern in found}


PATTERNS = _all()


def _fragments(pattern: str) -> set[str]:
    """What a text is made of that fits much of a pattern and never all of it."""
    words = re.findall(r"[a-z_=: ]{3,}", pattern)
    longest = sorted(words, key=len)[-4:]
    return {*FRAGMENTS, *longest, *(f"{word} " for word in longest)}


def _searched(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda text: [None for _ in pattern.finditer(text)]


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_work_of_a_pattern_grows_with_the_text_and_no_faster(name: str) -> None:
    pattern = PATTERNS[name]
    # A text that is too short to fit is not searched at all.
    size = max(SIZE, *(3 * int(least) for least in re.findall(r"\{(\d+)", pattern.pattern)), 0)

    for fragment in _fragments(pattern.pattern):
        for end in ("", "!"):
            assert not grows_too_fast(_searched(pattern), fragment, size=size, end=end), fragment


def test_quadratic_pattern_is_noticed() -> None:
    assert grows_too_fast(_searched(re.compile("[a-z]+@")), "a", size=SIZE)


SCRIPTS = [*(ROOT / "components").glob("*.js"), *(ROOT / "assets").glob("*.js")]
LITERAL = re.compile(
    r"(?:[=(,:&|!]|return) ?/((?![*/])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/"
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_pattern_of_a_script_begins_at_the_start_or_is_bounded(script: Path) -> None:
    source = script.read_text("utf-8")

    assert "RegExp(" not in source
    for pattern in LITERAL.findall(source):
        assert pattern.startswith("^") or not re.search(r"[*+]|\{\d+,\}", pattern), pattern
