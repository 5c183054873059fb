"""Who is signed in: asked at every request and every event of a socket, so it is held in memory.

The file of accounts is read again twice a second, since the command line changes it as well.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.accounts import SignInSession, User
from app.domain.clock import Clock
from app.domain.errors import (
    AccountError,
    CodeWantedError,
    SignInRefusedError,
    StoreError,
    WrongCodeError,
)
from app.domain.signals import Signal
from app.store.accounts.accounts import Accounts, Admitted, Credentials, hash_of
from app.store.accounts.guesses import count_guess, forget_guesses
from app.store.accounts.one_time_codes import OneTimeCodes, recovery_code
from app.store.accounts.passwords import Passwords

LOOK_SECONDS = 0.5
"""with the time that a look takes, whatever has ended is over within a second"""
TOUCHED = timedelta(minutes=1)
"""that a session is in use is written down so often at most"""

CODE_SECONDS = 300.0
"""so long after the password the one-time code may be typed"""

WRONG = "This name and this password do not go together."
TOO_LATE = "The code came too late after the password. Sign in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """In what somebody signs in."""

    device: str
    """in words, for people"""
    address: str
    token: str | None = None
    """of the session that it has, which ends"""


@dataclass(frozen=True, slots=True)
class _HalfIn:
    """Whose password was right, and until when their code is waited for."""

    known: Credentials
    until: float


class SignIns:
    """Signs people in and out, and knows whom a token lets in.

    `run` it until cancelled; `changed` is emitted when somebody comes, goes or is changed.

    Args:
        always: for a desk that others than this machine can reach.
    """

    def __init__(
        self, accounts: Accounts, passwords: Passwords, *, clock: Clock, always: bool = False
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._clock = clock
        self._always = always
        self._admitted = Admitted(users={}, sessions={})
        self._live: dict[str, SignInSession] = {}
        self._used: dict[str, datetime] = {}
        self._codes = OneTimeCodes(accounts.database, clock=clock)
        self._half_in: dict[str, _HalfIn] = {}
        self._one_at_a_time = asyncio.Lock()
        self.changed: Signal[None] = Signal()

    @property
    def has_users(self) -> bool:
        """Whether there is anybody who could sign in."""
        return bool(self._admitted.users)

    @property
    def users(self) -> Mapping[str, User]:
        """Everybody who could sign in, by their ids."""
        return self._admitted.users

    @property
    def must_sign_in(self) -> bool:
        """Whether anybody has to sign in; without users everybody here is the one seller.

        Where others can reach the desk that stays so, also when its last user is removed.
        """
        return self._always or self.has_users

    async def run(self) -> None:
        """Look at the file again and again."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take over what the file says now."""
        async with self._one_at_a_time:
            with suppress(StoreError):  # on a full disk it still counts who was sent away
                await self._write_used()
            before = self._who
            self._admitted = await self._accounts.admitted()
            self._live = {one.session_id: one for one in self._admitted.sessions.values()}
        if before != self._who:
            self.changed.emit(None)

    def session_of(self, token: str | None) -> SignInSession | None:
        """Whom a browser's token lets in, None for nobody."""
        session = self._admitted.sessions.get(hash_of(token)) if token else None
        return session if session and self.is_live(session) else None

    def is_live(self, session: SignInSession | None) -> bool:
        """Whether what this session opened may go on; None is the one seller where no users are."""
        if session is None:
            return not self.must_sign_in
        held = self._live.get(session.session_id)
        return bool(held and held.user == session.user and not held.is_over(self._clock.now()))

    def use(self, session: SignInSession) -> None:
        """Somebody has done something in this session, so it is not idle."""
        self._used[session.session_id] = self._clock.now()

    async def sign_in(self, name: str, password: str, browser: Browser) -> str:
        """The token of a new session.

        Raises: SignInRefusedError, which says the same for a name there is not; CodeWantedError
            for a user who has one-time codes: `enter_code` goes on from it; StoreError.
        """
        known = await self._known(name, password, address=browser.address)
        if known.code_secret is not None:  # the guess goes on counting until the code is right
            raise CodeWantedError(self._wait_for_code(known))
        await forget_guesses(self._accounts.database, name, browser.address)
        return await self._begin(known, "signed in", browser)

    async def enter_code(self, half: str, typed: str, browser: Browser) -> str:
        """The token of a new session for whoever typed the password before.

        Args:
            half: of the CodeWantedError.
            typed: a one-time code or a recovery code; each wrong one is a guess that counts.
        Raises: SignInRefusedError, WrongCodeError, StoreError.
        """
        self._drop_late()
        waiting = self._half_in.get(hash_of(half))
        if waiting is None:
            raise SignInRefusedError(TOO_LATE)
        known, name = waiting.known, waiting.known.user.name
        await self._count_guess(name, browser.address)
        if not await self._codes.accept(known, typed):
            await self._accounts.note_done(name, "was refused with a wrong code", browser.address)
            raise WrongCodeError(self._clock.now())
        self._half_in.pop(hash_of(half), None)
        await forget_guesses(self._accounts.database, name, browser.address)
        how = "signed in by a recovery code" if recovery_code(typed) else "signed in by a code"
        return await self._begin(known, how, browser)

    async def sign_in_named(self, name: str, browser: Browser) -> str:
        """The token of a new session for whom a named proxy has signed in.

        It asks for no code: how somebody signs in there is up to the proxy.

        Raises: AccountError where nobody here has this name; StoreError.
        """
        known = await self._accounts.find(name)
        if known is None:
            await self._accounts.note_done(
                "", "was named by a proxy and is no user", browser.address
            )
            raise AccountError("The proxy names somebody who is no user here. Ask the owner.")
        return await self._begin(known, "was let in by a proxy", browser)

    async def check_password(self, name: str, password: str, *, address: str) -> User:
        """The user whose password this is; each wrong one is a guess that counts.

        Raises: SignInRefusedError, StoreError.
        """
        known = await self._known(name, password, address=address)
        await forget_guesses(self._accounts.database, name, address)
        return known.user

    async def sign_out(self, session: SignInSession, *, by: User) -> None:
        """End a session, one's own or, for the owner, anybody's."""
        await self._accounts.end_session(session.session_id)
        whose = "" if by == session.user else f" {session.user.name}"
        await self._accounts.note_done(
            by.name, f"signed out{whose} ({session.device})", session.address
        )
        await self.look()

    def sessions_of(self, user: User) -> tuple[SignInSession, ...]:
        """The browsers in which a user is signed in, the one used last first."""
        own = [one for one in self._live.values() if one.user.user_id == user.user_id]
        return tuple(sorted(own, key=lambda one: one.seen_at, reverse=True))

    async def _known(self, name: str, password: str, *, address: str) -> Credentials:
        """Whose password this is; the guess is counted before it is looked at."""
        await self._count_guess(name, address)
        known = await self._accounts.find(name)
        is_right = await self._passwords.is_right(known.password_hash if known else None, password)
        if not (known and is_right):
            who = known.user.name if known else ""
            await self._accounts.note_done(who, "was refused at sign-in", address)
            raise SignInRefusedError(WRONG)
        return known

    async def _count_guess(self, name: str, address: str) -> None:
        now = self._clock.now()
        wait = await count_guess(self._accounts.database, name, address, now=now)
        if wait:
            raise SignInRefusedError(
                "There were too many wrong tries. Wait a moment, then try again.",
                wait_seconds=wait,
            )

    async def _begin(self, known: Credentials, how: str, browser: Browser) -> str:
        device, address = browser.device, browser.address
        token = await self._accounts.begin_session(
            known, device=device, address=address, instead_of=browser.token
        )
        await self._accounts.note_done(known.user.name, f"{how} with {device}", address)
        await self.look()
        return token

    def _wait_for_code(self, known: Credentials) -> str:
        self._drop_late()
        half = secrets.token_urlsafe(32)
        until = self._clock.monotonic() + CODE_SECONDS
        self._half_in[hash_of(half)] = _HalfIn(known, until)
        return half

    def _drop_late(self) -> None:
        now = self._clock.monotonic()
        self._half_in = {key: one for key, one in self._half_in.items() if one.until > now}

    @property
    def _who(self) -> tuple[Mapping[str, User], dict[str, User]]:
        return self.users, {key: one.user for key, one in self._live.items()}

    async def _write_used(self) -> None:
        due = {
            session_id: at
            for session_id, at in self._used.items()
            if (held := self._live.get(session_id)) and abs(at - held.seen_at) >= TOUCHED
        }
        self._used = {}
        if due:
            await self._accounts.touch(due)
