"""The data folder: private, writable, and locked by one desk at a time."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from app.config.stored_key import FILE as ENTERED_KEY
from app.domain.errors import StoreBusyError, StoreError, StoreFullError
from app.store.forgotten import KEY, MARKS
from app.store.private_files import load_or_create_secret, write_private
from app.store.shops import Shops, forget_shop

FILES = (
    *("desk.lock", "desk.address", "cookie.secret", "ticketdesk.log", "accounts.sqlite3"),
    *("had-users", KEY, MARKS, ENTERED_KEY),
)
FOLDERS = ("stores", "embedded", "sessions")
"""What this program itself puts into the data folder."""

SHORTEST_SECRET = 32
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class AlreadyRunningError(StoreBusyError):
    """Another desk works on this data folder; `address` is where, None if it does not say."""

    def __init__(self, folder: Path, address: str | None) -> None:
        where = f" at {address}" if address else ""
        super().__init__(
            f"Ticketdesk is already running on {folder}{where}. "
            "Use that one, or give this one a folder of its own with --data-dir."
        )
        self.address = address


class FolderLock:
    """A lock file on a folder and, beside it, the address at which its holder answers."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._lock = FileLock(
            folder / f"{name}.lock", mode=0o600, blocking=False, thread_local=False
        )
        self._address = folder / f"{name}.address"

    def lock(self) -> None:
        """Keep every other process out until `unlock`. Raises: AlreadyRunningError, StoreError."""
        try:
            with explained():
                self._lock.acquire()
        except Timeout:
            raise AlreadyRunningError(self._folder, self.published_address()) from None

    def publish_address(self, address: str) -> None:
        """Tell a second start where this one answers. Raises: StoreError."""
        with explained():
            write_private(self._address, address)

    def unlock(self) -> None:
        """Take the address away and release the lock."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._address.unlink(missing_ok=True)
            self._lock.release()

    def published_address(self) -> str | None:
        """Where the one that holds the lock answers, None if it does not say."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return self._address.read_text(encoding="utf-8").strip() or None
        return None


class DataDir(FolderLock):
    """The data folder of one desk. Raises: StoreError from every method."""

    def __init__(self, folder: Path) -> None:
        """Create the folder, for its owner only. Raises: StoreFullError."""
        self.folder = folder = folder.absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_probe(folder)
        except OSError as error:
            raise StoreFullError(
                f"The data folder {folder} cannot be written to ({error.strerror}). "
                "Change its rights, or choose another one with --data-dir or TICKETDESK_DATA_DIR."
            ) from None
        with explained():
            for name in (*FILES, *FOLDERS):
                _check_kind(folder / name, is_folder=name in FOLDERS)
        super().__init__(folder, "desk")

    def embedded(self) -> Path:
        """The folder of the embedded Tickets API: its database and its key."""
        return _private(self.folder / "embedded")

    def embedded_lock(self) -> FolderLock:
        """Who serves or fills the store of the embedded API."""
        return FolderLock(self.embedded(), "api")

    def shops(self) -> Shops:
        """The shops whose copy and outbox lie here."""
        with explained():
            shops = Shops(_private(self.folder / "stores"))
            with contextlib.suppress(OSError, UnicodeDecodeError):
                key = (self.embedded() / "api-key").read_text(encoding="ascii").strip()
                shops.claim(None, key)
            return shops

    def store_of(self, url: str | None, key: str) -> Path:
        """The folder in which a desk with this address and key works, as far as is known here.

        Args:
            url: None is the embedded API.
        """
        with explained():
            shops = self.shops()
            found = shops.known(url, key) or next(iter(shops.candidates(url)), None)
            return (found or shops.create(url, key)).folder

    def sessions(self) -> Path:
        """The folder for what browsers are remembered by."""
        return _private(self.folder / "sessions")

    def cookie_secret(self) -> str:
        """The secret that signs cookies: random, made once, readable by its owner only."""
        with explained():
            return load_or_create_secret(
                self.folder / "cookie.secret",
                make=lambda: secrets.token_urlsafe(SHORTEST_SECRET),
                is_whole=lambda secret: len(secret) >= SHORTEST_SECRET,
            )


def forget_shop_of(folder: Path, word: str, *, even_work: bool) -> str:
    """Remove a shop of a data folder on which no desk works. Raises: StoreError."""
    data_dir = DataDir(folder)
    data_dir.lock()
    try:
        with explained():
            return forget_shop(data_dir.shops(), word, even_work=even_work)
    finally:
        data_dir.unlock()


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Say in one sentence what is odd about a file. Raises: StoreError."""
    try:
        yield
    except OSError as error:
        if (sentence := sentence_of(error)) is None:
            raise
        raise StoreError(sentence) from None


def sentence_of(error: OSError) -> str | None:
    """What a person can do about a file that cannot be used; None when it is about no file."""
    problem = error.strerror or type(error).__name__
    if error.errno in DISK_FULL:
        return f"Nothing can be written ({problem}). Free some space, then start again."
    if error.filename is None:
        return None
    return (
        f"{os.fsdecode(error.filename)} cannot be used ({problem}). "
        "Move it away or correct its rights, then start again."
    )


def _private(folder: Path) -> Path:
    with explained():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _check_kind(path: Path, *, is_folder: bool) -> None:
    """Refuse what stands where this program puts a file or a folder of its own."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise OSError(0, "it is a link to nothing", str(path)) from None
        return
    if not (stat.S_ISDIR(mode) if is_folder else stat.S_ISREG(mode)):
        expected = "a folder" if is_folder else "an ordinary file"
        raise OSError(0, f"it is not {expected}", str(path))
    if not os.access(path, os.R_OK | os.W_OK):
        raise OSError(0, "this user may not read and write it", str(path))


def _write_probe(folder: Path) -> None:
    probe = folder / f".probe-{secrets.token_hex(4)}"
    probe.write_bytes(b"x")
    probe.unlink()
