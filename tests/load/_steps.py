"""What a seller does at the list, step by step, and the rows that each step has to show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from app.desk.queries import Queries
from app.domain.clock import SystemClock
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.faults import Faults
from app.domain.filters import TicketFilter, address
from app.state import filter_actions
from app.state.formatting import Formatter
from app.state.presenters import ticket_list
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.tickets.mirror import TicketMirror
from components.data import TableData

WORDS = ("refund", "invoice", "license key", "not working", "@example.com", "double charge")
KEY, FILTER, SORT, PAGE = "search keystroke", "filter", "sort", "page turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act and the list it asks for; `kind` is empty for one that only gets there."""

    kind: str = ""
    key: str = ""
    button: str = ""
    column: str = ""
    product: str = ""
    chosen: TicketFilter

    def act(self, page: Page) -> None:
        """Do it in the page, as a person would; without a key or a mouse it is a visit."""
        if self.key:
            page.get_by_role("searchbox").press(self.key)
        elif self.button:
            page.get_by_role("button", name=self.button, exact=True).first.click()
        elif self.column:
            page.get_by_role("columnheader").get_by_role("button", name=self.column).click()
        elif self.product:
            page.get_by_role("combobox", name="Product").select_option(self.product)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A step with the table it ends at."""

    step: Step
    table: TableData

    @property
    def ids(self) -> list[str]:
        """The rows, by their tickets."""
        return [row.id for row in self.table.rows]


async def planned(folder: Path, steps: Iterable[Step]) -> list[Planned]:
    """Look every step's rows up in the copy in `folder`, while no desk works on it."""
    clock, fmt = SystemClock(), Formatter(zone=ZoneInfo("UTC"))
    mirror = await TicketMirror.open(folder / "copy.sqlite3", clock=clock)
    outbox = await Outbox.open(folder / "outbox.sqlite3", clock=clock)
    queries = Queries(
        mirror=mirror,
        outbox=outbox,
        local=LocalStore(outbox.database, clock=clock),
        connection=lambda: ConnectionState(status=ConnectionStatus.LIVE),
        clock=clock,
        faults=Faults(clock),
    )
    found = []
    for number, step in enumerate(steps):
        snapshot = await queries.inbox(step.chosen, zone=fmt.zone)
        table = ticket_list.table(snapshot, fmt=fmt, now=clock.now(), asked=number)
        found.append(Planned(step=step, table=table))
    await mirror.close()
    await outbox.close()
    return found


def typing(words: Iterable[str] = WORDS) -> Iterator[Step]:
    """Each word letter by letter, taken back at once before the next."""
    for word in words:
        for end in range(1, len(word) + 1):
            chosen = TicketFilter(query=word[:end].strip())
            yield Step(kind=KEY, key=word[end - 1].replace(" ", "Space"), chosen=chosen)
        yield Step(key="Escape", chosen=TicketFilter())


def choosing_and_turning(products: Iterable[str], last_page: int) -> Iterator[Step]:
    """Filters, orders and pages, each from the list that was left by the one before."""
    yield from _filters(products)
    yield from _orders()
    yield from _pages(last_page)


def _filters(products: Iterable[str]) -> Iterator[Step]:
    now = TicketFilter()
    for name in ("Open", "Closed", "Open"):
        now = filter_actions.with_status(now, name.lower())
        yield Step(kind=FILTER, button=name, chosen=now)
    now = filter_actions.with_needs_response(now, on=True)
    yield Step(kind=FILTER, button="Needs response", chosen=now)
    for product in products:
        now = now.changed(product=product)
        yield Step(kind=FILTER, product=product, chosen=now)
    yield Step(kind=FILTER, button="Clear filters", chosen=filter_actions.cleared(now))


def _orders() -> Iterator[Step]:
    now = TicketFilter()
    for column in ("Subject", "Customer", "Product", "Amount", "Messages", "Updated"):
        down = column in {"Amount", "Messages", "Updated"}
        for descending in (down, not down):
            now = filter_actions.with_sort(now, column.lower(), descending=descending)
            yield Step(kind=SORT, column=column, chosen=now)


def _pages(last: int) -> Iterator[Step]:
    for first, button, by in (
        (1, "Next page", 1),
        (last // 2, "Next page", 1),
        (last, "Previous page", -1),
    ):
        now = TicketFilter(page=first)
        yield Step(chosen=now)
        for _ in range(4):
            now = now.changed(page=now.page + by)
            yield Step(kind=PAGE, button=button, chosen=now)


def url_of(step: Step) -> str:
    """Where a visit leads."""
    return address(step.chosen)
