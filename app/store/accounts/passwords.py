"""Hashes of passwords (argon2id), made in threads of their own: each takes 64 MB and 0.1 s."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.accounts import LONGEST_PASSWORD

T = TypeVar("T")

AT_ONCE = 4


class Passwords:
    """Makes and checks hashes, at most four at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """The hash of a password that has been cleaned."""
        return await self._run(self._hasher.hash, password)

    async def is_right(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the password; None, for a user there is not, takes the same time."""
        if not self._nobodys:
            self._nobodys = await self.hash("nobody's")
        known = await self._run(self._is_right, password_hash or self._nobodys, password)
        return known and password_hash is not None

    async def close(self) -> None:
        """Finish what was begun."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _run(self, work: Callable[..., T], *given: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    def _is_right(self, password_hash: str, password: str) -> bool:
        given = unicodedata.normalize("NFC", password[: LONGEST_PASSWORD + 1])
        try:
            return self._hasher.verify(password_hash, given)
        except (VerificationError, InvalidHashError):
            return False
