"""What may be sent, and the tables of who may move a reply where."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from app.domain.errors import BlankReplyError, ReplyTooLongError
from app.domain.outbox_entry import (
    BY_MACHINE,
    FINAL,
    MAX_LENGTH,
    DeliveryState,
    OutboxEntry,
    Reply,
    ReviewReason,
    StatusChange,
    check_move,
    readable,
)
from app.domain.ticket import Status

REPLY = Reply(entry_id="r1", ticket_id="tkt_1", written_at=datetime(2026, 11, 24, tzinfo=UTC))
CLOSING = StatusChange(
    entry_id="o1", ticket_id="tkt_1", written_at=REPLY.written_at, status=Status.CLOSED
)

BLANK = ["", " ", "\n\t\r\n", "\u200b\u200d\ufeff", "\u2800\u3164", "\u00a0\u2029", "\x00"]


@pytest.mark.parametrize("text", BLANK)
def test_readable_refuses_what_nobody_could_see(text: str) -> None:
    with pytest.raises(BlankReplyError):
        readable(text)


def test_readable_keeps_a_text_as_it_was_typed() -> None:
    text = "  Hello \r\n\u200d👩\u200d👩\u200d👧 ñ <b>&amp;</b>\n "

    assert readable(text) == text


def test_readable_joins_halves_of_a_character_and_replaces_lone_ones() -> None:
    assert readable("a\ud83d\ude00b\ud83d") == "a😀b\ufffd"


def test_readable_refuses_a_text_longer_than_the_limit() -> None:
    assert readable("x" * MAX_LENGTH)

    with pytest.raises(ReplyTooLongError, match="40,001"):
        readable("x" * (MAX_LENGTH + 1))


def test_machine_moves_a_reply_only_along_the_proven_edges() -> None:
    proven = {
        "queued": {"inflight"},
        "inflight": {"accepted", "unknown", "refused", "queued"},
        "accepted": {"confirmed", "uncertain"},
        "unknown": {"confirmed", "uncertain"},
        "uncertain": {"confirmed"},
        "refused": {"queued"},
    }

    assert moves_of(REPLY, by_person=False) == proven


def test_machine_never_queues_again_what_may_have_left() -> None:
    maybe_out = {DeliveryState.ACCEPTED, DeliveryState.OUTCOME_UNKNOWN, DeliveryState.UNCONFIRMED}

    assert not {(old, new) for old, new in BY_MACHINE if old in maybe_out and new == "queued"}


def test_person_may_resend_or_cancel_only_what_is_not_on_its_way() -> None:
    assert moves_of(REPLY, by_person=True) == {
        "queued": {"cancelled"},
        "uncertain": {"queued", "cancelled"},
        "refused": {"queued", "cancelled"},
    }


def test_status_change_may_be_repeated_by_the_machine_since_twice_is_once() -> None:
    assert moves_of(CLOSING, by_person=False)["unknown"] == {"confirmed", "uncertain", "queued"}


def test_final_states_are_left_by_nobody() -> None:
    assert frozenset({DeliveryState.CONFIRMED, DeliveryState.CANCELLED}) == FINAL
    for by_person in (False, True):
        assert not moves_of(REPLY, by_person=by_person).keys() & FINAL


@pytest.mark.parametrize(
    ("state", "review_reason", "retry", "expected"),
    [
        ("queued", None, False, False),
        ("queued", ReviewReason.CUSTOMER_REPLIED, False, True),
        ("inflight", None, False, False),
        ("unknown", None, False, False),
        ("uncertain", None, False, True),
        ("refused", None, False, True),
        ("refused", None, True, False),
        ("confirmed", None, False, False),
    ],
)
def test_reply_needs_a_person_exactly_when_nothing_happens_by_itself(
    state: str, review_reason: ReviewReason | None, retry: bool, expected: bool
) -> None:
    at = REPLY.written_at if retry else None
    reply = replace(
        REPLY, state=DeliveryState(state), review_reason=review_reason, next_check_at=at
    )

    assert reply.needs_person is expected


def moves_of(entry: OutboxEntry, *, by_person: bool) -> dict[str, set[str]]:
    moves: dict[str, set[str]] = {}
    for old, new in product(DeliveryState, repeat=2):
        try:
            check_move(replace(entry, state=old), new, by_person=by_person)
        except ValueError:
            continue
        moves.setdefault(old.value, set()).add(new.value)
    return moves
