"""What is typed into the search box: words, "phrases", -exclusions and field words. (pure)

Nothing that is typed is an error: what cannot be read as a field word is searched as text, and
one sentence says so. `FIELDS` at the end is the whole list of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from app.domain.ticket import QUOTES, Awaiting, Status

MAX_QUERY_LENGTH = 200

TextField = Literal["any", "subject", "customer", "order", "invoice"]
Trait = Literal["status", "awaiting", "answered", "product", "currency"]
Measure = Literal["amount", "messages", "idle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A text that a ticket has, in one field or in any; `whole`: these very words in this order."""

    text: str
    field: TextField = "any"
    whole: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HasTraits:
    """Traits of a ticket, all of which it has."""

    traits: tuple[tuple[Trait, str | bool], ...]
    whole: bool = False
    """the product is what is asked for; else it need only contain that"""
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A number of a ticket compared with `value`; one that is unknown never matches."""

    measure: Measure
    """`idle` is the time since the last update"""
    compare: str
    """one of = < <= > >="""
    value: Decimal | timedelta
    excluded: bool = False


Read = Term | HasTraits | Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """All of it is so for a ticket that is found; `warning` is a sentence, "" when all is clear."""

    terms: tuple[Term, ...] = ()
    traits: tuple[HasTraits, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    warning: str = ""

    @property
    def is_anywhere(self) -> bool:
        """Whether a text is looked for in every field, the messages included."""
        return any(term.field == "any" for term in self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryField:
    """A field word: an example of it, what it finds, and how its value is read."""

    example: str
    finds: str
    read: Callable[[str], Read | None]
    """gives None for a value without meaning"""
    begun: str = ""
    """fits a value that may still get a meaning"""
    also: tuple[str, ...] = ()
    """other forms to write"""

    @property
    def forms(self) -> str:
        """All that can be written, as the end of a sentence."""
        *others, last = (self.example, *self.also)
        return f"{', '.join(others)} or {last}" if others else last


@lru_cache(maxsize=1000)
def parse_query(text: str) -> SearchQuery:
    """Read what was typed; only its first 200 signs count."""
    typed = text[:MAX_QUERY_LENGTH].translate(_PLAIN_QUOTES)
    pieces = [_read(piece) for piece in _PIECES.findall(typed)]
    read = list(dict.fromkeys(piece for piece, _ in pieces))
    return SearchQuery(
        terms=tuple(piece for piece in read if isinstance(piece, Term)),
        traits=tuple(piece for piece in read if isinstance(piece, HasTraits)),
        comparisons=tuple(piece for piece in read if isinstance(piece, Comparison)),
        warning=next((warning for _, warning in pieces if warning), ""),
    )


_PLAIN_QUOTES = str.maketrans(dict.fromkeys(QUOTES, '"'))

# A phrase may hold spaces; one whose second quote is still to come reaches to the end.
_PIECES = re.compile(r'-?(?:[A-Za-z]{2,12}:)?"[^"]*"?|\S+')
_PARTS = re.compile(r"(-?)(?:([A-Za-z]{2,12}):)?(.*)", re.DOTALL)
_ADDRESS = ("//", "\\", ":")
"""after a colon: that is a link or a path, no field word"""


def _read(piece: str) -> tuple[Read | None, str]:
    """What a piece asks for, if anything, and what is doubtful about it."""
    minus, name, typed = _PARTS.fullmatch(piece).groups()  # type: ignore[union-attr]  # fits any
    value = typed.strip('"') if typed.startswith('"') else typed
    whole = typed.startswith('"') and typed.endswith('"') and len(typed) > 1
    word = FIELDS.get((name or "").lower())
    as_text = Term(text=f"{name}:{value}" if name else value, whole=whole and not name)
    if name and word is None and value and not value.startswith(_ADDRESS):
        return _turned(as_text, minus), f"“{name}:{value}” is searched as text: {_KNOWN}"
    if word is None or value.startswith(_ADDRESS):
        return _turned(as_text, minus), ""
    if not whole and re.fullmatch(word.begun, value, re.IGNORECASE):
        return None, f"“{name}:{value}” is not complete: write {word.forms}."
    if read := word.read(value) if value else None:
        exact = read if isinstance(read, Comparison) else replace(read, whole=whole)
        return _turned(exact, minus), ""
    return _turned(as_text, minus), f"“{name}:{value}” is searched as text: write {word.forms}."


def _turned(read: Read, minus: str) -> Read:
    return replace(read, excluded=True) if minus else read


# ── How values are read ─────────────────────────────────────────────────────────────────────────

_STATES: dict[str, tuple[tuple[Trait, str | bool], ...]] = {
    "open": (("status", Status.OPEN.value),),
    "closed": (("status", Status.CLOSED.value),),
    "waiting": (("status", Status.OPEN.value), ("awaiting", Awaiting.SELLER.value)),
    "answered": (("answered", True),),
    "unanswered": (("answered", False),),
}
_COMPARED = r"(>=|<=|>|<|=)?"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _text(field: TextField) -> Callable[[str], Read | None]:
    return lambda value: Term(text=value, field=field)


def _state(value: str) -> Read | None:
    traits = _STATES.get(value.lower())
    return HasTraits(traits=traits) if traits else None


def _product(value: str) -> Read | None:
    return HasTraits(traits=(("product", value),))


def _currency(value: str) -> Read | None:
    return HasTraits(traits=(("currency", value),))


def _number(measure: Measure, digits: str) -> Callable[[str], Read | None]:
    def read(value: str) -> Read | None:
        found = re.fullmatch(f"{_COMPARED}({digits})", value)
        if found is None:
            return None
        number = Decimal(found[2].replace(",", "."))
        return Comparison(measure=measure, compare=found[1] or "=", value=number)

    return read


def _age(compare: str) -> Callable[[str], Read | None]:
    def read(value: str) -> Read | None:
        found = re.fullmatch(r"(\d{1,6})([mhdw]?)", value.lower())
        if found is None:
            return None
        length = timedelta(**{_UNITS[found[2] or "d"]: int(found[1])})
        return Comparison(measure="idle", compare=compare, value=length)

    return read


FIELDS: dict[str, QueryField] = {
    "from": QueryField(example="from:anna@example.com", finds="an address", read=_text("customer")),
    "subject": QueryField(
        example="subject:refund", finds="the subject only", read=_text("subject")
    ),
    "product": QueryField(example='product:"Premium License"', finds="a product", read=_product),
    "order": QueryField(example="order:ord_77", finds="an order id", read=_text("order")),
    "invoice": QueryField(example="invoice:INV-123", finds="an invoice id", read=_text("invoice")),
    "is": QueryField(
        example="is:waiting",
        also=("is:open", "is:closed", "is:answered", "is:unanswered"),
        finds="also open, closed, answered, unanswered",
        read=_state,
        begun="|".join(f"{word[:end]}" for word in _STATES for end in range(len(word))),
    ),
    "older": QueryField(
        example="older:3d", also=("older:12h",), finds="not updated for so long", read=_age(">")
    ),
    "newer": QueryField(
        example="newer:2h", also=("newer:1w",), finds="updated within that time", read=_age("<=")
    ),
    "amount": QueryField(
        example="amount:>50",
        finds="the amount paid",
        read=_number("amount", r"-?\d{1,12}(?:[.,]\d{1,8})?"),
        begun=rf"{_COMPARED}(-?|-?\d{{1,12}}[.,])",
    ),
    "currency": QueryField(
        example="currency:EUR", finds="a currency", read=_currency, begun="[a-z]{0,2}"
    ),
    "messages": QueryField(
        example="messages:>3",
        finds="how much was written",
        read=_number("messages", r"\d{1,9}"),
        begun=_COMPARED,
    ),
}
"""Every field word, in the order offered."""

_KNOWN = f"field words are {', '.join(f'{name}:' for name in list(FIELDS)[:-1])} and messages:."
