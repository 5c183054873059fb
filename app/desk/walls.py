"""The displays on the walls: which are let in, what they may show, and when each was heard of last.

The file of accounts is read again twice a second, since the command line changes it as well.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.desk.sign_ins import LOOK_SECONDS
from app.domain.accounts import clean_name
from app.domain.clock import Clock
from app.domain.errors import StoreError, WallLinkError
from app.domain.signals import Signal
from app.domain.wall_links import SILENT_AFTER, USUAL, WallBoard, WallLink
from app.store.accounts.accounts import Accounts, hash_of
from app.store.accounts.guesses import count_link_guess, forget_link_guess
from app.store.accounts.wall_links import WallLinks, why_over

TOUCHED = timedelta(seconds=30)
"""that a display is there is written down so often at most"""

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""no vowels, so no words, and nothing that looks like a digit (RFC 8628)"""
CODE_LENGTH = 8
CODE_SECONDS = 600.0
MOST_CODES = 50
MOST_CODES_OF_ONE = 5
"""codes that are shown at a time, in all and to one address"""
MOST_GUESSES = 5
"""wrong codes of one user within the life of a code"""

NO_CODE = "No screen shows this code now. Read it again: it changes after 10 minutes."
TOO_MANY_LINKS = "There were too many wrong links from this address. Wait a moment."
TOO_MANY_GUESSES = "There were too many wrong codes. Wait some minutes, then try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A display as it is now."""

    link: WallLink
    seen_at: datetime | None
    is_connected: bool
    as_of: datetime | None
    """the time of the data that it shows, while it is connected or asks"""
    is_silent: bool
    asked: timedelta | None = None
    """how long ago it asked for a plain page; None for one that is connected, silent or new"""


@dataclass(slots=True)
class _Page:
    link_id: str
    as_of: Callable[[], datetime | None]
    is_connected: bool = False


@dataclass(slots=True)
class _Waiting:
    """A display that shows a code."""

    code: str
    address: str
    until: float
    link: WallLink | None = None


class Walls:
    """Lets displays in and keeps an eye on them.

    `run` it until cancelled; `changed` is emitted when a display is no longer let in.

    Raises: WallLinkError with one sentence for whoever asked; StoreError.
    """

    def __init__(self, accounts: Accounts, *, clock: Clock) -> None:
        self._accounts = accounts
        self._links = WallLinks(accounts.database, clock=clock)
        self._clock = clock
        self._held: Mapping[str, WallLink] = {}
        self._all: tuple[WallLink, ...] = ()
        self._live: dict[str, WallLink] = {}
        self._seen: dict[str, datetime] = {}
        self._pages: dict[str, _Page] = {}
        self._plain: dict[str, datetime | None] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._guesses: dict[str, list[float]] = {}
        self.changed: Signal[None] = Signal()

    async def run(self) -> None:
        """Look at the file again and again."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take over what the file says now, and note which displays are there."""
        now, before = self._clock.now(), set(self._live)
        for page in self._pages.values():
            if page.is_connected and page.link_id in self._live:
                self._seen[page.link_id] = now
        due = {
            link_id: at
            for link_id, at in self._seen.items()
            if (held := self._live.get(link_id))
            and (held.seen_at is None or abs(at - held.seen_at) >= TOUCHED)
        }
        if due:
            with suppress(StoreError):  # on a full disk it still counts what was revoked
                await self._links.touch(due)
        self._held, self._all = await self._links.cookies(), await self._links.all()
        self._live = {one.link_id: one for one in self._held.values() if not one.is_over(now)}
        if before - set(self._live):
            self.changed.emit(None)

    def link_of(self, cookie: str | None) -> WallLink | None:
        """The link by which a display is let in."""
        link = self._held.get(hash_of(cookie)) if cookie else None
        return link if self.is_live(link) else None

    def is_live(self, link: WallLink | None) -> bool:
        """Whether what this link opened may go on."""
        held = self._live.get(link.link_id) if link else None
        return held is not None and not held.is_over(self._clock.now())

    def why_not(self, cookie: str | None) -> str:
        """Why the cookie of a display that was let in once no longer is, in a sentence."""
        link = self._held.get(hash_of(cookie)) if cookie else None
        return why_over(link, self._clock.now()) if link else ""

    async def use(self, link: WallLink) -> None:
        """A display came back with its cookie: from now on the address is of no use to others."""
        self._seen[link.link_id] = self._clock.now()
        if link.seen_at is None:
            await self.look()

    async def exchange(self, token: str, *, held: str | None, address: str = "") -> str:
        """The cookie of the display that came by this link; each wrong one is a guess that counts.

        Args:
            held: the cookie that it has.
        """
        database, now = self._accounts.database, self._clock.now()
        if wait := await count_link_guess(database, address, now=now):
            raise WallLinkError(TOO_MANY_LINKS, wait_seconds=wait)
        _, cookie = await self._links.exchange(token, held=held)
        await forget_link_guess(database, address)
        await self.look()
        return cookie

    async def new(
        self,
        name: str,
        *,
        board: WallBoard = USUAL,
        by: str,
        address: str = "",
    ) -> tuple[WallLink, str]:
        """A new link and the token of its address, which is shown once and kept nowhere."""
        link, token = await self._links.new(clean_name(name), board=board, by=by)
        await self._accounts.note_done(by, f"made wall link {link.name}", address)
        await self.look()
        return link, token

    async def revoke(self, name: str, *, by: str, address: str = "") -> WallLink:
        """Let a display in no longer."""
        link = await self._links.revoke(name)
        await self._accounts.note_done(by, f"revoked wall link {link.name}", address)
        await self.look()
        return link

    def page_opened(self, page: str, link: WallLink, as_of: Callable[[], datetime | None]) -> None:
        """A display builds its page; `as_of` says how old what it shows is."""
        self._plain.pop(link.link_id, None)
        self._pages[page] = _Page(link.link_id, as_of)

    def page_connected(self, page: str, *, is_connected: bool) -> None:
        """The socket of a display's page came or went."""
        if page in self._pages:
            self._pages[page].is_connected = is_connected
            self._seen[self._pages[page].link_id] = self._clock.now()

    def plain_shown(self, link: WallLink, as_of: datetime | None) -> None:
        """A display was given a plain page with data of this age; it is heard of when it asks."""
        self._plain[link.link_id] = as_of

    def page_closed(self, page: str) -> None:
        """A display's page is gone."""
        self._pages.pop(page, None)

    def screens(self) -> tuple[Screen, ...]:
        """Every display that has a link, by name."""
        now = self._clock.now()
        return tuple(self._screen(link, now) for link in self._all)

    def ask_code(self, secret: str | None, *, address: str) -> tuple[str, str] | None:
        """The secret of a display without a keyboard and the code it shows; None for too many.

        Args:
            secret: what it was given before; while its code lives, it keeps it.
        """
        self._drop_old_codes()
        if secret and (waiting := self._waiting.get(hash_of(secret))):
            return secret, waiting.code
        others = [one.address for one in self._waiting.values()]
        if len(others) >= MOST_CODES or others.count(address) >= MOST_CODES_OF_ONE:
            return None
        secret = secrets.token_urlsafe(32)
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        until = self._clock.monotonic() + CODE_SECONDS
        self._waiting[hash_of(secret)] = _Waiting(code, address, until)
        return secret, code

    async def confirm_code(
        self,
        code: str,
        name: str,
        *,
        board: WallBoard = USUAL,
        by: str,
        address: str = "",
    ) -> WallLink:
        """Let the display in that shows this code."""
        self._drop_old_codes()
        if len(self._guesses.get(by, ())) >= MOST_GUESSES:
            raise WallLinkError(TOO_MANY_GUESSES)
        typed = "".join(sign for sign in code.upper() if sign in CODE_LETTERS)
        waiting = next((one for one in self._waiting.values() if one.code == typed), None)
        if waiting is None or waiting.link is not None:
            self._guesses.setdefault(by, []).append(self._clock.monotonic() + CODE_SECONDS)
            raise WallLinkError(NO_CODE)
        waiting.link, _ = await self.new(name, board=board, by=by, address=address)
        return waiting.link

    async def collect(self, secret: str | None) -> str | None:
        """The cookie of a display whose code was confirmed; None while it was not."""
        self._drop_old_codes()
        waiting = self._waiting.get(hash_of(secret)) if secret else None
        if waiting is None or waiting.link is None:
            return None
        _, cookie = await self._links.give(waiting.link)
        await self.look()
        return cookie

    def _screen(self, link: WallLink, now: datetime) -> Screen:
        pages = [p for p in self._pages.values() if p.link_id == link.link_id and p.is_connected]
        seen_at = now if pages else self._seen.get(link.link_id, link.seen_at)
        is_silent = seen_at is not None and now - seen_at > SILENT_AFTER and not link.is_over(now)
        is_plain = link.link_id in self._plain and not pages and not is_silent
        asked = now - seen_at if is_plain and seen_at else None
        return Screen(
            link=replace(link, seen_at=seen_at),
            seen_at=seen_at,
            is_connected=bool(pages),
            as_of=pages[0].as_of() if pages else self._plain.get(link.link_id),
            is_silent=is_silent,
            asked=asked,
        )

    def _drop_old_codes(self) -> None:
        now = self._clock.monotonic()
        self._waiting = {key: one for key, one in self._waiting.items() if one.until > now}
        recent = {by: [at for at in wrong if at > now] for by, wrong in self._guesses.items()}
        self._guesses = {by: wrong for by, wrong in recent.items() if wrong}
