"""The key that somebody has entered: in the key ring of the system, else in a file for its owner.

A configured key wins over it. A key ring may wait for a person who is not there, so that none is
waited for longer than two seconds.
"""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.domain.errors import SettingsError
from app.store.private_files import write_private
from app.store.shops import shop_address

T = TypeVar("T")

FILE = "entered-key.json"
SERVICE = "ticketdesk"
WAIT_SECONDS = 2.0
IN_RING = "the key ring of this machine"
REAL = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""those that encrypt; others would put the key into an open file without a word"""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key, and the words for where it lies."""

    key: str
    place: str


def clean_key(text: str) -> str:
    """The key without what was pasted around it. Raises: ValueError."""
    key = text.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("a key has no blanks, line breaks or accents in it")
    return key


def end_of(key: str) -> str:
    """As much of a key as is ever shown: its last four signs, of a short one nothing."""
    return key[-4:] if len(key) >= 12 else ""


class KeyStore:
    """The entered keys of a data folder, one for each shop's address. Raises: OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE

    def load(self, url: str) -> StoredKey | None:
        """The key entered for the API at `url`. Raises: SettingsError when the ring keeps it."""
        kept = self._read().get(shop_address(url))
        if kept is None:
            return None
        if isinstance(kept, str):
            return StoredKey(kept, str(self._path))
        name = self._name(url)
        found = _within(lambda ring: ring.get_password(SERVICE, name))
        if not isinstance(found, str):
            raise SettingsError(
                f"The key of {url} was put into {IN_RING}, which does not give it out. Unlock it, "
                "or run `ticketdesk key set` again."
            )
        return StoredKey(found, IN_RING)

    def save(self, url: str, key: str) -> str:
        """Keep a key instead of the one before; where it lies now."""
        name = self._name(url)

        def put(ring: Any) -> bool:
            ring.set_password(SERVICE, name, key)
            return bool(ring.get_password(SERVICE, name) == key)

        is_in_ring = _within(put) is True
        kept = self._read() | {shop_address(url): {"in": "ring"} if is_in_ring else key}
        write_private(self._path, json.dumps(kept, indent=1) + "\n")
        return IN_RING if is_in_ring else str(self._path)

    def forget(self) -> None:
        """Take all of them away, out of the ring too."""
        for address, kept in self._read().items():
            if not isinstance(kept, str):
                name = self._name(address)
                _within(lambda ring, name=name: ring.delete_password(SERVICE, name))  # type: ignore[misc]
        self._path.unlink(missing_ok=True)

    def _name(self, url: str) -> str:
        return f"{shop_address(url)} {self._folder.absolute()}"

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _within(work: Callable[[Any], T]) -> T | None:
    """Let `work` use the key ring; None where there is none, or it takes longer than is waited."""
    done: list[T] = []

    def run() -> None:
        with contextlib.suppress(Exception):  # whatever a ring says, the file is there
            if (ring := _ring()) is not None:
                done.append(work(ring))

    thread = threading.Thread(target=run, daemon=True, name="key-ring")
    thread.start()
    thread.join(WAIT_SECONDS)
    return done[0] if done else None


def _ring() -> Any:
    """A ring that encrypts, None where there is none."""
    try:
        import keyring  # noqa: PLC0415  # an extra: pip install 'ticketdesk[keyring]'
    except ImportError:
        return None
    chosen = keyring.get_keyring()
    rings = getattr(chosen, "backends", [chosen])
    return next((ring for ring in rings if type(ring).__module__ in REAL), None)
