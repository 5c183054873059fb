"""Customers who were forgotten: a keyed fingerprint of each address, and what stays of a ticket.

The shop still has them, so that whatever is read of them later must be known, and kept blank. The
key lies in a file of its own: the fingerprints alone tell nobody an address.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from app.domain.ticket import Message, Ticket, customer_key
from app.store.private_files import load_or_create_secret, write_private

KEY, MARKS = "forgotten.key", "forgotten"
"""The two files in the data folder."""
KEY_BYTES = 32


class Forgotten:
    """The addresses that were forgotten; `in` tells whether one is among them."""

    def __init__(self, key: str = "", marks: Iterable[str] = ()) -> None:
        self._key = key.encode()
        self.marks = frozenset(marks)

    def __contains__(self, address: str) -> bool:
        return bool(self.marks) and self.mark(address) in self.marks

    def mark(self, address: str) -> str:
        """The fingerprint of an address, however its letters were written."""
        return hmac.new(self._key, customer_key(address).encode(), hashlib.sha256).hexdigest()

    def with_address(self, address: str) -> "Forgotten":
        """These and one more."""
        return Forgotten(self._key.decode(), self.marks | {self.mark(address)})

    def knows(self, ticket: Ticket, before: Ticket | None) -> bool:
        """Whether a ticket is such a customer's; one that names nobody is whose it was `before`."""
        if ticket.customer_email:
            return ticket.customer_email in self
        return before is not None and before.forgotten


NOBODY = Forgotten()


def blank(ticket: Ticket) -> Ticket:
    """The ticket without what the customer wrote and is called; status and numbers stay."""
    return replace(ticket, subject=None, customer_email=None, forgotten=True)


def blank_messages(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Who wrote when, and nothing of what."""
    return tuple(replace(message, text="") for message in messages)


def load_forgotten(folder: Path) -> Forgotten:
    """Those of a data folder. Raises: OSError."""
    try:
        marks = (folder / MARKS).read_text("ascii").split()
    except FileNotFoundError:
        marks = []
    key = load_or_create_secret(
        folder / KEY,
        make=lambda: secrets.token_hex(KEY_BYTES),
        is_whole=lambda key: len(key) == 2 * KEY_BYTES,
    )
    return Forgotten(key, marks)


def save_forgotten(folder: Path, forgotten: Forgotten) -> None:
    """Keep them for every later start. Raises: OSError."""
    write_private(folder / MARKS, "".join(f"{mark}\n" for mark in sorted(forgotten.marks)))
