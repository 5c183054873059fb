"""A page of one component in the process of the test, without a browser."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from components.elements import Field
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
            if act in shown._acts and key in shown._items:
                _tell(shown, "act", {"act": act, "key": key, "value": value})
                return
    raise AssertionError(f"no list has {key!r} with {act!r}")


def click(user: User, name: str) -> None:
    """Click the button with this accessible name, or these words."""
    _tell(_named(user, name, "button"), "click", None)


def fill(user: User, name: str, text: str | None) -> None:
    """Type into the field with this name, or choose in it; None is what it cannot read."""
    field = _named(user, name)
    assert isinstance(field, Field)
    _tell(field, "input" if field.props.get("type") == "search" else "change", text)


def attribute(user: User, name: str, attribute: str) -> object:
    """What the element with this name, or these words, has under `attribute`."""
    return _named(user, name).props.get(attribute)


def _named(user: User, name: str, tag: str = "") -> Element:
    with user:
        for element in ElementFilter():
            names = (
                element.props.get("aria-label"),
                element.props.get("id"),
                getattr(element, "text", None),
                element._displayed_contents(only_visible=False)[-1:],
            )
            if (not tag or element.tag == tag) and (name in names or [name] in names):
                return element
    raise AssertionError(f"nothing is called {name!r}")


def _tell(element: Element, event: str, args: object) -> None:
    for listener in [*element._event_listeners.values()]:
        if listener.type == event:
            element._handle_event({"listener_id": listener.id, "args": args})
            return
    raise AssertionError(f"nobody listens to {event!r}")


def styled(user: User, style: str) -> Element:
    """The one element with this CSS class."""
    (found,) = all_styled(user, style)
    return found


def all_styled(user: User, style: str) -> list[Element]:
    """The elements with this CSS class, in the order of the page."""
    with user:
        return [shown for shown in ElementFilter(kind=Element) if style in shown.classes]
