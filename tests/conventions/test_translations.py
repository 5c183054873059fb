"""Every text a person reads goes through gettext, whole, so that a catalogue can translate it."""

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract_from_file

from tests.conventions.tree import code_files, name_of

SCREENS = ("app/state", "app/pages", "components")
GETTEXT = {"_", "ngettext", "counted"}
NOT_READ = {"debug", "info", "warning", "error", "exception", "page", "register", "JSONResponse"}
"""calls whose texts are for the log, for machines, or are addresses"""
A_TEXT = re.compile(r"[A-Z“][a-z]+(?: [\w…]+)+|[A-Za-z]+(?: [a-z]+){3,}")


A_KEY = re.compile(r"(?:Shift|Ctrl|↑) ")
FONTS = "components/theme.py"


def untranslated(source: str) -> Iterator[int]:
    """The lines with a sentence or a label that goes to no catalogue."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant | ast.JoinedStr)
            and A_TEXT.search(text_of(node, above))
            and not A_KEY.match(text_of(node, above))
            and not exempt(node, above)
        ):
            yield node.lineno


def text_of(node: ast.Constant | ast.JoinedStr, above: dict[ast.AST, ast.AST]) -> str:
    """A constant, or a text with values in it as "Show … more"; empty for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    inside = isinstance(above.get(node), ast.JoinedStr)
    return node.value if isinstance(node.value, str) and not inside else ""


def exempt(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    while node in above:
        node = above[node]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True  # a docstring
        if isinstance(node, ast.Raise | ast.arg):
            return True  # of an error, or an annotation
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in GETTEXT | NOT_READ:
                return True
    return False


def test_every_text_of_the_screens_is_in_a_catalogue() -> None:
    assert [
        f"{name_of(path)}:{line}"
        for path in code_files(".py", below=SCREENS)
        if name_of(path) != FONTS
        for line in untranslated(path.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    "source",
    ['text = "Nobody is waiting."', 'text = f"Show {count} more"', 'x = {"a": "Close ticket"}'],
)
def test_a_text_outside_of_every_catalogue_would_be_found(source: str) -> None:
    assert list(untranslated(source)) == [1]


def test_the_texts_are_found_by_the_usual_extractor() -> None:
    found = {
        text
        for path in code_files(".py", below=SCREENS)
        for _, text, *_ in extract_from_file("python", path, keywords={"_": None})
    }

    assert {"Nobody is waiting.", "Show {shown} of {left} more characters"} <= found
