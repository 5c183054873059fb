"""Presenter of claims: who has a ticket, in words; where nobody has signed in there are none."""

from app.desk.desk import Desk
from app.desk.read_models import ConversationSnapshot
from app.domain.accounts import Right, User
from app.domain.ticket import Status
from components.data import ClaimData, SendReason
from components.i18n import _


def claims_by_ticket(desk: Desk) -> dict[str, str]:
    """Who has which ticket, as whoever looks at `desk` reads it."""
    if desk.claims is None or desk.session is None:
        return {}
    own = desk.session.user.user_id
    return {ticket_id: _words(user, own) for ticket_id, user in desk.claims.all().items()}


def claim_data(desk: Desk, snapshot: ConversationSnapshot) -> ClaimData | None:
    """Who has the open ticket, and what the button does about it."""
    if desk.claims is None or desk.session is None or _is_closed(snapshot):
        return None
    user, own = desk.claims.all().get(snapshot.ticket.id), desk.session.user.user_id
    if user is None:
        action = _("Claim this ticket")
    else:
        action = _("Give it up") if user.user_id == own else _("Take it over")
    return ClaimData(
        text=_words(user, own) if user else "",
        action=action if desk.may(Right.WRITE) else "",
        whose=user.user_id if user else "",
    )


def claimed_by_another(desk: Desk, snapshot: ConversationSnapshot | None) -> list[SendReason]:
    """That somebody else has the ticket, as a reason to ask before a reply goes."""
    if desk.claims is None or desk.session is None or snapshot is None or _is_closed(snapshot):
        return []
    user = desk.claims.all().get(snapshot.ticket.id)
    if user is None or user.user_id == desk.session.user.user_id:
        return []
    return [SendReason(text=_("{who} has claimed this ticket.").format(who=user.name))]


def _words(user: User, own: str) -> str:
    return _("You have this") if user.user_id == own else _("{who} has this").format(who=user.name)


def _is_closed(snapshot: ConversationSnapshot) -> bool:
    return (snapshot.pending_status or snapshot.ticket.status) == Status.CLOSED
