"""The users of a desk: whoever changes them, on a page or on the command line, does it here."""

from app.domain.accounts import Role, User, clean_name, clean_password
from app.domain.errors import AccountError
from app.store.accounts.accounts import Accounts
from app.store.accounts.passwords import Passwords


class Users:
    """Adds, removes and changes users, and notes who did it.

    Raises: AccountError with one sentence for whoever asked; StoreError.
    """

    def __init__(self, accounts: Accounts, passwords: Passwords) -> None:
        self._accounts = accounts
        self._passwords = passwords

    async def all(self) -> tuple[User, ...]:
        """Everybody, by name."""
        return await self._accounts.users()

    async def named(self, name: str) -> User:
        """The user of this name."""
        found = await self._accounts.find(name)
        if found is None:
            names = ", ".join(user.name for user in await self.all()) or "none"
            raise AccountError(f"There is no user {name}. There are: {names}.")
        return found[0]

    async def check_is_new(self, name: str) -> None:
        """Refuse a name that somebody has."""
        if found := await self._accounts.find(clean_name(name)):
            raise AccountError(f"There is a user {found[0].name} already.")

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
