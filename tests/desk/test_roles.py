"""A reader changes nothing, whatever a screen asks for."""

import inspect
from datetime import UTC, datetime
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from app.desk.activity import ActivityLog
from app.desk.claims import Claims
from app.desk.commands import Commands
from app.desk.desk import Desk, Doors
from app.desk.presence import Presence
from app.desk.private_notes import PrivateNotes
from app.desk.queries import Queries
from app.domain.accounts import Role, SignInSession, User
from app.domain.errors import NotAllowedError
from app.domain.outbox_entry import ReviewAction
from app.domain.signals import Changes
from app.domain.ticket import Status
from tests.doubles.bench import Bench
from tests.doubles.doors import open_doors
from tests.doubles.drafts import kept

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

PARTS = {
    part
    for hint in get_type_hints(Desk).values()
    for part in get_args(hint) or (hint,)
    if inspect.isclass(part)
} - {NoneType}
READ_ONLY = {Queries, Presence, Changes, SignInSession}
BEHIND_OTHERS = {Claims, Doors}
"""who calls them has been asked for the right: `Commands`, and the guard before plain forms"""
READS = {"refresh_now", "remember_list", "mark_seen"}
"""what a command may do for everybody: it asks the API, or keeps what they looked at, and how"""
WRITERS = PARTS - READ_ONLY - BEHIND_OTHERS
WRITES = [
    pytest.param(part, name, id=f"{part.__name__} {name}")
    for part in sorted(WRITERS, key=lambda part: part.__name__)
    for name, _ in inspect.getmembers(part, inspect.iscoroutinefunction)
    if not name.startswith("_") and name not in READS
]


def session(role: Role, name: str = "Ana") -> SignInSession:
    return SignInSession(
        session_id=name,
        user=User(user_id=name.lower(), name=name, role=role),
        created_at=NOON,
        seen_at=NOON,
        device="Firefox",
        address="192.0.2.7",
    )


def test_parts_of_the_desk_that_write_are_known() -> None:
    assert {Commands, PrivateNotes} == WRITERS


@pytest.mark.parametrize(("part", "name"), WRITES)
async def test_every_command_that_writes_refuses_a_reader_with_a_sentence(
    part: type[Any], name: str
) -> None:
    asked = part.__new__(part)  # it refuses before it needs anything
    asked._session = session(Role.READER)
    command = getattr(asked, name)
    given = [None] * (command.__wrapped__.__code__.co_argcount - 1)

    with pytest.raises(NotAllowedError, match="change nothing"):
        await command(*given)


@pytest.mark.parametrize("role", [Role.SELLER, Role.OWNER])
async def test_seller_and_owner_write(bench: Bench, role: Role) -> None:
    await bench.commands.by(session(role)).save_draft("tkt_1", "Hello")

    assert await kept(bench.local, author="ana") == ["Hello"]


async def test_reply_and_its_draft_are_their_authors_own(bench: Bench) -> None:
    ana, ben = (bench.commands.by(session(Role.SELLER, name)) for name in ("Ana", "Ben"))
    await ana.save_draft("tkt_1", "Hello")
    await ben.save_draft("tkt_1", "Hello")

    await ana.send_reply("tkt_1", "r1", "Hello")

    assert (await bench.row()).author == "ana"
    assert await kept(bench.local, author="ana") == []
    assert await kept(bench.local, author="ben") == ["Hello"]


async def test_what_is_done_is_in_the_log_with_who_did_it_and_from_where(
    bench: Bench, tmp_path: Path
) -> None:
    async with open_doors(tmp_path, bench.clock) as doors:
        activity = ActivityLog(doors.accounts, clock=bench.clock)
        bench.commands._activity = activity
        ana = bench.commands.by(session(Role.SELLER))
        await ana.send_reply("tkt_1", "r1", "Hello")
        await ana.review("r1", ReviewAction.UNDO)
        await ana.change_status("tkt_1", Status.CLOSED)
        await bench.commands.change_statuses(["tkt_1"], Status.OPEN)

        done = [(one.who, one.what, one.ticket_id, one.address) for one in await activity.find()]

    assert done[::-1] == [
        ("Ana", "replied", "tkt_1", "192.0.2.7"),
        ("Ana", "took a reply back", "tkt_1", "192.0.2.7"),
        ("Ana", "closed", "tkt_1", "192.0.2.7"),
        ("", "reopened", "tkt_1", ""),
    ]
