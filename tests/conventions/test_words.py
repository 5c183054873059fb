"""One word, one meaning: what no name says any more, and which sections a docstring has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.tree import code_files, name_of

RETIRED: dict[str, str] = {
    "agenda": "schedule",
    "attention": "open tickets",
    "browsing": "matches",
    "buried": "gone",
    "bury": "discard",
    "check all": "recheck all",
    "combination": "facet group",
    "confirming": "reconciler",
    "contact": "connection monitor",
    "crest": "new head",
    "deciding": "review queue",
    "departure": "sent bytes",
    "emptiness": "empty state",
    "filing": "upsert",
    "fold": "normalize",
    "folding": "normalize",
    "gate": "scheduler",
    "helpers": "what they do",
    "indexing": "index",
    "ladder": "confirm delays",
    "lane": "priority",
    "left words": "recovered draft",
    "manager": "what it does",
    "misbehaviour": "fault injection",
    "mishap": "fault",
    "open set": "open status scan",
    "ordering": "staleness guard",
    "premises": "DataDir",
    "put away": "apply changes",
    "quarter": "activity",
    "readback": "reply matching",
    "refresher": "coordinator",
    "reply state": "delivery state",
    "reply words": "reply labels",
    "sighting": "match result",
    "snapshots": "read models",
    "speak": "set formatter",
    "spotting": "highlight",
    "stir": "mark changed",
    "stirred": "changed",
    "sweep": "full scan",
    "telling": "notifier",
    "tenancy": "FolderLock",
    "texts due": "messages due",
    "ticket reader": "ticket fetcher",
    "uncertain": "unconfirmed",
    "unchanging": "static cache",
    "undecided": "needs review",
    "unheard": "incomplete",
    "utils": "what they do",
    "vouched": "verified",
    "waits known": "wait exactness",
    "waits since": "waiting since",
    "walk": "full scan",
    "walked": "scanned",
    "walker": "scanner",
    "walks": "full scans",
    "wish": "task, trigger",
    "wording": "formatter",
}
"""a word of a name, or several in their order (`look up`), and what is said instead"""

KEPT: dict[str, str] = {}
"""names that hold a retired word all the same, and why: a library's own, what an old file says"""

SECTIONS = {"Args", "Returns", "Raises", "Source"}
"""what a docstring is divided into; what stands below no section is plain prose"""

_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+")


def words_of(name: str) -> str:
    """`TicketMirror` and `ticket_mirror` are both ` ticket mirror `."""
    return f" {' '.join(_HUMPS.findall(name)).lower()} "


def retired_in(name: str) -> dict[str, str]:
    """The retired words in a name, with the words to use."""
    words = words_of(name)
    return {old: new for old, new in RETIRED.items() if f" {old} " in words and name not in KEPT}


def names_given_in(source: str) -> Iterator[tuple[int, str]]:
    """Every name that a module gives to something of its own, with its line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.alias(asname=str(name)):
                yield node.lineno, name


def found_in(path: Path) -> Iterator[str]:
    """One sentence for each retired word in the names of a file, its own included."""
    given = [(0, path.stem), *names_given_in(path.read_text("utf-8"))]
    for line, name in given:
        for old, new in retired_in(name).items():
            yield f"{name_of(path)}:{line}: {name}: not {old!r} but {new!r}"


_SECTION = re.compile(r"(?:^[ \t]*|[.;!?][ \t]+)([A-Z]\w+(?: \w+)?):(?=\s|$)", re.MULTILINE)


def sections_in(source: str) -> Iterator[tuple[int, str]]:
    """Every section of every docstring of a module, those of its fields too, with its line.

    A section begins a line or follows a sentence; what begins the docstring itself is a title.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                for found in _SECTION.finditer(text):
                    if found.start() > 0:
                        yield node.lineno + text.count("\n", 0, found.start(1)), found[1]


def test_no_name_says_a_retired_word() -> None:
    found = [
        sentence
        for path in code_files(".py", below=("app", "components", "tests"))
        for sentence in found_in(path)
    ]

    assert found == []


@pytest.mark.parametrize("old", sorted(RETIRED))
def test_retired_word_is_found_in_every_kind_of_name(old: str) -> None:
    snake = "_".join(old.split())
    hump = snake.title().replace("_", "")
    source = f"def f_{snake}(): ...\nclass {hump}: ...\na.{snake}_b = {snake} = 1"

    assert {name for _, name in names_given_in(source) if retired_in(name)} >= {
        *(f"f_{snake}", hump, f"{snake}_b", snake)
    }


def test_docstring_has_no_section_but_the_four() -> None:
    found = [
        f"{name_of(path)}:{line}: {section}"
        for path in code_files(".py", below=("app", "components", "tests"))
        for line, section in sections_in(path.read_text("utf-8"))
        if section not in SECTIONS
    ]

    assert found == []


@pytest.mark.parametrize(
    "docstring",
    [
        "One sentence.\n\n    Shape: of what.\n",
        "One sentence. Shape: of what.",
        "One sentence.\n\n    Args:\n        a: one.\n    Shape:\n        of what.\n",
    ],
)
def test_section_is_found_wherever_it_stands(docstring: str) -> None:
    for owner in ("", "class A:\n    ", "async def f():\n    ", "a: int = 1\n"):
        assert "Shape" in {name for _, name in sections_in(f'{owner}"""{docstring}"""')}
