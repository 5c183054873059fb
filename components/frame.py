"""The page every screen of the desk stands in: header, views, work, conversation."""

from nicegui import context, ui
from nicegui.elements.mixins.text_element import TextElement

from components.vue_component import make_plain


class Frame:
    """Places to put things: `with frame.search: SearchBox(...)`.

    `search`, `fresh` and `tools` lie in the header, `line` is a line below it, `views` lie at the
    left, `overview`, `filters` and `work` below each other in the middle, `side` at the right.
    """

    def __init__(self, *, title: str, badge: str = "") -> None:
        own_the_page()
        _text("a", "Skip to the tickets", "skip").props["href"] = "#work"
        with ui.element("div").classes("desk"):
            with ui.element("header").classes("bar"):
                with ui.element("div").classes("bar-name"):
                    _text("a", title, "bar-title").props["href"] = "/"
                    if badge:
                        _text("span", badge, "badge")
                self.search = ui.element("div").classes("bar-search")
                with ui.element("div").classes("bar-end"):
                    self.fresh = ui.element("div").classes("bar-fresh")
                    self.tools = ui.element("div").classes("bar-tools")
            self.line = ui.element("div").classes("desk-line")
            self.views = ui.element("div").classes("desk-views")
            with ui.element("main").classes("desk-main"):
                self.overview = ui.element("div").classes("desk-overview")
                self.filters = ui.element("div").classes("desk-filters")
                self.work = ui.element("div").classes("desk-work")
                self.work.props.update({"id": "work", "tabindex": "-1"})
            self.side = ui.element("div").classes("desk-side")


def own_the_page() -> None:
    """Make the framework's own page elements plain ones, so that ours is the only main landmark.

    Its layout would also measure the whole page before the connection to the server is begun.
    """
    client = context.client
    client.page_container.tag = "div"
    if (slot := client.content.parent_slot) is not None:
        slot.parent.tag = "div"
    make_plain(client.layout)


def _text(tag: str, words: str, style: str) -> TextElement:
    return TextElement(tag=tag, text=words).classes(style)
