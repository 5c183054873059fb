"""What the screens are told: the copy, with what is on its way laid over it."""

import sqlite3
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from app.desk.read_models import Choice, KioskTicket
from app.domain.connection import ConnectionState, ConnectionStatus
from app.domain.errors import StoreClosedError
from app.domain.filters import VIEWS, TicketFilter, filter_from_query, filter_to_query
from app.domain.metrics import Exactness, Wait
from app.domain.outbox_entry import DeliveryState, ReviewReason, Stall
from app.domain.ticket import Awaiting, Message, Stats, Status
from app.domain.wall_links import WallBoard, WallPanel, WallView
from app.state.formatting import Formatter, iso
from app.state.presenters.kiosk import kiosk_board
from app.state.presenters.ticket_list import table
from tests.desk.over_copy import UTC_ZONE, Desk
from tests.store.shop import NOON, answered, asked, put, ticket

SAID = Stats(total=3, open=2, closed=1, needs_response=2)


async def test_inbox_shows_rows_with_what_is_on_its_way(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"), ticket("tkt_2", updated_at=NOON))
    await put(desk.mirror, ticket("tkt_2", updated_at=NOON), asked("Where  is\nit?"))
    await desk.queue("r1", "tkt_1", text="On its way")
    await desk.queue("o1", "tkt_2", status=Status.CLOSED)
    await desk.local.save_draft("tkt_2", "Dear")

    inbox = await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)

    assert (inbox.total, inbox.held, inbox.chosen) == (2, 2, TicketFilter())
    two, one = inbox.rows
    assert (two.ticket.id, two.snippet, two.pending_status) == ("tkt_2", "Where is it?", "closed")
    assert (two.has_draft, two.pending_reply, two.other_open) == (True, None, 1)
    assert (one.ticket, one.pending_reply, one.pending_status) == (ticket("tkt_1"), "queued", None)
    assert (one.has_draft, one.snippet) == (False, None)


async def test_inbox_of_an_empty_copy_is_empty(desk: Desk) -> None:
    inbox = await desk.queries.inbox(TicketFilter(query="x"), zone=UTC_ZONE)

    assert (inbox.rows, inbox.total, inbox.held) == ((), 0, 0)


async def test_dashboard_stats_count_views_bands_and_days(desk: Desk) -> None:
    waits = ticket("tkt_1", updated_at=NOON - timedelta(hours=30))
    again = ticket("tkt_2", has_owner_reply=True)
    closed = ticket("tkt_3", status="closed", closed_at=NOON - timedelta(hours=1))
    await desk.hold(waits, again, closed, stats=SAID)

    made = await desk.queries.dashboard_stats(zone=UTC_ZONE)

    assert made.stats == made.counted == SAID
    assert made.views == {
        "needs-response": 2,
        "never-answered": 1,
        "customer-replied": 1,
        "over-a-day": 1,
        "high-value": 0,
        "unread": 2,
        "snoozed": 0,
        "pinned": 0,
        "mine": 0,
        "waiting-on-customer": 0,
        "open": 2,
        "closed": 1,
        "all": 3,
        "drafts": 0,
        "needs-review": 0,
    }
    assert [band.count for band in made.waiting] == [0, 1, 0, 1, 0]
    assert (made.days[-1].closed, made.days[-3].opened) == (1, 3)
    assert made.trends["total"][-3:] == (3, 3, 3)
    assert made.trends["total"][-4] == 0


async def test_statuses_outside_the_document_are_a_view_of_their_own(desk: Desk) -> None:
    await desk.hold(
        ticket("tkt_1", status="solved"), ticket("tkt_2", status=None), ticket("tkt_3"), stats=SAID
    )

    made = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    listed = await desk.queries.inbox(VIEWS["other-status"].filter, zone=UTC_ZONE)

    assert (made.views["other-status"], listed.total) == (2, 2)
    assert {row.ticket.id for row in listed.rows} == {"tkt_1", "tkt_2"}
    for words in ({"view": "other-status"}, {"status": "other"}):
        chosen = filter_from_query(words)
        assert chosen.other_status
        assert filter_to_query(chosen) == words


async def test_dashboard_stats_are_kept_until_something_changes(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"), stats=SAID)
    first = await desk.queries.dashboard_stats(zone=UTC_ZONE)

    assert await desk.queries.dashboard_stats(zone=UTC_ZONE) is first
    await desk.hold(ticket("tkt_1", status="closed", updated_at=NOON), stats=SAID)
    second = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    await desk.queue("o1", "tkt_1", status=Status.OPEN)
    third = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    desk.clock.advance(60)
    fourth = await desk.queries.dashboard_stats(zone=UTC_ZONE)

    assert [made.views["open"] for made in (first, second, third)] == [1, 0, 0]
    assert (second.stats.open, third.stats.open) == (2, 3)
    assert fourth is not third


async def test_dashboard_stats_follow_a_read_at_once(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"), stats=SAID)

    read = ticket("tkt_1", awaiting=Awaiting.CUSTOMER, message_count=2, updated_at=NOON)
    await put(desk.mirror, read, asked(), answered())
    made = await desk.queries.dashboard_stats(zone=UTC_ZONE)

    assert made.stats.needs_response == 1


async def test_needs_response_trend_knows_as_far_as_messages_are_held(desk: Desk) -> None:
    at = NOON - timedelta(days=2)
    of = ticket("tkt_1", created_at=at, updated_at=at)
    await desk.hold(of)
    incomplete = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    await put(desk.mirror, of, asked(at=at))
    complete = await desk.queries.dashboard_stats(zone=UTC_ZONE)

    assert incomplete.trends["needs-response"][-4:] == (None, 1, 1, 1)
    assert complete.trends["needs-response"][-4:] == (0, 1, 1, 1)


async def test_choices_offer_what_the_tickets_have(desk: Desk) -> None:
    await desk.hold(
        ticket("tkt_1"),
        ticket("tkt_2", product_name="Theme", order_currency="EUR"),
        ticket("tkt_3", order_currency="EUR"),
        ticket("tkt_4", product_name=None, order_currency=None),
    )

    offered = await desk.queries.choices(TicketFilter(), zone=UTC_ZONE)

    assert offered.products == (
        Choice(value="Premium License", count=2),
        Choice(value="Theme", count=1),
    )
    assert offered.currencies == (Choice(value="EUR", count=2), Choice(value="USD", count=1))


async def test_conversation_tells_all_that_is_known(desk: Desk) -> None:
    messages: tuple[Message, ...] = (asked(), answered())
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"), ticket("tkt_3", customer_email="x@y.example"))
    await put(desk.mirror, ticket("tkt_1", message_count=2), *messages)
    await desk.queue("r1", "tkt_1", text="More", then_close=True)
    await desk.queue("o1", "tkt_1", status=Status.CLOSED)
    await desk.local.save_draft("tkt_1", "Dear")

    shown = await desk.queries.conversation("tkt_1")

    assert shown is not None
    assert (shown.ticket.id, shown.messages) == ("tkt_1", messages)
    assert shown.read_at is not None
    assert abs(shown.read_at - NOON) < timedelta(seconds=1)
    [pending] = shown.pending
    assert (pending.reply_id, pending.text, pending.state) == ("r1", "More", "queued")
    assert (pending.then_close, pending.status) == (True, None)
    assert (shown.pending_status, shown.gone) == ("closed", False)
    assert [draft.text for draft in shown.drafts] == ["Dear"]
    assert ([other.id for other in shown.others], shown.others_total) == (["tkt_2"], 1)


async def test_conversation_shows_what_waits_for_a_person(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))
    queued = await desk.queue("r1", "tkt_1", text="Hello")
    await desk.outbox.change(queued, review_reason=ReviewReason.CUSTOMER_REPLIED)
    order = await desk.queue("o1", "tkt_1", status=Status.CLOSED)
    left = {"baseline": frozenset[str](), "sent_at": NOON}
    order = await desk.outbox.move(order, DeliveryState.INFLIGHT, **left) or order
    await desk.outbox.move(order, DeliveryState.REFUSED, reason="Not allowed.")

    shown = await desk.queries.conversation("tkt_1")

    assert shown is not None
    reply, refused = shown.pending
    assert (reply.review_reason, reply.status) == ("wrote-again", None)
    assert (refused.status, refused.state, refused.reason) == ("closed", "refused", "Not allowed.")


async def test_conversation_tells_what_each_queued_reply_waits_for(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))
    for name in ("r1", "r2"):
        await desk.queue(name, "tkt_1", text="Hello")
    desk.stall = Stall(reason="The shop is away.")

    shown = await desk.queries.conversation("tkt_1")
    alone = [await desk.queries.reply(name) for name in ("r1", "r2")]

    assert shown is not None
    assert list(shown.pending) == alone
    assert [(reply.waits_for, reply.stall) for reply in shown.pending] == [
        ("", desk.stall),
        ("reply", None),
    ]


async def test_conversation_knows_what_was_written_where_the_shop_changed_it(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))
    tidied = answered("Hello , it is paid")
    await put(desk.mirror, ticket("tkt_1"), tidied)
    reply = await desk.queue("r1", "tkt_1", text="Hello \U0001f389, it is paid")
    out = {"baseline": frozenset[str](), "sent_at": NOON, "message_id": tidied.id}
    for state in (DeliveryState.INFLIGHT, DeliveryState.ACCEPTED, DeliveryState.CONFIRMED):
        reply = await desk.outbox.move(reply, state, **out) or reply

    shown = await desk.queries.conversation("tkt_1")

    assert shown
    assert (shown.changed, shown.doubled) == ({tidied.id: reply.text}, {})


async def test_conversation_without_messages_says_so(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))

    shown = await desk.queries.conversation("tkt_1")

    assert shown is not None
    assert (shown.messages, shown.read_at) == (None, None)


async def test_conversation_tells_why_it_could_not_be_read(desk: Desk) -> None:
    await desk.hold(ticket("tkt_1"))
    desk.mirror.record_problem("tkt_1", "Nothing answers.")

    shown = await desk.queries.conversation("tkt_1")

    assert shown is not None
    assert shown.problem == "Nothing answers."


async def test_conversation_that_is_gone_keeps_its_words_and_draft(desk: Desk) -> None:
    await put(desk.mirror, ticket("tkt_1"), asked())
    await desk.local.save_draft("tkt_1", "Dear")
    await desk.mirror.mark_gone("tkt_1", started=desk.mirror.request_number())

    shown = await desk.queries.conversation("tkt_1")

    assert shown is not None
    assert (shown.gone, shown.messages) == (True, (asked(),))
    assert [draft.text for draft in shown.drafts] == ["Dear"]


async def test_conversation_nobody_has_heard_of_is_nothing(desk: Desk) -> None:
    assert await desk.queries.conversation("tkt_9") is None


async def test_freshness_tells_age_and_coverage(desk: Desk) -> None:
    desk.connection = ConnectionState(
        status=ConnectionStatus.OFFLINE, problem="Nothing answers.", unreadable=2
    )
    empty = await desk.queries.freshness()
    await desk.hold(ticket("tkt_1"), ticket("tkt_2"), stats=SAID)
    await put(desk.mirror, ticket("tkt_1"), asked())

    known = await desk.queries.freshness()

    assert (empty.as_of, empty.held, empty.expected, empty.complete) == (None, 0, None, False)
    assert (known.status, known.problem, known.unreadable) == (
        ConnectionStatus.OFFLINE,
        "Nothing answers.",
        2,
    )
    assert (known.as_of, known.held, known.expected) == (NOON, 2, 3)
    assert (known.complete, known.messages_held) == (True, 1)
    assert (known.scan.api_counts, known.scan.own_counts.total) == (SAID, 2)


async def test_wall_shows_the_longest_wait_first_and_no_address(desk: Desk) -> None:
    await desk.hold(
        ticket("tkt_1", subject="Mail me: anna@example.com"),
        ticket("tkt_2", updated_at=NOON - timedelta(hours=9), has_owner_reply=True),
        ticket("tkt_3", awaiting=Awaiting.CUSTOMER),
        stats=SAID,
    )

    wall = await desk.queries.kiosk(limit=2)

    assert [shown.id for shown in wall.waiting] == ["tkt_1", "tkt_2"]
    assert [shown.answered for shown in wall.waiting] == [False, True]
    assert [shown.wait for shown in wall.waiting] == [
        Wait(since=NOON - timedelta(days=2), exactness=Exactness.ABOUT),
        Wait(since=NOON - timedelta(hours=9), exactness=Exactness.AT_LEAST),
    ]
    assert "anna@" not in repr(wall)
    assert wall.waiting[0].masked_email == "a…@example.com"
    assert (wall.stats, wall.freshness.status) == (SAID, ConnectionStatus.LIVE)
    assert len((await desk.queries.kiosk(limit=1)).waiting) == 1


async def test_wall_names_no_order_wherever_it_is_written(desk: Desk) -> None:
    ids = {"order_id": "zebra", "invoice_id": "INV-7"}
    written = "tkt_1 for zebra, inv-7, 4111 1111 1111 1111, https://shop.example/x"
    ids |= {"customer_email": "anna77@zebra.example", "order_currency": "anna77"}
    await desk.hold(ticket("tkt_1", subject=written, product_name=f"Theme {written}", **ids))
    desk.connection = ConnectionState(
        status=ConnectionStatus.STALE, problem="A problem (500: no row ord_77 of anna@a.co)."
    )

    wall = await desk.queries.kiosk()

    assert wall.waiting[0].subject == "… for …, …, …, …"
    assert wall.waiting[0].product_name == "Theme … for …, …, …, …"
    assert (wall.waiting[0].masked_email, wall.waiting[0].currency) == ("a…@…", "…")
    assert wall.freshness.problem == "A problem (500: no row … of a…@a.co)."


ALL_PANELS = WallBoard(rotation=tuple(WallPanel))


async def test_panels_of_the_wall_are_the_charts_of_the_desk(desk: Desk) -> None:
    await desk.hold(
        *(
            ticket(f"tkt_{n}", product_name=product, updated_at=NOON - timedelta(hours=n))
            for n, product in enumerate(("Theme", "theme ", "Icons", None, "Theme"))
        ),
        ticket("tkt_8", product_name="Icons", awaiting=Awaiting.CUSTOMER),
        ticket("tkt_9", product_name="Icons", has_owner_reply=True),
        *(ticket(f"tkt_1{n}", product_name=f"Font {n}") for n in range(6)),
    )

    wall = await desk.queries.kiosk(shows=ALL_PANELS)
    answered = await desk.queries.kiosk(
        shows=replace(ALL_PANELS, view=WallView.CUSTOMER_REPLIED), zone=UTC_ZONE
    )
    usual = await desk.queries.kiosk()

    named = {product.name: product.count for product in wall.products}
    assert (named["Theme"], named["Icons"]) == (3, 2)
    assert sum(product.count for product in wall.products) == len(wall.waiting)
    assert (len(wall.products), wall.products[-1].others) == (8, 2)
    desks = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    assert (wall.ages, wall.days) == (desks.waiting, desks.days[-14:])
    assert [product.name for product in answered.products] == ["Icons"]
    assert sum(band.count for band in answered.ages) == len(answered.waiting) == 1
    assert (usual.products, usual.ages, usual.days) == ((), (), ())


async def test_walls_that_show_the_same_share_an_answer_and_not_how_fresh_it_is(
    desk: Desk,
) -> None:
    await desk.hold(ticket("tkt_1"))

    first = await desk.queries.kiosk()
    desk.connection = ConnectionState(status=ConnectionStatus.OFFLINE, problem="Nothing answers.")
    second, other = await desk.queries.kiosk(), await desk.queries.kiosk(shows=ALL_PANELS)
    await put(desk.mirror, ticket("tkt_1", subject="Changed"))
    third = await desk.queries.kiosk()

    assert first.waiting is second.waiting is not other.waiting
    assert (first.freshness.status, second.freshness.status) == ("live", "offline")
    assert third.waiting[0].subject == "Changed"


async def test_product_on_the_wall_names_nobody(desk: Desk) -> None:
    named = "Card for anna77 of ord_5, anna77@zebra.example, tkt_1"
    await desk.hold(
        ticket("tkt_1", product_name=named, customer_email="anna77@zebra.example", order_id="ord_5")
    )

    wall = await desk.queries.kiosk(shows=ALL_PANELS)

    assert wall.products[0].name == wall.waiting[0].product_name == "Card for … of …, …, …"


async def test_texts_without_end_are_bounded_on_the_wall(desk: Desk) -> None:
    long = "a" * 40_000
    await desk.hold(ticket("tkt_1", subject=long, product_name=long, customer_email=long))
    desk.connection = ConnectionState(status=ConnectionStatus.STALE, problem=long)

    assert len(repr(await desk.queries.kiosk(shows=ALL_PANELS))) < 9_000


def test_no_field_of_the_wall_can_hold_an_address_or_a_message() -> None:
    assert {field.name for field in fields(KioskTicket)} == {
        *("id", "subject", "masked_email", "product_name", "amount", "currency"),
        *("wait", "answered"),
    }


async def test_question_that_fails_is_told_everywhere_until_it_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.hold(ticket("tkt_1"))

    async def broken(_: object) -> None:
        raise sqlite3.OperationalError("cannot start a transaction within a transaction")

    with monkeypatch.context() as patch:
        patch.setattr(desk.mirror, "read", broken)
        with pytest.raises(sqlite3.OperationalError):
            await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)
        known = await desk.queries.freshness()
        assert known.status is ConnectionStatus.FAULT
        assert "fault of its own" in str(known.problem)

    await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)
    known = await desk.queries.freshness()
    assert (known.status, known.held, known.problem) == (ConnectionStatus.LIVE, 1, None)


async def test_question_asked_while_the_desk_ends_is_no_fault(desk: Desk) -> None:
    await desk.mirror.close()

    with pytest.raises(StoreClosedError):
        await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)

    assert (await desk.queries.freshness()).status is ConnectionStatus.LIVE


@pytest.mark.parametrize("hours", [-24, 24])
async def test_ages_are_counted_by_the_clock_of_the_shop(desk: Desk, hours: int) -> None:
    desk.skew = timedelta(hours=hours)
    shops_now = NOON + desk.skew
    waits = {"status": "open", "awaiting": Awaiting.SELLER}
    for id_, age in (("tkt_late", timedelta(hours=30)), ("tkt_new", timedelta(hours=2))):
        at = shops_now - age
        await put(desk.mirror, ticket(id_, created_at=at, updated_at=at, **waits))

    fmt, found = Formatter(), await desk.queries.inbox(TicketFilter(), zone=UTC_ZONE)
    rows = {row.id: row for row in table(found, fmt=fmt, now=NOON).rows}
    assert (rows["tkt_late"].tone, rows["tkt_new"].tone) == ("late", "waiting")
    assert rows["tkt_new"].waiting_since == iso(NOON - timedelta(hours=2))

    tiles = {t.id: t for t in kiosk_board(await desk.queries.kiosk(), fmt=fmt, now=NOON).tiles}
    assert (tiles["tkt_late"].tone, tiles["tkt_new"].tone) == ("late", "calm")
    assert tiles["tkt_late"].waiting_since == iso(NOON - timedelta(hours=30))

    counted = await desk.queries.dashboard_stats(zone=UTC_ZONE)
    assert sum(band.count for band in counted.waiting) == 2
    assert counted.views["over-a-day"] == 1
    late = await desk.queries.total(TicketFilter(query="older:25h"), zone=UTC_ZONE)
    assert late == 1
