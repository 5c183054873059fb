"""The files of the house, as its own tests look at them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("app", "components", "tests", "assets")
WRITTEN = {".py", ".js", ".css", ".sql", ".md", ".toml", ".sh"}


def code_files(*suffixes: str, below: tuple[str, ...] = CODE) -> Iterator[Path]:
    """Every file of ours with one of the suffixes; what others wrote lies in `assets/vendor`."""
    for folder in below:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and not {"__pycache__", "vendor"} & set(path.parts):
                yield path


def all_written() -> Iterator[Path]:
    """Every text of ours, the top level included."""
    yield from code_files(*WRITTEN)
    yield from (p for p in sorted(ROOT.iterdir()) if p.is_file() and p.suffix in WRITTEN)
    yield ROOT / ".ci" / "run"


def name_of(path: Path) -> str:
    """The path as a reader of the repository calls it."""
    return path.relative_to(ROOT).as_posix()
