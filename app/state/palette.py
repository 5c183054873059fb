"""What a few letters may mean: actions and views at once, then tickets and customers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from inspect import isawaitable

from app.desk.queries import Queries
from app.desk.read_models import InboxRow
from app.domain.filters import TicketFilter
from app.state.formatting import Formatter, awaiting_label, error_notice, subject_of, visible
from app.state.presenters.conversation import their_tickets
from app.state.reactive import LatestTask, Observable
from components.data import PaletteData, PaletteEntry
from components.i18n import _, ngettext

TICKETS, CUSTOMERS, PLACES = 6, 3, 20
"""how many of each are offered"""


@dataclass(frozen=True, slots=True)
class PaletteAction:
    """What an entry does when it is picked."""

    entry: PaletteEntry
    run: Callable[[], object]


class PaletteState:
    """Keeps what is offered for the text in the palette's field.

    Args:
        places: actions and views as they are now; they are found by the words of their labels.
        open_ticket: called with the id of a ticket that is picked.
        follow: called with the address of the list of a customer who is picked.
    """

    def __init__(
        self,
        queries: Queries,
        *,
        fmt: Formatter,
        places: Callable[[], Iterable[PaletteAction]],
        open_ticket: Callable[[str], object],
        follow: Callable[[str], object],
    ) -> None:
        self.palette = Observable[PaletteData]()
        self._queries, self._fmt, self._places = queries, fmt, places
        self._open_ticket, self._follow = open_ticket, follow
        self._query = ""
        self._offered: dict[str, PaletteAction] = {}
        self._latest = LatestTask()

    def ask(self, query: str) -> None:
        """Offer what this text may mean."""
        self._query = query.strip()
        places = _named(self._places(), self._query)
        self._offer(places)
        if self._query:
            self._latest.start(self._look(places))
        else:
            self._latest.cancel()

    async def pick(self, key: str, query: str) -> None:
        """Do what was picked.

        Args:
            query: the text for which it was offered: whoever types on and presses Enter before the
                answer is there means the first entry of the answer.
        """
        if query != self._query:
            await self._latest.ended()
            key = next(iter(self._offered), "")
        if action := self._offered.get(key):
            done = action.run()
            if isawaitable(done):
                await done

    def set_formatter(self, fmt: Formatter) -> None:
        """Search in the viewer's own zone from now on."""
        self._fmt = fmt

    async def close(self) -> None:
        """Stop what runs."""
        await self._latest.close()

    async def _look(self, places: Sequence[PaletteAction]) -> None:
        try:
            found = await self._queries.inbox(TicketFilter(query=self._query), zone=self._fmt.zone)
        except Exception as error:  # noqa: BLE001  # said in the palette; actions and views stay
            self._offer(places, failed=error_notice(error).text)
            return
        tickets = [self._ticket(row) for row in found.rows[:TICKETS]]
        self._offer([*places, *tickets, *self._customers(found.rows)])

    def _ticket(self, row: InboxRow) -> PaletteAction:
        ticket = row.ticket
        about = (awaiting_label(ticket.status, ticket.awaiting), visible(ticket.customer_email))
        entry = PaletteEntry(
            key=f"ticket {ticket.id}",
            label=subject_of(ticket),
            note=" · ".join(filter(None, about)),
        )
        return PaletteAction(entry, lambda: self._open_ticket(ticket.id))

    def _customers(self, rows: Iterable[InboxRow]) -> list[PaletteAction]:
        """Those whose address has the text in it."""
        wanted = self._query.casefold()
        emails = dict.fromkeys(row.ticket.customer_email or "" for row in rows)
        named = [email for email in emails if wanted in email.casefold() and their_tickets(email)]
        return [self._customer(email) for email in named[:CUSTOMERS]]

    def _customer(self, email: str) -> PaletteAction:
        note = _("All tickets of this customer")
        entry = PaletteEntry(key=f"customer {email}", label=visible(email), note=note)
        return PaletteAction(entry, lambda: self._follow(their_tickets(email)))

    def _offer(self, actions: Sequence[PaletteAction], *, failed: str = "") -> None:
        self._offered = {action.entry.key: action for action in actions}
        says = ngettext("{count} entry", "{count} entries", len(actions))
        none = _("Nothing is called so.") if self._query else ""
        self.palette.set(
            PaletteData(
                query=self._query,
                entries=tuple(action.entry for action in actions),
                says=failed or (says.format(count=len(actions)) if actions else none),
            )
        )


def _named(actions: Iterable[PaletteAction], query: str) -> list[PaletteAction]:
    """Those with every word of the query at the start of one of theirs."""
    wanted = query.casefold().split()

    def is_meant(label: str) -> bool:
        words = label.casefold().split()
        return all(any(word.startswith(part) for word in words) for part in wanted)

    return [action for action in actions if is_meant(action.entry.label)][:PLACES]
