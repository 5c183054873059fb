"""The columns of the list: each is a line of `COLUMNS`, and a function that fills its cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from components.data import TicketRow
from components.html import DOT, NOTHING, Html, html, join, marked
from components.i18n import _
from components.keyed_list import Item
from components.site import SITE

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
    if title:
        return html('<td class="c-{}" role="cell" title="{}">{}</td>', key, title, content)
    if exact:
        return html('<td class="c-{}" role="cell" data-exact="{}">{}</td>', key, exact, content)
    return html('<td class="c-{}" role="cell">{}</td>', key, content)


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
    if row.snoozed_until:
        attributes["data-snoozed-until"] = row.snoozed_until
    if row.unread:
        attributes["data-unread"] = "true"
    if row.presence:
        attributes["data-presence"] = row.presence
    if row.claim:
        attributes["data-claim"] = row.claim
    cells = join(column.cell(row) for column in columns(waits=waits))
    return Item(row.id, html("{}{}", _pick(row), cells), attributes, tag="tr")


def skeletons(*, waits: bool) -> list[Item]:
    """Rows without tickets, of the size of those that will come."""
    cells = join(cell(column.key, html("<i></i>")) for column in columns(waits=waits))
    content = html("{}{}", cell("pick", NOTHING), cells)
    attributes = {"class": "skeleton", "role": "row", "aria-hidden": "true"}
    return [Item(f"skeleton {n}", content, attributes, tag="tr") for n in range(SKELETONS)]


def _pick(row: TicketRow) -> Html:
    return html(
        '<td class="c-pick" role="cell"><label><input type="checkbox" tabindex="-1" '
        'aria-label="{}"></label></td>',
        _("Select {subject}").format(subject=row.subject),
    )


def _status(row: TicketRow) -> Html:
    return cell("status", row.status_label)


def _awaiting(row: TicketRow) -> Html:
    if not row.waiting_since:
        return _awaiting_alone(row)
    age = html('<span data-since="{}" title="{}"></span>', row.waiting_since, row.waiting_exact)
    return cell("awaiting", html('{}<div class="below">{}</div>', _turn(row), _wait(row, age)))


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
    hits = row.hits.get("subject")
    return html(
        '<td class="c-subject" role="cell"><a class="subject" dir="auto" tabindex="-1" '
        'href="{}{}" title="{}">{}{}</a>{}</td>',
        SITE.link("/?ticket="),
        quote(row.id, safe=""),
        row.subject,
        html('<span class="sr">{} </span>', _("Unread:")) if row.unread else NOTHING,
        marked(row.subject, hits) if hits else row.subject,
        _below(row),
    )


def _below(row: TicketRow) -> Html:
    """What is said below the subject, where there is anything to say."""
    said = []
    if row.presence:
        said.append(html('<span class="note note-presence">{}</span>', row.presence))
    if row.claim:
        here = _("only on this desk")
        said.append(html('<span class="note note-claim" title="{}">{}</span>', here, row.claim))
    if row.private_notes:
        here = _("only on this desk")
        said.append(
            html('<span class="note note-private" title="{}">{}</span>', here, row.private_notes)
        )
    if row.note:
        said.append(html('<span class="note note-{}">{}</span>', row.note_tone, row.note))
    if row.other_open:
        said.append(html('<span class="other-open">{}</span>', row.other_open))
    if row.snippet:
        hits = row.hits.get("snippet")
        shown = marked(row.snippet, hits) if hits else row.snippet
        said.append(html('<span class="snippet" dir="auto">{}</span>', shown))
    return html('<div class="below">{}</div>', join(said)) if said else NOTHING


def _customer(row: TicketRow) -> Html:
    return _name("customer", row.customer, row.hits.get("customer"))


def _product(row: TicketRow) -> Html:
    return _name("product", row.product, row.hits.get("product"))


def _name(key: str, name: str, hits: tuple[str, ...] | None) -> Html:
    """A word of any script, in full where the pointer rests."""
    return html(
        '<td class="c-{}" role="cell" title="{}"><bdi translate="no">{}</bdi></td>',
        key,
        name,
        marked(name, hits) if hits else name,
    )


def _amount(row: TicketRow) -> Html:
    return cell("amount", row.amount)


def _messages(row: TicketRow) -> Html:
    act, label = ("reopen", _("Reopen")) if row.status == "closed" else ("close", _("Close"))
    return html(
        '<td class="c-messages" role="cell"><span>{}</span><button type="button" class="row-act" '
        'tabindex="-1" data-act="{}" data-command>{}</button></td>',
        row.messages,
        act,
        label,
    )


def _updated(row: TicketRow) -> Html:
    return html(
        '<td class="c-updated" role="cell" data-exact="{exact}"><time datetime="{at}" '
        'data-since="{at}" title="{exact}"></time><span class="sr">{exact}</span></td>',
        at=row.updated_at,
        exact=row.updated_exact,
    )


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
