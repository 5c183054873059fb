"""Presenter of presence: who else is at a ticket, in words."""

from collections.abc import Sequence

from app.desk.presence import Present
from components.i18n import _, ngettext

NAMED = 3
"""more than so many are counted"""


def presence_words(here: Sequence[Present], *, own: str, drafts_of: Sequence[str] = ()) -> str:
    """Who else is at one ticket, and who is not and has begun an answer to it; "" for nobody.

    Args:
        own: the name of whoever reads it, whose other windows are told apart from other people.
        drafts_of: the names of the others who have a draft.
    """
    typing = _names([one.who for one in here if one.is_typing], own)
    looking = _names([one.who for one in here if not one.is_typing], own)
    said = [_("{who}: writing").format(who=typing)] if typing else []
    said += [_("{who}: looking").format(who=looking)] if looking else []
    if away := [name for name in drafts_of if name not in {one.who for one in here}]:
        says = ngettext("{who} has a draft here", "{who} have drafts here", len(away))
        said.append(says.format(who=_names(away, own)))
    return ", ".join(said)


def _names(people: Sequence[str], own: str) -> str:
    named = [name if name != own else _("another window") for name in dict.fromkeys(people)]
    more = len(named) - NAMED
    rest = [_("{more} more").format(more=more)] if more > 0 else []
    return ", ".join([*named[:NAMED], *rest])
