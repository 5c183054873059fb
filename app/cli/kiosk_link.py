"""`ticketdesk kiosk-link`: which displays are let in, changed beside a running desk."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from app.cli.qr import show_qr
from app.config.data_dir import DataDir
from app.config.settings import Settings
from app.desk.walls import Walls
from app.domain.clock import SystemClock
from app.domain.signs import escaped
from app.domain.wall_links import USUAL, WallBoard, wall_board
from app.store.accounts.accounts import Accounts

T = TypeVar("T")

BY = "command line"
NO_LINKS = "There are no wall links."


def new_link(settings: Settings, name: str, **chosen: str) -> None:
    """Make a link and print its address, which nobody can read anywhere later.

    Args:
        chosen: what it shows and how, in the words of `wall_board`.
    Raises: AccountError, StoreError.
    """
    token = made_link(settings.data_dir, name, board=wall_board(**chosen))
    address = f"{_desk_address(settings)}/kiosk?link={token}"
    show_qr(address)
    click.echo("Open this address once on the display; it is good for one screen and 90 days:")
    click.echo(address)


def made_link(folder: Path, name: str, *, board: WallBoard = USUAL) -> str:
    """The token of a new link."""

    async def make(walls: Walls) -> str:
        return (await walls.new(name, board=board, by=BY))[1]

    return _with_walls(folder, make)


def list_links(folder: Path) -> None:
    """Print every link: what it shows, when its display was there last, until when it is good."""

    async def show(walls: Walls) -> None:
        for screen in walls.screens():
            link = screen.link
            seen = _day(screen.seen_at) if screen.seen_at else "not opened yet"
            click.echo(
                f"{escaped(link.name):24} {link.board.view:17} {link.board.masking:8} "
                f"seen: {seen:20} until: {_day(link.expires_at)}"
            )
        if not walls.screens():
            click.echo(NO_LINKS)

    _with_walls(folder, show)


def revoke_link(folder: Path, name: str) -> None:
    """Let a display in no longer. Raises: AccountError, StoreError."""

    async def revoke(walls: Walls) -> None:
        link = await walls.revoke(name, by=BY)
        click.echo(f"{escaped(link.name)} is no longer let in.")

    _with_walls(folder, revoke)


def next_name(folder: Path) -> str:
    """A name that no link has."""

    async def find(walls: Walls) -> str:
        names = {screen.link.name for screen in walls.screens()}
        return next(name for n in range(1, len(names) + 2) if (name := f"Wall {n}") not in names)

    return _with_walls(folder, find)


def has_users(folder: Path) -> bool:
    """Whether a display has to be let in at all."""

    async def ask(accounts: Accounts) -> bool:
        return bool(await accounts.users())

    return _with_accounts(folder, ask)


def _with_walls(folder: Path, work: Callable[[Walls], Awaitable[T]]) -> T:
    async def run(accounts: Accounts) -> T:
        walls = Walls(accounts, clock=SystemClock())
        await walls.look()
        return await work(walls)

    return _with_accounts(folder, run)


def _with_accounts(folder: Path, work: Callable[[Accounts], Awaitable[T]]) -> T:
    async def run() -> T:
        async with AsyncExitStack() as parts:
            accounts = await Accounts.open(DataDir(folder).folder, clock=SystemClock())
            parts.push_async_callback(accounts.close)
            return await work(accounts)

    return asyncio.run(run())


def _desk_address(settings: Settings) -> str:
    """Where displays reach the desk: the public address, the running one's, or what is set."""
    if settings.public_url:
        return settings.public_url
    running = DataDir(settings.data_dir).published_address()
    scheme = "https" if settings.tls_cert else "http"
    return running or f"{scheme}://{settings.host}:{settings.port}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
