"""Which test holds each row of the table of faults, or which piece of work it waits for."""

import re
from functools import cache

import pytest

from tests.conventions.tree import ROOT

FAULTS: dict[int, tuple[str, list[str]]] = {
    1: (
        "unknown status",
        [
            "test_status_is_folded_and_kept_when_unknown",
            "test_statuses_outside_the_document_are_a_view_of_their_own",
        ],
    ),
    2: (
        "a status in another form",
        ["test_status_is_folded_and_kept_when_unknown"],
    ),
    3: (
        "unknown sides",
        [
            "test_messages_of_unknown_senders_stand_on_neither_side",
            "test_word_is_folded_and_kept_when_unknown",
        ],
    ),
    4: (
        "null in every field",
        [
            "test_odd_value_in_every_field_leaves_the_row",
            "test_table_row_of_a_ticket_with_nothing_but_an_id_has_dashes",
        ],
    ),
    5: (
        "missing keys",
        ["test_merge_keeps_what_the_answer_did_not_carry"],
    ),
    6: (
        "extra keys",
        ["test_unknown_keys_of_any_shape_change_nothing"],
    ),
    7: (
        "odd ids",
        [
            "test_rows_without_an_id_are_counted_and_hide_no_others",
            "test_any_ticket_id_is_one_segment_and_comes_back",
            "test_row_whose_id_holds_a_nul_is_one_unreadable_row",
        ],
    ),
    8: (
        "an id twice",
        ["test_repeated_tickets_are_held_once_with_their_newest_state"],
    ),
    9: (
        "messages without an id of their own",
        ["test_messages_without_an_id_or_with_a_used_one_are_all_kept"],
    ),
    10: (
        "messages out of order",
        ["test_messages_come_oldest_first_and_in_server_order_within_a_second"],
    ),
    11: (
        "counts that differ from the messages",
        [
            "test_heard_means_as_many_messages_as_the_ticket_counts",
            "test_list_that_never_agrees_with_the_messages_is_not_chased",
        ],
    ),
    12: (
        "a message of a megabyte",
        ["test_message_of_a_megabyte_is_cut_until_it_is_asked_for"],
    ),
    13: (
        "a text too large for the socket",
        ["test_a_text_too_large_for_the_socket_stays_in_the_window"],
    ),
    14: (
        "ten thousand messages",
        ["test_messages_show_the_last_window_and_how_many_are_earlier"],
    ),
    15: (
        "directions and overrides",
        [
            "test_hidden_signs_become_visible_in_one_line_texts",
            "test_long_subject_is_cut_and_an_odd_one_is_shut_in",
        ],
    ),
    16: (
        "towers, joiners, zero width, NUL",
        [
            "test_hostile_text_is_drawn_as_text",
            "test_tower_of_marks_keeps_as_many_as_a_letter_may_have",
        ],
    ),
    17: (
        "NUL in a text",
        [
            "test_exact_values_survive_the_way_through_the_file",
            "test_unpacked_gives_back_what_packed_took",
        ],
    ),
    18: (
        "a lone surrogate",
        ["test_text_keeps_all_but_half_characters"],
    ),
    19: (
        "markup in every field",
        ["test_hostile_text_is_drawn_as_text", "test_page_shows_hostile_text_as_text"],
    ),
    20: (
        "links that run",
        ["test_segments_leave_everything_else_plain"],
    ),
    21: (
        "numbers that are none",
        ["test_amount_is_unknown_when_absurd", "test_value_that_came_and_cannot_be_read_is_named"],
    ),
    22: (
        "odd amounts",
        ["test_amount_is_exact", "test_amount_is_read_as_people_write_it"],
    ),
    23: (
        "unknown currencies",
        ["test_money_is_said_exactly_or_as_a_dash"],
    ),
    24: (
        "amounts of several currencies",
        ["test_no_amounts_are_added_up"],
    ),
    25: (
        "integers without end",
        ["test_values_never_raise_and_always_encode"],
    ),
    26: (
        "times in other forms",
        ["test_moment_is_utc_however_it_is_written"],
    ),
    27: (
        "times that are none",
        ["test_moment_is_unknown_when_it_makes_no_sense"],
    ),
    28: (
        "times that contradict each other",
        [
            "test_waiting_is_estimated_while_messages_are_missing_and_says_so",
            "test_waits_are_the_same_in_every_place",
        ],
    ),
    29: (
        "closed and open at once",
        ["test_closed_at_is_the_last_update_when_the_api_does_not_say"],
    ),
    30: (
        "daylight saving",
        ["test_days_keep_their_hours_when_clocks_change"],
    ),
    31: (
        "broken JSON",
        [
            "test_answer_that_is_no_answer_is_one_sentence",
            "test_byte_order_mark_and_repeated_keys_are_no_obstacle",
        ],
    ),
    32: (
        "JSON without bottom",
        ["test_answer_that_is_no_answer_is_one_sentence"],
    ),
    33: (
        "parts of the list missing",
        ["test_list_works_without_meta_and_stats"],
    ),
    34: (
        "stats that make no sense",
        ["test_stats_that_make_no_sense_are_unknown"],
    ),
    35: (
        "limit or page ignored",
        [
            "test_scan_follows_a_limit_that_is_cut_short",
            "test_copy_of_an_api_that_repeats_its_first_page_does_not_call_itself_complete",
        ],
    ),
    36: (
        "no answer in a success",
        ["test_answer_that_is_no_answer_is_one_sentence"],
    ),
    37: (
        "a web page",
        ["test_web_page_instead_of_an_api_is_named"],
    ),
    38: (
        "JSON under another name",
        ["test_json_is_read_whatever_its_content_type"],
    ),
    39: (
        "a compression bomb",
        ["test_bomb_is_never_unpacked"],
    ),
    40: (
        "a body without end",
        ["test_endless_body_is_cut"],
    ),
    41: (
        "a redirect",
        ["test_redirect_is_not_followed_and_nothing_reaches_its_target"],
    ),
    42: (
        "a loop of redirects",
        ["test_redirect_is_never_followed"],
    ),
    43: (
        "a refused key",
        ["test_wrong_key_is_named_on_the_page"],
    ),
    44: (
        "a ticket that is gone",
        ["test_ticket_is_gone_only_when_that_is_said_twice"],
    ),
    45: (
        "a pause",
        [
            "test_date_to_wait_for_is_read_by_the_clock_of_the_server",
            "test_absurd_pause_is_cut_to_an_hour",
            "test_long_pause_is_looked_into_once_a_minute_and_ends_with_its_reason",
        ],
    ),
    46: (
        "errors in bursts",
        ["test_what_comes_and_goes_is_logged_rarely", "test_api_that_is_down_is_not_tried_again"],
    ),
    47: (
        "a slow page",
        ["test_slow_read_ends_at_its_deadline"],
    ),
    48: (
        "no network",
        ["test_unknown_name_has_sent_nothing", "test_api_that_goes_away_leaves_the_copy_in_use"],
    ),
    49: (
        "a proxy",
        [
            "test_proxy_is_used_and_named_without_its_password",
            "test_proxy_that_is_not_there_is_named_and_not_the_shop",
        ],
    ),
    50: (
        "certificates",
        ["test_certificate_is_refused_with_the_exact_reason"],
    ),
    51: (
        "a server's clock",
        [
            "test_clock_of_the_shop_is_learned_from_what_it_dates",
            "test_ages_are_counted_by_the_clock_of_the_shop",
        ],
    ),
    52: (
        "a million tickets",
        ["test_first_tickets_are_told_before_all_are_held"],
    ),
    53: (
        "a ticket that changes while it is open",
        ["test_customer_who_writes_appears_in_list_and_conversation"],
    ),
    54: (
        "two sellers at once",
        ["waits for: A seller's day, first half"],
    ),
    55: (
        "closing while the customer writes",
        ["test_customer_who_wrote_holds_the_closing_for_a_person"],
    ),
    56: (
        "a double click",
        ["test_a_double_click_sends_once_and_empties_the_box"],
    ),
    57: (
        "a blank reply",
        [
            "test_blank_reply_is_refused_where_it_was_written",
            "test_reply_of_invisible_letters_is_refused_and_kept",
        ],
    ),
    58: (
        "a browser that closes",
        [
            "test_draft_survives_reload_and_another_browser",
            "test_words_of_a_tab_that_was_closed_become_a_draft_on_any_page",
        ],
    ),
    59: (
        "a socket that is lost",
        ["test_words_typed_while_the_line_is_cut_are_back_after_a_reload"],
    ),
    60: (
        "a kill",
        ["test_reply_survives_a_kill_at_every_step", "test_file_is_written_through_to_the_disk"],
    ),
    61: (
        "a full disk under the outbox",
        [
            "test_reply_that_cannot_be_kept_is_an_error_and_its_draft_stays",
            "test_write_says_that_the_disk_is_full",
        ],
    ),
    62: (
        "a full disk under the copy",
        ["test_write_says_that_the_disk_is_full"],
    ),
    63: (
        "a damaged copy",
        ["test_damaged_copy_is_built_again_by_itself"],
    ),
    64: (
        "a damaged outbox",
        ["test_file_beyond_mending_is_kept_and_stops_sending_with_a_sentence"],
    ),
    65: (
        "odd places for the data",
        [
            "test_folder_that_cannot_be_written_is_one_line",
            "test_second_start_on_the_same_folder_says_where_the_first_one_is",
        ],
    ),
    66: (
        "another version's database",
        [
            "test_open_refuses_a_file_of_a_newer_version",
            "test_open_undoes_a_step_that_fails_half_way",
        ],
    ),
    67: (
        "syntax in a search",
        ["test_find_takes_anything_that_is_typed"],
    ),
    68: (
        "a query without end",
        [
            "test_anything_is_a_query",
            "test_what_was_typed_last_is_shown_whatever_order_the_answers_come_in",
        ],
    ),
    69: (
        "formulas in an export",
        ["test_no_cell_ever_begins_like_a_formula"],
    ),
    70: (
        "a wall that is left alone",
        [
            "test_wall_keeps_its_tickets_and_says_their_age_when_the_api_goes_away",
            "test_the_wall_says_by_itself_when_news_stay_away",
        ],
    ),
    71: (
        "a wall after an upgrade",
        ["waits for: The wall and the window"],
    ),
    72: (
        "pages that never connect",
        [
            "test_page_that_never_connects_is_let_go",
            "test_of_many_pages_that_nobody_connects_the_newest_stay",
        ],
    ),
    73: (
        "a fault in a page",
        [
            "test_page_that_fails_says_one_sentence_and_hides_the_reason",
            "test_fault_while_rows_are_drawn_is_said_and_tried_again",
        ],
    ),
    74: (
        "clocks and pauses of the machine",
        [
            "test_clock_that_jumps_changes_nothing",
            "test_desk_that_stood_still_during_a_send_sends_no_second_time",
        ],
    ),
}


@cache
def names_of_tests() -> frozenset[str]:
    """The name of every test there is."""
    files = (ROOT / "tests").rglob("test_*.py")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return frozenset(re.findall(r"def (test_\w+)\(", text))


@pytest.mark.parametrize("row", FAULTS)
def test_row_of_the_fault_table_has_its_test_or_waits_for_named_work(row: int) -> None:
    _, names = FAULTS[row]

    assert names
    assert [n for n in names if not n.startswith("waits for: ") and n not in names_of_tests()] == []


def test_no_row_of_the_fault_table_is_left_out() -> None:
    assert list(FAULTS) == list(range(1, 75))
