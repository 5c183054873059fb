"""The page `/screens`: which displays show the wall, one more, one that shows a code, one less.

It is a plain form, as the pages about people are. The address of a new link is shown once.
"""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.desk.desk import Desk, Doors
from app.desk.walls import Screen
from app.domain.errors import AccountError
from app.domain.wall_links import (
    USUAL,
    Masking,
    WallBoard,
    WallPanel,
    WallSize,
    WallView,
    night_words,
    wall_board,
)
from app.pages.frame import formatter_for
from app.pages.people import ONE_SELLER, drawing, said_by
from app.pages.sign_in import address_of, form_of, signed_in
from app.state.formatting import Formatter
from components import people_forms, screen_forms
from components.html import html
from components.i18n import _
from components.people_forms import SaidData, SureData
from components.screen_forms import NewLinkData, ScreenData
from components.site import SITE

VIEWS = {
    WallView.WAITING.value: _("All that wait"),
    WallView.NEVER_ANSWERED.value: _("Never answered"),
    WallView.CUSTOMER_REPLIED.value: _("Customer replied"),
}
MASKINGS = {
    Masking.MASKED.value: _("Words, masked"),
    Masking.NUMBERS.value: _("Numbers alone"),
}
SIZES = {
    WallSize.NEAR.value: _("From 3 metres"),
    WallSize.FAR.value: _("From 5 metres"),
}
PANELS = {
    WallPanel.OLDEST.value: _("The longest waits"),
    WallPanel.PRODUCTS.value: _("Waiting by product"),
    WallPanel.AGES.value: _("Waiting by age"),
    WallPanel.TREND.value: _("The last 14 days"),
}
CHOICES = ("view", "masking", "size", "amber", "red", "dwell", "night")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def register_screens(
    app: FastAPI, desk: Desk, doors: Doors, *, head_html: str, public_url: str | None
) -> None:
    """Put the page at its address; `public_url` is where others reach the desk, if it is known."""
    drawn_as = drawing(desk, head_html)
    walls = doors.walls

    def drawn(
        request: Request, said: SaidData | None = None, made: NewLinkData | None = None
    ) -> Response:
        fmt = formatter_for(request)
        screens = tuple(screen_data(screen, fmt) for screen in walls.screens())
        inside = html(
            "{}{}<h2>{}</h2>{}<h2>{}</h2>{}{}",
            screen_forms.made_link(made) if made else html(""),
            screen_forms.screen_list(screens),
            _("Let a screen in that shows a code"),
            screen_forms.code_form(VIEWS, MASKINGS, SIZES, PANELS),
            _("Make a link for a screen"),
            screen_forms.link_form(VIEWS, MASKINGS, SIZES, PANELS),
            screen_forms.plain_hint(),
        )
        return drawn_as(request, _("Screens"), inside, said)

    @app.get("/screens", include_in_schema=False)
    async def show(request: Request) -> Response:
        return drawn(request)

    @app.post("/screens", include_in_schema=False)
    async def change(request: Request) -> Response:
        session, form = signed_in(request), await form_of(request)
        by, address = (session.user.name if session else ONE_SELLER), address_of(request)
        name = form.get("name", "")
        made: list[NewLinkData] = []
        asked: list[SureData] = []
        names = {screen.link.name for screen in walls.screens()}

        async def act() -> str:
            if form.get("do") == "revoke" and not form.get("sure") and name in names:
                asked.append(_sure_to_revoke(name))
                return ""
            if form.get("do") == "revoke":
                link = await walls.revoke(name, by=by, address=address)
                return _("{name} is no longer let in.").format(name=link.name)
            if form.get("view") in VIEWS and form.get("masking") in MASKINGS:
                board = wall_board(
                    **{one: form[one] for one in CHOICES if one in form},
                    rotation=",".join(panel for panel in PANELS if panel in form),
                )
                if form.get("do") == "code":
                    await walls.confirm_code(
                        form.get("code", ""),
                        name,
                        board=board,
                        by=by,
                        address=address,
                    )
                    return _("{name} is let in now.").format(name=name)
                if form.get("do") == "new":
                    _link, token = await walls.new(name, board=board, by=by, address=address)
                    made.append(_new_link(request, token, public_url))
                    return _("Open this address once on the screen. It is shown only now.")
            raise AccountError("This form has sent nothing that can be done.")

        said = await said_by(act, formatter_for(request))
        if asked:
            title = _("Revoke {name}?").format(name=name)
            return drawn_as(request, title, people_forms.sure(asked[0]), said)
        return drawn(request, said, made[0] if made else None)


def _sure_to_revoke(name: str) -> SureData:
    return SureData(
        what=(
            _("The screen {name} shows nothing more within a second.").format(name=name),
            _("To come back it needs a new link or a new code. No ticket is touched."),
        ),
        do=_("Revoke {name}").format(name=name),
        back=_("Keep {name}").format(name=name),
        address="/screens",
        form=(("do", "revoke"), ("name", name)),
    )


def screen_data(screen: Screen, fmt: Formatter) -> ScreenData:
    """A display in words."""
    link = screen.link
    return ScreenData(
        name=link.name,
        shows=_shows(link.board),
        state=state_of(screen, fmt),
        is_silent=screen.is_silent,
        until=_("good until {day}").format(day=fmt.moment(link.expires_at)),
    )


def _shows(board: WallBoard) -> str:
    """What a display shows and how, where that is not the usual."""
    words = [VIEWS[board.view.value], MASKINGS[board.masking.value]]
    if board.rotation != USUAL.rotation:
        words.append(" + ".join(PANELS[panel] for panel in board.rotation))
    if board.size is not USUAL.size:
        words.append(SIZES[board.size.value])
    if (board.amber_hours, board.red_hours) != (USUAL.amber_hours, USUAL.red_hours):
        amber, red = board.amber_hours, board.red_hours
        words.append(_("amber from {amber} h, red from {red} h").format(amber=amber, red=red))
    if board.dwell_seconds != USUAL.dwell_seconds:
        words.append(_("{seconds} s a page").format(seconds=board.dwell_seconds))
    if board.night:
        words.append(_("dim {hours}").format(hours=night_words(board.night)))
    return ", ".join(words)


def state_of(screen: Screen, fmt: Formatter) -> str:
    """When a display was heard of last, and how old what it shows is."""
    if screen.seen_at is None:
        return _("Not opened yet")
    seen, data = fmt.moment(screen.seen_at), _("no data yet")
    if screen.as_of is not None:
        data = _("its data as of {time}").format(time=fmt.second(screen.as_of))
    if screen.asked is not None:
        seconds = round(screen.asked.total_seconds())
        return _("Plain, asked {seconds} s ago, {data}").format(seconds=seconds, data=data)
    if screen.is_connected:
        return _("On, {data}").format(data=data)
    if screen.is_silent:
        return _("Silent since {time}").format(time=seen)
    return _("Last seen {time}").format(time=seen)


def _new_link(request: Request, token: str, public_url: str | None) -> NewLinkData:
    here = f"{request.url.scheme}://{request.url.netloc}{SITE.path}"
    address = f"{public_url or here}/kiosk?link={token}"
    is_here = public_url is None and request.url.hostname in LOOPBACK
    return NewLinkData(address=address, is_here_alone=is_here)
