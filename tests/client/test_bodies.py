"""Bodies: unpacked within bounds, whatever is inside."""

import gzip
import tracemalloc
import zlib

import pytest

from app.client.bodies import Body
from app.domain.errors import BadAnswerError


def bomb() -> bytes:
    """A hundred megabytes of nothing in a hundred kilobytes."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()


def body(encoding: str, *pieces: bytes, largest: int = 1000) -> bytes:
    taken = Body(encoding, largest=largest)
    for piece in pieces:
        taken.add(piece)
    return taken.joined()


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_plain_body_is_joined(encoding: str) -> None:
    assert body(encoding, b"ab", b"", b"c") == b"abc"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
def test_packed_body_is_unpacked_however_it_is_cut(encoding: str) -> None:
    pack = zlib.compress if encoding == "deflate" else gzip.compress
    packed = pack(b"hello" * 100)

    assert body(encoding, *(packed[i : i + 1] for i in range(len(packed)))) == b"hello" * 100


def test_body_may_fill_the_bound_and_not_a_byte_more() -> None:
    assert len(body("gzip", gzip.compress(b"x" * 1000))) == 1000
    with pytest.raises(BadAnswerError, match="too large"):
        body("gzip", gzip.compress(b"x" * 1001))
    with pytest.raises(BadAnswerError, match="too large"):
        body("", b"x" * 500, b"x" * 501)


def test_body_that_unpacks_to_nothing_for_ever_is_cut() -> None:
    empty = gzip.compress(b"")

    with pytest.raises(BadAnswerError, match="too large"):
        body("gzip", *[empty] * 60)


def test_bomb_is_never_unpacked() -> None:
    packed = bomb()
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswerError, match="too large"):
            body("gzip", packed, largest=8_000_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 32_000_000


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_packing_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadAnswerError, match="a way that was not asked for"):
        Body(encoding)


def test_damaged_packing_is_a_sentence() -> None:
    with pytest.raises(BadAnswerError, match="damaged"):
        body("gzip", b"this is not gzip")
