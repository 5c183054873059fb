"""Addresses as a wall may show them: enough to recognise, too little to write to. (pure)"""

import re

_ADDRESS = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:]+")


def masked(email: str | None) -> str | None:
    """`a…@example.com`: the first sign and the host; how long the name is stays hidden."""
    if email is None:
        return None
    name, at, host = email.strip().rpartition("@")
    return f"{name[:1]}…@{host}" if at else f"{host[:1]}…"


def without_addresses(text: str | None) -> str | None:
    """A subject in which every address is masked."""
    return None if text is None else _ADDRESS.sub(lambda found: masked(found[0]) or "", text)
