"""Who may come in: what a name and a password may be, and that there is always an owner."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.accounts import Role
from app.domain.clock import SystemClock
from app.domain.errors import AccountError, StoreDamagedError
from app.store.accounts.accounts import ACCOUNTS, HAD_USERS, Accounts
from tests.doubles.clock import HandClock
from tests.doubles.doors import WORD, Doors, open_doors


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, HandClock()) as opened:
        yield opened


async def test_first_user_becomes_the_owner_and_later_ones_sellers(doors: Doors) -> None:
    first = await doors.add("Ana", Role.READER)
    second, third = await doors.add("Ben"), await doors.add("Cleo", Role.READER)

    assert [first.role, second.role, third.role] == [Role.OWNER, Role.SELLER, Role.READER]


async def test_name_is_one_person_however_it_is_spelled(doors: Doors) -> None:
    await doors.add("Zo\u0065\u0308")

    assert (await doors.users.named(" ZO\u00cb ".strip())).name == "Zo\u00eb"
    with pytest.raises(AccountError, match="already"):
        await doors.add("zo\u00eb")


async def test_two_names_that_look_the_same_are_one(doors: Doors) -> None:
    await doors.add("Ana")

    for twin in ("Ana\u200b", "A\u200dna"):
        with pytest.raises(AccountError, match="already"):
            await doors.add(twin)
    assert await doors.users.named("an\u00ada")  # a soft hyphen, as pasted text has it


@pytest.mark.parametrize("name", ["", " ", "a" * 41, "a\x1bb", "a\u202eb", "\u2800", "a\ud800"])
async def test_name_that_cannot_be_shown_is_refused(doors: Doors, name: str) -> None:
    with pytest.raises(AccountError, match="name"):
        await doors.add(name)

    assert await doors.users.all() == ()


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "8 to 1,000"),
        ("x" * 1001, "8 to 1,000"),
        ("abababab", "easy to guess"),
        ("ANA MARIA", "easy to guess"),
        ("\ud800 password", "not text"),
    ],
)
async def test_poor_password_is_refused_with_a_sentence(
    doors: Doors, password: str, problem: str
) -> None:
    with pytest.raises(AccountError, match=problem):
        await doors.users.add("Ana Maria", password, by="test")

    assert await doors.users.all() == ()


async def test_only_owner_stays_owner_until_there_is_another(doors: Doors) -> None:
    ana, ben = await doors.add("Ana"), await doors.add("Ben")
    for change in (doors.users.remove(ana, by="x"), doors.users.set_role(ana, Role.READER, by="x")):
        with pytest.raises(AccountError, match="only owner"):
            await change

    await doors.users.set_role(ben, Role.OWNER, by="x")
    await doors.users.remove(ana, by="x")

    assert [user.name for user in await doors.users.all()] == ["Ben"]


async def test_last_user_can_be_removed(doors: Doors) -> None:
    await doors.users.remove(await doors.add("Ana"), by="x")
    await doors.sign_ins.look()

    assert not doors.sign_ins.has_users


async def test_unknown_user_is_told_with_those_there_are(doors: Doors) -> None:
    await doors.add("Ana")

    with pytest.raises(AccountError, match=r"no user Eve. There are: Ana."):
        await doors.users.named("Eve")


async def test_every_change_is_in_the_log_with_who_made_it(doors: Doors) -> None:
    ana = await doors.add("Ana")
    ben = await doors.add("Ben")
    await doors.users.set_role(ben, Role.READER, by="Ana")
    await doors.users.set_password(ana, "another " + WORD, by="command line")
    await doors.users.remove(ben, by="Ana")

    assert await doors.log() == [
        "test: added user Ana as owner",
        "test: added user Ben as seller",
        "Ana: made user Ben reader",
        "command line: set the password of user Ana",
        "Ana: removed user Ben",
    ]


async def test_password_is_kept_as_a_hash_alone(doors: Doors) -> None:
    await doors.add("Ana")
    token = await doors.enter("Ana")

    kept = await doors.accounts.database.read(lambda c: "\n".join(c.iterdump()))

    assert "$argon2id$" in kept
    assert WORD not in kept
    assert token not in kept


async def test_only_owner_stays_also_when_made_one_by_somebody_else_meanwhile(
    doors: Doors,
) -> None:
    ana, ben = await doors.add("Ana"), await doors.add("Ben")
    await doors.users.set_role(ben, Role.OWNER, by="Ana")
    await doors.users.set_role(ana, Role.SELLER, by="Ben")

    with pytest.raises(AccountError, match="Ben is the only owner"):
        await doors.users.remove(ben, by="Ana")


async def test_name_is_found_however_many_blanks_were_typed(doors: Doors) -> None:
    await doors.add("Ana Lee")

    assert await doors.enter(" ana\u00a0  lee ")


async def test_file_that_was_lost_is_not_taken_for_a_desk_without_users(tmp_path: Path) -> None:
    async with open_doors(tmp_path, HandClock()) as doors:
        await doors.accounts.check_not_lost()
        await doors.add("Ana")
    lose_accounts(tmp_path)

    async with open_doors(tmp_path, HandClock()) as doors:
        with pytest.raises(StoreDamagedError, match=r"accounts\.sqlite3 holds no user") as lost:
            await doors.accounts.check_not_lost()
        assert str(lost.value).endswith("ticketdesk user add NAME --role owner")

        assert (await doors.add("Ana", Role.OWNER)).role is Role.OWNER
        await doors.accounts.check_not_lost()


async def test_last_user_who_is_removed_on_purpose_leaves_a_desk_without_users(
    doors: Doors,
) -> None:
    ana, ben = await doors.add("Ana"), await doors.add("Ben")
    for user in (ben, ana):
        await doors.users.remove(user, by="command line")

    await doors.accounts.check_not_lost()


async def test_users_of_an_earlier_version_are_missed_as_well(tmp_path: Path) -> None:
    async with open_doors(tmp_path, HandClock()) as doors:
        await doors.add("Ana")
    (tmp_path / HAD_USERS).unlink()
    async with open_doors(tmp_path, HandClock()):
        pass
    lose_accounts(tmp_path)

    async with open_doors(tmp_path, HandClock()) as doors:
        with pytest.raises(StoreDamagedError):
            await doors.accounts.check_not_lost()


def lose_accounts(folder: Path) -> None:
    for path in folder.glob(f"{ACCOUNTS}*"):
        path.unlink()


async def test_damaged_file_is_not_taken_for_a_desk_without_users(tmp_path: Path) -> None:
    (tmp_path / ACCOUNTS).write_bytes(b"no database at all " * 500)

    with pytest.raises(
        StoreDamagedError, match="is damaged and cannot be read, so nobody is let in"
    ):
        async with open_doors(tmp_path, HandClock()):
            pass


async def test_name_whose_key_was_made_by_an_earlier_version_is_found(
    doors: Doors, tmp_path: Path
) -> None:
    await doors.add("Na\u200cna")
    await doors.walls.new("Hall \u200d", by="Ana")
    await doors.accounts.database.write(
        lambda c: [
            c.execute("UPDATE user SET name_key = name"),
            c.execute("UPDATE wall_link SET name_key = name"),
        ]
    )
    with pytest.raises(AccountError):
        await doors.users.named("Nana")

    accounts = await Accounts.open(tmp_path, clock=SystemClock())
    await accounts.close()

    assert await doors.users.named("Nana")
    assert await doors.walls.revoke("Hall", by="Ana")
