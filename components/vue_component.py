"""A component drawn by a script of ours: one frozen value goes in, events come out."""

from collections.abc import Callable
from typing import ClassVar

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from components.events import EventArgs


class VueComponent(Element, component="part.js"):
    """Draws `data` by the script `x.js` beside the class (`class X(VueComponent, script="x")`).

    Args:
        data: a frozen dataclass, or a tuple of them; it travels as it is.
        later: draw only once the browser is idle, or `data` changes.
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

    def on_command(self, event: str, call: Callable[[EventArgs], object]) -> None:
        """As `on_event`, for what changes something: dropped while there is no connection.

        Queued by the socket, it would be carried out later, unseen, as often as it was pressed.
        """
        self.props["orders"] = [*self.props.get("orders", []), event]
        self.on_event(event, call)

    def on_event(self, event: str, call: Callable[[EventArgs], object]) -> None:
        """Call `call` with the arguments whenever the script emits `event`."""

        def receive(event_arguments: GenericEventArguments) -> object:
            return call(EventArgs(event_arguments.args))

        self.on(event, receive)
