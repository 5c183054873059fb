"""Scripts are few, can be read, and have no words of their own: those are Python's."""

import ast
import re
from pathlib import Path

import pytest

from tests.conventions.tree import code_files, name_of

MOST_FILES = 7
MOST_LINES = 939
"""never more again; the aim is 600"""
IN_PYTHON = {"js_handler", "run_javascript", "add_slot"}
"""where a script may stand in a text of Python's: an argument or a call by this name"""
WIDEST = 120
SCRIPTS = list(code_files(".js", below=("components", "assets")))
COMMENT = re.compile(r"(?m)(?:^|\s)//.*$")
QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
VALUE = re.compile(r"\$\{[^}]*\}")
A_SELECTOR = re.compile(r"[\[\]#=]|\.[a-z]|^aside ")
A_SENTENCE = re.compile(r"^[A-Z][a-z]+ (?:… )?[a-z]|[a-z]+ [a-z]+ [a-z]+|[A-Z][a-z]+[.…]")


def sentences(source: str) -> list[str]:
    """What a person might read among the texts of a script."""
    texts = ("".join(found) for found in QUOTED.findall(COMMENT.sub("", source)))
    plain = (VALUE.sub("…", text) for text in texts)
    return [text for text in plain if A_SENTENCE.search(text) and not A_SELECTOR.search(text)]


def lines_in_python(source: str) -> int:
    """Lines of JavaScript that stand in texts of Python's."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    texts = [named.value for call in calls for named in call.keywords if named.arg in IN_PYTHON]
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in IN_PYTHON:
            texts.extend(call.args)
    written = [text.value for text in texts if isinstance(text, ast.Constant)]
    written += re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    return sum(len(str(script).strip().splitlines()) for script in written)


def test_scripts_are_few_and_never_grow() -> None:
    python = code_files(".py", below=("app", "components"))
    inside = sum(lines_in_python(path.read_text("utf-8")) for path in python)
    lines = inside + sum(len(path.read_text("utf-8").splitlines()) for path in SCRIPTS)
    print(f"{lines} of {MOST_LINES} lines, {inside} in Python; {len(SCRIPTS)} files")  # noqa: T201

    assert len(SCRIPTS) <= MOST_FILES
    assert lines <= MOST_LINES


def test_lines_of_scripts_inside_of_python_are_counted() -> None:
    assert lines_in_python("x.on('click', js_handler='() => emit(1)')") == 1
    assert lines_in_python("ui.run_javascript('a()\\nb()')") == 2
    assert lines_in_python("head = '<script>a()</script>'") == 1


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_says_first_what_only_the_browser_can_do_there(script: Path) -> None:
    assert script.read_text("utf-8").startswith("// ")


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_can_be_read(script: Path) -> None:
    lines = script.read_text("utf-8").splitlines()

    assert [number for number, line in enumerate(lines, 1) if len(line) > WIDEST] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_script_has_no_words_of_its_own(script: Path) -> None:
    assert sentences(script.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line", ['say("Not copied.");', "x = `Show ${n} more rows`;", "'kept in the box'"]
)
def test_words_of_a_script_would_be_found(line: str) -> None:
    assert sentences(line) != []
