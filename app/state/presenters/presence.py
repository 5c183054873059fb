"""Presenter of presence: who else is at a ticket, in words."""

from collections.abc import Mapping, Sequence

from app.desk.presence import Present
from components.i18n import _, ngettext

NAMED = 3
"""more than so many are counted"""


def presence_words(here: Sequence[Present], *, own: str) -> str:
    """Who else is at one ticket; "" for nobody.

    Args:
        own: the name of whoever reads it, whose other windows are told apart from other people.
    """
    typing = _names([one.who for one in here if one.is_typing], own)
    looking = _names([one.who for one in here if not one.is_typing], own)
    said = [_("{who}: writing").format(who=typing)] if typing else []
    said += [_("{who}: looking").format(who=looking)] if looking else []
    return ", ".join(said)


def with_drafts(presence: str, drafts_of: Sequence[str]) -> str:
    """Who else is at one ticket, and those who are not and have begun an answer to it."""
    away = [name for name in drafts_of if name not in presence]
    says = ngettext("{who} has a draft here", "{who} have drafts here", len(away))
    return ", ".join(filter(None, (presence, says.format(who=_names(away, "")) if away else "")))


def presence_by_ticket(others: Mapping[str, Sequence[Present]], *, own: str) -> dict[str, str]:
    """The same for every ticket at which somebody is."""
    return {id_: presence_words(here, own=own) for id_, here in others.items()}


def _names(people: Sequence[str], own: str) -> str:
    named = [name if name != own else _("another window") for name in dict.fromkeys(people)]
    more = len(named) - NAMED
    rest = [_("{more} more").format(more=more)] if more > 0 else []
    return ", ".join([*named[:NAMED], *rest])
