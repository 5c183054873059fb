"""A page of one component in the process of the test, without a browser."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from components.keyed_list import KeyedList


@asynccontextmanager
async def showing(build: Callable[[], object]) -> AsyncIterator[User]:
    """A user who looks at what `build` draws; the HTML in lists and boxes is read as its text."""
    async with user_simulation(root=build) as user:
        await user.open("/")
        yield user


def press(user: User, act: str, key: str, value: str = "") -> None:
    """Click inside an item of a list, as `keyed_list.js` would tell of it."""
    with user:
        for shown in ElementFilter(kind=KeyedList):
            for listener in shown._event_listeners.values():
                if listener.type == "act" and act in shown._acts and key in shown._items:
                    shown._handle_event(
                        {
                            "listener_id": listener.id,
                            "args": {"act": act, "key": key, "value": value},
                        }
                    )
                    return
    raise AssertionError(f"no list has {key!r} with {act!r}")


def styled(user: User, style: str) -> Element:
    """The one element with this CSS class."""
    (found,) = all_styled(user, style)
    return found


def all_styled(user: User, style: str) -> list[Element]:
    """The elements with this CSS class, in the order of the page."""
    with user:
        return [shown for shown in ElementFilter(kind=Element) if style in shown.classes]
