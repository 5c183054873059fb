"""Ids for new things in the document's style: `tkt_`, `msg_` or `ord_` and some letters."""

import random
import secrets
import string

_LETTERS = string.ascii_lowercase + string.digits
_CHANCE = secrets.SystemRandom()


def new_id(prefix: str, *, rng: random.Random = _CHANCE) -> str:
    """An id of 12 random letters and digits behind `prefix`; 62 bits, so no two meet."""
    return prefix + "".join(rng.choices(_LETTERS, k=12))
