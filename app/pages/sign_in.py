"""The sign-in at `/sign-in`: a plain form, so that no page is built for somebody unknown.

What a browser is remembered by is a cookie with a random token, which nothing on a page can read.
"""

import math
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.desk.sign_ins import Browser, SignIns
from app.domain.accounts import ABSOLUTE, SignInSession, name_key
from app.domain.errors import (
    AccountError,
    CodeWantedError,
    SignInRefusedError,
    StoreError,
    WrongCodeError,
)
from app.pages.errors import plain_page
from app.pages.frame import formatter_for
from app.state.formatting import clock_hint, error_notice
from components.i18n import _
from components.sign_in_form import SignInData, code_form, sign_in_form

SIGN_IN = "/sign-in"
SIGNED_OUT = _("You have been signed out. What you typed here is kept: sign in to go on.")
OURS = "ticketdesk-"
"""what is in the name of every cookie that lets somebody in"""
SESSION = "ticketdesk.session"
"""where the guard leaves in a request's scope who has signed in"""
PROXY_USER = "ticketdesk.proxy_user"
"""where a request's scope holds the name of whom a named proxy has signed in, "" for nobody"""
LARGEST_FORM = 16_384
"""bytes; a name, a password and an address are shorter"""

_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "CrOS", "Linux")
_KNOWN_AS = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "macOS", "CrOS": "ChromeOS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCookie:
    """The cookie of one desk: ports do not part the cookies of a host, so its id is in the name.

    On TLS the name begins with a prefix by which browsers refuse one that another host, or an
    address without TLS, has set; below a `path` with the one that allows a path.
    """

    desk_id: str
    secure: bool
    path: str = "/"

    @property
    def name(self) -> str:
        """What it is called."""
        prefix = "__Host-" if self.path == "/" else "__Secure-"
        return f"{prefix if self.secure else ''}{OURS}{self.desk_id}"

    def token(self, header: str) -> str | None:
        """The token in a request's `Cookie` header."""
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == self.name:
                return value
        return None

    def set_on(
        self, response: Response, token: str, *, seconds: int = int(ABSOLUTE.total_seconds())
    ) -> None:
        """Let the browser keep the token for so long."""
        response.set_cookie(
            self.name,
            token,
            max_age=seconds,
            path=self.path,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def take_from(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(
            self.name, path=self.path, secure=self.secure, httponly=True, samesite="lax"
        )


def signed_in(request: Request) -> SignInSession | None:
    """In which session a page is asked for; None is the one seller of a desk without users."""
    session = request.scope.get(SESSION)
    return session if isinstance(session, SignInSession) else None


def register_sign_in(
    app: FastAPI, sign_ins: SignIns, *, head_html: str, cookie: SessionCookie
) -> None:
    """Put the form at its address."""

    def drawn(data: SignInData, status: int = 200, **headers: str) -> Response:
        form = code_form if data.half else sign_in_form
        page = plain_page(head_html, _("Sign in to Ticketdesk"), form(data))
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"} | headers)

    def let_in(following: str, token: str) -> Response:
        response = RedirectResponse(following, 303, headers={"Cache-Control": "no-store"})
        cookie.set_on(response, token)
        return response

    def browser_of(request: Request) -> Browser:
        return Browser(
            device=device_of(request.headers.get("user-agent", "")),
            address=address_of(request),
            token=cookie.token(_cookies(request)),
        )

    @app.get(SIGN_IN, include_in_schema=False)
    async def ask(request: Request) -> Response:
        following = own_address(request.query_params.get("next", ""))
        session = sign_ins.session_of(cookie.token(_cookies(request)))
        named: str = request.scope.get(PROXY_USER, "")
        if not sign_ins.must_sign_in or (session and is_named(session, named)):
            return RedirectResponse(following, 303)
        if not named:
            was_in = cookie.token(_cookies(request)) is not None
            return drawn(SignInData(following=following, said=SIGNED_OUT if was_in else ""))
        try:
            token = await sign_ins.sign_in_named(named, browser_of(request))
        except (AccountError, StoreError) as error:
            return drawn(SignInData(following=following, said=error_notice(error).text), 403)
        return let_in(following, token)

    @app.post(SIGN_IN, include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        form = await form_of(request)
        following = own_address(form.get("next", ""))
        name, half = form.get("name", "").strip(), form.get("half", "")
        asked = SignInData(following=following, name=name, half=half)
        try:
            if half:
                typed = form.get("code") or form.get("recovery", "")
                token = await sign_ins.enter_code(half, typed, browser_of(request))
            else:
                password = form.get("password", "")
                token = await sign_ins.sign_in(name, password, browser_of(request))
        except CodeWantedError as wanted:
            return drawn(replace(asked, half=wanted.half))
        except SignInRefusedError as refused:
            wait_seconds = math.ceil(refused.wait_seconds)
            if not (wait_seconds or isinstance(refused, WrongCodeError)):
                half = ""  # it begins with the password again
            said = f"{refused} {clock_hint(refused, formatter_for(request))}".strip()
            data = replace(asked, half=half, said=said, wait_seconds=wait_seconds)
            if not wait_seconds:
                return drawn(data, 401)
            return drawn(data, 429, **{"Retry-After": str(wait_seconds)})
        except StoreError as error:
            return drawn(replace(asked, said=error_notice(error).text), 503)
        return let_in(following, token)


def address_of(request: Request) -> str:
    """Where a request comes from, as far as the desk knows."""
    return request.client.host if request.client else ""


def is_named(session: SignInSession, named: str) -> bool:
    """Whether the session is that of whom a proxy names, where one names anybody."""
    return not named or name_key(session.user.name) == name_key(named)


def sign_in_address(following: str) -> str:
    """Where somebody unknown is sent who asked for `following`."""
    return f"{SIGN_IN}?next={quote(following, safe='/')}"


def own_address(text: str) -> str:
    """The address to go on to, if it is one of this desk; else the dashboard."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    is_own = text.startswith("/") and not text.startswith("//") and not parts.netloc
    is_plain = text.isascii() and text.isprintable() and not set(text) & set("\\ ")
    return text if is_own and is_plain and parts.path != SIGN_IN else "/"


def device_of(user_agent: str) -> str:
    """What a person calls the browser and the machine it runs on."""
    browser = next((name for name in _BROWSERS if f"{name}/" in user_agent), "")
    system = next((name for name in _SYSTEMS if name in user_agent), "")
    browser, system = (_KNOWN_AS.get(name, name) for name in (browser, system))
    if browser and system:
        return f"{browser}, {system}"
    return browser or system or _("an unknown browser")


def _cookies(request: Request) -> str:
    return "; ".join(request.headers.getlist("cookie"))


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form that was sent; none of one that is larger than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items()}
