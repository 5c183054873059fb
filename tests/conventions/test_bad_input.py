"""Which test holds what bad input gets: a sentence where it happened, and nothing lost."""

import pytest

from tests.conventions.test_reply_promises import exists

FAULTS = "e2e/test_faults.py"
BAD_INPUT = {
    "API unreachable at the start": (
        f"{FAULTS}::test_unreachable_api_at_the_start_is_said_and_heals"
    ),
    "API unreachable later": f"{FAULTS}::test_api_that_goes_away_leaves_the_copy_in_use",
    "wrong key": f"{FAULTS}::test_wrong_key_is_named_on_the_page",
    "a web page instead of JSON": f"{FAULTS}::test_web_page_instead_of_an_api_is_named",
    "a page with one broken row": (
        "client/test_wire.py::test_broken_row_is_counted_and_the_others_stay"
    ),
    "unknown status": "client/test_wire.py::test_status_is_folded_and_kept_when_unknown",
    "unknown status, in words": (
        "state/test_formatting.py::test_statuses_we_do_not_know_are_said_as_they_came"
    ),
    "null and oddities in every field": (
        "client/test_wire.py::test_odd_value_in_every_field_leaves_the_row"
    ),
    "ticket that vanished while open": (
        "e2e/test_dashboard_reply.py::"
        "test_ticket_that_vanishes_while_open_says_so_and_keeps_the_text"
    ),
    "blank reply": (
        "e2e/test_dashboard_reply.py::test_blank_reply_is_refused_where_it_was_written"
    ),
    "double click on Send": (
        "components/test_reply_box_browser.py::test_a_double_click_sends_once_and_empties_the_box"
    ),
    "message of 1 MB": (
        "components/test_reply_box_browser.py::"
        "test_a_text_too_large_for_the_socket_stays_in_the_window"
    ),
    "port taken": "e2e/test_start.py::test_taken_port_is_one_sentence",
    "data folder not writable": (
        "cli/test_commands.py::test_folder_that_cannot_be_written_is_one_line"
    ),
    "forged forwarded headers from a stranger": (
        "web/test_forwarded.py::test_forged_headers_of_a_stranger_are_dropped"
    ),
    "proxy that strips the WebSocket": (
        "e2e/test_behind_a_proxy.py::test_page_works_where_the_proxy_lets_no_websocket_pass"
    ),
    "foreign Origin behind a proxy": (
        "e2e/test_behind_a_proxy.py::test_foreign_page_is_refused_also_behind_the_proxy"
    ),
    "public address without a scheme or with a query": (
        "config/test_settings.py::test_wrong_value_names_setting_place_problem_and_remedy"
    ),
    "public address that is one of our own": (
        "web/test_public_path.py::test_path_of_a_page_of_ours_is_refused"
    ),
    "wall link used twice": (
        "web/test_wall_guard.py::test_link_that_another_screen_uses_is_refused_in_a_sentence"
    ),
    "wall link of another desk": (
        "web/test_wall_guard.py::test_link_of_another_desk_is_refused_in_a_sentence"
    ),
    "garbage in place of a wall link": (
        "web/test_wall_guard.py::test_garbage_in_place_of_a_link_is_one_sentence_and_a_code"
    ),
    "wall link of yesterday": (
        "desk/test_walls.py::test_link_of_yesterday_is_told_to_have_run_out"
    ),
    "wall link that was revoked": (
        "e2e/test_kiosk.py::test_display_with_a_link_sends_nothing_and_ends_once_that_is_revoked"
    ),
    "code of a screen guessed": (
        "desk/test_walls.py::test_wrong_codes_are_refused_and_then_no_longer_looked_at"
    ),
    "clock moved under a wall link or a code": (
        "desk/test_walls.py::test_clock_that_was_moved_takes_no_link_away_before_its_time"
    ),
    "reply into a ticket answered meanwhile": (
        "state/test_collision.py::"
        "test_reply_into_a_ticket_answered_meanwhile_asks_before_it_is_sent"
    ),
    "certificate that cannot be served": (
        "config/test_tls.py::test_pair_that_cannot_be_used_names_the_file_at_fault"
    ),
    "key with blanks, or refused by the API": (
        "e2e/test_canaries.py::test_key_that_is_not_taken_is_a_sentence_and_changes_nothing"
    ),
    "key ring that waits for a person": (
        "config/test_stored_key.py::test_ring_that_waits_for_a_person_is_not_waited_for"
    ),
    "forget of an unknown address": "cli/test_erase.py::test_unknown_address_forgets_nobody",
    "forget a customer to whom a reply is on its way": (
        "desk/test_erasing.py::test_reply_on_its_way_keeps_everything_as_it_is"
    ),
    "forget and wipe while the desk runs": (
        "cli/test_erase.py::test_nobody_is_forgotten_and_nothing_wiped_under_a_running_desk"
    ),
    "broken .env": "cli/test_commands.py::test_broken_dotenv_is_one_line_and_exit_code_two",
}


@pytest.mark.parametrize("what", BAD_INPUT)
def test_bad_input_has_its_test(what: str) -> None:
    assert exists(BAD_INPUT[what])
