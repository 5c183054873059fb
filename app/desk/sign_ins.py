"""Who is signed in: asked at every request and every event of a socket, so it is held in memory.

The file of accounts is read again twice a second, since the command line changes it as well.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from app.domain.accounts import SignInSession, User
from app.domain.clock import Clock
from app.domain.errors import AccountError, SignInRefusedError, StoreError
from app.domain.signals import Signal
from app.store.accounts.accounts import Accounts, Admitted, hash_of
from app.store.accounts.guesses import count_guess, forget_guesses
from app.store.accounts.passwords import Passwords

LOOK_SECONDS = 0.5
"""with the time that a look takes, whatever has ended is over within a second"""
TOUCHED = timedelta(minutes=1)
"""that a session is in use is written down so often at most"""

WRONG = "This name and this password do not go together."


class SignIns:
    """Signs people in and out, and knows whom a token lets in.

    `run` it until cancelled; `changed` is emitted when somebody is no longer let in.

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
        self._admitted = Admitted(has_users=False, sessions={})
        self._live: dict[str, SignInSession] = {}
        self._used: dict[str, datetime] = {}
        self._one_at_a_time = asyncio.Lock()
        self.changed: Signal[None] = Signal()

    @property
    def has_users(self) -> bool:
        """Whether there is anybody who could sign in."""
        return self._admitted.has_users

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

    async def sign_in(
        self,
        name: str,
        password: str,
        *,
        device: str,
        address: str,
        instead_of: str | None = None,
    ) -> str:
        """The token of a new session.

        Args:
            instead_of: the token that the browser had; its session ends.
        Raises: SignInRefusedError, which says the same for a name there is not; StoreError.
        """
        user = await self.check_password(name, password, address=address)
        token = await self._accounts.begin_session(
            user, device=device, address=address, instead_of=instead_of
        )
        await self._accounts.note_done(user.name, f"signed in with {device}", address)
        await self.look()
        return token

    async def sign_in_named(
        self, name: str, *, device: str, address: str, instead_of: str | None = None
    ) -> str:
        """The token of a new session for whom a named proxy has signed in.

        Args:
            instead_of: as in `sign_in`.
        Raises: AccountError where nobody here has this name; StoreError.
        """
        found = await self._accounts.find(name)
        if found is None:
            await self._accounts.note_done("", "was named by a proxy and is no user", address)
            raise AccountError("The proxy names somebody who is no user here. Ask the owner.")
        token = await self._accounts.begin_session(
            found[0], device=device, address=address, instead_of=instead_of
        )
        await self._accounts.note_done(
            found[0].name, f"was let in by a proxy with {device}", address
        )
        await self.look()
        return token

    async def check_password(self, name: str, password: str, *, address: str) -> User:
        """The user whose password this is; each wrong one is a guess that counts.

        Raises: SignInRefusedError, StoreError.
        """
        now = self._clock.now()
        wait = await count_guess(self._accounts.database, name, address, now=now)
        if wait:
            raise SignInRefusedError(
                "There were too many wrong passwords. Wait a moment, then try again.",
                wait_seconds=wait,
            )
        found = await self._accounts.find(name)
        is_right = await self._passwords.is_right(found[1] if found else None, password)
        if not (found and is_right):
            who = found[0].name if found else ""
            await self._accounts.note_done(who, "was refused at sign-in", address)
            raise SignInRefusedError(WRONG)
        await forget_guesses(self._accounts.database, name, address)
        return found[0]

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

    @property
    def _who(self) -> tuple[bool, dict[str, User]]:
        return self.has_users, {key: one.user for key, one in self._live.items()}

    async def _write_used(self) -> None:
        due = {
            session_id: at
            for session_id, at in self._used.items()
            if (held := self._live.get(session_id)) and abs(at - held.seen_at) >= TOUCHED
        }
        self._used = {}
        if due:
            await self._accounts.touch(due)
