"""Words a browser still had: each becomes a draft, none that was sent becomes one again."""

from app.desk.read_models import PendingReply
from app.domain.errors import StoreFullError
from app.domain.outbox_entry import DraftKind
from app.state.drafts import recover_draft
from tests.state.scripted import NOON, ScriptedDesk


async def test_words_take_the_place_of_the_draft_they_were_typed_onto(
    scripted: ScriptedDesk,
) -> None:
    scripted.papers.keep("t1", "Dear")
    scripted.papers.keep("t1", "Another")

    assert await recover_draft(scripted.desk, "t1", "Dear Anna", "Dear", "")

    assert sorted(scripted.papers.texts()["t1"]) == ["Another", "Dear Anna"]


async def test_words_stand_beside_what_has_become_of_that_draft(scripted: ScriptedDesk) -> None:
    scripted.papers.keep("t1", "Dear Sir")

    assert await recover_draft(scripted.desk, "t1", "Dear Anna", "Dear", "")

    assert sorted(scripted.papers.texts()["t1"]) == ["Dear Anna", "Dear Sir"]


async def test_words_take_the_place_of_a_draft_that_they_go_on_from(
    scripted: ScriptedDesk,
) -> None:
    scripted.papers.keep("t1", "Another")
    scripted.papers.keep("t1", "Dear An")

    assert await recover_draft(scripted.desk, "t1", "Dear Anna", "De", "")

    assert sorted(scripted.papers.texts()["t1"]) == ["Another", "Dear Anna"]


async def test_words_that_were_deleted_take_the_draft_along_but_no_other(
    scripted: ScriptedDesk,
) -> None:
    scripted.papers.keep("t1", "Dear")
    scripted.papers.keep("t2", "Dear Sir")

    assert await recover_draft(scripted.desk, "t1", "", "Dear", "")
    assert await recover_draft(scripted.desk, "t2", "", "Dear", "")

    assert scripted.papers.texts() == {"t2": ["Dear Sir"]}


async def test_words_handed_over_twice_are_one_draft(scripted: ScriptedDesk) -> None:
    for _ in range(2):
        assert await recover_draft(scripted.desk, "t1", "Dear Anna", "Dear", "")

    assert scripted.papers.texts() == {"t1": ["Dear Anna"]}


async def test_words_of_a_reply_that_is_kept_are_no_draft_again(scripted: ScriptedDesk) -> None:
    scripted.queries.replies["r1"] = PendingReply(
        reply_id="r1", text="Dear Anna", state="queued", written_at=NOON
    )

    assert await recover_draft(scripted.desk, "t1", "Dear Anna", "", "r1")
    assert scripted.papers.texts() == {}
    assert await recover_draft(scripted.desk, "t1", "Dear Anna", "", "r2")
    assert scripted.papers.texts() == {"t1": ["Dear Anna"]}


async def test_words_of_a_reply_that_is_kept_meanwhile_are_no_draft_again(
    scripted: ScriptedDesk,
) -> None:
    reply = PendingReply(reply_id="r1", text="Dear Anna", state="queued", written_at=NOON)
    scripted.changes.subscribe(lambda _: scripted.queries.replies.update(r1=reply))

    assert await recover_draft(scripted.desk, "t1", "Dear Anna", "", "r1")

    assert scripted.papers.texts() == {}


async def test_words_of_a_private_note_are_no_draft_of_a_reply(scripted: ScriptedDesk) -> None:
    scripted.papers.keep("t1", "Dear Anna")
    scripted.papers.keep("t1", "Paid", kind=DraftKind.NOTE)

    assert await recover_draft(scripted.desk, "t1\nnote", "Paid twice", "Paid", "")

    assert scripted.papers.texts() == {"t1": ["Dear Anna"]}
    assert [d.text for d in scripted.papers.of("t1", DraftKind.NOTE)] == ["Paid twice"]


async def test_words_that_cannot_be_saved_are_not_acknowledged(scripted: ScriptedDesk) -> None:
    scripted.commands.error = StoreFullError("The disk is full.")

    assert not await recover_draft(scripted.desk, "t1", "Dear Anna", "", "")
