"""Saved views: whose they are, who may change them, and what two sellers do to one."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.accounts import Role, SignInSession, User
from app.domain.errors import NotAllowedError, ViewChangedError, ViewError
from app.domain.filters import VIEWS, Own, TicketFilter, filter_from_query
from app.domain.marks import Mark, MarkKind
from app.domain.saved_views import MOST_VIEWS, SavedView
from app.domain.signals import Changes
from app.domain.ticket import Status
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.doubles.bench import Bench
from tests.store.shop import NOON, StillClock, ticket

REFUNDS = TicketFilter(query="refund")


def session(name: str, role: Role = Role.SELLER) -> SignInSession:
    user = User(user_id=name, name=name.title(), role=role)
    at = {"created_at": NOON, "seen_at": NOON}
    return SignInSession(session_id=name, user=user, device="", address="", **at)


class Seller:
    """Somebody at the bench: what they do, and which views they see."""

    def __init__(self, bench: Bench, name: str = "", role: Role = Role.SELLER) -> None:
        self._bench, self.name = bench, name
        self.commands = bench.commands.by(session(name, role) if name else None)

    async def save(self, name: str, *, is_shared: bool = False) -> None:
        await self.commands.save_view(name, REFUNDS, is_shared=is_shared)

    async def views(self) -> dict[str, SavedView]:
        seen = await self._bench.local.views.seen_by(self.name)
        return {view.name: view for view in seen}

    async def rename(self, view: SavedView, name: str) -> None:
        await self.commands.change_view(view, name=name, is_shared=view.is_shared)


@pytest.fixture
def people(bench: Bench) -> tuple[Seller, Seller]:
    return Seller(bench, "ana"), Seller(bench, "ben")


async def test_private_view_is_its_makers_own_and_a_shared_one_is_seen_by_all(
    bench: Bench, people: tuple[Seller, Seller]
) -> None:
    ana, ben = people
    await ana.save("Private")
    await ana.save("Shared", is_shared=True)
    await ben.save("Bens")

    assert list(await ana.views()) == ["Private", "Shared"]
    assert list(await ben.views()) == ["Bens", "Shared"]
    assert list(await Seller(bench, "cleo", Role.READER).views()) == ["Shared"]
    assert bench.told[-1] == Changes(views=True)


async def test_saved_view_survives_a_restart_and_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    outbox = await Outbox.open(path, clock=StillClock())
    view = SavedView(view_id="one", author="ana", name="Refunds", words="q=refund", is_shared=True)
    await LocalStore(outbox.database, clock=StillClock()).views.add(view)
    await outbox.close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE saved_view SET name = CAST(x'52ff' AS TEXT)")
        file.execute("DELETE FROM opening")  # has the file written anew
        file.commit()

    outbox = await Outbox.open(path, clock=StillClock())
    (kept,) = await LocalStore(outbox.database, clock=StillClock()).views.seen_by("ben")

    assert (kept.name, kept.words, kept.is_shared, kept.author) == (
        "R\ufffd",
        "q=refund",
        True,
        "ana",
    )
    await outbox.close()


async def test_second_of_two_who_change_a_view_is_told_and_can_put_theirs_in_its_place(
    bench: Bench,
) -> None:
    maker, owner = Seller(bench, "ana"), Seller(bench, "zoe", Role.OWNER)
    await maker.save("Refunds", is_shared=True)
    seen = (await maker.views())["Refunds"]
    await owner.rename(seen, "Money back")

    with pytest.raises(ViewChangedError, match="called “Money back” now, and shared") as told:
        await maker.rename(seen, "Chargebacks")
    with pytest.raises(ViewChangedError):
        await maker.commands.remove_view(seen)
    assert list(await maker.views()) == ["Money back"]

    await maker.rename(told.value.now, "Chargebacks")
    assert list(await owner.views()) == ["Chargebacks"]
    await owner.commands.remove_view((await owner.views())["Chargebacks"])
    with pytest.raises(ViewError, match="removed by somebody else"):
        await maker.rename(told.value.now, "Too late")


async def test_of_two_changes_at_one_moment_just_one_counts(bench: Bench) -> None:
    maker, owner = Seller(bench, "ana"), Seller(bench, "zoe", Role.OWNER)
    await maker.save("Refunds", is_shared=True)
    seen = (await maker.views())["Refunds"]

    outcomes = await asyncio.gather(
        maker.rename(seen, "One"), owner.rename(seen, "Two"), return_exceptions=True
    )

    (lost,) = [outcome for outcome in outcomes if outcome]
    assert isinstance(lost, ViewChangedError)
    assert list(await maker.views()) == [lost.now.name]


async def test_view_of_another_seller_is_changed_by_an_owner_only(
    bench: Bench, people: tuple[Seller, Seller]
) -> None:
    ana, ben = people
    await ana.save("Refunds", is_shared=True)
    view = (await ben.views())["Refunds"]

    for change in (
        ben.rename(view, "Mine"),
        ben.commands.move_view(view, 1),
        ben.commands.remove_view(view),
        ben.commands.put_back_view(view),
    ):
        with pytest.raises(NotAllowedError, match="whoever made this view"):
            await change
    await Seller(bench, "zoe", Role.OWNER).rename(view, "Owned")

    assert list(await ana.views()) == ["Owned"]


async def test_reader_saves_no_view(bench: Bench) -> None:
    with pytest.raises(NotAllowedError):
        await Seller(bench, "cleo", Role.READER).save("Refunds")


async def test_view_before_users_is_seen_by_all_and_changed_by_the_owner(bench: Bench) -> None:
    await Seller(bench).save("From before")
    view = (await Seller(bench, "ben").views())["From before"]

    with pytest.raises(NotAllowedError):
        await Seller(bench, "ben").rename(view, "Bens")
    await Seller(bench, "zoe", Role.OWNER).rename(view, "Of all")

    assert list(await Seller(bench, "ben").views()) == ["Of all"]


async def test_name_is_unique_for_one_seller_whatever_its_case(
    people: tuple[Seller, Seller],
) -> None:
    ana, ben = people
    await ana.save("Refunds")
    await ana.save("Other")
    await ben.save("refunds")

    with pytest.raises(ViewError, match="already"):
        await ana.save("REFUNDS ")
    with pytest.raises(ViewError, match="already"):
        await ana.rename((await ana.views())["Other"], "refunds")
    await ana.rename((await ana.views())["Refunds"], "REFUNDS")

    assert list(await ana.views()) == ["REFUNDS", "Other"]


async def test_more_than_fifty_views_of_a_seller_are_refused(
    people: tuple[Seller, Seller],
) -> None:
    ana, ben = people
    for number in range(MOST_VIEWS):
        await ana.save(f"View {number}")

    with pytest.raises(ViewError, match="50 views already"):
        await ana.save("One more")

    await ben.save("Bens first")
    assert len(await ana.views()) == MOST_VIEWS


async def test_views_stay_in_the_order_they_are_given(people: tuple[Seller, Seller]) -> None:
    ana, _ = people
    for name in ("One", "Two", "Three"):
        await ana.save(name)
    views = await ana.views()

    await ana.commands.move_view(views["Three"], -1)
    assert list(await ana.views()) == ["One", "Three", "Two"]
    await ana.commands.move_view(views["One"], -1)
    await ana.commands.move_view(views["Two"], 1)
    assert list(await ana.views()) == ["One", "Three", "Two"]
    await ana.commands.move_view(views["One"], 1)
    assert list(await ana.views()) == ["Three", "One", "Two"]


async def test_changed_view_keeps_its_list_or_takes_another(
    people: tuple[Seller, Seller],
) -> None:
    ana, _ = people
    await ana.save("Refunds")
    await ana.rename((await ana.views())["Refunds"], "Kept")
    kept = (await ana.views())["Kept"]
    assert kept.filter == REFUNDS

    other = VIEWS["closed"].filter
    await ana.commands.change_view(kept, name="Kept", is_shared=False, chosen=other)

    assert (await ana.views())["Kept"].filter == other


async def test_removed_view_comes_back_where_it_was(people: tuple[Seller, Seller]) -> None:
    ana, _ = people
    for name in ("One", "Two", "Three"):
        await ana.save(name)
    view = (await ana.views())["Two"]

    await ana.commands.remove_view(view)
    assert list(await ana.views()) == ["One", "Three"]
    await ana.commands.put_back_view(view)

    assert list(await ana.views()) == ["One", "Two", "Three"]


async def test_views_are_counted_as_their_lists_are(desk: Desk) -> None:
    await desk.hold(
        ticket("tkt_1", subject="Refund please"),
        ticket("tkt_2", subject="Refund", status=Status.CLOSED),
        ticket("tkt_3", subject="Key", order_amount=250),
    )
    await desk.local.save_mark(MarkKind.SNOOZED, "tkt_3", Mark(messages=1), author="ana")
    words = (
        {"q": "refund"},
        {"q": "refund", "status": "open"},
        {"amount_from": "100"},
        {"view": "needs-response"},
        {"view": Own.SNOOZED.value},
        {"status": "escalated"},
    )
    lists = tuple(map(filter_from_query, words))

    for name, right in (("ana", (2, 1, 1, 1, 1, 3)), ("ben", (2, 1, 1, 2, 0, 3))):
        queries = desk.queries.by(session(name))
        assert await queries.totals(lists, zone=UTC_ZONE) == right
        assert right == tuple([await queries.total(one, zone=UTC_ZONE) for one in lists])
    assert await desk.queries.totals((VIEWS["open"].filter,), zone=UTC_ZONE) == (2,)
