"""The columns of the list: each is a line of `COLUMNS`, and a function that fills its cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from components.data import TicketRow
from components.html import DOT, NOTHING, Html, html, join, marked
from components.i18n import _
from components.keyed_list import Item

SKELETONS = 16
ROWS_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; its width stands in `assets/list.css` as `.c-KEY`."""

    key: str
    """also what it is sorted by"""
    label: str
    descending: bool = False
    """whether the first click on its head sorts the largest or newest first"""
    cell: Callable[[TicketRow], Html]


def cell(key: str, content: Html | str, *, title: str = "", exact: str = "") -> Html:
    """The cell of a column; `exact` is what is copied of it, where it shows less."""
    return html(
        '<td class="c-{}" role="cell"{}{}>{}</td>',
        key,
        html(' title="{}"', title) if title else NOTHING,
        html(' data-exact="{}"', exact) if exact else NOTHING,
        content,
    )


def columns(*, waits: bool) -> tuple[Column, ...]:
    """The columns in their order; where everybody waits, for how long stands for the update."""
    return tuple(_WHERE_ALL_WAIT.get(one.key, one) for one in COLUMNS) if waits else COLUMNS


@lru_cache(maxsize=ROWS_KEPT)
def item(row: TicketRow, *, waits: bool) -> Item:
    """The row as it is drawn, once for all screens that show it."""
    attributes = {
        "class": f"tone-{row.tone}",
        "role": "row",
        "tabindex": "-1",
        "data-ticket-id": row.id,
    }
    if row.waiting_since:
        attributes["data-waiting-since"] = row.waiting_since
    cells = join(column.cell(row) for column in columns(waits=waits))
    return Item(row.id, html("{}{}", _pick(row), cells), attributes, tag="tr")


def skeletons(*, waits: bool) -> list[Item]:
    """Rows without tickets, of the size of those that will come."""
    cells = join(cell(column.key, html("<i></i>")) for column in columns(waits=waits))
    content = html("{}{}", cell("pick", NOTHING), cells)
    attributes = {"class": "skeleton", "role": "row", "aria-hidden": "true"}
    return [Item(f"skeleton {n}", content, attributes, tag="tr") for n in range(SKELETONS)]


def _pick(row: TicketRow) -> Html:
    name = _("Select {subject}").format(subject=row.subject)
    return cell(
        "pick", html('<label><input type="checkbox" tabindex="-1" aria-label="{}"></label>', name)
    )


def _status(row: TicketRow) -> Html:
    return cell("status", row.status_label)


def _awaiting(row: TicketRow) -> Html:
    age = html('<span data-since="{}" title="{}"></span>', row.waiting_since, row.waiting_exact)
    below = html('<div class="below">{}</div>', _wait(row, age)) if row.waiting_since else NOTHING
    return cell("awaiting", html("{}{}", _turn(row), below))


def _awaiting_alone(row: TicketRow) -> Html:
    return cell("awaiting", _turn(row))


def _turn(row: TicketRow) -> Html:
    return html('<span class="turn">{}{}</span>', DOT, row.awaiting_label)


def _wait(row: TicketRow, age: Html) -> Html:
    """How long the customer has waited, with the sign of an estimate before it."""
    sign = html('<span aria-hidden="true">{}&nbsp;</span>', row.waiting_sign)
    return html(
        '<span class="wait">{}{}<span class="sr">{}</span></span>',
        sign if row.waiting_sign else NOTHING,
        age,
        row.waiting_exact,
    )


def _subject(row: TicketRow) -> Html:
    link = html(
        '<a class="subject" dir="auto" tabindex="-1" href="/?ticket={}" title="{}">{}</a>',
        quote(row.id, safe=""),
        row.subject,
        marked(row.subject, row.hits.get("subject", ())),
    )
    return cell("subject", html("{}{}", link, _below(row)))


def _below(row: TicketRow) -> Html:
    """What is said below the subject, where there is anything to say."""
    said = []
    if row.note:
        said.append(html('<span class="note note-{}">{}</span>', row.note_tone, row.note))
    if row.other_open:
        said.append(html('<span class="other-open">{}</span>', row.other_open))
    if row.snippet:
        shown = marked(row.snippet, row.hits.get("snippet", ()))
        said.append(html('<span class="snippet" dir="auto">{}</span>', shown))
    return html('<div class="below">{}</div>', join(said)) if said else NOTHING


def _customer(row: TicketRow) -> Html:
    shown = marked(row.customer, row.hits.get("customer", ()))
    return cell("customer", html("<bdi>{}</bdi>", shown), title=row.customer)


def _product(row: TicketRow) -> Html:
    shown = marked(row.product, row.hits.get("product", ()))
    return cell("product", html("<bdi>{}</bdi>", shown), title=row.product)


def _amount(row: TicketRow) -> Html:
    return cell("amount", row.amount)


def _messages(row: TicketRow) -> Html:
    act, label = ("reopen", _("Reopen")) if row.status == "closed" else ("close", _("Close"))
    button = html(
        '<button type="button" class="row-act" tabindex="-1" data-act="{}" data-command>'
        "{}</button>",
        act,
        label,
    )
    return cell("messages", html("<span>{}</span>{}", row.messages, button))


def _updated(row: TicketRow) -> Html:
    exact = html('<span class="sr">{}</span>', row.updated_exact)
    age = _time(row.updated_at, row.updated_exact)
    return cell("updated", html("{}{}", age, exact), exact=row.updated_exact)


def _waiting(row: TicketRow) -> Html:
    if not row.waiting_since:
        return cell("waiting", "—" if row.waiting_exact else "", exact=row.waiting_exact)
    age = _time(row.waiting_since, row.waiting_exact)
    return cell("waiting", _wait(row, age), exact=row.waiting_exact)


def _time(at: str, exact: str) -> Html:
    """An age, which the browser goes on counting."""
    return html('<time datetime="{}" data-since="{}" title="{}"></time>', at, at, exact)


COLUMNS = (
    Column(key="status", label=_("Status"), cell=_status),
    Column(key="awaiting", label=_("Waiting on"), cell=_awaiting),
    Column(key="subject", label=_("Subject"), cell=_subject),
    Column(key="customer", label=_("Customer"), cell=_customer),
    Column(key="product", label=_("Product"), cell=_product),
    Column(key="amount", label=_("Amount"), descending=True, cell=_amount),
    Column(key="messages", label=_("Messages"), descending=True, cell=_messages),
    Column(key="updated", label=_("Updated"), descending=True, cell=_updated),
)
_WHERE_ALL_WAIT = {
    "awaiting": Column(key="awaiting", label=_("Waiting on"), cell=_awaiting_alone),
    "updated": Column(key="waiting", label=_("Waiting"), cell=_waiting),
}
