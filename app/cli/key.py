"""`ticketdesk key set`: enter the key of the shop's API, on a terminal or as one line."""

import asyncio
import sys

import click

from app.config.data_dir import DataDir, explained
from app.config.settings import Settings
from app.config.stored_key import KeyStore
from app.desk.api_key import ApiKey
from app.domain.clock import SystemClock
from app.domain.errors import SettingsError

NOT_IN_RING = (
    "Only you can read that file, and whoever administers this machine. Where there is a key ring, "
    "pip install 'ticketdesk[keyring]' puts the key there."
)


def set_key(settings: Settings) -> None:
    """Ask for the key, try it, keep it, say so. Raises: SettingsError, ApiError, StoreError."""
    if settings.api_url is None:
        raise SettingsError(
            "No shop is set, and the demo store needs no key. "
            "Set TICKETDESK_API_URL to the address of your shop's Tickets API first."
        )
    is_configured = settings.api_key is not None
    with explained():
        keys = KeyStore(DataDir(settings.data_dir).folder)
        clock = SystemClock()
        key = ApiKey(settings.api_url, keys, key="", is_configured=is_configured, clock=clock)
        said = asyncio.run(key.set(_asked()))
    click.echo(said)
    if str(settings.data_dir) in said:
        click.echo(NOT_IN_RING)


def _asked() -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt("Key", hide_input=True)
        return asked
    return sys.stdin.buffer.readline().decode("utf-8", "replace")
