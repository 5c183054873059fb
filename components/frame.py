"""The page every screen of the desk stands in: header, views, work, conversation."""

from nicegui import context

from components import theme
from components.elements import Box, Text
from components.i18n import _
from components.resend import send_again_when_back
from components.site import SITE


class Frame:
    """Places to put things: `with frame.search: SearchBox(...)`.

    `search`, `fresh` and `tools` lie in the header, `line` is a line below it, `views` lie at the
    left, `overview`, `filters` and `work` below each other in the middle, `side` at the right.
    """

    def __init__(self, *, title: str, badge: str = "", reads_only: bool = False) -> None:
        own_the_page()
        Text("a", _("Skip to the tickets"), "skip", href="#work")
        Text("p", theme.TOO_OLD, "too-old", role="alert")
        Box("div", "sr", id="desk-say", aria_live="polite", **_SAID)
        with Box("div", "desk", data_reads_only=reads_only):
            with Box("header", "bar"):
                with Box("div", "bar-name"):
                    Text("a", title, "bar-title", href=SITE.link("/"), translate="no")
                    if badge:
                        Text("span", badge, "badge")
                self.search = Box("div", "bar-search")
                with Box("div", "bar-end"):
                    self.fresh = Box("div", "bar-fresh")
                    self.tools = Box("div", "bar-tools")
            self.line = Box("div", "desk-line")
            if reads_only:
                with self.line:
                    Text("p", _READS_ONLY, "reads-only")
            self.views = Box("div", "desk-views")
            with Box("main", "desk-main"):
                self.overview = Box("div", "desk-overview")
                self.filters = Box("div", "desk-filters")
                self.work = Box("div", "desk-work", id="work", tabindex="-1")
            self.side = Box("div", "desk-side")


_READS_ONLY = _("You may look at everything here and change nothing.")


def own_the_page() -> None:
    """Make the framework's own page elements plain ones, so that ours is the only main landmark.

    Its layout would also measure the whole page before the connection to the server is begun. In
    its place stands a component that has no look: events of the whole page go through it.
    """
    client = context.client
    send_again_when_back(client)
    client.page_container.tag = "div"
    if (slot := client.content.parent_slot) is not None:
        slot.parent.tag = "div"
    client.layout.tag = "q-no-ssr"
    client.layout.props.clear()


_SAID = {
    "data_copied": _("Copied"),
    "data_not_copied": _("Not copied: the browser does not allow it."),
    "data_refused": _("Not done: there is no connection. Do it again once the line is back."),
}
"""What `assets/desk.js` says to screen readers by itself."""
