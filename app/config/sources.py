"""The four places a setting may be written in, each value with the place it came from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import SettingsError

PREFIX = "TICKETDESK_"


@dataclass(frozen=True, slots=True)
class SettingSource:
    """A value as somebody wrote it, and where; the value may be a secret and is never shown."""

    value: str
    where: str


def read_flags(flags: Mapping[str, str | None]) -> dict[str, SettingSource]:
    """The flags that were given, by the name of their setting."""
    return {
        name: SettingSource(value, f"flag --{name.replace('_', '-')}")
        for name, value in flags.items()
        if value is not None
    }


def read_environment(environ: Mapping[str, str]) -> dict[str, SettingSource]:
    """The environment's own; an empty value counts as not set."""
    return {
        name.removeprefix(PREFIX).lower(): SettingSource(value, "environment")
        for name, value in environ.items()
        if name.startswith(PREFIX) and value.strip()
    }


def read_dotenv(path: Path) -> dict[str, SettingSource]:
    """The lines `NAME=value` of a .env that are ours; a line that cannot be read is an error."""
    found: dict[str, SettingSource] = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        entry = line.strip().removeprefix("export ").strip()
        if not entry or entry.startswith("#"):
            continue
        name, equals, value = entry.partition("=")
        if not equals or not name.strip().isidentifier():
            raise SettingsError(
                f"{path}, line {number}: this is not NAME=value. "
                "Correct the line, or put a # before it."
            )
        if name.strip().startswith(PREFIX) and (plain := _unquoted(value, path, number)):
            found[name.strip().removeprefix(PREFIX).lower()] = SettingSource(
                plain, f"{path}, line {number}"
            )
    return found


def read_toml(path: Path) -> dict[str, SettingSource]:
    """The keys of config.toml, named like the settings in lower case."""
    try:
        table = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path}: this is not TOML ({error}). "
            'Write one setting a line, for example: api_url = "https://api.example.com"'
        ) from None
    found = {}
    for name, value in table.items():
        if not isinstance(value, str | int | float):
            raise SettingsError(f"{name} in {path}: one value is needed, not a list or a table.")
        plain = str(value).lower() if isinstance(value, bool) else str(value)
        found[name] = SettingSource(plain, f"{name} in {path}")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(
            f"{path}: the file cannot be read ({error.strerror}). Change its rights or remove it."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: this is not text in UTF-8. Save it as UTF-8.") from None


def _unquoted(value: str, path: Path, number: int) -> str:
    value = value.strip()
    quote = value[:1]
    if quote not in {'"', "'"} or not quote:
        return value.split(" #", 1)[0].strip()
    inside, closing, rest = value[1:].partition(quote)
    if not closing or (rest.strip() and not rest.strip().startswith("#")):
        raise SettingsError(
            f"{path}, line {number}: the quote around the value is not closed. "
            f"Write the value between two {quote}."
        )
    return inside
