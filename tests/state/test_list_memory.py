"""What is kept of how a seller looks at the list, and when."""

from app.domain.errors import StoreBusyError
from app.domain.filters import VIEWS, ListHabits, SortKey, TicketFilter
from app.state.inbox import ListMemory


class Kept:
    """Takes what is kept."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str | None]] = []
        self.is_full = False

    async def remember_list(self, view: str, order: str | None) -> None:
        if self.is_full:
            raise StoreBusyError
        self.kept.append((view, order))


def memory(kept: Kept, habits: ListHabits | None = None) -> ListMemory:
    return ListMemory(kept, habits or ListHabits())  # type: ignore[arg-type]  # only keeps


async def test_view_and_its_order_are_kept_once_when_they_change() -> None:
    kept = Kept()
    seen = memory(kept)
    closed = VIEWS["closed"].filter

    for chosen in (closed, closed.changed(page=2), closed.changed(sort=SortKey.AMOUNT), closed):
        await seen.note(chosen)

    assert kept.kept == [("closed", ""), ("closed", "-amount"), ("closed", "")]
    assert seen.opened("closed") == closed


async def test_list_that_is_no_view_changes_nothing() -> None:
    kept = Kept()

    await memory(kept).note(TicketFilter(other_status=True, answered=True))

    assert kept.kept == []


async def test_saved_view_is_kept_as_the_last_without_an_order_of_the_built_in_one() -> None:
    kept = Kept()
    seen = memory(kept)

    await seen.note(VIEWS["open"].filter.changed(sort=SortKey.AMOUNT), saved="saved one")

    assert kept.kept == [("saved one", None)]
    assert seen.opened("open") == VIEWS["open"].filter


async def test_number_and_view_open_in_the_order_last_chosen() -> None:
    seen = memory(Kept(), ListHabits(view="open", orders={"all": "customer", "open": "-amount"}))

    assert seen.opened("open").sort is SortKey.AMOUNT
    assert seen.opened("total") == TicketFilter(sort=SortKey.CUSTOMER, descending=False)


async def test_habit_that_cannot_be_kept_holds_for_this_tab() -> None:
    kept = Kept()
    kept.is_full = True
    seen = memory(kept)

    await seen.note(VIEWS["closed"].filter.changed(sort=SortKey.AMOUNT))

    assert seen.opened("closed").sort is SortKey.AMOUNT
