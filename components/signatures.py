"""Which methods take an argument, asked once for each function instead of once for each element."""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import helpers


@cache  # once for the process, however many desks it builds
def remember_signatures() -> None:
    """Let NiceGUI read the signature of a method only when it meets its function first.

    For each element it asks whether its own three callbacks, for classes, style and props, take an
    argument. `inspect.signature` is slow: that was a quarter of the time to build the desk.

    Source: nicegui 3.18, `ObservableCollection.__init__`.
    """
    read = helpers.expects_arguments
    known: WeakKeyDictionary[Callable[..., Any], bool] = WeakKeyDictionary()

    def expects_arguments(func: Callable[..., Any]) -> bool:
        function = getattr(func, "__func__", None)
        if not isinstance(function, FunctionType):
            return read(func)
        if function not in known:
            known[function] = read(func)
        return known[function]

    helpers.expects_arguments = expects_arguments
