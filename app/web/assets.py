"""Finds the assets folder and gives each public file an address that changes with its content."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from components import theme

PUBLIC = frozenset({".css", ".js", ".mjs", ".svg", ".png", ".woff2"})
"""What a browser may ask for; everything else in the folder is for us."""

# The registry of some machines calls scripts text/plain, which browsers then refuse to run.
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file a browser may load. `gzipped` is None where compression gains nothing."""

    url: str
    body: bytes
    gzipped: bytes | None
    media_type: str


def asset_folder() -> Path:
    """Where the assets lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "_assets"
    return installed if installed.is_dir() else package.parent / "assets"


@cache
def public_asset(name: str) -> Asset | None:
    """The file `name` below the assets folder, or what is joined under that name.

    It is made once. None if there is none for browsers.
    """
    body = JOINED[name]() if name in JOINED else _read(name)
    if body is None:
        return None
    small = gzip.compress(body, 9, mtime=0)
    known = TYPES.get(Path(name).suffix)
    guessed = known or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(
        url=f"/assets/{hashlib.sha256(body).hexdigest()[:12]}/{name}",
        body=body,
        gzipped=small if len(small) < len(body) * 0.9 else None,
        media_type=guessed,
    )


def asset_url(name: str) -> str:
    """The address of a public asset; it may be kept for ever, since it changes with the content."""
    asset = public_asset(name)
    if asset is None:
        raise FileNotFoundError(f"There is no public asset {name!r}.")
    return asset.url


def _read(name: str) -> bytes | None:
    path = asset_folder() / name
    inside = path.resolve().is_relative_to(asset_folder().resolve())
    return path.read_bytes() if inside and path.suffix in PUBLIC and path.is_file() else None


def _joined(names: Sequence[str]) -> str:
    return "\n".join((asset_folder() / name).read_text(encoding="utf-8") for name in names)


def _styles() -> bytes:
    return theme.in_text_sizes(theme.without_containers(_joined(theme.STYLES))).encode()


def plain_style() -> str:
    """The style of the plain wall."""
    return _joined(theme.PLAIN_STYLES)


JOINED: dict[str, Callable[[], bytes]] = {
    theme.STYLE: _styles,
    theme.SCRIPT: lambda: _joined(theme.SCRIPTS).encode(),
}
"""Many files here, one for a browser: a first visit waits for each time it asks."""
