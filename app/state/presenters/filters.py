"""Presenter of the search field and the line of filters."""

from collections.abc import Iterator

from app.desk.read_models import Choice, Choices
from app.domain.bounds import CHOICES_SHOWN
from app.domain.filters import TicketFilter
from app.domain.search_query import FIELDS, parse_query
from app.domain.ticket import name_key
from app.state.formatting import Formatter, awaiting_label, visible
from components.data import Option
from components.filter_data import Chip, FilterBarData, SearchData, SearchHint
from components.i18n import _


def search_box(typed: str) -> SearchData:
    """What is searched for, what of it is doubtful, and in an empty field what can be typed."""
    hints = () if typed else _HINTS
    return SearchData(query=typed, doubt=visible(parse_query(typed).warning), hints=hints)


_HINTS = (
    *(
        SearchHint(insert=f"{name}:", example=word.example, finds=word.finds)
        for name, word in FIELDS.items()
    ),
    SearchHint(insert='"', example='"not received"', finds=_("these words in this order")),
    SearchHint(insert="-", example="-refund", finds=_("tickets without a word")),
)


def filter_bar(
    chosen: TicketFilter, *, fmt: Formatter, choices: Choices | None = None
) -> FilterBarData:
    """The filters in force; what no button shows is also a chip that takes it away."""
    offered = choices or Choices()
    product = _as_offered(chosen.product, offered.products)
    currency = _as_offered(chosen.currency, offered.currencies)
    return FilterBarData(
        query=chosen.query,
        status="other" if chosen.other_status else chosen.status.value if chosen.status else "all",
        needs_response=chosen.needs_response,
        product=product,
        currency=currency,
        created_from=chosen.created_from.isoformat() if chosen.created_from else "",
        created_to=chosen.created_to.isoformat() if chosen.created_to else "",
        products=_options(offered.products, product, fmt),
        currencies=_options(offered.currencies, currency, fmt),
        chips=tuple(_chips(chosen, fmt)),
    )


def _as_offered(name: str | None, choices: tuple[Choice, ...]) -> str:
    """The name as the choices spell it, "" for none."""
    key = name_key(name or "")
    return next((c.value for c in choices if name_key(c.value) == key), name or "")


def _options(choices: tuple[Choice, ...], chosen: str, fmt: Formatter) -> tuple[Option, ...]:
    offered = [
        Option(value=c.value, label=f"{visible(c.value)} · {fmt.count(c.count)}")
        for c in choices[:CHOICES_SHOWN]
    ]
    if chosen and all(option.value != chosen for option in offered):
        offered.append(Option(value=chosen, label=visible(chosen)))
    return tuple(offered)


def _chips(chosen: TicketFilter, fmt: Formatter) -> Iterator[Chip]:
    """What no pressed button says, first what no field says either."""
    if chosen.query:
        yield Chip(key="query", label=f"“{visible(chosen.query)}”")
    if chosen.other_status:
        yield Chip(key="status", label=_("Other status"))
    if chosen.awaiting and not chosen.needs_response:
        yield Chip(key="awaiting", label=awaiting_label("open", chosen.awaiting))
    if chosen.answered is not None:
        yield Chip(
            key="answered", label=_("Customer replied") if chosen.answered else _("Never answered")
        )
    if chosen.waits_longer_than is not None:
        hours = int(chosen.waits_longer_than.total_seconds() // 3600)
        yield Chip(
            key="waits_longer_than", label=_("Waiting > {hours} h").format(hours=fmt.count(hours))
        )
    if chosen.waits_less_than is not None:
        hours = int(chosen.waits_less_than.total_seconds() // 3600)
        yield Chip(
            key="waits_less_than", label=_("Waiting < {hours} h").format(hours=fmt.count(hours))
        )
    if chosen.amount_from is not None:
        amount = fmt.count(chosen.amount_from)
        yield Chip(key="amount_from", label=_("Amount ≥ {amount}").format(amount=amount))
    if chosen.product:
        yield Chip(key="product", label=visible(chosen.product))
    if chosen.currency:
        yield Chip(key="currency", label=visible(chosen.currency))
    if chosen.created_from:
        yield Chip(
            key="created_from",
            label=_("From {created_from}").format(created_from=fmt.short_date(chosen.created_from)),
        )
    if chosen.created_to:
        yield Chip(
            key="created_to",
            label=_("To {created_to}").format(created_to=fmt.short_date(chosen.created_to)),
        )
