from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.desk.read_models import DashboardStats, Freshness, InboxRow, InboxSnapshot
from app.domain.connection import ConnectionStatus
from app.domain.filters import OWN_VIEWS, VIEWS, Own, SortKey, TicketFilter
from app.domain.metrics import Exactness, Wait
from app.domain.ticket import Stats, Ticket
from app.state.formatting import UNKNOWN, Formatter
from app.state.presenters import ticket_list
from components.data import TableData

WORDS = Formatter()
ALL, UNTOLD = TicketFilter(), Stats()
NOW = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
FRESH = Freshness(
    status=ConnectionStatus.LIVE, as_of=NOW, problem=None, held=412, expected=412, complete=True
)


def snapshot(
    *rows: InboxRow, total: int | None = None, chosen: TicketFilter = ALL, held: int = 9
) -> InboxSnapshot:
    count = len(rows) if total is None else total
    return InboxSnapshot(chosen=chosen, rows=rows, total=count, held=held, heard=3)


def dashboard(
    stats: Stats = UNTOLD, *, counted: Stats = UNTOLD, views: dict[str, int] | None = None
) -> DashboardStats:
    return DashboardStats(
        stats=stats, counted=counted, days=(), waiting=(), trends={}, views=views or {}
    )


def test_table_says_everything_known_about_a_ticket() -> None:
    ticket = Ticket(
        id="tkt_1",
        subject="Order not received",
        status="open",
        awaiting="seller",
        customer_email="anna@example.com",
        product_name="Theme",
        order_amount=Decimal("29.99"),
        order_currency="USD",
        message_count=3,
        updated_at=NOW - timedelta(hours=1),
    )
    wait = Wait(since=NOW - timedelta(hours=30), exactness=Exactness.AT_LEAST)
    shown = InboxRow(ticket=ticket, snippet="I  haven't\nreceived", wait=wait, other_open=2)

    data = ticket_list.table(
        snapshot(shown, total=412),
        fmt=WORDS,
        now=NOW,
    )

    row = data.rows[0]
    assert (row.awaiting_label, row.tone, row.amount, row.messages) == (
        "Needs response",
        "late",
        "$29.99",
        "3",
    )
    assert (row.waiting_since, row.waiting_sign) == ("2025-01-19T06:30:00Z", "≥")
    assert row.waiting_exact.startswith("Waits at least since ")
    assert (row.snippet, row.other_open) == ("I haven't received", "+2 open")
    assert (data.range_label, data.pages) == ("1\u20131 of 412", 17)


def test_table_row_of_a_ticket_with_nothing_but_an_id_has_dashes() -> None:
    row = ticket_list.table(snapshot(InboxRow(ticket=Ticket(id="t"))), fmt=WORDS, now=NOW).rows[0]

    assert row.subject == "(no subject)"
    assert {row.customer, row.product, row.amount, row.messages} == {UNKNOWN}
    assert (row.status_label, row.tone, row.updated_at) == ("Unknown", "unknown", "")


def test_table_row_shows_a_changed_status_before_it_is_confirmed() -> None:
    ticket = Ticket(id="t", status="open", awaiting="seller")
    wait = Wait(since=NOW, exactness=Exactness.EXACT)

    row = ticket_list.table(
        snapshot(InboxRow(ticket=ticket, pending_status="closed", wait=wait)), fmt=WORDS, now=NOW
    ).rows[0]

    assert (row.status, row.awaiting_label, row.note) == ("closed", "Closed", "Closing")
    assert row.waiting_since == ""


def test_table_shows_the_place_in_the_list_on_its_last_page() -> None:
    rows = [InboxRow(ticket=Ticket(id=str(n))) for n in range(2)]
    last = replace(snapshot(*rows, total=27, chosen=TicketFilter(page=2)), first=25)

    assert ticket_list.table(last, fmt=WORDS, now=NOW).range_label == "26\u201327 of 27"


def found(query: str, **fields: str) -> TableData:
    row = InboxRow(ticket=Ticket(id="tkt_77", **fields), snippet="Where is my refund?")  # type: ignore[arg-type]  # names of texts
    return ticket_list.table(snapshot(row, chosen=TicketFilter(query=query)), fmt=WORDS, now=NOW)


def test_table_cuts_the_texts_at_what_was_searched_for() -> None:
    row = found("ref from:ANNA", subject="Refund, déjà-ref", customer_email="anna@x.example").rows[
        0
    ]

    assert row.hits == {
        "subject": ("", "Ref", "und, déjà-", "ref", ""),
        "customer": ("", "anna", "@x.example"),
        "snippet": ("Where is my ", "ref", "und?"),
    }


def test_table_shows_the_id_that_was_found_where_nothing_else_was() -> None:
    row = found("INV-1", subject="Help", invoice_id="INV-12").rows[0]

    assert row.snippet == "Invoice INV-12"
    assert row.hits == {"snippet": ("Invoice ", "INV-1", "2")}


def test_table_says_how_many_messages_were_searched_only_when_they_were() -> None:
    assert found("refund").coverage == "text of 3 of 9 tickets"
    assert {found(query).coverage for query in ("", "is:open", "from:anna", "older:3d")} == {""}


def test_amounts_of_several_currencies_say_how_they_are_ordered() -> None:
    by_amount = TicketFilter(sort=SortKey.AMOUNT)

    def said(*currencies: str, chosen: TicketFilter = by_amount) -> str:
        rows = [InboxRow(ticket=Ticket(id=c, order_currency=c)) for c in currencies]
        return ticket_list.table(snapshot(*rows, chosen=chosen), fmt=WORDS, now=NOW).coverage

    assert said("USD", "KWD", "USD") == "amounts by number, whatever their currency"
    assert said("USD", "USD") == said("USD", "KWD", chosen=ALL) == ""


def test_count_says_what_it_covers_while_the_copy_is_not_complete() -> None:
    partial = replace(FRESH, held=300, complete=False)
    searched = snapshot(chosen=TicketFilter(query="refund"))

    def covered(of: InboxSnapshot, known: Freshness) -> str:
        return ticket_list.table(of, fmt=WORDS, now=NOW, freshness=known).coverage

    assert covered(snapshot(), partial) == "300 of 412 tickets read"
    assert covered(searched, partial) == "300 of 412 tickets read, text of 3 of 9 tickets"
    assert covered(snapshot(), replace(partial, expected=None)) == "300 tickets read"
    assert covered(snapshot(), FRESH) == ""


def test_table_that_is_being_counted_says_so_and_can_be_turned() -> None:
    rows = [InboxRow(ticket=Ticket(id=str(n))) for n in range(25)]
    uncounted = InboxSnapshot(chosen=ALL, rows=tuple(rows), total=None, held=412)

    data = ticket_list.table(uncounted, fmt=WORDS, now=NOW)

    assert (data.range_label, data.count, data.pages) == ("1\u201325 of …", None, 2)


def test_views_have_counts_and_mark_the_one_that_is_shown() -> None:
    counts = dashboard(views={"open": 12})

    items = ticket_list.views(VIEWS["open"].filter.changed(query="x"), fmt=WORDS, dashboard=counts)

    assert [item.key for item in items if item.active] == ["open"]
    assert {item.key: item.count for item in items}["open"] == "12"
    assert {item.key: item.href for item in items}["all"] == "/?view=all"


def test_mine_says_what_it_holds_beside_the_view_and_above_its_rows() -> None:
    mine = OWN_VIEWS[Own.MINE].filter

    items = {item.key: item for item in ticket_list.views(mine, fmt=WORDS)}
    listed = ticket_list.table(snapshot(chosen=mine), fmt=WORDS, now=NOW)

    assert items["mine"].active
    assert "last on this desk to answer" in items["mine"].about
    assert "last answered by you on this desk" in listed.coverage
    assert listed.empty is not None
    assert listed.empty.text == items["mine"].about


FILLING = Freshness(
    status=ConnectionStatus.LIVE, as_of=NOW, problem=None, held=9, expected=25, complete=False
)


def test_numbers_say_whose_they_are_while_the_copy_is_filled() -> None:
    numbers = dashboard(
        Stats(needs_response=182),
        counted=Stats(needs_response=89, open=90),
        views={"needs-response": 89, "drafts": 1, "needs-review": 2},
    )

    cards = ticket_list.stats(ALL, fmt=WORDS, dashboard=numbers, freshness=FILLING)
    items = ticket_list.views(ALL, fmt=WORDS, dashboard=numbers, freshness=FILLING)

    assert {c.key: (c.value, c.note) for c in cards if c.value} == {
        "needs-response": (182, "the shop's own count"),
        "open": (90, "read so far"),
    }
    assert {item.key: item.count for item in items if item.count} == {
        "needs-response": "89 so far",
        "drafts": "1 so far",
        "needs-review": "2",
    }


def test_view_of_other_statuses_is_there_only_with_tickets() -> None:
    def keys(chosen: TicketFilter, **views: int) -> set[str]:
        counts = dashboard(views={key.replace("_", "-"): n for key, n in views.items()})
        return {item.key for item in ticket_list.views(chosen, fmt=WORDS, dashboard=counts)}

    assert "other-status" not in keys(ALL, other_status=0)
    assert "other-status" in keys(ALL, other_status=1)
    assert "other-status" in keys(VIEWS["other-status"].filter)


def test_stats_say_when_the_number_is_our_own_count() -> None:
    numbers = dashboard(Stats(open=12), counted=Stats(total=25, open=11, needs_response=8))

    cards = {
        card.key: card for card in ticket_list.stats(TicketFilter(), fmt=WORDS, dashboard=numbers)
    }

    assert (cards["open"].value, cards["open"].note) == (12, "")
    assert (cards["total"].value, cards["total"].note) == (25, "counted in the copy")
    assert cards["closed"].value_label == UNKNOWN
    assert cards["total"].active
    assert not cards["open"].active


def test_stats_say_their_age_while_the_api_is_away() -> None:
    away = Freshness(
        status=ConnectionStatus.OFFLINE, as_of=NOW, problem="x", held=1, expected=1, complete=True
    )

    cards = ticket_list.stats(
        TicketFilter(), fmt=WORDS, dashboard=dashboard(Stats(open=1)), freshness=away
    )

    assert {c.key: c.note for c in cards}["open"] == "as of 12:30\u202fPM"


def test_waiting_prefers_the_apis_own_number() -> None:
    assert ticket_list.waiting(dashboard(Stats(needs_response=8))) == 8
    assert ticket_list.waiting(dashboard(counted=Stats(needs_response=7))) == 7
    assert ticket_list.waiting(dashboard()) is None


def test_freshness_says_what_happened_and_what_still_works() -> None:
    away = Freshness(
        status=ConnectionStatus.OFFLINE,
        as_of=NOW,
        problem="The Tickets API cannot be reached.",
        held=3400,
        expected=10_000,
        complete=False,
    )

    data = ticket_list.freshness_bar(away, fmt=WORDS)

    assert (data.state, data.label, data.progress) == (
        "offline",
        "Offline",
        "3,400 of 10,000 tickets",
    )
    assert data.notice is not None
    assert (data.notice.tone, data.notice.action) == ("error", "Try now")
    assert data.notice.text == (
        "The Tickets API cannot be reached. "
        "Showing the copy of 12:30\u202fPM; drafts and replies are kept."
    )


def test_freshness_without_trouble_says_nothing_more() -> None:
    data = ticket_list.freshness_bar(FRESH, fmt=WORDS)

    assert (data.state, data.progress, data.notice) == ("live", "", None)
