"""The body of an answer, unpacked piece by piece and never larger than allowed."""

import zlib
from collections.abc import Callable

from app.domain.errors import BadAnswerError

LARGEST_BODY = 8_000_000
"""Bytes, of what came over the wire as well as of what it unpacks to."""


class Body:
    """Collects an answer; `encoding` is the Content-Encoding it came with.

    Errors: BadAnswerError as soon as the answer is too large or cannot be unpacked.
    """

    def __init__(self, encoding: str, *, largest: int = LARGEST_BODY) -> None:
        self._unpack = _unpacker(encoding)
        self._largest = largest
        self._room = largest
        self._arrived = 0
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """Take the next piece as it came over the wire."""
        self._arrived += len(piece)
        try:
            # One byte more than fits is enough to know; the rest is never unpacked.
            unpacked = self._unpack(piece, self._room + 1)
        except zlib.error:
            raise BadAnswerError("The answer of the Tickets API is damaged.") from None
        self._room -= len(unpacked)
        if self._room < 0 or self._arrived > self._largest:
            raise BadAnswerError(
                "The answer of the Tickets API is too large "
                f"(more than {self._largest / 1_000_000:.0f} MB) and was not read."
            )
        self._pieces.append(unpacked)

    def joined(self) -> bytes:
        """All of it, unpacked."""
        return b"".join(self._pieces)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    if encoding in {"", "identity"}:
        return lambda piece, _: piece
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress
    raise BadAnswerError(
        "The Tickets API packs its answers in a way that was not asked for. "
        "Is there a proxy in between?"
    )
