"""What the papers for the next person name is there, by the same name."""

import re

import pytest

from tests.conventions.tree import ROOT, code_files

PAPERS = ("ARCHITECTURE.md", "CONTRIBUTING.md")
PATH = re.compile(r"(?:app|components|tests|assets|findings|\.ci)/[\w./-]*")
IDENTIFIER = re.compile(r"[A-Z][a-z]\w+|[A-Z][A-Z_]+_[A-Z]+|[a-z]+(?:_[a-z]+)+")
MOST_DECISIONS = 12


def named_in(paper: str) -> set[str]:
    """What stands between backticks; a method by its class and its own name."""
    text = re.sub(r"```.*?```", "", (ROOT / paper).read_text("utf-8"), flags=re.DOTALL)
    return {name for quoted in re.findall(r"`([^`]+)`", text) for name in quoted.split(".py::")}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_path_that_a_paper_names_exists(paper: str) -> None:
    paths = {name for name in named_in(paper) if PATH.fullmatch(name)}

    assert paths
    assert {path for path in paths if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_name_that_a_paper_says_is_in_the_code(paper: str) -> None:
    code = "".join(
        p.read_text("utf-8") for p in code_files(".py", ".js", below=("app", "components"))
    )
    words = set(re.findall(r"\w+", code))
    names = {part for name in named_in(paper) for part in name.split(".")}

    assert {n for n in names if IDENTIFIER.fullmatch(n) and n not in words} == set()


def test_decisions_are_few_and_short() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## Decisions\n")[2]
    decisions = text.strip().split("\n\n")

    assert len(decisions) <= MOST_DECISIONS
    for decision in decisions:
        assert 3 <= len(decision.splitlines()) <= 5
        assert all(word in decision for word in ("*Context.*", "*Price.*", "*Undo when"))
