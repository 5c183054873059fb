"""Runs too long for every day, each with a seed: `python -m tests.load NAME --help`."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")
)


def main(arguments: Sequence[str]) -> int:
    """Hand the arguments to the run that is named; its module has `run(arguments) -> int`."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    chosen = parser.parse_args(arguments[:1])
    module = importlib.import_module(f"tests.load.{chosen.name}")
    return int(module.run(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
