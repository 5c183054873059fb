"""The views of what lies in this desk alone: drafts, and replies that wait for a person."""

from decimal import Decimal

from app.domain.filters import OWN_VIEWS, Own, SortKey, filter_from_query, filter_to_query
from app.domain.outbox_entry import DeliveryState, ReviewReason
from app.domain.ticket import Status
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import NOON, ticket

DRAFTS = OWN_VIEWS[Own.DRAFTS].filter
OUT = {"baseline": frozenset({"m1"}), "sent_at": NOON}


async def test_drafts_view_holds_the_tickets_with_a_draft(desk: Desk) -> None:
    await desk.hold(*(ticket(f"tkt_{n}", order_amount=Decimal(n)) for n in range(1, 4)))
    await desk.local.save_draft("tkt_1", "Dear")
    await desk.local.save_draft("tkt_3", "Hello")
    await desk.local.save_draft("tkt_9", "To a ticket that is gone")

    up = await desk.queries.inbox(
        DRAFTS.changed(sort=SortKey.AMOUNT, descending=False), zone=UTC_ZONE
    )
    down = await desk.queries.inbox(DRAFTS.changed(sort=SortKey.AMOUNT), zone=UTC_ZONE)

    assert [row.ticket.id for row in up.rows] == ["tkt_1", "tkt_3"]
    assert [row.ticket.id for row in down.rows] == ["tkt_3", "tkt_1"]
    assert (up.total, up.held, {row.has_draft for row in up.rows}) == (2, 3, {True})


async def test_drafts_are_counted_as_they_come_and_go(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"))

    async def counted() -> int:
        return (await desk.queries.dashboard_stats(zone=UTC_ZONE)).views["drafts"]

    assert await counted() == 0
    saved = await desk.local.save_draft("tkt_1", "Dear")
    assert await counted() == 1
    await desk.local.save_draft("tkt_1", " ", onto=saved.draft)
    assert await counted() == 0


async def test_drafts_beyond_a_page_are_paged(desk: Desk) -> None:
    await desk.hold(*(ticket(f"tkt_{n:02}") for n in range(30)))
    for number in range(30):
        await desk.local.save_draft(f"tkt_{number:02}", "Dear")

    pages = [await desk.queries.inbox(DRAFTS.changed(page=n), zone=UTC_ZONE) for n in (1, 2, 3)]

    assert [len(page.rows) for page in pages] == [25, 5, 0]
    assert len({row.ticket.id for page in pages for row in page.rows}) == 30


async def test_whatever_waits_for_a_person_is_listed_with_its_ticket(desk: Desk) -> None:
    known = ticket("tkt_1")
    await desk.hold(known)
    unconfirmed = await desk.queue("r1", "tkt_1", text="Hello")
    for state in (DeliveryState.INFLIGHT, DeliveryState.OUTCOME_UNKNOWN, DeliveryState.UNCONFIRMED):
        unconfirmed = await desk.outbox.move(unconfirmed, state, **OUT) or unconfirmed
    refused = await desk.queue("r2", "tkt_gone", text="Bye")
    refused = await desk.outbox.move(refused, DeliveryState.INFLIGHT, **OUT) or refused
    await desk.outbox.move(refused, DeliveryState.REFUSED, reason="No.")
    await desk.queue("r3", "tkt_1", text="And", review_reason=ReviewReason.CUSTOMER_REPLIED)
    await desk.queue("r4", "tkt_1", text="On its way")
    await desk.queue("o1", "tkt_2", status=Status.CLOSED, review_reason=ReviewReason.CHANGED)

    waiting = await desk.queries.review_queue()
    made = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    place = await desk.queries.inbox(OWN_VIEWS[Own.NEEDS_REVIEW].filter, zone=UTC_ZONE)

    assert [one.reply.reply_id for one in waiting] == ["r1", "r2", "r3", "o1"]
    assert waiting[0].ticket == known
    assert (waiting[1].ticket.id, waiting[1].ticket.subject) == ("tkt_gone", None)
    assert made.views["needs-review"] == 4
    assert [(row.ticket.id, row.pending_reply) for row in place.rows] == [("tkt_1", "uncertain")]


def test_own_view_is_an_address_and_gives_way_to_a_search() -> None:
    assert filter_to_query(DRAFTS) == {"view": "drafts"}
    assert filter_from_query({"view": "drafts"}) == DRAFTS
    assert filter_from_query({"view": "drafts", "page": "2"}) == DRAFTS.changed(page=2)
    searched = DRAFTS.changed(query="refund")
    assert (searched.own, searched.view) == (None, "")
    assert filter_from_query({"view": "drafts", "q": "refund"}) == searched
