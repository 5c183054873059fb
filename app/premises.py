"""The data folder: private, writable, and held by one desk at a time."""

import contextlib
import os
import secrets
from pathlib import Path

from filelock import FileLock, Timeout

from app.domain.errors import StoreBusyError, StoreError, StoreFullError
from app.shops import Shops, forget_shop


class AlreadyRunningError(StoreBusyError):
    """Another desk works on this data folder; `address` is where, None if it does not say."""

    def __init__(self, folder: Path, address: str | None) -> None:
        where = f" at {address}" if address else ""
        super().__init__(
            f"Ticketdesk is already running on {folder}{where}. "
            "Use that one, or give this one a folder of its own with --data-dir."
        )
        self.address = address


class Premises:
    """The data folder of one desk."""

    def __init__(self, folder: Path) -> None:
        """Create the folder, for its owner only. Errors: StoreFullError."""
        self.folder = folder = folder.absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_probe(folder)
        except OSError as error:
            raise StoreFullError(
                f"The data folder {folder} cannot be written to ({error.strerror}). "
                "Change its rights, or choose another one with --data-dir or TICKETDESK_DATA_DIR."
            ) from None
        self._lock = FileLock(folder / "desk.lock", mode=0o600, blocking=False, thread_local=False)
        self._address = folder / "desk.address"

    def hold(self) -> None:
        """Keep every other desk out until `leave`. Errors: AlreadyRunningError."""
        try:
            self._lock.acquire()
        except Timeout:
            raise AlreadyRunningError(self.folder, self._known_address()) from None

    def announce(self, address: str) -> None:
        """Tell a second start where this desk answers."""
        self._address.write_text(address, encoding="utf-8")

    def leave(self) -> None:
        """Let the next desk in."""
        if self._lock.is_locked:
            self._address.unlink(missing_ok=True)
            self._lock.release()

    def embedded(self) -> Path:
        """The folder of the embedded Tickets API: its database and its key."""
        return _private(self.folder / "embedded")

    def shops(self) -> Shops:
        """The shops whose copy and outbox lie here."""
        shops = Shops(_private(self.folder / "stores"))
        with contextlib.suppress(OSError, UnicodeDecodeError):
            shops.claim(None, (self.embedded() / "api-key").read_text(encoding="ascii").strip())
        return shops

    def store_of(self, url: str | None, key: str) -> Path:
        """The folder in which a desk with this address and key works, as far as is known here.

        Shape: `url` None is the embedded API.
        """
        shops = self.shops()
        found = shops.known(url, key) or next(iter(shops.candidates(url)), None)
        return (found or shops.create(url, key)).folder

    def sessions(self) -> Path:
        """The folder for what browsers are remembered by."""
        return _private(self.folder / "sessions")

    def cookie_secret(self) -> str:
        """The secret that signs cookies: random, made once, readable by its owner only."""
        path = self.folder / "cookie.secret"
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii")

    def _known_address(self) -> str | None:
        with contextlib.suppress(OSError):
            return self._address.read_text(encoding="utf-8").strip() or None
        return None


def forget_shop_of(folder: Path, word: str, *, even_work: bool) -> str:
    """Remove a shop of a data folder on which no desk works. Errors: StoreError."""
    premises = Premises(folder)
    premises.hold()
    try:
        return forget_shop(premises.shops(), word, even_work=even_work)
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be removed ({error.strerror}).") from None
    finally:
        premises.leave()


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write_probe(folder: Path) -> None:
    probe = folder / f".probe-{secrets.token_hex(4)}"
    probe.write_bytes(b"x")
    probe.unlink()
