"""Whose an address is, as far as limits go."""

from functools import lru_cache
from ipaddress import IPv6Network, ip_address


@lru_cache(maxsize=1024)
def network_of(address: str) -> str:
    """What counts as one place: an address of IPv4, but of IPv6 the /64 that one house is given."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((ip, 64), strict=False))
