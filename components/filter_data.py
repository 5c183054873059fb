"""What the search field and the line of filters show, frozen and already worded."""

from dataclasses import dataclass

from components.data import Option


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHint:
    """Something that can be typed into the search box; `insert` is what choosing it types."""

    insert: str
    example: str
    finds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchData:
    """What is searched for; `doubt` is a sentence on what of it is not taken as it seems meant."""

    query: str = ""
    doubt: str = ""
    hints: tuple[SearchHint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is in force and can be taken away; `key` names it to the caller."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBarData:
    """The state of every filter. `status` is open, closed or all; dates are ISO days or empty."""

    query: str = ""
    status: str = "all"
    needs_response: bool = False
    product: str = ""
    currency: str = ""
    created_from: str = ""
    created_to: str = ""
    products: tuple[Option, ...] = ()
    currencies: tuple[Option, ...] = ()
    chips: tuple[Chip, ...] = ()
