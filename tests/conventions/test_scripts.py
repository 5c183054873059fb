"""Scripts are few, can be read, and have no words of their own: those are Python's."""

import re
from pathlib import Path

import pytest

from tests.conventions.tree import code_files, name_of

MOST_FILES = 7
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


def test_scripts_are_few() -> None:
    assert len(SCRIPTS) <= MOST_FILES


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
