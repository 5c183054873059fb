"""A reader changes nothing, whatever a screen asks for."""

import inspect

import pytest

from app.desk.commands import Commands
from app.domain.accounts import Role, User
from app.domain.errors import NotAllowedError
from tests.doubles.bench import Bench

READS = {"refresh_now"}
"""what a command may do for everybody: it asks the API and changes nothing"""
WRITES = sorted(
    name
    for name, method in inspect.getmembers(Commands, inspect.iscoroutinefunction)
    if not name.startswith("_") and name not in READS
)


def user(role: Role) -> User:
    return User(user_id="u1", name="Ana", role=role)


@pytest.mark.parametrize("name", WRITES)
async def test_every_command_that_writes_refuses_a_reader_with_a_sentence(
    bench: Bench, name: str
) -> None:
    command = getattr(bench.commands.by(user(Role.READER)), name)
    given = [None for _ in inspect.signature(command).parameters]

    with pytest.raises(NotAllowedError, match="change nothing"):
        await command(*given[: command.__wrapped__.__code__.co_argcount - 1])


@pytest.mark.parametrize("role", [Role.SELLER, Role.OWNER])
async def test_seller_and_owner_write(bench: Bench, role: Role) -> None:
    await bench.commands.by(user(role)).save_draft("tkt_1", "Hello")

    assert await bench.local.draft_ids() == {"tkt_1"}
