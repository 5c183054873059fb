"""The page every screen for sellers stands in: its header, who has signed in, drafts of before."""

from functools import partial

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from app.desk.desk import Desk
from app.desk.sign_ins import SignIns
from app.domain.accounts import Right, SignInSession
from app.pages.frame import TITLE
from app.state.drafts import recover_draft
from components.draft_recovery import DraftRecovery
from components.elements import Button, Text
from components.frame import Frame
from components.header_tools import HeaderTools
from components.html import html
from components.i18n import _
from components.page_links import PageLink, PageLinks
from components.site import SITE

PAGES = (
    PageLink(label=_("Health"), address="/health"),
    PageLink(label=_("Settings"), address="/settings"),
)
_DEMO_PAGES = (PageLink(label=_("Write as a customer"), address="/demo/customer", apart=True),)


def open_frame(heading: str, desk: Desk, *, head_html: str, demo: bool) -> Frame:
    """Draw the header and return the places to draw in; the demo store says what it is.

    The heading is only for those who are read to: everybody else sees where they are. Drafts that
    the browser has kept go to `desk`, which is that of whoever looks at the page.
    """
    ui.add_head_html(head_html)
    if desk.session:
        user_id = desk.session.user.user_id
        ui.add_head_html(str(html('<meta name="ticketdesk-user" content="{}">', user_id)))
    may_write = desk.may(Right.WRITE)
    frame = Frame(title=TITLE, badge=_("Demo store") if demo else "", reads_only=not may_write)
    with frame.work:
        TextElement(tag="h1", text=heading).classes("sr")
    with frame.tools:
        PageLinks((*(_DEMO_PAGES if demo and may_write else ()), *PAGES))
        HeaderTools()
        DraftRecovery(on_recovery=partial(recover_draft, desk))
        if desk.session and desk.doors:
            _draw_user(desk.session, desk.doors.sign_ins)
    return frame


def _draw_user(session: SignInSession, sign_ins: SignIns) -> None:
    """Who has signed in, and the way out; on a phone it is on the page behind the name."""

    async def sign_out() -> None:
        await sign_ins.sign_out(session, by=session.user)

    Text("a", session.user.name, "bar-who", href=SITE.link("/account"), title=_("Your account"))
    Button(_("Sign out"), "quiet tool bar-link", on_click=sign_out)
