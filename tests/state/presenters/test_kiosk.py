from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.desk.read_models import Freshness, KioskSnapshot, KioskTicket
from app.domain.connection import ConnectionStatus
from app.domain.metrics import Exactness, Wait
from app.domain.ticket import Stats
from app.state.formatting import Formatter
from app.state.presenters.kiosk import TILES, kiosk_board

WORDS = Formatter()
NOON = datetime(2025, 1, 20, 12, 30, tzinfo=UTC)
FRESH = Freshness(
    status=ConnectionStatus.LIVE, as_of=NOON, problem=None, held=9, expected=9, complete=True
)


def waiting(
    hours: float | None = 1, *, answered: bool = False, exactness: Exactness = Exactness.EXACT
) -> KioskTicket:
    return KioskTicket(
        id="t",
        subject="Order not received",
        masked_email="a…@example.com",
        product_name="Theme",
        amount=Decimal("29.99"),
        currency="USD",
        wait=Wait(
            since=None if hours is None else NOON - timedelta(hours=hours), exactness=exactness
        ),
        answered=answered,
    )


def snapshot(*tickets: KioskTicket, stats: Stats | None = None) -> KioskSnapshot:
    return KioskSnapshot(stats=stats or Stats(), waiting=tickets, freshness=FRESH)


@pytest.mark.parametrize(
    ("hours", "tone"), [(0, "calm"), (3.9, "calm"), (4, "waiting"), (24, "late"), (None, "calm")]
)
def test_tile_changes_its_tone_with_the_wait(hours: float | None, tone: str) -> None:
    assert kiosk_board(snapshot(waiting(hours)), fmt=WORDS, now=NOON).tiles[0].tone == tone


@pytest.mark.parametrize(("exactness", "sign"), [("exact", ""), ("about", "≈"), ("at-least", "≥")])
def test_tile_marks_a_wait_that_is_estimated(exactness: str, sign: str) -> None:
    shown = kiosk_board(snapshot(waiting(exactness=Exactness(exactness))), fmt=WORDS, now=NOON)

    assert shown.tiles[0].waiting_sign == sign


def test_tile_says_what_a_room_may_read() -> None:
    tile = kiosk_board(snapshot(waiting(answered=True)), fmt=WORDS, now=NOON).tiles[0]

    assert (tile.customer, tile.product, tile.badge) == (
        "a…@example.com",
        "Theme · $29.99",
        "Customer replied",
    )


def test_wall_is_paged_and_never_cut_off() -> None:
    many = snapshot(*[waiting() for _ in range(TILES + 1)], stats=Stats(needs_response=90))

    first, last = (kiosk_board(many, fmt=WORDS, now=NOON, page=page) for page in (1, 99))

    assert (first.page, first.pages, len(first.tiles)) == (1, 2, TILES)
    assert (last.page, len(last.tiles)) == (2, 1)
    assert first.more == "The longest 9 of 90 waits"


def test_wall_without_a_waiting_ticket_says_so() -> None:
    board = kiosk_board(snapshot(stats=Stats(open=3)), fmt=WORDS, now=NOON)

    assert board.empty
    assert board.empty.title == "Nobody is waiting."
    assert [(c.key, c.value_label) for c in board.counts] == [
        ("needs-response", "—"),
        ("open", "3"),
        ("closed", "—"),
    ]


def test_wall_says_why_its_data_is_not_live() -> None:
    refused = replace(
        FRESH, status=ConnectionStatus.STALE, problem="The Tickets API refused the key (401)."
    )
    shown = kiosk_board(replace(snapshot(waiting()), freshness=refused), fmt=WORDS, now=NOON)

    assert (shown.freshness.state, shown.why) == ("stale", "The Tickets API refused the key (401).")
    assert kiosk_board(snapshot(waiting()), fmt=WORDS, now=NOON).why == ""
