"""The page `/erase`, on which the owner forgets a customer: an address, a question, and it is done.

The customer's address travels in the form alone: a browser keeps the addresses of its pages.
"""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.desk.desk import Desk, Doors
from app.desk.erasing import Eraser, Kept
from app.domain.errors import AccountError
from app.pages.frame import formatter_for
from app.pages.people import drawing, said_by
from app.pages.sign_in import form_of, signed_in
from components import people_forms
from components.i18n import _
from components.people_forms import SaidData, SureData

ERASE_PAGE = "/erase"
TITLE = _("Forget a customer")
_STAYS = _(
    "The store itself still has this customer. A keyed hash of the address stays here, which tells"
    " nobody the address: whatever is read of them later is kept blank by it."
)


def register_erase(
    app: FastAPI, desk: Desk, doors: Doors, eraser: Eraser, *, head_html: str
) -> None:
    """Put the page at its address."""
    drawn_as = drawing(desk, head_html)

    def drawn(request: Request, said: SaidData | None = None, typed: str = "") -> Response:
        return drawn_as(request, TITLE, people_forms.forget_customer(typed), said)

    @app.get(ERASE_PAGE, include_in_schema=False)
    async def ask(request: Request) -> Response:
        return drawn(request)

    @app.post(ERASE_PAGE, include_in_schema=False)
    async def forget(request: Request) -> Response:
        session, form = signed_in(request), await form_of(request)
        address = form.get("address", "").strip()
        asked: list[SureData] = []

        async def act() -> str:
            if "@" not in address:
                raise AccountError("This is no e-mail address. Type the one that the tickets show.")
            if not form.get("sure"):
                asked.append(_sure_to_forget(address, await eraser.look(address)))
                return ""
            removed = await eraser.forget(address)
            doors.activity.note(session, "forgot a customer", "")
            return _done(removed)

        said = await said_by(act, formatter_for(request))
        if asked:
            title = _("Forget {address}?").format(address=address)
            return drawn_as(request, title, people_forms.sure(asked[0]), said)
        return drawn(request, said, address if said.wrong else "")


def _sure_to_forget(address: str, kept: Kept) -> SureData:
    return SureData(
        what=(
            _(
                "Subject, address and every message go out of the local copy; status, dates and"
                " amounts stay. Tickets: {tickets}."
            ).format(tickets=f"{kept.tickets:,}"),
            _(
                "Removed are drafts ({drafts}), replies, closings and reopenings in the history of"
                " the outbox ({entries}), private notes ({notes}), saved views ({views}) and lines"
                " of the log files that name the address, and what the desk holds in memory."
            ).format(
                drafts=f"{kept.drafts:,}",
                entries=f"{kept.entries:,}",
                notes=f"{kept.notes:,}",
                views=f"{kept.views:,}",
            ),
            _STAYS,
            *_damaged(kept),
            _("This cannot be undone."),
        ),
        do=_("Forget {address}").format(address=address),
        back=_("Keep {address}").format(address=address),
        address=ERASE_PAGE,
        form=(("address", address),),
    )


def _done(removed: Kept) -> str:
    forgot = _(
        "Forgotten. Tickets kept blank: {tickets}. Removed: drafts {drafts}, replies, closings and"
        " reopenings {entries}, private notes {notes}, saved views {views}."
    ).format(
        tickets=f"{removed.tickets:,}",
        drafts=f"{removed.drafts:,}",
        entries=f"{removed.entries:,}",
        notes=f"{removed.notes:,}",
        views=f"{removed.views:,}",
    )
    return " ".join((forgot, *_damaged(removed)))


def _damaged(kept: Kept) -> tuple[str, ...]:
    """What has to be said of files that only a person can look through."""
    said = _("{file} may still name them: look, then remove it.")
    return tuple(said.format(file=path) for path in kept.damaged)
