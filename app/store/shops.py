"""The shops of a data folder: each has an id of its own, to which address and keys only point.

The id is the name of its folder; the note in it says at which address the shop is and which keys
have opened it, as salted fingerprints. A folder without a note is of version 2026.11.0, which
named it after address and key together: a key that was used then is known by that name.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from app.domain.errors import ApiError, StoreError
from app.store.holdings import OUTBOX, holdings_of
from app.store.private_files import write_private

NOTE = "shop.json"
EMBEDDED = "embedded"
"""where the shop of the embedded Tickets API is"""
PORTS = {"http": 80, "https": 443}
HERE = "127.0.0.1"
FORGOTTEN = ".forgotten-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One shop."""

    folder: Path
    address: str | None = None
    """None while it is not known"""
    salt: str = ""
    keys: tuple[str, ...] = ()
    opened: str = ""
    """when it was last worked on"""

    @property
    def name(self) -> str:
        """What a person is told: the address, and the id since one address can have several."""
        return f"{self.address or 'address not known'} ({self.folder.name})"

    def knows(self, key: str) -> bool:
        """Whether this key has opened the shop before."""
        return any(hmac.compare_digest(_fingerprint(self.salt, key), known) for known in self.keys)


class Shops:
    """All shops below one folder. Raises: OSError from every method."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Shop, ...]:
        """Every shop, the one that was worked on last first."""
        shops = [shop for path in self._folders() if (shop := _read(path))]
        return tuple(sorted(shops, key=lambda shop: (shop.opened, shop.folder.name), reverse=True))

    def known(self, url: str | None, key: str) -> Shop | None:
        """The shop that this key has opened at this address before, however that is spelled."""
        address = shop_address(url)
        self.claim(url, key)
        at = [shop for shop in self.all() if shop.address == address]
        if address == EMBEDDED:  # our own API: it takes whatever key it was given
            return at[0] if at else None
        return next((shop for shop in at if shop.knows(key)), None)

    def candidates(self, url: str | None) -> tuple[Shop, ...]:
        """The shops a new key at this address may belong to; else those whose address is lost."""
        address, shops = shop_address(url), self.all()
        at = [shop for shop in shops if shop.address == address]
        if any(_is_full(shop) for shop in at):
            return tuple(at)
        return (*at, *(shop for shop in shops if shop.address is None and _is_full(shop)))

    def create(self, url: str | None, key: str) -> Shop:
        """A new shop, with a folder of its own."""
        shop = Shop(folder=self._folder / secrets.token_hex(8))
        shop.folder.mkdir(mode=0o700, parents=True)
        return self.point(shop, url, key)

    def point(self, shop: Shop, url: str | None, key: str, *, alone: bool = False) -> Shop:
        """Let address and key lead to `shop` from now on; with `alone` no other key does."""
        salt = shop.salt or secrets.token_hex(16)
        keys = () if alone or not shop.salt else shop.keys
        fingerprint = _fingerprint(salt, key)
        return _write(
            replace(
                shop,
                address=shop_address(url),
                salt=salt,
                keys=keys if fingerprint in keys else (*keys, fingerprint),
                opened=datetime.now(UTC).isoformat(),
            )
        )

    def forget(self, shop: Shop) -> None:
        """Remove the shop's folder with all that is in it."""
        away = shop.folder.with_name(f"{FORGOTTEN}{secrets.token_hex(8)}")
        shop.folder.rename(away)
        shutil.rmtree(away)

    def finish_forgetting(self) -> None:
        """Finish what an interrupted `forget` has begun."""
        for path in self._folder.glob(f"{FORGOTTEN}*"):
            shutil.rmtree(path, ignore_errors=True)

    def claim(self, url: str | None, key: str) -> None:
        """Write a note for the folders that version 2026.11.0 made for this address and key."""
        found = [
            folder
            for name in dict.fromkeys(_names_of_old(url, key))
            if (folder := self._folder / name).is_dir() and not (folder / NOTE).exists()
        ]
        for folder in reversed(found):  # the first spelling is the one in use: opened last
            self.point(Shop(folder=folder), url, key)

    def _folders(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                if path.is_dir() and not path.name.startswith("."):
                    yield path


async def choose_shop(
    shops: Shops,
    url: str | None,
    key: str,
    find: Callable[[Sequence[Path]], Awaitable[Path | None]],
) -> tuple[Shop, bool]:
    """The shop to open, and whether the key has proved to be its key.

    Args:
        find: tells which of these folders holds a ticket of the key's own list; where it cannot,
            the shop that was worked on last is opened, but not for this key.
    Raises: OSError.
    """
    known = shops.known(url, key)
    if known and (url is None or _is_full(known)):
        return shops.point(known, url, key), True
    others = [] if url is None else [shop for shop in shops.candidates(url) if shop != known]
    full = [shop for shop in others if _is_full(shop)]
    blank = [shop for shop in others if shop not in full]
    if full:
        try:
            found = await find([shop.folder for shop in full])
        except (ApiError, TimeoutError):
            return full[0], False
        for shop in full:
            if shop.folder == found:
                return shops.point(shop, url, key), True
    if known:
        return shops.point(known, url, key), True
    if blank:
        return shops.point(blank[0], url, key, alone=True), True
    return shops.create(url, key), True


def forget_shop(shops: Shops, word: str, *, even_work: bool) -> str:
    """Remove the shop a person means; the sentence that says what it held.

    Raises: StoreError when it is not clear which, or work would be lost; OSError.
    """
    shops.finish_forgetting()
    shop = named(shops, word)
    holdings = holdings_of(shop.folder)
    if holdings.has_work and not even_work:
        raise StoreError(
            f"{shop.name} holds {holdings}; drafts, replies and private notes exist nowhere else, "
            "so nothing was removed. Add --even-unsent to remove them as well."
        )
    shops.forget(shop)
    return f"Forgot {shop.name}: {holdings}."


def named(shops: Shops, word: str) -> Shop:
    """The shop a person means by an address or an id. Raises: StoreError."""
    with suppress(ValueError):
        address = word if word == EMBEDDED else shop_address(word)
        found = [
            shop for shop in shops.all() if word == shop.folder.name or address == shop.address
        ]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(shop.folder.name for shop in found)
            raise StoreError(f"There are several shops at {word}: {names}. Name one of these.")
    names = ", ".join(shop.name for shop in shops.all()) or "none"
    raise StoreError(f"There is no shop {word} in the data folder. There are: {names}.")


def shop_address(url: str | None) -> str:
    """The one spelling of an address, so that the same shop is the same however it is written."""
    if url is None:
        return EMBEDDED
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    if host == "localhost":
        host = HERE
    with suppress(ValueError):
        ip = ipaddress.ip_address(host)
        host = HERE if ip.is_loopback else f"[{ip}]" if ip.version == 6 else str(ip)
    port = "" if parts.port in {None, PORTS.get(parts.scheme)} else f":{parts.port}"
    path = quote(parts.path.rstrip("/").removesuffix("/v1").rstrip("/"), safe="/%")
    return f"{parts.scheme}://{host}{port}{path}"


def _is_full(shop: Shop) -> bool:
    """Whether something tells which shop this is."""
    return not holdings_of(shop.folder).is_blank


def _names_of_old(url: str | None, key: str) -> Iterator[str]:
    for spelled in _spellings(url):
        yield hashlib.sha256(f"{spelled}\n{key}".encode()).hexdigest()[:16]


def _spellings(url: str | None) -> Iterator[str]:
    """How the address may have been written when its folder was made, the spelling of now first."""
    if url is None:
        yield ""
        return
    parts = urlsplit(url)
    scheme, path = parts.scheme, parts.path.rstrip("/").removesuffix("/v1")
    host = urlsplit(shop_address(url)).netloc
    hosts = [host]
    if urlsplit(shop_address(url)).hostname == HERE:
        hosts += [host.replace(HERE, name) for name in ("localhost", "[::1]")]
    port = f":{PORTS[scheme]}" if urlsplit(shop_address(url)).port is None else ""
    for ending in dict.fromkeys((path, path.rstrip("/"), f"{path.rstrip('/')}/")):
        yield f"{url.removesuffix(parts.path)}{ending}"
        for written in (scheme, scheme.upper(), scheme.capitalize()):
            for name in hosts:
                yield f"{written}://{name}{ending}"
                yield f"{written}://{name}{port}{ending}"


def _fingerprint(salt: str, key: str) -> str:
    return hmac.new(salt.encode(), key.encode(), hashlib.sha256).hexdigest()


def _read(folder: Path) -> Shop | None:
    """The shop in a folder; one without a note counts once it has an outbox."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return Shop(
            folder=folder,
            address=str(note["address"]),
            salt=str(note["salt"]),
            keys=tuple(map(str, note["keys"])),
            opened=str(note["opened"]),
        )
    except (OSError, ValueError, LookupError, TypeError):
        pass
    try:
        at = (folder / OUTBOX).stat().st_mtime
    except OSError:
        return None
    return Shop(folder=folder, opened=datetime.fromtimestamp(at, UTC).isoformat())


def _write(shop: Shop) -> Shop:
    note = {
        "address": shop.address,
        "salt": shop.salt,
        "keys": shop.keys,
        "opened": shop.opened,
    }
    write_private(shop.folder / NOTE, json.dumps(note, indent=1) + "\n")
    return shop
