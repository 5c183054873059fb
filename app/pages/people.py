"""The pages about people: `/users` for the owner, `/account` for everybody, `/log` of who did what.

They are plain forms: what they change is looked at again by every page that is open.
"""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.desk.desk import Desk, Doors
from app.desk.sign_ins import SignIns
from app.domain.accounts import Right, Role, SignInSession
from app.domain.cells import cell
from app.domain.errors import AccountError, StoreError
from app.pages.errors import BACK, plain_page
from app.pages.frame import formatter_for
from app.pages.sign_in import address_of, form_of, signed_in
from app.state.formatting import Formatter, clock_hint, error_notice
from app.store.accounts.accounts import Activity
from app.store.accounts.one_time_codes import is_secret, new_secret, setup_address
from components import people_forms
from components.html import Html, html
from components.i18n import _
from components.people_forms import (
    DeviceData,
    DoneData,
    LogFilterData,
    SaidData,
    SureData,
    UserData,
)

Draw = Callable[..., Response]

SHOWN = 500
"""lines of the log on its page; the file has all of them"""
ROLES = {
    Role.SELLER.value: _("Seller"),
    Role.READER.value: _("Reader"),
    Role.OWNER.value: _("Owner"),
}
EVERYWHERE = "/account/sign-out"
CODES = _("One-time codes")
ONE_SELLER = _("the one seller")
"""who did what was done before there were users"""
_FIRST = _(
    "There are no users: everybody at this machine is the one seller. The first user becomes the"
    " owner, and from then on everybody signs in."
)


def people_links(desk: Desk) -> Html:
    """The way to these pages, for whoever looks at `desk`."""
    manage = (
        ((_("Users"), "/users"), (_("Forget a customer"), "/erase"))
        if desk.may(Right.MANAGE)
        else ()
    )
    account = ((_("Your account"), "/account"),) if desk.session else ()
    screens = ((_("Screens"), "/screens"),) if desk.may(Right.WRITE) else ()
    return people_forms.links((*manage, *account, *screens, (_("Log"), "/log")))


def register_people(app: FastAPI, desk: Desk, doors: Doors, *, head_html: str) -> None:
    """Put the three pages at their addresses."""
    drawn_as = drawing(desk, head_html)
    _register_users(app, doors, drawn_as)
    _register_account(app, doors, drawn_as)
    _register_sign_out(app, doors.sign_ins, drawn_as)
    _register_log(app, doors, drawn_as)


def _register_users(app: FastAPI, doors: Doors, drawn_as: Draw) -> None:
    users = doors.users

    async def drawn(request: Request, said: SaidData | None = None) -> Response:
        with_codes = dict(await users.recovery_codes_left())
        session = signed_in(request)
        if session:  # whose own codes are turned off with the password, on the other page
            with_codes.pop(session.user.user_id, None)
        everybody = tuple(
            UserData(name=user.name, role=user.role.value, has_codes=user.user_id in with_codes)
            for user in await users.all()
        )
        inside = html(
            "{}{}<h2>{}</h2>{}",
            html("") if everybody else html("<p>{}</p>", _FIRST),
            people_forms.user_list(everybody, ROLES),
            _("Add user"),
            people_forms.new_user(ROLES if everybody else {}),
        )
        return drawn_as(request, _("Users"), inside, said)

    @app.get("/users", include_in_schema=False)
    async def show(request: Request) -> Response:
        return await drawn(request)

    @app.post("/users", include_in_schema=False)
    async def change(request: Request) -> Response:
        session, form = signed_in(request), await form_of(request)
        by, address = (session.user.name if session else ONE_SELLER), address_of(request)
        name, password = form.get("name", ""), form.get("password", "")
        asked: list[SureData] = []

        async def act() -> str:
            match form.get("do"):
                case "add" if form.get("role") in {None, *ROLES}:
                    role = Role(form["role"]) if "role" in form else None
                    user = await users.add(name, password, role=role, by=by, address=address)
                    return _("{name} may come in now.").format(name=user.name)
                case "role" if form.get("role") in ROLES:
                    user = await users.named(name)
                    await users.set_role(user, Role(form["role"]), by=by, address=address)
                    return _("{name} signs in anew, with the other role.").format(name=name)
                case "password":
                    user = await users.named(name)
                    await users.set_password(user, password, by=by, address=address)
                    return _("{name} signs in anew, with the new password.").format(name=name)
                case "codes-off":
                    user = await users.named(name)
                    if session and user.user_id == session.user.user_id:
                        raise AccountError("Your own codes are turned off on Your account.")
                    await users.turn_off_codes(user, by=by, address=address)
                    return _("{name} signs in anew, by the password alone.").format(name=name)
                case "remove":
                    user = await users.named(name)
                    if not form.get("sure"):
                        asked.append(_sure_to_remove(user.name))
                        return ""
                    await users.remove(user, by=by, address=address)
                    return _("{name} is no longer let in.").format(name=user.name)
            raise AccountError("This form has sent nothing that can be done.")

        said = await said_by(act, formatter_for(request))
        await doors.sign_ins.look()
        if not doors.sign_ins.is_live(session):
            return RedirectResponse("/sign-in", 303)
        if asked:
            title = _("Remove {name}?").format(name=name)
            return drawn_as(request, title, people_forms.sure(asked[0]), said)
        return await drawn(request, said)


def _sure_to_remove(name: str) -> SureData:
    return SureData(
        what=(
            _("{name} is signed out within a second and can no longer sign in.").format(name=name),
            _("What {name} has claimed is free for others.").format(name=name),
            _(
                "Kept are the replies that were sent, the log, and drafts that were not sent:"
                " nobody sees these here any more, `ticketdesk export --unsent` gives them out as"
                " a file."
            ),
        ),
        do=_("Remove {name}").format(name=name),
        back=_("Keep {name}").format(name=name),
        address="/users",
        form=(("do", "remove"), ("name", name)),
    )


def _register_account(app: FastAPI, doors: Doors, drawn_as: Draw) -> None:
    sign_ins, users = doors.sign_ins, doors.users

    async def drawn(
        request: Request,
        session: SignInSession,
        said: SaidData | None = None,
    ) -> Response:
        fmt = formatter_for(request)
        left = (await users.recovery_codes_left()).get(session.user.user_id)
        devices = tuple(
            DeviceData(
                session_id=one.session_id,
                words=one.device,
                address=one.address,
                used=_("last used {when}").format(when=fmt.moment(one.seen_at)),
                is_this=one.session_id == session.session_id,
            )
            for one in sign_ins.sessions_of(session.user)
        )
        inside = html(
            "<p><b>{}</b> {}</p><h2>{}</h2>{}<h2>{}</h2>{}<h2>{}</h2>{}",
            session.user.name,
            ROLES[session.user.role.value],
            _("Your devices"),
            html(
                "{}<p>{}</p>",
                people_forms.device_list(devices),
                people_forms.links(((_("Sign out everywhere"), EVERYWHERE),)),
            ),
            _("Password"),
            people_forms.own_password(),
            CODES,
            people_forms.codes_off() if left is None else people_forms.codes_on(left),
        )
        return drawn_as(request, _("Your account"), inside, said)

    @app.get("/account", include_in_schema=False)
    async def show(request: Request) -> Response:
        session = signed_in(request)
        return await drawn(request, session) if session else RedirectResponse("/users", 303)

    @app.post("/account", include_in_schema=False)
    async def change(request: Request) -> Response:
        session, form = signed_in(request), await form_of(request)
        if session is None:
            return RedirectResponse("/users", 303)
        user, address = session.user, address_of(request)
        codes: list[Html] = []

        async def check_password() -> None:
            await sign_ins.check_password(user.name, form.get("password", ""), address=address)

        def set_up(secret: str) -> None:
            codes[:] = [people_forms.codes_setup(secret, setup_address(secret, user.name))]

        async def act() -> str:
            match form.get("do"):
                case "codes-new":
                    set_up(new_secret())
                    return ""
                case "codes-on" if is_secret(secret := form.get("secret", "")):
                    set_up(secret)
                    await check_password()
                    recovery = await users.turn_on_codes(
                        user,
                        secret,
                        form.get("code", ""),
                        address=address,
                        but_session=session.session_id,
                    )
                    codes[:] = [people_forms.recovery_codes(recovery)]
                    return _("Codes are asked for from now on; your other browsers are signed out.")
                case "codes-renew":
                    await check_password()
                    recovery = await users.renew_recovery_codes(user, address=address)
                    codes[:] = [people_forms.recovery_codes(recovery)]
                    return _("Those of before count no more.")
                case "codes-off":
                    await check_password()
                    await users.turn_off_codes(user, by=user.name, address=address)
                    return _("You sign in by the password alone.")
                case "sign-out":
                    wanted = form.get("session", "")
                    for one in sign_ins.sessions_of(user):
                        if one.session_id == wanted:
                            await sign_ins.sign_out(one, by=user)
                    return _("That browser is signed out.")
                case "password":
                    await check_password()
                    await users.set_password(
                        user,
                        form.get("new", ""),
                        by=user.name,
                        address=address,
                        but_session=session.session_id,
                    )
                    return _("The password is changed; your other browsers are signed out.")
            raise AccountError("This form has sent nothing that can be done.")

        said = await said_by(act, formatter_for(request))
        await sign_ins.look()
        if not sign_ins.is_live(session):
            return RedirectResponse("/sign-in", 303)
        if codes:
            return drawn_as(request, CODES, codes[0], said)
        return await drawn(request, session, said)


def _register_sign_out(app: FastAPI, sign_ins: SignIns, drawn_as: Draw) -> None:
    @app.get(EVERYWHERE, include_in_schema=False)
    async def ask(request: Request) -> Response:
        session = signed_in(request)
        if session is None:
            return RedirectResponse("/users", 303)
        count = len(sign_ins.sessions_of(session.user))
        inside = people_forms.sure(_sure_to_sign_out(count))
        return drawn_as(request, _("Sign out everywhere?"), inside)

    @app.post(EVERYWHERE, include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        session = signed_in(request)
        for one in sign_ins.sessions_of(session.user) if session else ():
            await sign_ins.sign_out(one, by=one.user)
        return RedirectResponse("/sign-in", 303)


def _sure_to_sign_out(count: int) -> SureData:
    return SureData(
        what=(
            _("Your browsers, {count} of them, this one too, are signed out at once.").format(
                count=count
            ),
            _("Your drafts and settings are kept; you can sign in again at any time."),
        ),
        do=_("Sign out everywhere"),
        back=_("Stay signed in"),
        address="/account",
    )


def _register_log(app: FastAPI, doors: Doors, drawn_as: Draw) -> None:
    async def found(request: Request, limit: int = -1) -> tuple[Activity, ...]:
        asked = request.query_params
        return await doors.activity.find(
            who=asked.get("who", ""),
            what=asked.get("what", ""),
            ticket_id=asked.get("ticket", ""),
            limit=limit,
        )

    @app.get("/log", include_in_schema=False)
    async def show(request: Request) -> Response:
        asked, fmt = dict(request.query_params), formatter_for(request)
        lines = tuple(
            DoneData(
                at=fmt.moment(one.at),
                exact=fmt.exact(one.at),
                who=one.who or ONE_SELLER,
                what=one.what,
                ticket_id=one.ticket_id or "",
                address=one.address,
            )
            for one in await found(request, SHOWN)
        )
        chosen = LogFilterData(
            who=asked.get("who", ""),
            what=asked.get("what", ""),
            ticket_id=asked.get("ticket", ""),
            query=urlencode(asked, quote_via=quote),
        )
        people = tuple(user.name for user in await doors.users.all())
        inside = html(
            "{}{}", people_forms.log_filter(chosen, people), people_forms.log_table(lines)
        )
        return drawn_as(request, _("Log"), inside)

    @app.get("/log.csv", include_in_schema=False)
    async def download(request: Request) -> Response:
        text = await asyncio.to_thread(_as_csv, await found(request))
        return Response(
            text.encode("utf-8-sig"),
            media_type="text/csv; charset=utf-8",
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": 'attachment; filename="log.csv"',
            },
        )


def _as_csv(done: tuple[Activity, ...]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(("at", "who", "what", "ticket_id", "address"))
    for one in done:
        values = (one.at, one.who, one.what, one.ticket_id, one.address)
        writer.writerow([cell(value) for value in values])
    return file.getvalue()


async def said_by(act: Callable[[], Awaitable[str]], fmt: Formatter) -> SaidData:
    """What a form came to, in a sentence."""
    try:
        return SaidData(text=await act())
    except (AccountError, StoreError) as error:
        said = error_notice(error, kept=clock_hint(error, fmt)).text
        return SaidData(text=said, wrong=True)


def drawing(desk: Desk, head_html: str) -> Draw:
    """What draws a page of forms, with the ways to the others."""

    def drawn_as(
        request: Request, heading: str, inside: Html, said: SaidData | None = None
    ) -> Response:
        whole = html(
            '<nav class="people-links">{}{}</nav>{}{}',
            people_forms.links(((BACK, "/"),)),
            people_links(desk.of(signed_in(request))),
            people_forms.said(said or SaidData()),
            inside,
        )
        session = signed_in(request)
        header = people_forms.header(session.user.name if session else "")
        page = plain_page(head_html, heading, whole, style="settings people", header=header)
        status = 422 if said and said.wrong else 200
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})

    return drawn_as
