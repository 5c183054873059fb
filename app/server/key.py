"""The one key of the embedded store: made once, compared in constant time, never echoed."""

import hmac
import re
import secrets
import string
from pathlib import Path

from app.private_files import write_private

KEY_FILE = "api-key"
_LETTERS = string.ascii_letters + string.digits


def carries_key(authorization: str, *, key: str) -> bool:
    """Whether an Authorization header is `Bearer KEY`, or the bare key."""
    given = authorization.strip()
    scheme, _, rest = given.partition(" ")
    if scheme.lower() == "bearer":
        given = rest.strip()
    return hmac.compare_digest(given.encode(), key.encode())


def load_or_create_key(folder: Path) -> str:
    """The key kept in `folder`, made at the first call; only the owner may read the file.

    Shape:  a file in which nothing stands was cut off while it was written, and is made anew.
    Errors: OSError; ValueError when the file holds something else than a key.
    """
    path = folder / KEY_FILE
    try:
        key = path.read_text("utf-8-sig", errors="replace").strip("\0 \t\r\n")
    except FileNotFoundError:
        key = ""
    if not key:
        key = "sg_live_" + "".join(secrets.choice(_LETTERS) for _ in range(32))
        write_private(path, key + "\n")
    if not re.fullmatch("[!-~]+", key):
        raise ValueError(f"{path} holds no API key. Delete it and start again to get a new one.")
    return key
