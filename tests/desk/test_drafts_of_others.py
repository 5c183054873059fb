"""A draft of somebody else is told by their name, never by its words."""

from pathlib import Path

import pytest

from app.desk.presence import Present
from app.domain.filters import TicketFilter
from app.state.presenters.presence import presence_words
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.doubles.doors import open_doors
from tests.store.shop import ticket


async def test_names_of_those_who_have_a_draft_stand_at_the_ticket(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"), ticket("tkt_3"))
    async with open_doors(tmp_path, desk.clock) as doors:
        ana, ben = [await doors.add(name) for name in ("Ana", "Ben")]
        desk.queries._users = lambda: doors.sign_ins.users
        await doors.sign_ins.look()
        await desk.local.save_draft("tkt_1", "A secret of Ben", author=ben.user_id)
        await desk.local.save_draft("tkt_1", "Mine", author=ana.user_id)
        await desk.local.save_draft("tkt_2", "Mine too", author=ana.user_id)
        await desk.local.save_draft("tkt_3", "Of somebody who was removed", author="gone")
        queries = desk.queries.by(await doors.session("Ana"))

        rows = (await queries.inbox(TicketFilter(), zone=UTC_ZONE)).rows
        opened = await queries.conversation("tkt_1")

        assert {row.ticket.id: (row.has_draft, row.drafts_of) for row in rows} == {
            "tkt_1": (True, ("Ben",)),
            "tkt_2": (True, ()),
            "tkt_3": (False, ()),
        }
        assert opened
        assert opened.drafts_of == ("Ben",)
        assert [draft.text for draft in opened.drafts] == ["Mine"]


@pytest.mark.parametrize(
    ("here", "drafts_of", "says"),
    [
        ([], [], ""),
        ([], ["Ben"], "Ben has a draft here"),
        ([], ["Ben", "Cleo"], "Ben, Cleo have drafts here"),
        (["Ben"], ["Ben"], "Ben: looking"),
        (["Benno"], ["Ben"], "Benno: looking, Ben has a draft here"),
        (["A", "B", "C", "Ben"], ["Ben", "ing"], "A, B, C, 1 more: looking, ing has a draft here"),
    ],
)
def test_draft_is_told_of_those_who_are_not_there(
    here: list[str], drafts_of: list[str], says: str
) -> None:
    present = [Present(who, "tkt_1") for who in here]

    assert presence_words(present, own="Me", drafts_of=drafts_of) == says
