"""Who may come in, what each role may do, and how long a sign-in lasts."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import AccountError
from app.domain.signs import escaped, is_invisible

LONGEST_NAME = 40
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000
"""characters; a longer one would only keep the machine busy"""

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
"""a session ends so long after it was last used, and so long after it began"""


class Role(StrEnum):
    """What a user is here for; the first one is the owner."""

    OWNER = "owner"
    SELLER = "seller"
    READER = "reader"


class Right(StrEnum):
    """What a role may allow."""

    READ = "read"
    """see every ticket and every number"""
    WRITE = "write"
    """reply, close, reopen, keep drafts; let displays in"""
    MANAGE = "manage"
    """users, the key, erasing"""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset({Right.READ, Right.WRITE, Right.MANAGE}),
    Role.SELLER: frozenset({Right.READ, Right.WRITE}),
    Role.READER: frozenset({Right.READ}),
}
"""the one table of what a role allows"""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who signs in."""

    user_id: str
    """never used again, while a name may be"""
    name: str
    role: Role

    def may(self, right: Right) -> bool:
        """Whether the user's role allows it."""
        return right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSession:
    """One browser in which a user has signed in."""

    session_id: str
    user: User
    created_at: datetime
    seen_at: datetime
    device: str
    """in words, for people"""
    address: str
    """for people"""

    def is_over(self, now: datetime) -> bool:
        """Whether it has not been used for too long, or has lasted too long.

        Also one from further ahead than that: it would last for as long as the clock was wrong.
        """
        return abs(now - self.seen_at) > IDLE or abs(now - self.created_at) > ABSOLUTE


def clean_name(text: str) -> str:
    """A name as it is kept. Raises: AccountError."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(name) <= LONGEST_NAME or escaped(name) != name or not _can_be_kept(name):
        raise AccountError(f"A name has 1 to {LONGEST_NAME} letters, and no control characters.")
    if all(map(is_invisible, name)):
        raise AccountError("A name needs a letter that can be seen.")
    return name


def name_key(name: str) -> str:
    """What two spellings of one name have in common: all that can be seen of it."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())


def clean_password(text: str, *, name: str) -> str:
    """A new password as it is hashed: the same letters, however a keyboard composes them.

    Raises: AccountError.
    """
    password = unicodedata.normalize("NFC", text)
    if not _can_be_kept(password):
        raise AccountError("The password is not text in UTF-8. Type it again.")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD:,} characters. "
            "Choose another one."
        )
    if name_key(password) == name_key(name) or len(set(password)) < 3:
        raise AccountError("This password is too easy to guess. Choose another one.")
    return password


def _can_be_kept(text: str) -> bool:
    """Whether it is text at all: what a terminal could not read comes as halves of signs."""
    return not any(unicodedata.category(sign) == "Cs" for sign in text)
