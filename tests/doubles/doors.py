"""The accounts of a desk with hashes that cost next to nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher

from app.desk.sign_ins import Browser, SignIns
from app.desk.users import Users
from app.desk.walls import Walls
from app.domain.accounts import Role, SignInSession, User
from app.domain.clock import Clock
from app.store.accounts.accounts import Accounts
from app.store.accounts.passwords import Passwords

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WORD = "correct horse"
HERE = "127.0.0.1"


def browser(*, address: str = HERE, token: str | None = None) -> Browser:
    """Firefox, at this machine."""
    return Browser(device="Firefox", address=address, token=token)


@dataclass
class Doors:
    """Accounts, whoever changes them, and whoever is in."""

    accounts: Accounts
    users: Users
    sign_ins: SignIns
    walls: Walls

    async def add(self, name: str, role: Role | None = None) -> User:
        """A user with the usual password; the first one is the owner."""
        user = await self.users.add(name, WORD, role=role, by="test")
        await self.sign_ins.look()
        return user

    async def enter(self, name: str, *, typed: str = WORD, address: str = HERE) -> str:
        """Sign in; the token."""
        return await self.sign_ins.sign_in(name, typed, browser(address=address))

    async def session(self, name: str) -> SignInSession:
        """Sign in; the session."""
        session = self.sign_ins.session_of(await self.enter(name))
        assert session
        return session

    async def log(self) -> list[str]:
        """Who did what, the oldest first."""
        return [f"{one.who}: {one.what}" for one in reversed(await self.accounts.activities())]


@asynccontextmanager
async def open_doors(folder: Path, clock: Clock, *, always: bool = False) -> AsyncIterator[Doors]:
    """The accounts of this folder; without users at first."""
    accounts = await Accounts.open(folder, clock=clock)
    passwords = Passwords(QUICK)
    try:
        sign_ins = SignIns(accounts, passwords, clock=clock, always=always)
        await sign_ins.look()
        users, walls = Users(accounts, passwords, clock=clock), Walls(accounts, clock=clock)
        yield Doors(accounts, users, sign_ins, walls)
    finally:
        await passwords.close()
        await accounts.close()
