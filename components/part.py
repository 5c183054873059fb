"""A Vue component of ours on the page: it draws one frozen value and says what the person did."""

from collections.abc import Callable
from typing import Any, ClassVar

from nicegui.element import Element
from nicegui.events import GenericEventArguments

Call = Callable[..., object]
"""What a component is given to call: a function or a coroutine function."""


class Said:
    """What the browser said with an event; whatever is not of the expected kind counts as empty."""

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


class Part(Element, component="part.js"):
    """Draws `data` by the script `x.js` beside the class (`class X(Part, script="x")`).

    Shape: `data` is a frozen dataclass, or a tuple of them; it travels as it is.
           `later` draws only once the browser has nothing better to do, or `data` changes.
    """

    _script: ClassVar[str]

    def __init_subclass__(cls, *, script: str) -> None:
        super().__init_subclass__()
        cls._script = script

    def __init__(self, data: object, *, later: bool = False) -> None:
        super().__init__()
        self._data = data
        self.props["part"] = self._script
        self.props["data"] = data
        if later:
            self.props["later"] = True

    def show(self, data: object) -> None:
        """Draw `data`; nothing is sent when it equals what is shown."""
        if data != self._data:
            self._data = data
            self.props["data"] = data
            self.props.pop("later", None)

    def hear_order(self, event: str, call: Callable[[Said], object]) -> None:
        """As `hear`, for what changes something: not given without a connection.

        It would wait for the line and be carried out later, unseen, as often as it was pressed.
        """
        self.props["orders"] = [*self.props.get("orders", []), event]
        self.hear(event, call)

    def hear(self, event: str, call: Callable[[Said], object]) -> None:
        """Call `call` with what the browser says when the script emits `event`."""

        def heard(event_arguments: GenericEventArguments) -> object:
            return call(Said(event_arguments.args))

        self.on(event, heard)


def make_plain(box: Element) -> None:
    """Draw a box of the framework's as a plain one that still tells what happens in it."""
    if Part.component is not None:
        box.tag = Part.component.tag
        box.props.clear()
        box.props["part"] = "page"
