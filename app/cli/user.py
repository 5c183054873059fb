"""`ticketdesk user`: who may come in, changed beside a running desk."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import click

from app.config.data_dir import DataDir
from app.desk.users import Users
from app.domain.accounts import Role, clean_name
from app.domain.clock import SystemClock
from app.domain.signs import escaped
from app.store.accounts.accounts import Accounts
from app.store.accounts.passwords import Passwords

BY = "command line"
NO_USERS = "There are no users: everybody at this machine is the one seller."


def add_user(folder: Path, name: str, role: str | None) -> None:
    """Add a user and say what they may do. Raises: AccountError, StoreError."""
    name = clean_name(name)

    async def add(users: Users) -> None:
        await users.check_is_new(name)  # before the password is asked for
        user = await users.add(name, _password(), role=Role(role) if role else None, by=BY)
        click.echo(f"{user.name} may come in now, as {user.role}.")

    _with_users(folder, add)


def list_users(folder: Path) -> None:
    """Print every user with the role. Raises: StoreError."""

    async def show(users: Users) -> None:
        everybody = await users.all()
        if not everybody:
            await users.check_not_lost()
        for user in everybody:
            click.echo(f"{user.role:8}{escaped(user.name)}")
        if not everybody:
            click.echo(NO_USERS)

    _with_users(folder, show)


def remove_user(folder: Path, name: str) -> None:
    """Remove a user. Raises: AccountError, StoreError."""

    async def remove(users: Users) -> None:
        user = await users.named(name)
        await users.remove(user, by=BY)
        click.echo(f"{user.name} is no longer let in.")
        if not await users.all():
            click.echo(NO_USERS)

    _with_users(folder, remove)


def set_password(folder: Path, name: str) -> None:
    """Give a user another password. Raises: AccountError, StoreError."""

    async def change(users: Users) -> None:
        user = await users.named(name)
        await users.set_password(user, _password(), by=BY)
        click.echo(f"{user.name} has another password now, and is signed out everywhere.")

    _with_users(folder, change)


def turn_codes_off(folder: Path, name: str) -> None:
    """Let a user who lost the phone in by the password alone. Raises: AccountError, StoreError."""

    async def turn_off(users: Users) -> None:
        user = await users.named(name)
        await users.turn_off_codes(user, by=BY)
        click.echo(f"{user.name} signs in by the password alone now, and is signed out everywhere.")

    _with_users(folder, turn_off)


def _with_users(folder: Path, work: Callable[[Users], Awaitable[None]]) -> None:
    async def run() -> None:
        clock = SystemClock()
        async with AsyncExitStack() as parts:
            accounts = await Accounts.open(DataDir(folder).folder, clock=clock)
            parts.push_async_callback(accounts.close)
            passwords = Passwords()
            parts.push_async_callback(passwords.close)
            await work(Users(accounts, passwords, clock=clock))

    asyncio.run(run())


def _password() -> str:
    """Asked for twice on a terminal; else one line, which a script hands over."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    line = sys.stdin.buffer.readline()
    return line.decode("utf-8", "surrogateescape").rstrip("\r\n")
