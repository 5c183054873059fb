"""Small files of the data folder: whole or not there at all, readable by their owner only."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put `text` in place of the file at once, whatever ends this process meanwhile.

    Raises: OSError.
    """
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def load_or_create_secret(
    path: Path, *, make: Callable[[], str], is_whole: Callable[[str], bool]
) -> str:
    """The secret kept at `path`; one that is missing or was cut short is made anew.

    Raises: OSError.
    """
    with suppress(FileNotFoundError, UnicodeDecodeError):
        kept = path.read_text(encoding="ascii").strip("\0 \t\r\n")
        if is_whole(kept):
            return kept
    made = make()
    write_private(path, made + "\n")
    return made
