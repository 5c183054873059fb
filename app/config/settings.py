"""Every setting: what it means, its default, and one clear sentence when its value is wrong."""

import difflib
import os
import re
from collections.abc import Mapping
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from app.config.sources import (
    PREFIX,
    SettingSource,
    read_dotenv,
    read_environment,
    read_flags,
    read_toml,
)
from app.config.stored_key import KeyStore, clean_key
from app.config.tls import PairError, check_pair
from app.domain.errors import SettingsError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Network = IPv4Network | IPv6Network

LEVELS = ("debug", "info", "warning", "error")

PROBLEMS = {
    "int_parsing": "this is not a whole number",
    "float_parsing": "this is not a number",
    "bool_parsing": "this is neither on nor off",
    "path_type": "this is not a path",
    "finite_number": "this is not a number",
    "greater_than_equal": "this is too small",
    "less_than_equal": "this is too large",
}
"""Our words for the errors of the validation library."""


def _host(host: str) -> str:
    if host != "localhost":
        try:
            ip_address(host)
        except ValueError:
            raise ValueError("this is not an address") from None
    return host


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("this is not a web address")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("a web address without user name, question mark and # is needed")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("plain http would show the key to everybody on the way")
    return value.rstrip("/").removesuffix("/v1")


def _key(value: SecretStr) -> SecretStr:
    return SecretStr(clean_key(value.get_secret_value()))


def _public(value: str) -> str:
    """The address in front of the desk, as browsers ask for it."""
    _address(value)
    address = value.rstrip("/")
    parts = urlsplit(address)
    if not _PATH.fullmatch(parts.path) or {".", ".."} & set(parts.path.split("/")):
        raise ValueError("its path is more than plain words between slashes")
    return address


def _networks(value: object) -> tuple[Network, ...]:
    try:
        networks = tuple(ip_network(part.strip()) for part in str(value).split(","))
    except ValueError:
        raise ValueError("this is not a list of addresses or networks") from None
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("this would believe everybody")
    return networks


def _header(value: str) -> str:
    if not _HEADER.fullmatch(value):
        raise ValueError("this is not the name of a header")
    return value.lower()


def _origin(value: str) -> str:
    """Scheme, host and port of pages elsewhere, as browsers name them."""
    origin = value.lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("this is not an origin: scheme, host and port, nothing more")
    return origin


def _level(value: str) -> str:
    if value.lower() not in LEVELS:
        raise ValueError("there is no such level")
    return value.lower()


def _password(address: str) -> str:
    """The password in a database's address, as it is written there."""
    try:
        return (urlsplit(address).password or "") if "://" in address else ""
    except ValueError:
        return ""


_PATH = re.compile(r"(?:/[\w.~-]++)*+", re.ASCII)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]++|\[[0-9a-f:]++\])(?::\d{1,5})?")
Address = Annotated[str, AfterValidator(_address)]
data_folder = partial(platformdirs.user_data_path, "ticketdesk", appauthor=False)
config_folder = partial(platformdirs.user_config_path, "ticketdesk", appauthor=False)


class EnteredKey(SecretStr):
    """A key that stands in no setting: `place` is where it lies since somebody entered it."""

    def __init__(self, key: str, *, place: str) -> None:
        super().__init__(key)
        self.place = place


class Settings(BaseModel):
    """The settings of one start; each is written as `TICKETDESK_` and its name in capitals."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False
    )

    api_url: Address | None = Field(
        None,
        description="the address of the Tickets API",
        examples=["https://api.example.com"],
    )
    api_key: Annotated[SecretStr, AfterValidator(_key)] | None = Field(
        None, description="the API's key", examples=["sg_live_0123456789abcdef"]
    )
    api_key_file: Path | None = Field(
        None, description="a file that holds only the key", examples=["tickets-api.key"]
    )
    data_dir: Path = Field(
        default_factory=data_folder,
        description="a folder this user may write to",
        examples=["ticketdesk-data"],
    )
    host: Annotated[str, AfterValidator(_host)] = Field(
        "127.0.0.1",
        description="an address of this machine; 0.0.0.0 for all of them, once there is a user",
        examples=["127.0.0.1"],
    )
    port: int = Field(
        8080, ge=0, le=65535, description="a port from 1 to 65535, 0 for any", examples=["8081"]
    )
    public_url: Annotated[str, AfterValidator(_public)] | None = Field(
        None,
        description="the address at which a proxy shows the desk, once there is a user",
        examples=["https://desk.example.com/desk"],
    )
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        (),
        description="addresses or networks of proxies, with commas, whose word about the browser"
        " is believed",
        examples=["127.0.0.1,10.0.0.0/24"],
    )
    user_header: Annotated[str, AfterValidator(_header)] | None = Field(
        None,
        description="the header in which such a proxy names the user it has signed in",
        examples=["Remote-User"],
    )
    tls_cert: Path | None = Field(
        None,
        description="a file with the certificate and those between it and its authority, in PEM",
        examples=["desk.pem"],
    )
    tls_key: Path | None = Field(
        None,
        description="a file with the certificate's private key, in PEM",
        examples=["desk.key"],
    )
    kiosk_frame_origin: Annotated[str, AfterValidator(_origin)] | None = Field(
        None,
        description="the origin of a board whose pages may show the wall in a frame",
        examples=["https://board.example.com"],
    )
    refresh_seconds: float = Field(
        15, ge=1, le=3600, description="the seconds between two looks, 1 to 3600", examples=["15"]
    )
    requests_per_second: float = Field(
        2, ge=0.1, le=100, description="the API's share for us, 0.1 to 100", examples=["2"]
    )
    keep_messages_days: int | None = Field(
        None,
        ge=1,
        le=36_500,
        description="the days for which messages stay in the copy once nothing happens in a ticket",
        examples=["365"],
    )
    demo_customer: bool = Field(
        True,  # noqa: FBT003  # the default of a field
        description="on or off: whether a pretended customer writes in the demo store",
        examples=["off"],
    )

    database: SecretStr | None = Field(
        None,
        description="where `api` and `seed` keep their tickets: a file, or a database's address",
        examples=["postgresql+psycopg://user@host/name"],
    )
    log_level: Annotated[str, AfterValidator(_level)] = Field(
        "info", description="debug, info, warning or error", examples=["debug"]
    )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written down."""
        password = _password(self.database.get_secret_value() if self.database else "")
        key = self.api_key.get_secret_value() if self.api_key else ""
        return tuple(filter(None, (key, password, unquote(password))))

    @property
    def path(self) -> str:
        """The path of the public address, "" for none."""
        return urlsplit(self.public_url or "").path

    @property
    def reachable_by(self) -> str | None:
        """The setting by which others than this machine may reach the desk, None for none."""
        if self.host not in LOOPBACK and not ip_address(self.host).is_loopback:
            return f"{PREFIX}HOST"
        if self.public_url and urlsplit(self.public_url).hostname not in LOOPBACK:
            return f"{PREFIX}PUBLIC_URL"
        return None

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by TLS, to the desk or to the proxy before it."""
        return bool(self.tls_cert) or (self.public_url or "").startswith("https:")

    @property
    def embedded(self) -> bool:
        """Whether the desk works on its own Tickets API instead of one elsewhere."""
        return self.api_url is None


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    dotenv: Path = Path(".env"),
    toml: Path | None = None,
    needs_key: bool = True,
    asks_for_key: bool = False,
) -> Settings:
    """Read the settings: flags, then the environment, then .env, then config.toml.

    Args:
        needs_key: a key that was entered stands in for one that is not configured.
        asks_for_key: where there is neither, `api_key` is None, and a page asks for it.
    Raises: SettingsError, one line that names the setting, its place, the problem and the remedy.
    """
    sources: dict[str, SettingSource] = {}
    for layer in (
        read_toml(toml or config_folder() / "config.toml"),
        read_dotenv(dotenv),
        read_environment(environ),
        read_flags(flags or {}),
    ):
        for name in layer:
            _check_known(name, layer[name])
        sources |= layer
    settings = _check_together(_validated(sources), sources)
    return _with_key(settings, sources, asks=asks_for_key) if needs_key else settings


def _check_known(name: str, source: SettingSource) -> None:
    if name in Settings.model_fields:
        return
    near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
    hint = f"Did you mean {PREFIX}{near[0].upper()}?" if near else "Remove it; README lists them."
    raise SettingsError(f"{_called(name, source)}: there is no such setting. {hint}")


def _validated(sources: Mapping[str, SettingSource]) -> Settings:
    values: dict[str, Any] = {name: entry.value for name, entry in sources.items()}
    if "data_dir" in values:
        values["data_dir"] = Path(values["data_dir"]).expanduser()
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    problem = PROBLEMS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    raise SettingsError(f"{_called(name, sources[name])}: {problem}. {_remedy(name)}")


def _check_together(settings: Settings, sources: Mapping[str, SettingSource]) -> Settings:
    """Read the key's file and check what depends on more than one setting."""
    if settings.api_key and settings.api_key_file:
        raise SettingsError(
            f"{_called('api_key_file', sources['api_key_file'])}: the key is also given by "
            f"{_called('api_key', sources['api_key'])}. Remove one of the two."
        )
    if settings.api_key_file:
        settings = settings.model_copy(
            update={"api_key": _key_from(settings.api_key_file, sources["api_key_file"])}
        )
    if settings.user_header and not settings.trusted_proxies:
        raise SettingsError(
            f"{_called('user_header', sources['user_header'])}: no proxy is named that may write "
            f"this header. Set {PREFIX}TRUSTED_PROXIES to the address of yours."
        )
    database = sources.get("database")
    if database and database.where.startswith("flag") and _password(database.value):
        raise SettingsError(
            f"{_called('database', database)}: everybody on this machine can read a password in a "
            f"command. Write the address into the environment or .env as {PREFIX}DATABASE."
        )
    _check_pair(settings, sources)
    return settings


def _with_key(settings: Settings, sources: Mapping[str, SettingSource], *, asks: bool) -> Settings:
    """The settings with the key that was entered, where none is configured and one is needed."""
    if settings.api_url is None or settings.api_key:
        return settings
    try:
        stored = KeyStore(settings.data_dir).load(settings.api_url)
    except OSError as error:
        raise SettingsError(f"{error.filename} cannot be read ({error.strerror}).") from None
    if stored is None and asks:
        return settings
    if stored is None:
        raise SettingsError(
            f"{_called('api_url', sources['api_url'])}: this API needs a key and none is given. "
            f"Enter it with `ticketdesk key set`, or set {PREFIX}API_KEY, or {PREFIX}API_KEY_FILE "
            "to the name of a file that holds it."
        )
    return settings.model_copy(update={"api_key": EnteredKey(stored.key, place=stored.place)})


def _check_pair(settings: Settings, sources: Mapping[str, SettingSource]) -> None:
    if settings.tls_cert is None and settings.tls_key is None:
        return
    if settings.tls_cert is None or settings.tls_key is None:
        given, lacking = ("tls_cert", "tls_key") if settings.tls_cert else ("tls_key", "tls_cert")
        raise SettingsError(
            f"{_called(given, sources[given])}: it is of no use without {PREFIX}{lacking.upper()}. "
            f"{_remedy(lacking)}"
        )
    try:
        check_pair(settings.tls_cert.expanduser(), settings.tls_key.expanduser())
    except PairError as error:
        name = "tls_key" if error.is_key else "tls_cert"
        raise SettingsError(f"{_called(name, sources[name])}: {error}. {_remedy(name)}") from None


def _key_from(path: Path, source: SettingSource) -> SecretStr:
    called = _called("api_key_file", source)
    try:
        key = _key(SecretStr(path.expanduser().read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise SettingsError(
            f"{called}: the file cannot be read ({error.strerror}). {_remedy('api_key_file')}"
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{called}: the file is not text in UTF-8. Save it as UTF-8.") from None
    except ValueError:
        raise SettingsError(
            f"{called}: the file holds more than a key. {_remedy('api_key_file')}"
        ) from None
    if not key.get_secret_value():
        raise SettingsError(f"{called}: the file is empty. {_remedy('api_key_file')}")
    return key


def _called(name: str, source: SettingSource) -> str:
    return f"{PREFIX}{name.upper()} ({source.where})"


def _remedy(name: str) -> str:
    field = Settings.model_fields[name]
    return f"Write {field.description}, for example {(field.examples or [''])[0]}."
