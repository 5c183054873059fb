"""Saving a list as a view, and what is drawn and said of the views that are saved."""

from collections.abc import AsyncIterator

import pytest

from app.domain.errors import StoreBusyError, ViewChangedError, ViewError
from app.domain.filters import TicketFilter
from app.domain.saved_views import SavedView
from app.domain.signals import Changes
from app.state.inbox import InboxState
from app.state.saved_views import UNDO_SECONDS, SavedViewsState
from tests.state.scripted import FastClock, ScriptedDesk, until_quiet

FIVES = SavedView(view_id="five", author="", name="Fives", words="q=No+5")
LOST = SavedView(view_id="lost", author="", name="Lost", words="q=No+5&status=escalated")


@pytest.fixture
async def saved(inbox: InboxState, scripted: ScriptedDesk) -> AsyncIterator[SavedViewsState]:
    made = SavedViewsState(scripted.desk, inbox, clock=FastClock())
    scripted.queries.saved = (FIVES, LOST)
    scripted.changes.emit(Changes(views=True))
    await until_quiet()
    yield made
    await made.close()


def listed(inbox: InboxState) -> dict[str, str]:
    """The saved views as they are drawn, with their counts."""
    return {item.label: item.count for item in inbox.views.value or () if item.is_saved}


async def test_saved_views_stand_below_the_built_in_ones_with_a_live_count(
    inbox: InboxState, saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    assert listed(inbox) == {"Fives": "", "Lost": ""}  # before the rows are up nothing is counted
    inbox.fill()
    await until_quiet()

    assert listed(inbox) == {"Fives": "11", "Lost": "11"}
    drawn = [item.is_saved for item in inbox.views.value or ()]
    assert drawn == sorted(drawn)
    scripted.put(*(ticket for ticket in scripted.queries.tickets.values() if ticket.id == "t5"))
    del scripted.queries.tickets["t5"]
    scripted.changes.emit(Changes(tickets=frozenset({"t5"})))
    await until_quiet()
    assert listed(inbox)["Fives"] == "10"


async def test_counts_of_saved_views_are_drawn_with_all_others_and_never_for_a_keystroke(
    inbox: InboxState, saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    inbox.fill()
    await until_quiet()
    drawn: list[object] = []
    inbox.views.follow(drawn.append)
    drawn.clear()
    scripted.queries.asked.clear()

    await inbox.show(TicketFilter(query="No 1"))
    await until_quiet()
    assert "totals" not in scripted.queries.asked

    del scripted.queries.tickets["t5"]
    scripted.changes.emit(Changes(tickets=frozenset({"t5"})))
    await until_quiet()
    assert scripted.queries.asked.count("totals") == 1
    assert len(drawn) == 1


async def test_list_of_a_saved_view_marks_that_view_and_no_other(
    inbox: InboxState, saved: SavedViewsState
) -> None:
    def active() -> list[str]:
        return [item.key for item in inbox.views.value or () if item.active]

    await inbox.show(FIVES.filter)
    assert active() == [FIVES.key]
    await inbox.show(FIVES.filter.changed(page=2))
    assert active() == [FIVES.key]
    await inbox.show(FIVES.filter.changed(query="No 50"))
    assert active() == ["all"]


async def test_name_that_is_refused_stays_in_the_form_with_a_sentence(
    inbox: InboxState, saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    kept: list[None] = []
    saved.kept.subscribe(kept.append)
    scripted.commands.error = ViewError("A view needs a name.")

    await saved.keep(" ", is_shared=False)
    assert saved.form.value
    assert (saved.form.value.wrong, kept) == ("A view needs a name.", [])

    scripted.commands.error = None
    await saved.keep("Ones", is_shared=True)
    assert scripted.commands.given == [("save_view", "Ones", inbox.chosen, False)]
    assert (saved.form.value.wrong, kept) == ("", [None])


async def test_view_changed_by_somebody_else_is_told_and_saved_over_only_when_asked_again(
    saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    saved.begin(FIVES.key)
    theirs = SavedView(
        view_id="five", author="", name="Theirs", words="q=No+5", is_shared=True, revision=2
    )
    scripted.commands.error = ViewChangedError(theirs)

    await saved.keep("Mine", is_shared=False)

    assert saved.form.value
    assert "called “Theirs” now, and shared. What you typed is still here" in saved.form.value.wrong
    scripted.commands.error = None
    await saved.keep("Mine", is_shared=False)
    assert scripted.commands.given == [("change_view", theirs, "Mine", False, None)]


async def test_view_takes_the_list_as_it_is_now_where_that_is_chosen(
    inbox: InboxState, saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    await inbox.show(TicketFilter(query="No 7"))
    saved.begin(LOST.key)

    await saved.keep("Sevens", is_shared=False, takes_list=True)

    assert scripted.commands.given == [("change_view", LOST, "Sevens", False, inbox.chosen)]


async def test_view_whose_words_mean_nothing_opens_with_the_rest_and_says_so(
    inbox: InboxState, saved: SavedViewsState
) -> None:
    saved.look(saved.find(LOST.key))

    assert saved.notice.value
    assert saved.notice.value.text == (
        "“Lost” asks for something that means nothing here (status=escalated). The rest is shown."
    )
    assert LOST.filter == TicketFilter(query="No 5")
    assert [item.about for item in inbox.views.value or () if item.key == LOST.key] == [
        saved.notice.value.text
    ]
    saved.look(None)
    assert saved.notice.value is None


async def test_removed_view_can_be_put_back_for_a_while(
    saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    class Waiting(FastClock):
        async def sleep(self, seconds: float) -> None:
            assert seconds == UNDO_SECONDS
            await until_quiet()

    await saved.remove(FIVES.key)
    assert saved.notice.value
    assert saved.notice.value.text == "The view “Fives” is removed."
    await saved.undo()
    assert scripted.commands.given == [("remove_view", FIVES), ("put_back_view", FIVES)]

    saved._clock = Waiting()
    await saved.remove(FIVES.key)
    await saved._fading.ended()
    await saved.undo()
    assert len(scripted.commands.given) == 3
    assert saved.notice.value is None


async def test_view_that_cannot_be_removed_or_moved_is_said_above_the_list(
    saved: SavedViewsState, scripted: ScriptedDesk
) -> None:
    scripted.commands.error = StoreBusyError("The disk is busy.")

    for work in (saved.remove(FIVES.key), saved.move(FIVES.key, 1)):
        await work
        assert saved.notice.value
        assert saved.notice.value.text == "The disk is busy. Nothing was changed."
        saved.look(None)
