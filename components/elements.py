"""Plain HTML elements of NiceGUI's, patched in place: what every component is composed of.

What the browser does by itself is asked for by attributes that `assets/desk.js` brings to life:
`data-since` (an age that goes on counting, with `data-from` the time of day in those words),
`data-key` (a key presses the button), `data-copy` (a click copies; `data-copy-link` an address,
with its host), `data-command` (without a connection it is refused, not queued), `data-press`
(a button, or one of a group, shows at the click that it is pressed), `data-text` and `data-options`
(what a field holds and offers, taken over where nobody is typing or choosing), `data-theme-choice`
(a click chooses the theme), `data-reported` (how fresh the data is, as far as the line proves it;
`data-when-cut` and its like are the words for it, `data-aging` its time), `data-now` (the time and
its zone).
"""

from collections.abc import Callable
from typing import Any, Self

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from components.events import Action
from components.html import NOTHING, Html

UNWATCHED = {"__v_skip": True}
"""What Vue's `markRaw` sets: the framework replaces what it knows of an element as a whole, so
nobody need watch its inside, and the page is drawn anew in half the time."""

Attribute = str | int | bool | None
"""None and False take the attribute away."""


def set_attributes(element: Element, attributes: dict[str, Attribute]) -> None:
    """Give the element these attributes; it is sent only if one of them differs."""
    props = element.props
    for name, value in attributes.items():
        if value is None or value is False:
            if name in props:
                del props[name]
        elif props.get(name) != value:
            props[name] = value


class _Patched(Element):
    """What boxes and texts share: attributes and HTML that are sent only when they change."""

    _style_names = ""
    _content = NOTHING

    def _to_dict(self) -> dict[str, Any]:
        return super()._to_dict() | UNWATCHED

    def show(self, content: Html) -> None:
        """Fill it with HTML; nothing is sent when it holds just that."""
        if content != self._content:
            self._content = content
            self.props["innerHTML"] = str(content)

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        """What NiceGUI's test user reads."""
        shown = self._content.striptags()
        return [*super()._displayed_contents(only_visible=only_visible), shown]

    def restyle(self, style: str) -> None:
        """Give it other CSS classes."""
        if style != self._style_names:
            self._style_names = style
            self.classes(replace=style)

    def set(self, **attributes: Attribute) -> Self:
        """Change attributes (`aria_pressed`, `data_value`); nothing is sent when none differs."""
        set_attributes(self, {_html_name(name): value for name, value in attributes.items()})
        return self

    def _begin(self, style: str, attributes: dict[str, Attribute]) -> None:
        # Past the observers of both: what is new is sent whole, and to ask them takes as long.
        self._style_names = style
        list.extend(self._classes, style.split())
        given = {_html_name(name): value for name, value in attributes.items()}
        dict.update(
            self._props, {k: v for k, v in given.items() if v is not None and v is not False}
        )


class Box(_Patched):
    """An element that holds others, or HTML of ours: `with Box("section", "list"):`.

    Args:
        style: its CSS classes.
        attributes: as HTML knows them; `set` changes them.
    """

    def __init__(self, tag: str = "div", style: str = "", /, **attributes: Attribute) -> None:
        super().__init__(tag)
        self._begin(style, attributes)


class Text(_Patched, TextElement):
    """An element with a text of its own, which `text` changes: `Text("h2", "Replies")`.

    It holds nothing else: the text replaces whatever a translator of the browser's made of it.
    """

    def __init__(
        self, tag: str, text: str = "", style: str = "", /, **attributes: Attribute
    ) -> None:
        super().__init__(tag=tag, text=text)
        self._begin(style, attributes)

    def _text_to_model_text(self, text: str) -> None:
        if text or "textContent" in self._props:
            dict.__setitem__(
                self._props, "textContent", text
            )  # who changes a text sends the element


class Button(Text):
    """A button.

    Args:
        name: what it is called where its words do not say it.
        key: the key that presses it, as the list of keys shows it.
        command: it changes something: without a connection it is refused instead of queued.
        on_click: None where only the browser acts.
    """

    def __init__(
        self,
        text: str = "",
        style: str = "",
        /,
        *,
        on_click: Action | None = None,
        name: str = "",
        key: str = "",
        command: bool = False,
        **attributes: Attribute,
    ) -> None:
        said = {"aria_label": name or None, "data_key": key or None, "data_command": command}
        super().__init__("button", text, style, type="button", **{**attributes, **said})
        if on_click is not None:
            self.on("click", lambda _: on_click(), args=[])


# Typed into, its text goes to the server; None is what a field of dates or numbers cannot read.
_TELL_TEXT = """({ target }) => {
  if ("command" in target.dataset && window.desk.refuses(target)) return;
  emit(target.validity.badInput ? null : target.value);
}"""


class Field(_Patched):
    """A field or a list that somebody fills in: `Field("input", "change", call, type="number")`.

    Never give it a value: the framework would put that back at each change of the page. What it
    holds is `data_text`, what a list offers `data_options`.

    Args:
        told_at: when its text is handed over: at each `input`, or at a `change`.
        on_text: takes the text; None where it is nothing a field of this type can hold.
        command: it changes something: without a connection it is refused instead of queued.
    """

    def __init__(
        self,
        tag: str,
        told_at: str,
        on_text: Callable[[str | None], object],
        /,
        *,
        name: str = "",
        command: bool = False,
        **attributes: Attribute,
    ) -> None:
        super().__init__(tag)
        self._begin("", {**attributes, "aria_label": name or None, "data_command": command})

        def tell(event: GenericEventArguments) -> object:
            return on_text(event.args if isinstance(event.args, str) else None)

        self.on(told_at, tell, js_handler=_TELL_TEXT)


def _html_name(name: str) -> str:
    """`aria_label` is written aria-label, `for_` is for."""
    return name.rstrip("_").replace("_", "-")
