"""The users of a desk: whoever changes them, on a page or on the command line, does it here."""

from collections.abc import Mapping

from app.domain.accounts import Role, User, clean_name, clean_password
from app.domain.clock import Clock
from app.domain.errors import AccountError, WrongCodeError
from app.store.accounts.accounts import Accounts
from app.store.accounts.one_time_codes import OneTimeCodes
from app.store.accounts.passwords import Passwords


class Users:
    """Adds, removes and changes users, and notes who did it.

    Raises: AccountError with one sentence for whoever asked; StoreError.
    """

    def __init__(self, accounts: Accounts, passwords: Passwords, *, clock: Clock) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._codes = OneTimeCodes(accounts.database, clock=clock)
        self._clock = clock

    async def check_not_lost(self) -> None:
        """Refuse a file without users where there were some."""
        await self._accounts.check_not_lost()

    async def all(self) -> tuple[User, ...]:
        """Everybody, by name."""
        return await self._accounts.users()

    async def named(self, name: str) -> User:
        """The user of this name."""
        found = await self._accounts.find(name)
        if found is None:
            names = ", ".join(user.name for user in await self.all()) or "none"
            raise AccountError(f"There is no user {name}. There are: {names}.")
        return found.user

    async def check_is_new(self, name: str) -> None:
        """Refuse a name that somebody has."""
        if found := await self._accounts.find(clean_name(name)):
            raise AccountError(f"There is a user {found.user.name} already.")

    async def add(
        self, name: str, password: str, *, role: Role | None = None, by: str, address: str = ""
    ) -> User:
        """Add a user; the first one becomes the owner, whatever the role."""
        name = clean_name(name)
        password = clean_password(password, name=name)
        user = await self._accounts.add(name, role, await self._passwords.hash(password))
        await self._accounts.note_done(by, f"added user {user.name} as {user.role}", address)
        return user

    async def remove(self, user: User, *, by: str, address: str = "") -> None:
        """Remove a user, who is signed out everywhere."""
        await self._accounts.remove(user)
        await self._accounts.note_done(by, f"removed user {user.name}", address)

    async def set_role(self, user: User, role: Role, *, by: str, address: str = "") -> None:
        """Give a user another role, for which they sign in anew."""
        await self._accounts.set_role(user, role)
        await self._accounts.note_done(by, f"made user {user.name} {role}", address)

    async def set_password(
        self, user: User, password: str, *, by: str, address: str = "", but_session: str = ""
    ) -> None:
        """Give a user another password; they are signed out everywhere but in `but_session`."""
        password = clean_password(password, name=user.name)
        hashed = await self._passwords.hash(password)
        await self._accounts.set_password(user, hashed, but_session=but_session)
        await self._accounts.note_done(by, f"set the password of user {user.name}", address)

    async def recovery_codes_left(self) -> Mapping[str, int]:
        """How many recovery codes are left, by the id of each user who has one-time codes."""
        return await self._codes.left()

    async def turn_on_codes(
        self, user: User, secret: str, typed: str, *, address: str, but_session: str
    ) -> tuple[str, ...]:
        """Ask a user for one-time codes from now on; they are signed out everywhere else.

        Returns: the recovery codes, which are shown once and kept nowhere.
        Raises: WrongCodeError unless `typed` is a code of this secret.
        """
        codes = await self._codes.turn_on(user, secret, typed, but_session=but_session)
        if codes is None:
            raise WrongCodeError(self._clock.now())
        await self._accounts.note_done(user.name, "turned one-time codes on", address)
        return codes

    async def turn_off_codes(self, user: User, *, by: str, address: str = "") -> None:
        """Ask a user for no codes any more; whoever lost the phone is signed out on it as well."""
        is_own = by == user.name
        await self._codes.turn_off(user, end_sessions=not is_own)
        done = "turned one-time codes off" if is_own else f"took the codes off user {user.name}"
        await self._accounts.note_done(by, done, address)

    async def renew_recovery_codes(self, user: User, *, address: str) -> tuple[str, ...]:
        """Other recovery codes for a user; those of before count no more."""
        codes = await self._codes.renew_recovery_codes(user)
        await self._accounts.note_done(user.name, "made new recovery codes", address)
        return codes
