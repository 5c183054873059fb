"""The page every screen of the desk stands in: header, views, work, conversation."""

from nicegui import context, ui


class Frame:
    """Places to put things: `with frame.search: SearchBox(...)`.

    `search`, `fresh` and `tools` lie in the header, `views` at the left, `overview`, `filters`
    and `work` below each other in the middle, `side` at the right.
    """

    def __init__(self, *, title: str, badge: str = "") -> None:
        _own_the_page()
        with ui.element("div").classes("desk"):
            with ui.element("header").classes("bar"):
                ui.link(title, "/").classes("bar-title")
                if badge:
                    ui.label(badge).classes("badge")
                self.search = ui.element("div").classes("bar-search")
                self.fresh = ui.element("div").classes("bar-fresh")
                self.tools = ui.element("div").classes("bar-tools")
            self.views = ui.element("div").classes("desk-views")
            with ui.element("main").classes("desk-main"):
                self.overview = ui.element("div").classes("desk-overview")
                self.filters = ui.element("div").classes("desk-filters")
                self.work = ui.element("div").classes("desk-work")
            self.side = ui.element("div").classes("desk-side")


def _own_the_page() -> None:
    """Make the framework's own page element a plain one, so that ours is the only main landmark."""
    slot = context.client.content.parent_slot
    if slot is not None:
        slot.parent.tag = "div"
