"""What is typed and not sent: nothing that another browser wrote is ever written over."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.outbox_entry import DeliveryState, Reply
from app.store.outbox.file import SCHEMA
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from tests.doubles.clock import HandClock
from tests.doubles.drafts import kept

CLOCK = HandClock()


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    opened = await Outbox.open(tmp_path / "outbox.sqlite3", clock=CLOCK)
    yield opened
    await opened.close()


@pytest.fixture
def local(outbox: Outbox) -> LocalStore:
    return LocalStore(outbox.database, clock=CLOCK)


def a_reply(**changes: object) -> Reply:
    values: dict[str, object] = {"text": "Hello", "written_at": CLOCK.now()} | changes
    return Reply(entry_id="r1", ticket_id="tkt_1", **values)  # type: ignore[arg-type]  # names are the class's


async def test_draft_is_kept_by_ticket_and_seller(local: LocalStore) -> None:
    await local.save_draft("tkt_1", "one", author="ben")
    await local.save_draft("tkt_1", "two", author="ana")

    assert await kept(local, author="ben") == ["one"]
    assert await kept(local, author="ana") == ["two"]
    assert await kept(local, "tkt_2", author="ana") == []


async def test_draft_of_before_users_is_whose_who_goes_on_with_it(local: LocalStore) -> None:
    await local.save_draft("tkt_1", "typed before")
    assert await local.draft_ids(author="ana") == await local.draft_ids(author="ben") == {"tkt_1"}

    (seen,) = await local.drafts("tkt_1", author="ana")
    await local.save_draft("tkt_1", "typed before, and now", onto=seen, author="ana")

    assert await kept(local, author="ana") == ["typed before, and now"]
    assert await kept(local, author="ben") == await kept(local) == []


async def test_draft_ids_name_the_tickets_with_a_draft(local: LocalStore) -> None:
    await local.save_draft("tkt_1", "one", author="ben")
    await local.save_draft("tkt_2", "two", author="ana")

    assert await local.draft_ids(author="ben") == {"tkt_1"}


async def test_later_text_takes_the_place_of_the_earlier(local: LocalStore) -> None:
    first = await local.save_draft("tkt_1", "Hel")
    await local.save_draft("tkt_1", "Hello\n ", onto=first.draft)

    assert await kept(local) == ["Hello\n "]


async def test_blank_draft_is_none(local: LocalStore) -> None:
    first = await local.save_draft("tkt_1", "Hel")
    await local.save_draft("tkt_1", " \n", onto=first.draft)

    assert await local.draft_ids() == frozenset()


async def test_save_says_whether_a_draft_appeared_or_disappeared(local: LocalStore) -> None:
    draft, answers = None, []
    for text in ("a", "ab", "", ""):
        saved = await local.save_draft("tkt_1", text, onto=draft)
        draft = saved.draft
        answers.append(saved.presence_changed)

    assert answers == [True, False, True, False]


async def test_text_typed_onto_what_another_browser_has_changed_stands_beside_it(
    local: LocalStore,
) -> None:
    common = (await local.save_draft("tkt_1", "Dear")).draft
    one = await local.save_draft("tkt_1", "Dear Anna", onto=common)

    other = await local.save_draft("tkt_1", "Dear Sir", onto=common)
    await local.save_draft("tkt_1", "Dear Sirs", onto=other.draft)

    assert await kept(local) == ["Dear Sirs", "Dear Anna"]
    assert one.draft == (await local.drafts("tkt_1"))[1]


@pytest.mark.parametrize("text", ["", "Dear Anna"])
async def test_blank_or_equal_text_adds_nothing_to_what_another_browser_wrote(
    local: LocalStore, text: str
) -> None:
    common = (await local.save_draft("tkt_1", "Dear")).draft
    changed = await local.save_draft("tkt_1", "Dear Anna", onto=common)

    saved = await local.save_draft("tkt_1", text, onto=common)

    assert await kept(local) == ["Dear Anna"]
    assert saved.draft == (changed.draft if text else None)


async def test_two_drafts_become_one_unless_either_has_moved_on(local: LocalStore) -> None:
    one, two = [(await local.save_draft("tkt_1", text)).draft for text in ("one", "two")]
    assert one
    assert two
    await local.save_draft("tkt_1", "two and", onto=two)
    assert await local.join_drafts(one, two) is None
    moved = (await local.drafts("tkt_1"))[0]

    joined = await local.join_drafts(one, moved)

    assert joined
    assert joined.number == one.number
    assert await kept(local) == [joined.text] == ["one\n\ntwo and"]


async def test_draft_is_forgotten_only_as_it_was_seen(local: LocalStore) -> None:
    seen = (await local.save_draft("tkt_1", "one")).draft
    assert seen
    changed = (await local.save_draft("tkt_1", "one and", onto=seen)).draft
    assert changed

    answers = [await local.discard_draft(draft) for draft in (seen, changed, changed)]

    assert answers == [False, True, False]
    assert await kept(local) == []


async def test_enqueue_clears_the_draft_of_what_is_sent_and_no_other(outbox: Outbox) -> None:
    local = LocalStore(outbox.database, clock=CLOCK)
    for ticket_id, text, author in (
        ("tkt_1", "Hello", "ben"),
        ("tkt_1", "Hello, typed elsewhere", "ben"),
        ("tkt_1", "Hello", "ana"),
        ("tkt_2", "Hello", "ben"),
    ):
        await local.save_draft(ticket_id, text, author=author)

    await outbox.enqueue(a_reply(author="ben"))

    assert await kept(local, author="ben") == ["Hello, typed elsewhere"]
    assert await kept(local, author="ana") == ["Hello"]
    assert await kept(local, "tkt_2", author="ben") == ["Hello"]


async def test_second_click_clears_the_draft_that_was_saved_between(outbox: Outbox) -> None:
    local = LocalStore(outbox.database, clock=CLOCK)
    await outbox.enqueue(a_reply())
    await local.save_draft("tkt_1", "Hello")

    await outbox.enqueue(a_reply())

    assert await kept(local) == []


async def test_click_on_a_reply_that_was_taken_back_leaves_its_draft(outbox: Outbox) -> None:
    local = LocalStore(outbox.database, clock=CLOCK)
    await outbox.take_back(await outbox.enqueue(a_reply()))

    await outbox.enqueue(a_reply())

    assert await kept(local) == ["Hello"]


async def test_enqueue_leaves_the_draft_when_the_reply_cannot_be_kept(outbox: Outbox) -> None:
    local = LocalStore(outbox.database, clock=CLOCK)
    await local.save_draft("tkt_1", "Hello")

    with pytest.raises(sqlite3.IntegrityError):
        await outbox.enqueue(a_reply(state=DeliveryState.INFLIGHT))

    assert await kept(local) == ["Hello"]


async def test_take_back_gives_the_text_back_before_what_was_typed_since(outbox: Outbox) -> None:
    local = LocalStore(outbox.database, clock=CLOCK)
    reply = await outbox.enqueue(a_reply())
    await local.save_draft("tkt_1", "P.S. thanks")

    text = await outbox.take_back(reply)

    assert text == "Hello"
    assert await kept(local) == ["Hello\n\nP.S. thanks"]
    assert await outbox.pending("tkt_1") == ()


async def test_drafts_of_an_older_file_are_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite3")) as old:
        for step in sorted(SCHEMA.glob("*.sql"))[:3]:
            old.executescript(step.read_text(encoding="utf-8"))
        old.execute("INSERT INTO draft VALUES ('tkt_1', '', 'from before', '2026-01-01')")
        old.execute("PRAGMA user_version = 3")
        old.commit()

    opened = await Outbox.open(tmp_path / "outbox.sqlite3", clock=HandClock())

    assert await kept(LocalStore(opened.database, clock=HandClock())) == ["from before"]
    await opened.close()
