"""Which tickets a filter matches, said as plainly as possible, and what may be typed for it.

What is typed comes with what it means, so that nothing here reads a query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from app.domain.filters import SortKey, TicketFilter
from app.domain.metrics import is_answered, wait_of
from app.domain.ticket import Awaiting, Message, Status, Ticket
from app.store.search.normalize import normalize
from tests.store.searching import ZONE
from tests.store.shop import NOON

Messages = tuple[Message, ...] | None
Holds = Callable[[Ticket, Messages], bool]


@dataclass(frozen=True)
class Typed:
    """A piece of a query and what it means."""

    text: str
    holds: Holds


def matches(of: Ticket, messages: Messages, chosen: TicketFilter) -> bool:
    """Whether a ticket belongs into a list, whatever is typed."""
    wait, longer, less = (
        wait_of(of, messages),
        chosen.waits_longer_than,
        chosen.waits_less_than,
    )
    return all(
        (
            chosen.status in (None, of.status),
            not (chosen.other_status and of.status in set(Status)),
            chosen.awaiting in (None, of.awaiting),
            chosen.awaiting is None or chosen.status is not None or of.status == Status.OPEN,
            chosen.answered in (None, is_answered(of, messages)),
            is_named(of.product_name, chosen.product),
            is_named(of.order_currency, chosen.currency),
            in_days(of.created_at, chosen.created_from, chosen.created_to),
            longer is None or bool(wait and wait.since and NOON - wait.since >= longer),
            less is None or bool(wait and wait.since and NOON - wait.since < less),
            chosen.amount_from is None or (of.order_amount or -1) >= chosen.amount_from,
        )
    )


def is_named(name: str | None, wanted: str | None) -> bool:
    return wanted is None or " ".join((name or "").lower().split()) == wanted.lower()


def in_days(at: datetime | None, first: date | None, last: date | None) -> bool:
    if first is None and last is None:
        return True
    if at is None:
        return False
    day = at.astimezone(ZONE).date()
    return (first is None or day >= first) and (last is None or day <= last)


def has_word(of: Ticket, messages: Messages, word: str) -> bool:
    """Whether a ticket has a word as it is typed without quotes."""
    word = normalize(word)
    shorts = [f" {normalize(text)} " for text in short_texts(of)]
    said = [f" {normalize(message.text)} " for message in messages or ()]
    if len(word) <= 2:
        named = [of.subject, of.customer_email, of.product_name]
        begins = any(f" {word}" in f" {normalize(text)}" for text in named if text)
        return begins or any(f" {word} " in text for text in (*shorts, *said))
    return any(word in text for text in shorts) or any(f" {word}" in text for text in said)


def has_phrase(of: Ticket, messages: Messages, phrase: str) -> bool:
    """Whether a ticket has these very words next to each other."""
    said = (message.text for message in messages or ())
    return any(
        f" {normalize(phrase)} " in f" {normalize(text)} " for text in (*short_texts(of), *said)
    )


def short_texts(of: Ticket) -> list[str]:
    fields = [of.subject, of.customer_email, of.id, of.order_id, of.invoice_id, of.product_name]
    return [field for field in fields if field]


def field_has(text: str | None, word: str) -> bool:
    word = normalize(word)
    return (word if len(word) > 2 else f" {word}") in f" {normalize(text or '')}"


def pieces() -> st.SearchStrategy[Typed]:
    """Anything that can be typed, with its meaning."""
    plain = st.sampled_from(
        [
            *(
                "ref",
                "a",
                "order",
                "example com",
                "12345",
                "退款",
                "题",
                "KLU",
                "ключ",
                "zz",
                "eja",
            ),
            *("f", "or", "77", "9", "in", "tk", "rd_7"),
        ]
    )
    return st.one_of(
        plain.map(lambda w: Typed(w, lambda of, m: all(has_word(of, m, p) for p in w.split()))),
        st.sampled_from(["order refund", "a", "退款 问题", "ref", "Deja a"]).map(
            lambda w: Typed(f'"{w}"', lambda of, m: has_phrase(of, m, w))
        ),
        st.sampled_from(_FIELD_WORDS),
        st.builds(_turned, st.sampled_from([*_FIELD_WORDS, *_WORDS])),
    )


def _turned(piece: Typed) -> Typed:
    return Typed(f"-{piece.text}", lambda of, m: not piece.holds(of, m))


def _age(of: Ticket) -> timedelta:
    return NOON - of.updated_at if of.updated_at else timedelta.min


_WORDS = [
    Typed(word, lambda of, m, word=word: has_word(of, m, word))  # type: ignore[misc]  # a default
    for word in ("refund", "order", "a", "ord_77", "退款", "zz")
]
_FIELD_WORDS = [
    Typed("from:anna@example.com", lambda of, _: field_has(of.customer_email, "anna@example.com")),
    Typed("from:shop", lambda of, _: field_has(of.customer_email, "shop")),
    Typed("from:ex", lambda of, _: field_has(of.customer_email, "ex")),
    Typed("FROM:xample", lambda of, _: field_has(of.customer_email, "xample")),
    Typed("subject:order", lambda of, _: field_has(of.subject, "order")),
    Typed("order:77", lambda of, _: field_has(of.order_id, "77")),
    Typed("order:or", lambda of, _: field_has(of.order_id, "or")),
    Typed("invoice:9", lambda of, _: field_has(of.invoice_id, "9")),
    Typed("order:ord_9", lambda of, _: field_has(of.order_id, "ord_9")),
    Typed("invoice:1234", lambda of, _: field_has(of.invoice_id, "1234")),
    Typed("product:prem", lambda of, _: "prem" in normalize(of.product_name or "")),
    Typed("product:icense", lambda of, _: "icense" in normalize(of.product_name or "")),
    Typed('product:"PREMIUM license"', lambda of, _: is_named(of.product_name, "premium license")),
    Typed("currency:eur", lambda of, _: is_named(of.order_currency, "eur")),
    Typed('currency:"USDT-TRC20"', lambda of, _: is_named(of.order_currency, "usdt-trc20")),
    Typed("is:open", lambda of, _: of.status == Status.OPEN),
    Typed("is:closed", lambda of, _: of.status == Status.CLOSED),
    Typed("is:waiting", lambda of, _: of.status == Status.OPEN and of.awaiting == Awaiting.SELLER),
    Typed("is:answered", lambda of, m: is_answered(of, m) is True),
    Typed("is:unanswered", lambda of, m: is_answered(of, m) is False),
    Typed("older:1d", lambda of, _: of.updated_at is not None and _age(of) > timedelta(days=1)),
    Typed("older:8h", lambda of, _: of.updated_at is not None and _age(of) > timedelta(hours=8)),
    Typed("newer:2d", lambda of, _: of.updated_at is not None and _age(of) <= timedelta(days=2)),
    Typed("amount:>29,9", lambda of, _: (of.order_amount or Decimal(0)) > Decimal("29.9")),
    Typed("amount:29.99", lambda of, _: of.order_amount == Decimal("29.99")),
    Typed("amount:<=29.9", lambda of, _: (of.order_amount or Decimal(99)) <= Decimal("29.9")),
    Typed("messages:>1", lambda of, _: (of.message_count or 0) > 1),
    Typed("messages:0", lambda of, _: of.message_count == 0),
]

KEYS: dict[SortKey, Callable[[Ticket], object]] = {
    SortKey.UPDATED: lambda of: of.updated_at,
    SortKey.CREATED: lambda of: of.created_at,
    SortKey.STATUS: lambda of: of.status,
    SortKey.AWAITING: lambda of: of.awaiting,
    SortKey.SUBJECT: lambda of: None if of.subject is None else normalize(of.subject),
    SortKey.CUSTOMER: lambda of: of.customer_email and of.customer_email.lower(),
    SortKey.PRODUCT: lambda of: of.product_name and normalize(of.product_name),
    SortKey.AMOUNT: lambda of: of.order_amount,
    SortKey.MESSAGES: lambda of: of.message_count,
}


def in_order(found: list[tuple[Ticket, Messages]], chosen: TicketFilter) -> list[str]:
    """The ids in the order that is asked for, of tickets in the order in which they came."""
    waits = {of.id: wait_of(of, messages) for of, messages in found}

    def key(of: Ticket) -> object:
        wait = waits[of.id]
        return wait and wait.since if chosen.sort is SortKey.WAITING else KEYS[chosen.sort](of)

    times = chosen.sort in {SortKey.UPDATED, SortKey.CREATED, SortKey.WAITING}
    numbers = times or chosen.sort in {SortKey.AMOUNT, SortKey.MESSAGES}
    among = [(n, of) for n, (of, _) in enumerate(found)]
    among.sort(
        key=lambda one: (0 if times else _moment(one[1].updated_at), one[0]),
        reverse=chosen.descending is numbers,
    )
    known = [of for _, of in among if key(of) is not None]
    known.sort(key=key, reverse=chosen.descending)  # type: ignore[arg-type]  # one kind of value
    return [of.id for of in known] + [of.id for _, of in among if key(of) is None]


def _moment(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()
