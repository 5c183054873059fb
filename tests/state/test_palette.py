"""The palette: what a few letters are taken to mean, and what is done with what was picked."""

import asyncio

import pytest

from app.domain.errors import StoreError
from app.domain.ticket import Ticket
from app.state.formatting import Formatter
from app.state.palette import TICKETS, PaletteAction, PaletteState
from components.data import PaletteEntry
from tests.doubles.papers import Papers
from tests.state.scripted import ScriptedQueries, until_quiet


class Sight:
    """A palette over a few places, and what was done by it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.queries = ScriptedQueries(Papers())
        self.queries.tickets = {
            id_: Ticket(id=id_, subject=subject, status="open", customer_email=email)
            for id_, subject, email in (
                ("t1", "close call", "anna@example.com"),
                ("t2", "open question", "anna@example.com"),
                ("t3", "closed shop", "ben closed@example.com"),
            )
        }
        self.places = ["Close ticket", "Waiting on customer", "Closed", "Health"]
        self.state = PaletteState(
            self.queries,  # type: ignore[arg-type]
            fmt=Formatter(),
            places=lambda: [self._place(label) for label in self.places],
            open_ticket=lambda id_: self.done.append(f"open {id_}"),
            follow=lambda href: self.done.append(f"follow {href}"),
        )

    def _place(self, label: str) -> PaletteAction:
        return PaletteAction(PaletteEntry(key=label, label=label), lambda: self.done.append(label))

    @property
    def labels(self) -> list[str]:
        shown = self.state.palette.value
        return [entry.label for entry in shown.entries] if shown else []


async def test_every_place_is_offered_before_a_letter_is_typed() -> None:
    sight = Sight()
    sight.state.ask("")

    assert sight.labels == sight.places
    assert sight.queries.asked == []


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("clo", ["Close ticket", "Closed"]),
        ("TICK clo", ["Close ticket"]),
        ("custom wait", ["Waiting on customer"]),
        ("lose", []),
    ],
)
async def test_places_are_found_by_the_beginnings_of_their_words(
    query: str, labels: list[str]
) -> None:
    sight = Sight()
    sight.queries.held = []
    sight.state.ask(query)

    assert sight.labels == labels
    await sight.state.close()


async def test_tickets_and_customers_follow_the_places() -> None:
    sight = Sight()
    sight.queries.tickets |= {f"x{n}": Ticket(id=f"x{n}", subject="anna") for n in range(9)}
    sight.queries.tickets["t1"] = Ticket(id="t1", subject="anna", customer_email="anna@example.com")
    sight.state.ask("anna")
    await until_quiet()

    assert sight.labels == ["anna"] * TICKETS + ["anna@example.com"]
    await sight.state.pick("ticket t1", "anna")
    await sight.state.pick("customer anna@example.com", "anna")
    assert sight.done == ["open t1", "follow /?q=from%3Aanna%40example.com"]


async def test_customer_whom_no_search_can_name_is_not_offered() -> None:
    sight = Sight()
    sight.state.ask("closed")
    await until_quiet()

    assert sight.labels == ["Closed", "closed shop"]


async def test_enter_before_the_answer_means_the_first_of_the_answer() -> None:
    sight = Sight()
    sight.state.ask("")
    sight.queries.held = []
    sight.state.ask("question")
    picking = asyncio.ensure_future(sight.state.pick("Close ticket", ""))
    await until_quiet()
    assert sight.done == []
    for release in sight.queries.held:
        release.set_result(None)
    await picking

    assert sight.done == ["open t2"]


async def test_enter_where_nothing_is_found_does_nothing() -> None:
    sight = Sight()
    sight.state.ask("")
    sight.state.ask("zzz")
    await sight.state.pick("Close ticket", "")

    assert sight.done == []
    assert sight.state.palette.value
    assert sight.state.palette.value.says == "Nothing is called so."


async def test_failed_search_is_said_and_places_stay() -> None:
    sight = Sight()
    sight.queries.error = StoreError("The copy cannot be read.")
    sight.state.ask("close")
    await until_quiet()

    assert sight.labels == ["Close ticket", "Closed"]
    assert sight.state.palette.value
    assert "The copy cannot be read." in sight.state.palette.value.says
    await sight.state.pick("Close ticket", "close")
    assert sight.done == ["Close ticket"]


@pytest.mark.parametrize("key", ["", "ticket t1", "nothing"])
async def test_what_is_not_offered_is_not_done(key: str) -> None:
    sight = Sight()
    sight.state.ask("health")
    await until_quiet()
    await sight.state.pick(key, "health")

    assert sight.done == []


async def test_work_of_an_action_is_waited_for() -> None:
    sight = Sight()

    async def work() -> None:
        await asyncio.sleep(0)
        sight.done.append("worked")

    sight.state._places = lambda: [PaletteAction(PaletteEntry(key="a", label="a"), work)]
    sight.state.ask("")
    await sight.state.pick("a", "")

    assert sight.done == ["worked"]
