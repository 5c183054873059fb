"""The one key of the embedded store: made once, compared in constant time, never echoed."""

import hmac
import os
import re
import secrets
import string
from pathlib import Path

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

    Errors: OSError; ValueError when the file holds no key.
    """
    path = folder / KEY_FILE
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _kept_key(path)
    key = "sg_live_" + "".join(secrets.choice(_LETTERS) for _ in range(32))
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key


def _kept_key(path: Path) -> str:
    key = path.read_text("utf-8", errors="replace").strip()
    if not re.fullmatch("[!-~]+", key):
        raise ValueError(f"{path} holds no API key. Delete it and start again to get a new one.")
    return key
