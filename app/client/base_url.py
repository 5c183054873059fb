"""Where the Tickets API is, and through which proxy this machine reaches it."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit
from urllib.request import getproxies, proxy_bypass

from app.domain.errors import SettingsError

VERSION = "/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUrl:
    """The API's address: `url` ends in /v1; `netloc` is host and port, for a person."""

    scheme: str
    host: str
    url: str
    netloc: str

    @property
    def is_this_machine(self) -> bool:
        """Whether the API runs here, so that no proxy has a place in between."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_base_url(url: str) -> BaseUrl:
    """Understand the address from the settings, with or without /v1 at its end.

    Raises: SettingsError.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(
            "The API address is not a web address. Write one like https://api.example.com."
        )
    if "@" in parts.netloc:
        raise SettingsError("The API address holds a user name. Leave it out; the key is enough.")
    path = quote(parts.path.rstrip("/").removesuffix(VERSION), safe="/%")
    return BaseUrl(
        scheme=parts.scheme,
        host=parts.hostname,
        url=f"{parts.scheme}://{parts.netloc}{path}{VERSION}",
        netloc=parts.netloc,
    )


def ticket_target(ticket_id: str) -> str:
    """The path of a ticket, in which any id whatever is one segment."""
    segment = quote(ticket_id, safe="")
    return f"/tickets/{segment.replace('.', '%2E') if segment.strip('.') == '' else segment}"


def proxy_for(base_url: BaseUrl) -> str | None:
    """The proxy the environment names for `address`; never one for this machine itself."""
    if base_url.is_this_machine or proxy_bypass(base_url.host):
        return None
    named = getproxies()
    proxy = named.get(base_url.scheme) or named.get("all")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def without_password(proxy: str) -> str:
    """The proxy as it may be shown."""
    parts = _split(proxy)
    return parts.netloc.rpartition("@")[2] if parts else ""


def host_of(location: str) -> str:
    """Where a redirect points to: a host, or a path of the same one."""
    parts = _split(location)
    if parts is None:
        return ""
    return parts.netloc.rpartition("@")[2] or parts.path


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # a port that is no number raises here
    except ValueError:
        return None
    return parts
