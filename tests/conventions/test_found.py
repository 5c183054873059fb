"""Which test holds each fault that use has found, or which piece of work it waits for.

The letters and numbers are those of the list of faults (kinds A to N); the words say what is right.
"""

import pytest

from tests.conventions.test_reply_promises import exists

SCREENS = "waits for: Screens in Python"
HOUSE = "waits for: A house a stranger can live in"
WALL = "waits for: The wall and the window"
DOORS = "waits for: Doors"
SCALE = "waits for: Beyond one machine"
ANSWER = "waits for: A seller's day, second half"
OPEN = "waits for: Sound in use"

FOUND: dict[str, list[str]] = {
    "A1 a reader given up with a cursor open comes back whole": [
        "store/test_database.py::test_reader_given_up_with_a_cursor_open_comes_back_whole",
        "store/test_database.py::test_reader_that_cannot_be_put_in_order_is_opened_anew",
        "desk/test_giving_up.py::test_questions_given_up_at_random_leave_every_reader_well",
        "client/test_giving_up.py::test_requests_given_up_at_random_leave_every_slot_free",
        "sync/test_delivery_giving_up.py"
        "::test_delivery_ended_at_random_sends_at_most_once_and_leaves_nothing_stuck",
    ],
    "A2 a task without an owner": [
        HOUSE,
    ],
    "B1 how long a customer has waited is one definition everywhere": [
        "desk/test_waiting.py::test_waits_are_those_of_the_messages_once_all_are_read",
        "desk/test_waiting.py::test_waits_are_the_same_in_every_place",
        "desk/test_waiting.py::test_estimated_waits_are_true",
        "components/test_ticket_table_browser.py::test_wait_stands_for_the_update_where_everybody_waits",
        "desk/test_waiting.py::test_longest_wait_stays_first_when_the_customer_writes_once_more",
        "domain/test_metrics.py::test_waiting_is_estimated_while_messages_are_missing_and_says_so",
        "state/test_filter_actions.py::test_longest_wait_comes_first_where_everybody_waits_and_nowhere_else",
    ],
    "B2 counts say whose number they are while the copy grows": [
        "state/presenters/test_ticket_list.py::test_numbers_say_whose_they_are_while_the_copy_is_filled",
        "state/presenters/test_charts.py::test_charts_say_of_how_many_tickets_while_some_are_lacking",
        "state/presenters/test_empty_state.py::test_nobody_waiting_is_said_of_the_tickets_read_while_some_are_lacking",
    ],
    "B3 one choice for one name, chosen or typed": [
        "store/test_search.py::test_every_choice_can_be_typed_and_finds_what_choosing_it_finds",
        "client/test_wire.py::test_name_loses_its_outer_blanks_and_a_currency_its_case",
    ],
    "B4 letters, quotes and links of other scripts": [
        "store/test_normalize.py::test_normalize_leaves_only_words",
        "domain/test_search_query.py::test_quotes_of_phones_and_other_languages_make_a_phrase",
        "state/presenters/test_linkify.py::test_link_ends_where_no_address_goes_on",
    ],
    "C1 ages by the server's clock": [
        "components/test_truth_browser.py::test_wall_counts_by_the_servers_clock",
        "components/test_truth_browser.py::test_desk_counts_by_the_servers_clock",
        "components/test_truth_browser.py::test_time_that_was_long_on_its_way_turns_no_age_back",
    ],
    "C2 Live is proved": [
        "components/test_truth_browser.py::test_live_is_not_said_before_the_connection_stands",
        "components/test_truth_browser.py::test_desk_works_where_site_data_is_blocked",
    ],
    "C3 a reload the desk causes keeps place": [
        "components/test_keys_browser.py::test_field_has_its_focus_and_its_caret_again_after_a_reload_that_the_desk_caused",
        "components/test_keys_browser.py::test_letters_do_nothing_after_a_reload_that_the_desk_caused",
        "components/test_keys_browser.py::test_rows_that_were_ticked_are_ticked_after_a_reload",
        "components/test_conversation_browser.py::test_log_is_read_on_where_one_was_after_a_reload",
    ],
    "C4 a page the browser translated": [
        "components/test_translated_browser.py::test_header_and_lines_follow_what_changes",
        "components/test_translated_browser.py::test_rows_numbers_views_and_messages_follow_what_changes",
    ],
    "D1 paging on from the last row shown": [
        "desk/test_paging.py::test_everybody_in_the_list_has_been_shown_at_its_end",
        "desk/test_paging.py::test_nobody_who_keeps_the_place_is_passed_over_from_any_page",
        "desk/test_paging.py::test_next_page_goes_on_after_the_last_row_shown",
        "components/test_ticket_table_browser.py::test_page_is_turned_from_the_rows_that_are_seen",
        "components/test_ticket_table_browser.py::test_pill_calls_new_only_what_was_not_there",
    ],
    "D2 the neighbour after Send": [
        "components/test_ticket_table_browser.py::test_keys_go_on_from_where_the_open_row_stood",
        "components/test_ticket_table_browser.py::test_keys_open_the_neighbour_while_a_conversation_is_open",
    ],
    "D3 order in the reply form": [
        "components/test_reply_box_browser.py::test_order_of_the_buttons_is_send_send_and_close_close",
    ],
    "D4 focus after each action": [
        "components/test_ticket_table_browser.py::test_an_order_of_the_bar_leaves_the_focus_on_a_row",
        "components/test_ticket_table_browser.py::test_a_row_that_leaves_gives_the_focus_to_its_neighbour",
        "components/test_reply_box_browser.py::test_focus_stays_in_the_box_after_send_by_mouse",
        "components/test_conversation_browser.py::test_escape_closes_and_gives_the_focus_back",
    ],
    "D5 hints over rows, selection lost": [
        "components/test_sizes_browser.py::test_hints_leave_the_first_row_free",
        "components/test_ticket_table_browser.py::test_ticks_stay_while_pages_are_turned",
    ],
    "E1 Escape and arrows of an input method": [
        "components/test_header_browser.py::test_a_word_being_composed_is_searched_and_its_keys_are_left_alone",
        "components/test_keys_browser.py::test_keys_of_an_input_method_are_left_alone",
    ],
    "E2 letters by physical key": [
        "components/test_keys_browser.py::test_letter_is_the_one_of_the_layout_or_of_the_place_where_it_has_none",
        "components/test_keys_browser.py::test_signs_of_a_cyrillic_layout_search_and_list_the_keys",
    ],
    "E3 a key held": [
        "components/test_keys_browser.py::test_key_that_is_held_presses_once",
        "components/test_reply_box_browser.py::test_key_that_is_held_sends_once_and_never_complains",
    ],
    "E4 missing keys": [
        "components/test_keys_browser.py::test_every_key_that_something_carries_is_in_the_list_of_keys",
        "components/test_keys_browser.py::test_keys_lead_to_the_next_and_the_previous_view",
        "components/test_keys_browser.py::test_reply_is_sent_and_its_ticket_closed_by_one_key_in_the_box",
        "components/test_keys_browser.py::test_open_ticket_is_closed_by_a_key",
        "components/test_ticket_table_browser.py::test_keys_give_orders_to_ticked_rows_and_turn_pages",
    ],
    "F1 small screens reach every page": [
        "components/test_sizes_browser.py::test_other_pages_are_reached_on_a_phone",
    ],
    "F2 widths between phone and desk": [
        "components/test_sizes_browser.py::test_nothing_lies_on_anything_and_fingers_hit",
        "components/test_sizes_browser.py::test_send_is_inside_and_the_log_has_room",
    ],
    "F3 low screens": [
        "components/test_sizes_browser.py::test_send_is_inside_and_the_log_has_room",
    ],
    "F4 touch targets": [
        "components/test_sizes_browser.py::test_nothing_lies_on_anything_and_fingers_hit",
        "e2e/test_settings.py::test_page_of_its_own_fills_a_phone",
    ],
    "F5 filters beside a conversation": [
        "components/test_sizes_browser.py::test_filters_beside_a_conversation_are_all_in_sight",
        "state/presenters/test_filters.py::test_filter_bar_has_a_chip_for_each_filter_that_no_button_shows",
    ],
    "F6 forced colours": [
        "components/test_sizes_browser.py::test_what_is_pressed_looks_so_in_forced_colours",
        "components/test_sizes_browser.py::test_axe_finds_nothing_serious_in_forced_colours",
    ],
    "F7 printing": [
        "components/test_sizes_browser.py::test_a_ticket_is_printed_whole_and_without_private_notes",
    ],
    "G1 identifiers on the wall": [
        "desk/test_masking.py::test_what_leads_to_a_person_or_an_order_is_hidden",
        "desk/test_masking.py::test_ids_of_the_ticket_itself_are_hidden_whatever_their_shape",
        "desk/test_masking.py::test_what_every_subject_may_hold_stays",
        "desk/test_queries.py::test_wall_names_no_order_wherever_it_is_written",
        "e2e/test_kiosk.py::test_wall_receives_nothing_that_leads_to_a_person_or_an_order",
    ],
    "G2 facts that are cut": [
        "components/test_conversation_browser.py::test_facts_are_not_cut",
    ],
    "G3 money that is cut or mixed": [
        "components/test_ticket_table_browser.py::test_no_amount_is_cut",
        "state/presenters/test_ticket_list.py::test_amounts_of_several_currencies_say_how_they_are_ordered",
    ],
    "G4 charts that do nothing": [
        "components/test_chart_browser.py::test_click_on_a_bar_tells_which",
        "components/test_chart_browser.py::test_click_on_a_day_tells_which",
        "components/test_chart_browser.py::test_hover_says_value_day_and_zone",
        "components/test_chart_browser.py::test_what_a_click_picks_is_a_list_for_keys",
        "components/test_figures.py::test_ticks_are_whole_numbers",
        "components/test_figures.py::test_day_that_is_not_over_is_drawn_and_said_as_such",
    ],
    "G5 as-of lines and empty charts": [
        "components/test_stats_row.py::test_age_of_a_number_stands_in_place_of_its_line",
        "state/presenters/test_charts.py::test_charts_without_a_ticket_say_that_there_is_none",
        "state/presenters/test_kiosk.py::test_wall_is_paged_and_never_cut_off",
    ],
    "G6 made shops look real": [
        SCREENS,
    ],
    "G7 pages that look like another product": [
        "e2e/test_settings.py::test_each_page_beside_the_list_can_be_read_in_the_dark",
    ],
    "H1 a public address without a door is refused": [
        "cli/test_commands.py::test_desk_that_others_can_reach_is_refused_until_there_is_a_user",
        "config/test_settings.py::test_wrong_value_names_setting_place_problem_and_remedy",
    ],
    "H2 the doctor opens the real schemas": [
        "cli/test_doctor.py::test_doctor_names_an_sqlite_that_is_too_old_for_the_schemas",
        "cli/test_doctor.py::test_doctor_opens_the_real_schemas",
        "store/test_database.py::test_least_sqlite_is_what_the_schemas_and_queries_need",
    ],
    "H3 export to a terminal that is not UTF-8": [
        "cli/test_export.py::test_redirected_export_is_utf8_whatever_the_terminal_is",
        "cli/test_export.py::test_commands_print_names_the_terminal_has_no_letters_for",
    ],
    "H4 HEAD is answered": [
        "e2e/test_doors.py::test_head_is_answered_like_get_without_the_body",
    ],
    "H5 a file edited by a person may begin with a mark": [
        "config/test_settings.py::test_files_that_a_person_edits_may_begin_with_a_mark",
        "web/test_embedded.py::test_key_saved_by_an_editor_is_read",
    ],
    "H6 the client's cache is read": [
        HOUSE,
    ],
    "H7 a new key or spelling hides nothing": [
        "store/test_shops.py::test_shop_is_found_however_its_address_is_spelled",
        "store/test_shops.py::test_mistyped_key_leaves_drafts_in_sight_and_is_not_believed",
        "store/test_shops.py::test_folder_of_the_first_version_is_adopted_with_all_that_is_in_it",
        "store/test_shops.py::test_no_sequence_of_keys_mixes_shops_or_hides_words",
        "store/test_shops.py::test_shop_with_work_is_forgotten_only_when_told_so",
        "sync/test_proof.py::test_key_of_another_shop_reads_and_sends_nothing",
        "e2e/test_shops.py::test_mistyped_then_rotated_key",
        "e2e/test_shops.py::test_key_of_another_shop_sends_nothing_of_the_first",
        "e2e/test_shops.py::test_new_key_while_the_api_is_away_is_proved_when_it_is_back",
    ],
    "H8 export in one pass, beside the old file": [
        "cli/test_export.py::test_file_takes_the_place_of_the_old_one_once_it_is_whole",
        "cli/test_export.py::test_work_of_an_export_grows_with_the_shop_and_no_faster",
        "cli/test_export.py::test_json_lines_hold_every_sign_and_no_control",
    ],
    "H9 a wrong key is told on terminal and wall": [
        "sync/test_connection_monitor.py::test_refused_key_is_one_line_when_it_turns_and_one_when_it_is_back",
        "sync/test_connection_monitor.py::test_hiccup_is_no_line_and_a_silence_that_goes_on_is_one",
        "state/presenters/test_kiosk.py::test_wall_says_why_its_data_is_not_live",
    ],
    "H10 the doctor sees what is broken": [
        "cli/test_doctor.py::test_doctor_names_a_port_that_is_taken",
        "cli/test_doctor.py::test_doctor_names_a_database_that_is_garbage",
        "cli/test_doctor.py::test_doctor_opens_a_window_that_nobody_sees",
        "cli/test_doctor.py::test_doctor_names_a_key_that_others_can_read",
        "cli/test_doctor.py::test_doctor_compares_the_clock_with_the_apis",
    ],
    "H11 ends and starts without a traceback": [
        "e2e/test_start.py::test_further_signals_do_not_disturb_the_end",
        "e2e/test_start.py::test_desk_told_to_end_while_it_starts_ends_in_order",
        "e2e/test_start.py::test_request_that_waits_is_cut_off_without_a_word",
        "e2e/test_start.py::test_pipe_that_was_closed_keeps_no_server_from_serving",
        "e2e/test_start.py::test_store_that_is_served_is_filled_and_served_by_nobody_else",
        "e2e/test_start.py::test_two_desks_on_one_host_keep_their_own_cookies",
        "e2e/test_odd_sockets.py::test_odd_messages_leave_one_line_and_a_desk_that_works",
        "e2e/test_odd_sockets.py::test_a_browser_cannot_fill_the_log",
        "e2e/test_desktop.py::test_kiosk_prints_the_address_in_front_of_the_desk",
        "cli/test_commands.py::test_file_that_cannot_be_used_is_no_fault_of_ours",
        "cli/test_commands.py::test_help_names_the_port_that_is_used",
        "config/test_settings.py::test_password_of_a_database_is_refused_in_a_command",
        "config/test_logging.py::test_each_line_says_its_time_with_the_zone",
        "config/test_logging.py::test_log_holds_what_its_level_asks_for",
    ],
    "H12 window toolkits": [
        WALL,
    ],
    "H13 the kiosk's browser comes back": [
        WALL,
    ],
    "H14 the wall upright and square": [
        "components/test_sizes_browser.py::test_each_tile_of_the_wall_says_all_it_has",
    ],
    "I1 what is said about the future happens": [
        "state/test_words_come_true.py::test_what_is_said_about_the_future_of_a_reply_happens",
        "state/presenters/test_reply_labels.py::test_reply_that_waits_says_for_what_and_what_happens_then",
        "desk/test_commands.py::test_reply_taken_back_in_a_pause_is_never_sent",
        "desk/test_commands.py::test_reply_is_taken_back_though_its_pause_ends_at_that_moment",
        "desk/test_queries.py::test_conversation_tells_what_each_queued_reply_waits_for",
        "e2e/test_faults.py::test_reply_says_that_it_waits_for_the_api_and_goes_when_that_is_back",
        "state/test_undo_send.py::test_reply_that_something_else_holds_back_is_not_said_to_leave",
    ],
    "I2 words typed while the desk is away": [
        "e2e/test_words_survive.py::test_words_of_one_ticket_are_safe_when_another_is_opened_first",
        "e2e/test_words_survive.py::test_words_of_a_tab_that_was_closed_become_a_draft_on_any_page",
        "e2e/test_words_survive.py::test_no_word_is_lost_by_kills_at_random_moments",
        "state/test_drafts_model.py::test_no_order_of_events_loses_or_hides_a_word",
    ],
    "I3 a row that cannot be kept is one row": [
        "sync/test_coordinator.py::test_row_whose_id_holds_a_nul_is_one_unreadable_row",
        "sync/test_odd_rows.py::test_every_row_is_held_or_counted",
        "sync/test_coordinator.py::test_fault_behind_the_list_is_said_until_it_heals_without_a_restart",
        "sync/test_poll_loop.py::test_mistake_in_a_step_is_told_until_it_is_over_and_stops_no_other",
        "pages/test_health.py::test_fault_of_the_desk_is_said_everywhere_at_once",
        "desk/test_queries.py::test_question_that_fails_is_told_everywhere_until_it_is_answered",
    ],
    "I4 an entry that cannot be read stops no other": [
        "store/test_mending.py::test_entry_that_cannot_be_read_is_for_a_person_and_stops_no_other",
        "store/test_mending.py::test_file_that_forgot_its_version_is_known_by_its_tables",
        "store/test_mending.py::test_file_beyond_mending_is_kept_and_stops_sending_with_a_sentence",
        "store/test_mending.py::test_outbox_with_flipped_bytes_opens_and_answers",
        "cli/test_unsent.py::test_words_on_both_sides_of_the_damage_are_given_out",
    ],
    "I5 a damaged copy is built again": [
        "desk/test_copy_damage.py::test_desk_over_a_damaged_copy_ends_healthy_and_complete",
        "store/test_mirror.py::test_copy_that_a_reader_finds_damaged_is_begun_again_at_once",
        "store/test_mirror.py::test_scan_into_a_copy_that_was_begun_again_is_forgotten",
    ],
    "I6 no box holds another window's words": [
        "state/test_two_windows.py::test_no_window_takes_the_words_of_another_whenever_their_lines_come_back",
        "e2e/test_two_browsers.py::test_texts_typed_at_once_are_both_kept_and_can_be_put_together",
    ],
    "J1 linear patterns": [
        "conventions/test_patterns.py::test_work_of_a_pattern_grows_with_the_text_and_no_faster",
        "desk/test_masking.py::test_only_the_beginning_of_a_text_is_worked_on",
        "config/test_logging.py::test_text_without_end_is_cut_before_a_secret_is",
        "state/presenters/test_linkify.py::test_work_of_finding_links_grows_with_the_text_and_no_faster",
        "store/test_normalize.py::test_work_of_normalizing_grows_with_the_text_and_no_faster",
    ],
    "J2 a message of many lines": [
        "components/test_conversation_browser.py::test_message_of_many_lines_is_drawn_in_few_boxes",
        "state/presenters/test_conversation.py::test_message_of_line_breaks_is_cut_until_it_is_asked_for",
    ],
    "J3 bounds for long texts": [
        "state/test_bounds.py::test_page_of_rows_is_bounded_whatever_they_hold",
        "state/test_bounds.py::test_conversation_is_bounded_until_more_is_asked_for",
        "state/test_bounds.py::test_filters_and_notices_are_bounded",
        "state/test_bounds.py::test_short_texts_are_cut_where_they_are_read",
        "store/test_search.py::test_only_so_much_of_a_text_is_searched",
    ],
    "J4 control characters in output": [
        "cli/test_export.py::test_terminal_shows_what_would_act_on_it",
        "cli/test_export.py::test_json_lines_hold_every_sign_and_no_control",
        "config/test_logging.py::test_nothing_in_a_record_moves_a_terminal",
        "client/test_responses.py::test_quote_holds_no_sign_that_acts",
    ],
    "J5 formulas behind invisible marks": [
        "cli/test_export.py::test_no_cell_ever_begins_like_a_formula",
        "components/test_conversation_browser.py::"
        "test_link_that_leads_elsewhere_than_it_seems_says_where",
    ],
    "K1 a shop whose clock is off": [
        "domain/test_clock.py::test_skew_is_the_middle_of_what_is_heard_and_stands_still",
        "client/test_transport.py::test_clock_of_the_shop_is_learned_from_what_it_dates",
        "desk/test_queries.py::test_ages_are_counted_by_the_clock_of_the_shop",
    ],
    "K2 an empty secret": [
        "config/test_data_dir.py::test_secret_that_was_cut_off_signs_nothing",
        "config/test_data_dir.py::test_secret_is_whole_or_not_there_when_the_disk_is_full",
        "web/test_embedded.py::test_file_that_was_cut_off_is_made_anew",
    ],
    "K3 odd things in the data folder": [
        "config/test_data_dir.py::test_odd_thing_in_place_of_a_file_is_named",
        "config/test_data_dir.py::test_odd_thing_in_place_of_a_folder_is_named",
        "config/test_data_dir.py::test_odd_thing_further_down_is_one_sentence",
        "config/test_data_dir.py::test_odd_thing_in_the_folder_of_a_shop_is_one_sentence",
    ],
    "K4 a full disk prints nothing past the redaction": [
        "config/test_logging.py::test_full_disk_prints_nothing_past_the_redaction",
    ],
    "K5 a proxy that is down is named": [
        "client/test_transport_opening.py::test_proxy_that_is_not_there_is_named_and_not_the_shop",
    ],
    "K6 small edges of sockets, headers and Send": [
        "pages/test_page_reaper.py::"
        "test_socket_that_never_says_whose_it_is_is_ended_and_a_page_stays",
        "web/test_static_cache.py::"
        "test_refusal_is_kept_by_nobody_and_a_cookie_only_by_whom_it_is_for",
        "server/test_middleware.py::test_answers_of_the_api_are_kept_by_nobody",
        "sync/test_connection_monitor.py::test_next_try_comes_when_it_may_help",
        "state/test_conversation.py::"
        "test_send_for_a_ticket_that_was_left_is_not_sent_kept_and_told",
        "state/test_undo_send.py::test_send_that_came_too_late_is_told_with_the_way_to_its_draft",
    ],
    "K7 a benchmark that holds on any day": [
        "conventions/test_load.py::test_measured_copy_holds_every_message_so_that_a_search_finds_the_same_all_day",
        "conventions/test_load.py::test_every_measurement_that_the_papers_name_exists",
    ],
    "K8 a suite that holds on any machine": [
        OPEN,
    ],
    "K9 rows of the fault table with their tests": [
        "conventions/test_fault_table.py::test_row_of_the_fault_table_has_its_test_or_waits_for_named_work",
    ],
    "L1 a copy that is not complete does not say so": [
        "sync/test_coordinator.py::"
        "test_copy_of_an_api_that_repeats_its_first_page_does_not_call_itself_complete",
        "sync/test_coordinator.py::test_larger_claim_of_the_api_wins_until_it_is_taken_back",
        "pages/test_health.py::test_health_begins_with_one_line",
    ],
    "L2 a pause does not outlive its reason": [
        "client/test_scheduler.py::"
        "test_long_pause_is_looked_into_once_a_minute_and_ends_with_its_reason",
        "client/test_scheduler.py::test_person_lets_one_request_through_at_once",
        "sync/test_coordinator.py::test_person_is_not_held_back_by_a_pause_whose_reason_is_gone",
        "sync/test_coordinator.py::test_pause_is_looked_into_once_a_minute_and_the_next_look_is_said",
        "sync/test_delivery_answers.py::"
        "test_pause_of_a_shop_that_is_well_again_holds_no_reply_for_longer_than_a_minute",
        "sync/test_delivery_answers.py::"
        "test_pause_after_a_reply_is_obeyed_though_reads_are_well_until_somebody_tries",
        "desk/test_commands.py::test_try_now_lets_one_reply_go_and_the_rest_once_it_is_taken",
        "desk/test_commands.py::test_check_again_looks_into_a_pause_that_the_client_keeps",
    ],
    "L3 other programs write into the box": [
        "components/test_reply_box_browser.py::test_what_another_program_wrote_into_the_box_is_sent",
        "components/test_reply_box_browser.py::test_what_another_program_wrote_into_the_box_becomes_the_draft",
    ],
    "L4 a reply the shop has changed is that reply": [
        "sync/test_reconciler.py::test_accepted_reply_that_the_shop_tidied_is_confirmed",
        "sync/test_reconciler.py::test_message_of_a_colleague_does_not_confirm_an_accepted_reply",
        "sync/test_reconciler.py::test_reply_of_which_nobody_knows_is_not_recognised_by_likeness",
        "sync/test_reply_matching.py::test_likest_of_several_new_messages_is_the_accepted_reply",
        "sync/test_reconciler.py::"
        "test_message_that_comes_later_is_quoted_beside_a_reply_nobody_could_confirm",
        "state/presenters/test_conversation.py::test_reply_that_the_shop_changed_says_what_differs",
    ],
    "L5 renamed zones": [
        "state/test_formatting.py::test_old_name_of_a_zone_is_that_zone",
        "state/test_formatting.py::test_old_name_is_known_where_the_systems_data_lacks_it",
        "state/test_formatting.py::test_zone_nobody_knows_is_utc_and_said",
        "state/test_formatting.py::test_without_any_zone_data_the_start_says_one_line",
    ],
    "L6 403 is not always the key": [
        "client/test_responses.py::test_page_that_forbids_one_request_is_not_told_as_the_key",
        "client/test_responses.py::test_text_that_was_forbidden_says_what_to_try",
        "sync/test_delivery_answers.py::test_text_that_a_firewall_refuses_holds_back_no_other",
    ],
    "L7 words that depend on the day": [
        "pages/test_frame.py::test_words_that_depend_on_the_day_are_drawn_anew_at_the_viewers_midnight",
        "state/test_conversation.py::test_day_of_a_message_is_said_anew_once_it_is_another_day",
    ],
    "L8 excerpts follow their row": [
        "sync/test_message_backfill.py::test_customer_who_writes_twice_within_a_minute_is_read_twice",
        "sync/test_message_backfill.py::test_customer_who_writes_while_the_ticket_is_read_is_read_again",
    ],
    "L9 a hit opens at the hit": [
        "state/test_conversation_hits.py::test_conversation_opens_at_the_first_hit_wherever_it_stands",
        "state/test_conversation_hits.py::test_next_and_previous_hit_are_gone_to_and_what_is_pressed_last_counts",
        "components/test_conversation_browser.py::test_hit_of_a_search_is_in_sight_and_marked_and_leads_to_the_next",
    ],
    "L10 earlier messages": [
        "components/test_conversation_browser.py::test_long_conversation_goes_to_its_beginning_and_on_from_there",
    ],
    "L11 copied rows": [
        "components/test_ticket_table_browser.py::test_copied_rows_are_lines_of_cells",
    ],
    "L12 opening in a tab": [
        "components/test_ticket_table_browser.py::test_a_tab_of_its_own_shows_the_ticket_with_the_list",
    ],
    "L13 the browser's text size": [
        "components/test_sizes_browser.py::test_everything_grows_with_the_text_size_of_the_browser",
    ],
    "L14 every offered value can be typed": [
        "store/test_search.py::test_every_choice_can_be_typed_and_finds_what_choosing_it_finds",
    ],
    "L15 statuses outside the contract": [
        "desk/test_queries.py::test_statuses_outside_the_document_are_a_view_of_their_own",
        "state/presenters/test_ticket_list.py::test_view_of_other_statuses_is_there_only_with_tickets",
    ],
    "L16 amounts written for people": [
        "client/test_parsing.py::test_amount_is_read_as_people_write_it",
        "client/test_wire.py::test_value_that_came_and_cannot_be_read_is_named",
        "state/test_formatting.py::test_amount_that_nobody_could_read_is_said_to_be_so",
        "pages/test_health.py::test_unreadable_values_are_counted_by_their_field",
    ],
    "L17 the wall in a frame": [
        "e2e/test_kiosk.py::test_wall_stands_and_lives_in_the_frame_of_the_board_that_was_named",
        "web/test_request_guard.py::test_only_the_wall_may_stand_in_the_frame_of_the_one_board",
    ],
    "L18 entities and aligned text": [
        "state/test_formatting.py::test_entities_of_a_subject_are_read_once",
        "components/test_message_text.py::test_lines_that_blanks_hold_apart_are_in_a_fixed_font",
    ],
    "L19 pages that never connect": [
        "pages/test_page_reaper.py::test_page_that_never_connects_is_let_go",
        "pages/test_page_reaper.py::test_of_many_pages_that_nobody_connects_the_newest_stay",
    ],
    "L20 values a spreadsheet bends": [
        ANSWER,
    ],
    "M1 upright and square walls": [
        "components/test_sizes_browser.py::test_each_tile_of_the_wall_says_all_it_has",
    ],
    "M2 the kiosk fills the screen": [
        WALL,
    ],
    "M3 the wall below Chromium 89": [
        "components/test_plain_browser.py"
        "::test_engine_that_cannot_start_the_live_wall_is_led_to_the_plain_one_and_back",
    ],
    "M4 notices that stay": [
        "components/test_older_browser.py::test_notices_of_the_framework_stay_hidden_without_layers",
    ],
    "M5 older engines' heights": [
        "components/test_theme.py::test_each_rule_for_a_narrow_middle_holds_without_containers",
    ],
    "M6 older engines' methods": [
        "components/test_older_browser.py::test_older_browser_is_told_what_it_needs",
        "components/test_older_browser.py::test_browser_that_cannot_start_the_desk_is_told_so_in_large_words",
        "components/test_older_browser.py::test_readme_names_the_oldest_browser",
    ],
    "M7 dates cut in Firefox": [
        "components/test_sizes_browser.py::test_filters_beside_a_conversation_are_all_in_sight",
    ],
    "M8 WebKitGTK's dates and box": [
        "components/test_reply_box_browser.py::test_box_grows_where_the_browser_does_not_do_it",
    ],
    "M9 freshness after waking": [
        "components/test_truth_browser.py::test_nothing_is_live_after_sleep_until_the_desk_is_heard",
    ],
    "M10 every sign that is promised is found": [
        "store/test_search.py::test_list_count_and_facets_of_any_query_agree",
        "store/test_search.py::test_dollar_is_a_word_of_its_own",
        "store/test_normalize.py::test_every_sign_that_is_a_word_is_one_for_the_index",
    ],
    "M11 the embedded API on PostgreSQL": [
        SCALE,
    ],
    "M12 what an idle crowd costs": [
        "desk/test_sharing.py::test_page_is_asked_for_and_built_once_for_all_lists",
        "desk/test_sharing.py::test_page_is_asked_for_again_once_anything_has_changed",
        "state/test_inbox.py::test_refresh_with_nothing_new_still_turns_a_wait_red_in_time",
    ],
    "N1 a copy button in Qt": [
        WALL,
    ],
    "N2 a toolkit that cannot start": [
        WALL,
    ],
    "N3 a polite end": [
        WALL,
    ],
    "N4 selecting text in the window": [
        WALL,
    ],
    "N5 closing within the undo time": [
        WALL,
    ],
    "N6 a window larger than the screen": [
        WALL,
    ],
    "N7 other users of the machine": [
        DOORS,
    ],
    "N8 the theme at each start": [
        WALL,
    ],
    "N9 a dead renderer": [
        WALL,
    ],
    "N10 window comforts": [
        WALL,
    ],
    "N11 a locked key ring": [
        WALL,
    ],
}

KINDS = {"A": 2, "B": 4, "C": 4, "D": 5, "E": 4, "F": 7, "G": 7}
KINDS |= {"H": 14, "I": 6, "J": 5, "K": 9, "L": 20, "M": 12, "N": 11}


@pytest.mark.parametrize("fault", FOUND)
def test_each_fault_has_its_test_or_waits_for_named_work(fault: str) -> None:
    places = FOUND[fault]

    assert places
    for place in places:
        assert place.startswith("waits for: ") or exists(place), place


def test_no_fault_is_left_out() -> None:
    named = [fault.split()[0] for fault in FOUND]

    assert named == [f"{kind}{n + 1}" for kind, size in KINDS.items() for n in range(size)]


def test_a_fault_either_waits_or_is_held() -> None:
    both = [
        fault
        for fault, places in FOUND.items()
        if len({place.startswith("waits for: ") for place in places}) > 1
    ]

    assert both == []
