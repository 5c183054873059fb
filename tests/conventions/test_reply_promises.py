"""Which test holds which promise about replies; a promise without a test fails here."""

import re

import pytest

from tests.conventions.tree import ROOT

PROMISES = {
    "P1 what was acknowledged is in the outbox after a kill anywhere": [
        "flows/test_reply_survives_a_kill.py::test_reply_survives_a_kill_at_every_step",
        "desk/test_commands.py::test_reply_is_durable_when_the_order_returns",
        "store/test_outbox.py::test_file_is_written_through_to_the_disk",
    ],
    "P2 one send, and one more for each yes of a person and each pause": [
        "sync/test_delivery_schedules.py::test_random_days_break_no_promise",
        "sync/test_delivery_model.py::test_no_order_of_events_breaks_a_promise",
        "desk/test_commands.py::test_send_again_sends_once_more_and_no_more",
    ],
    "P3 two copies are never silent": [
        "desk/test_commands.py::test_first_attempt_that_arrives_after_send_again_is_told",
        "sync/test_delivery_schedules.py::test_random_days_on_a_socket_break_no_promise",
    ],
    "P4 inflight is committed before the first byte": [
        "sync/test_delivery_answers.py::test_nothing_is_written_before_the_outbox_says_inflight",
        "sync/test_delivery_disk.py::test_reply_whose_claim_cannot_be_written_is_not_sent",
    ],
    "P5 confirmed means a message seen in a read after the send": [
        "sync/test_delivery.py::test_reply_is_confirmed_by_the_message_a_read_shows",
        "sync/test_reconciler.py::test_old_message_with_the_same_text_confirms_nothing",
        "store/test_outbox.py::test_file_itself_refuses_confirmed_without_a_message",
    ],
    "P6 one message confirms at most one reply": [
        "store/test_outbox.py::test_one_message_confirms_at_most_one_reply",
        "sync/test_delivery.py::test_two_equal_replies_are_two_messages",
    ],
    "P7 the machine queues nothing again that may have left": [
        "domain/test_outbox_entry.py::test_machine_moves_a_reply_only_along_the_proven_edges",
        "domain/test_outbox_entry.py::test_machine_never_queues_again_what_may_have_left",
    ],
    "P8 whatever is not final has a time or a person": [
        "sync/test_delivery_time.py::test_after_two_days_every_reply_is_settled_or_before_a_person",
        "sync/test_delivery_time.py::test_whatever_is_not_settled_has_a_time_or_a_person",
    ],
    "P9 a read that failed is not absence": [
        "sync/test_delivery.py::test_reply_waits_in_the_queue_while_the_ticket_cannot_be_read",
        "sync/test_reconciler.py::test_reads_that_fail_for_hours_never_count_as_absence",
        "sync/test_reconciler.py::test_reads_that_lack_messages_never_count_as_absence",
    ],
    "P10 the order within a ticket is kept": [
        "sync/test_delivery.py::test_later_reply_waits_until_the_earlier_is_settled",
        "sync/test_delivery_network.py::test_hundred_replies_drain_in_order_after_an_outage",
    ],
}
DECIDED = {
    "one list of all after an outage": "state/test_review_queue.py::"
    "test_place_lists_each_with_its_ticket_and_its_buttons",
    "a line says how many": "state/test_review_queue.py::"
    "test_line_says_how_many_wait_and_goes_with_the_last",
    "check all": "desk/test_recheck_all.py::"
    "test_recheck_all_confirms_what_is_there_and_sends_nothing",
    "a late confirmation heals": "sync/test_reconciler.py::"
    "test_change_of_the_ticket_heals_an_unconfirmed_reply_at_once",
    "a double says so": "state/presenters/test_conversation.py::"
    "test_reply_that_arrived_twice_is_marked_and_told",
    "the customer wrote again": "flows/test_reply_on_the_embedded_api.py::"
    "test_customer_who_writes_first_is_read_first",
    "closes only once accepted": "sync/test_delivery_status.py::"
    "test_send_and_close_leaves_open_what_was_never_sent",
    "undo within the chosen time": "desk/test_undo_seconds.py::"
    "test_reply_waits_as_long_as_was_chosen",
    "undo after the ticket was left": "e2e/test_undo_elsewhere.py::"
    "test_reply_is_taken_back_from_the_next_ticket_and_from_the_list",
    "undone text returns once": "e2e/test_dashboard_reply.py::"
    "test_undone_reply_comes_before_what_was_typed_since_and_once",
    "a kill during the hold says so": "desk/test_commands.py::"
    "test_kill_during_the_undo_window_leaves_it_queued_and_says_so",
    "drafts survive a restart": "store/test_local.py::test_draft_survives_a_restart",
    "words typed while the desk is down": "e2e/test_killed.py::"
    "test_words_typed_while_the_desk_is_down_go_on_when_it_is_back",
    "drafts in another browser": "e2e/test_dashboard_reply.py::"
    "test_draft_survives_reload_and_another_browser",
    "drafts outlive a refresh": "components/test_reply_box_browser.py::"
    "test_typing_survives_a_refresh",
    "drafts typed in two browsers": "state/test_drafts_model.py::"
    "test_no_order_of_events_loses_or_hides_a_word",
    "a view of the drafts": "desk/test_own_views.py::"
    "test_drafts_view_holds_the_tickets_with_a_draft",
    "a huge paste": "components/test_reply_box_paste_browser.py::"
    "test_a_huge_paste_is_refused_and_the_text_stays",
    "too large for the socket": "components/test_reply_box_browser.py::"
    "test_a_text_too_large_for_the_socket_stays_in_the_window",
}
ANSWERS = "sync/test_delivery_answers.py"
NETWORK = "sync/test_delivery_network.py"
FAULTS = {
    "name not found": f"{NETWORK}::test_reply_goes_by_itself_after_the_name_was_not_found",
    "connection refused": f"{NETWORK}::test_reply_goes_by_itself_after_the_connection_was_refused",
    "connect timeout": f"{NETWORK}::test_reply_goes_by_itself_after_connecting_took_too_long",
    "TLS on a plain port": f"{NETWORK}::test_reply_waits_and_says_why_while_https_is_not_spoken",
    "certificate not trusted": (
        "client/test_transport_opening.py::test_certificate_of_an_unknown_authority_is_refused"
    ),
    "certificate wrong": (
        "client/test_transport_opening.py::test_certificate_is_refused_with_the_exact_reason"
    ),
    "pool exhausted": (
        "client/test_transport_opening.py::"
        "test_every_failure_is_one_of_ours_and_says_whether_a_byte_left"
    ),
    "closed before reading": f"{ANSWERS}::accepted then closed before reading",
    "reset before reading": f"{ANSWERS}::accepted then reset before reading",
    "server stops reading": f"{ANSWERS}::server stops reading in the body",
    "half written, reset": f"{ANSWERS}::server resets in the body",
    "applied, no response": f"{ANSWERS}::applied, response never comes",
    "applied, clean close": f"{ANSWERS}::applied, clean close",
    "applied, reset": f"{ANSWERS}::applied, reset",
    "stale kept connection": (
        f"{ANSWERS}::test_every_reply_has_a_connection_of_its_own_and_carries_its_id"
    ),
    "5xx before apply": f"{ANSWERS}::test_person_resends_after_an_error_before_apply",
    "5xx after apply": f"{ANSWERS}::500 after apply",
    "applied 5 s later": f"{ANSWERS}::502 and applied 5 s later",
    "applied 40 s later": f"{ANSWERS}::504 and applied 40 s later",
    "applied 222 s later": f"{ANSWERS}::test_reply_applied_after_the_last_delay_heals",
    "429": f"{ANSWERS}::test_pause_is_kept_as_long_as_it_was_asked_for",
    "429 and applied all the same": (
        "sync/test_delivery.py::test_paused_reply_that_had_arrived_is_not_sent_again"
    ),
    "429 applied late, then refused": (
        "sync/test_delivery.py::test_refusal_after_an_attempt_that_may_arrive_is_looked_for"
    ),
    "slow-loris": f"{ANSWERS}::slow-loris response",
    "truncated by length": f"{ANSWERS}::201 cut by its length",
    "truncated chunks": f"{ANSWERS}::201 cut in its chunks",
    "cut JSON": f"{ANSWERS}::201 with cut JSON and no length",
    "sign-in page": f"{ANSWERS}::200 with a sign-in page",
    "204": f"{ANSWERS}::204 empty",
    "redirect": f"{ANSWERS}::test_redirect_is_never_followed",
    "kill -9": "flows/test_reply_survives_a_kill.py::test_reply_survives_a_kill_at_every_step",
    "kill -9 before a browser": (
        "e2e/test_killed.py::test_draft_reply_and_label_are_true_after_a_kill_in_mid_send"
    ),
    "SIGSTOP": (
        "flows/test_reply_survives_a_kill.py::"
        "test_desk_that_stood_still_during_a_send_sends_no_second_time"
    ),
    "clock jumps": "sync/test_delivery_time.py::test_clock_that_jumps_changes_nothing",
    "ticket gone": "sync/test_delivery.py::test_ticket_that_vanishes_after_the_send_is_unconfirmed",
    "text trimmed": f"{ANSWERS}::text is trimmed",
    "text escaped": f"{ANSWERS}::text is escaped",
    "text cut": f"{ANSWERS}::text is cut at 2,000",
    "same text twice": "sync/test_delivery.py::test_two_equal_replies_are_two_messages",
    "colleague's same text": (
        "sync/test_reconciler.py::test_colleague_with_the_same_words_at_worst_confirms_it"
    ),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_promise_has_its_tests(promise: str) -> None:
    assert [place for place in PROMISES[promise] if not exists(place)] == []


def test_every_promise_is_listed() -> None:
    assert [name.split()[0] for name in PROMISES] == [f"P{n}" for n in range(1, 11)]


@pytest.mark.parametrize("way", DECIDED)
def test_way_back_has_its_test(way: str) -> None:
    assert exists(DECIDED[way])


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_has_its_test(fault: str) -> None:
    assert exists(FAULTS[fault])


def exists(place: str) -> bool:
    """Whether a file holds a test of that name, or a row of its table."""
    file, _, name = place.partition("::")
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    if name.startswith("test_"):
        return re.search(rf"def {re.escape(name)}\(", text) is not None
    return f'"{name}": Row(' in text
