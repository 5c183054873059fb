"""Lists that a seller has given a name: their own, or shared with the other sellers."""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from app.domain.accounts import Right, SignInSession, name_key
from app.domain.bounds import normalized, whole_characters
from app.domain.errors import ViewError
from app.domain.filters import (
    ListHabits,
    TicketFilter,
    filter_from_query,
    filter_to_query,
    words_without_meaning,
)
from app.domain.signs import escaped, is_invisible

LONGEST_VIEW_NAME = 60
LONGEST_WORDS = 2_000
"""characters of the address"""
MOST_VIEWS = 50
"""of each seller"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list with a name; whoever made it, or an owner, may change it."""

    view_id: str
    author: str
    """the id of the user who made it; "" is the one seller before there were users"""
    name: str
    words: str
    """the list as an address says it"""
    is_shared: bool = False
    place: int = 0
    """among its author's"""
    revision: int = 1
    """counts its changes, so that nobody writes over one they have not seen"""

    @property
    def key(self) -> str:
        """What it is called among all views."""
        return f"saved {self.view_id}"

    @property
    def filter(self) -> TicketFilter:
        """The list, as far as its words still mean something."""
        return _filter_of(self.words)

    @property
    def meaningless(self) -> tuple[str, ...]:
        """Its words that mean nothing any more."""
        return _meaningless(self.words)

    def is_shown(self, chosen: TicketFilter) -> bool:
        """Whether `chosen` is a page of just this list."""
        return not self.meaningless and self.filter == replace(chosen, page=1)

    def may_be_changed(self, session: SignInSession | None) -> bool:
        """Whether it may be changed in this session."""
        if session is None or session.user.may(Right.MANAGE):
            return True
        return session.user.may(Right.WRITE) and session.user.user_id == self.author


def first_list(habits: ListHabits, saved: tuple[SavedView, ...]) -> TicketFilter:
    """The list of an address that names none: what the seller looked at last."""
    return next((view.filter for view in saved if view.key == habits.view), habits.first)


def words_of(chosen: TicketFilter) -> str:
    """A list as the words of an address, from its first page on. Raises: ViewError."""
    words = urlencode(filter_to_query(replace(chosen, page=1)))
    if len(words) > LONGEST_WORDS:
        raise ViewError("This list is too long to be saved. Search for fewer words.")
    return words


def clean_view_name(text: str) -> str:
    """A name as it is kept. Raises: ViewError."""
    name = " ".join(normalized("NFC", whole_characters(text)).split())
    if not name or all(map(is_invisible, name)):
        raise ViewError("A view needs a name. Type one that can be seen.")
    if len(name) > LONGEST_VIEW_NAME or escaped(name) != name:
        raise ViewError(
            f"A name of a view has at most {LONGEST_VIEW_NAME} letters, and no control characters. "
            f"This one has {len(name):,}."
        )
    return name


def check_room(name: str, others: list[str]) -> None:
    """Refuse a name that one of a seller's `others` has, whatever its case. Raises: ViewError."""
    if name_key(name) in map(name_key, others):
        raise ViewError(f"There is a view called “{name}” already. Choose another name.")
    if len(others) >= MOST_VIEWS:
        raise ViewError(f"There are {MOST_VIEWS} views already. Remove one of them first.")


@lru_cache(maxsize=1000)
def _filter_of(words: str) -> TicketFilter:
    return replace(filter_from_query(dict(parse_qsl(words))), page=1)


@lru_cache(maxsize=1000)
def _meaningless(words: str) -> tuple[str, ...]:
    pairs = dict(parse_qsl(words, keep_blank_values=True))
    return tuple(words_without_meaning(pairs)) if pairs else ("…",)
