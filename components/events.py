"""What a component tells its caller, and what came from the browser, read with care."""

from collections.abc import Callable
from typing import Any

Action = Callable[[], object]
TextAction = Callable[[str], object]
ReviewCallback = Callable[[str, str], object]
"""A reply's id, and what the person decided about it."""


class EventArgs:
    """Arguments of an event from the browser; what is not of the expected type counts as empty."""

    def __init__(self, args: Any) -> None:
        self._args = args if isinstance(args, dict) else {}

    def text(self, key: str) -> str:
        """The text under `key`."""
        value = self._args.get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> list[str]:
        """The list of texts under `key`."""
        value = self._args.get(key)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def number(self, key: str) -> int:
        """The whole number under `key`."""
        value = self._args.get(key)
        return value if isinstance(value, int) else 0

    def flag(self, key: str) -> bool:
        """Whether `key` is true."""
        return self._args.get(key) is True
