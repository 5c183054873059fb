"""Which test holds which item of ASVS 5.0 that the desk answers for, and what strangers try."""

import re

import pytest

from tests.conventions.test_reply_promises import exists
from tests.conventions.tree import code_files, name_of

SIGN_INS = "desk/test_sign_ins.py::test_"
CODES = "desk/test_one_time_codes.py::test_"
GUARD = "web/test_sign_in_guard.py::test_"
ROUTES = "web/test_every_route.py::test_"
PAGES = "pages/test_page_reaper.py::test_"
REQUESTS = "web/test_request_guard.py::test_"
SOCKETS = "web/test_socket_sessions.py::test_"
EVENTS = "web/test_socket_events.py::test_"

ASKS = re.compile(
    r"^\s*(?:from|import) (?:httpx|requests|aiohttp|websockets|smtplib|ftplib|http\.client"
    r"|urllib\.request)\b",
    re.MULTILINE,
)
"""how a module begins that can ask another machine"""

ASVS = {
    "1.2.1 output is encoded where it is drawn": [
        "conventions/test_files.py::test_nothing_makes_markup_from_values",
        "components/test_conversation_browser.py::test_hostile_text_is_drawn_as_text",
    ],
    "1.2.2 links lead to known schemes alone": [
        "state/presenters/test_linkify.py::"
        "test_segments_joined_are_the_text_and_link_only_to_named_schemes",
        f"{GUARD}sign_in_leads_nowhere_else",
    ],
    "1.2.3 no value becomes code of the screen": [
        "conventions/test_files.py::test_no_value_is_written_into_code_of_the_screen",
    ],
    "1.2.4 what is typed is a value of SQL, never a part of it": [
        "conventions/test_tools.py::test_tool_finds_nothing",
        "store/test_text_search.py::test_find_takes_anything_that_is_typed",
        "store/test_text_search.py::test_terms_and_filters_never_fail",
    ],
    "1.2.10 no cell is a formula": [
        "cli/test_export.py::test_no_cell_ever_begins_like_a_formula",
        "pages/test_people.py::test_log_is_taken_along_as_csv_without_formulas",
    ],
    "1.3.6 no address of a stranger is asked": [
        "client/test_transport.py::test_redirect_is_not_followed_and_nothing_reaches_its_target",
    ],
    "2.4.1 what costs much is limited": [
        f"{ROUTES}no_page_is_built_for_nobody",
        f"{PAGES}page_loads_without_a_socket_are_bounded_for_each_address",
        f"{PAGES}sockets_that_name_no_page_are_bounded_for_each_address",
        f"{PAGES}of_many_pages_that_nobody_connects_the_newest_stay",
    ],
    "3.3.1 to 3.3.4 cookies are bound to their place": [
        f"{GUARD}cookie_is_bound_as_tightly_as_its_place_allows",
    ],
    "3.4.3 to 3.4.8 every answer carries the headers": [
        f"{ROUTES}security_headers_are_on_every_route_for_everybody",
        f"{REQUESTS}only_the_wall_may_stand_in_the_frame_of_the_one_board",
    ],
    "3.5.1, 3.5.3 nothing is sent from another site": [
        f"{REQUESTS}foreign_origin_is_refused_for_every_method",
        f"{REQUESTS}write_from_another_site_is_refused",
        f"{REQUESTS}write_with_a_cookie_says_which_page_sends_it",
        f"{REQUESTS}key_holder_without_a_browser_may_write",
        f"{GUARD}embedded_api_never_sees_who_has_signed_in",
    ],
    "4.1.3 a stranger's word about where they come from is not believed": [
        "web/test_forwarded.py::test_forged_headers_of_a_stranger_are_dropped",
    ],
    "4.4.2 a socket names its origin": [f"{REQUESTS}socket_needs_our_host_and_our_origin"],
    "4.4.4 a socket is its session's own": [
        f"{SOCKETS}socket_is_tied_to_a_page_of_its_own_session_alone",
        "e2e/test_doors.py::test_one_tab_cannot_act_for_another",
    ],
    "6.1.1, 6.3.1 guessing is slow and keeps nobody out": [
        f"{SIGN_INS}a_thousand_guesses_reach_the_password_ten_times",
        f"{SIGN_INS}guesses_at_once_are_counted_before_they_are_looked_at",
        f"{SIGN_INS}stranger_who_guesses_does_not_keep_the_user_out",
    ],
    "6.2.1 passwords have a least length": [
        "desk/test_users.py::test_poor_password_is_refused_with_a_sentence",
    ],
    "6.2.3 one's own password is needed to change it": [
        "pages/test_people.py::test_own_password_is_changed_by_whoever_knows_it",
    ],
    "6.3.3 a second factor may be asked for, and is slowed down as passwords are": [
        f"{CODES}password_alone_lets_nobody_in_who_has_codes",
        f"{CODES}wrong_codes_are_slowed_down_as_passwords_are",
        f"{CODES}right_password_does_not_make_wrong_codes_count_less",
        "e2e/test_sign_in.py::test_code_from_the_phone_is_asked_for_once_it_was_set_up",
    ],
    "6.3.8 an answer does not tell which names there are": [
        f"{SIGN_INS}unknown_name_gets_the_answer_of_a_wrong_password",
        f"{SIGN_INS}unknown_name_costs_a_hash_as_well",
    ],
    "6.5.1 each code counts once": [
        f"{CODES}code_is_accepted_once",
        f"{CODES}code_that_turned_codes_on_signs_nobody_in",
        f"{CODES}recovery_code_lets_in_once",
    ],
    "6.5.2, 6.5.3 codes are random, recovery codes kept as hashes": [
        f"{CODES}secret_has_160_bits_and_a_part_of_it_is_none",
        f"{CODES}recovery_codes_are_kept_as_hashes_alone",
    ],
    "6.5.5 a code counts for as short as it can": [
        f"{CODES}code_counts_in_its_half_minute_and_in_those_beside_it",
    ],
    "7.2.4 each sign-in makes a session of its own": [
        f"{SIGN_INS}each_sign_in_has_a_token_of_its_own",
    ],
    "7.3.1, 7.3.2 a session ends when idle, and after a week": [
        f"{SIGN_INS}session_ends_when_idle_and_after_a_week",
        f"{SOCKETS}event_of_a_person_keeps_the_session_from_being_idle",
    ],
    "7.4.1, 7.4.2 a session that is ended is over at once": [
        f"{SIGN_INS}session_is_over_as_soon_as_its_end_was_looked_at",
        f"{SOCKETS}event_is_heard_only_while_its_session_lives",
        f"{SOCKETS}whoever_is_out_is_out_within_a_second_also_in_a_socket_that_stands",
        f"{SOCKETS}event_of_a_session_that_ended_is_not_heard_in_a_socket_that_stands",
        f"{SIGN_INS}sign_in_that_overlaps_a_change_of_the_password_makes_no_session",
        "e2e/test_sign_in.py::test_two_sellers_sign_in_and_one_is_sent_away_while_typing",
    ],
    "7.5.1 the password is needed to change what one signs in with": [
        "pages/test_people.py::test_one_time_codes_are_set_up_with_a_code_and_the_password",
        "pages/test_people.py::test_codes_are_turned_off_and_renewed_with_the_password_alone",
    ],
    "7.5.2 one sees one's sessions and ends them": [
        "pages/test_people.py::test_own_devices_are_listed_and_signed_out_one_by_one",
        "pages/test_people.py::test_nobody_signs_out_the_devices_of_somebody_else",
    ],
    "8.2.1 each route is for those it is for": [
        f"{ROUTES}every_route_is_open_to_those_it_is_for_and_to_nobody_else",
        f"{ROUTES}nobody_sends_anything_to_any_route",
    ],
    "8.2.2 what is somebody's own is theirs alone": [
        "desk/test_roles.py::test_reply_and_its_draft_are_their_authors_own",
        "desk/test_private_notes.py::"
        "test_note_is_removed_by_its_author_or_the_owner_and_by_nobody_else",
        "desk/test_saved_views.py::"
        "test_private_view_is_its_makers_own_and_a_shared_one_is_seen_by_all",
        "desk/test_saved_views.py::test_view_of_another_seller_is_changed_by_an_owner_only",
        "pages/test_people.py::test_nobody_signs_out_the_devices_of_somebody_else",
        f"{EVENTS}control_of_a_seller_writes_for_a_seller_and_for_nobody_else",
    ],
    "8.3.1 the rule is enforced where the work is done": [
        "desk/test_roles.py::test_every_command_that_writes_refuses_a_reader_with_a_sentence",
        f"{EVENTS}control_of_a_seller_writes_for_a_seller_and_for_nobody_else",
        f"{SOCKETS}every_event_of_the_screen_library_has_a_guard",
    ],
    "11.4.2 passwords are kept as slow hashes": [
        "desk/test_users.py::test_password_is_kept_as_a_hash_alone",
    ],
    "13.2.3 no key is a known one": [
        "web/test_embedded.py::test_key_is_made_at_the_first_call_and_kept",
    ],
    "13.2.4 the desk asks the one API alone, the browser the desk alone": [
        "conventions/test_security.py::test_other_machines_are_asked_by_the_client_alone",
        f"{ROUTES}security_headers_are_on_every_route_for_everybody",
    ],
    "13.3.1 the key is nowhere to be found": [
        "e2e/test_canaries.py::test_key_and_forgotten_customer_are_found_nowhere",
    ],
    "13.4.5 what describes or watches the desk tells strangers nothing": [
        "server/test_application.py::"
        "test_description_is_served_without_a_key_and_without_a_docs_page",
        f"{ROUTES}every_route_is_open_to_those_it_is_for_and_to_nobody_else",
    ],
    "15.2.2 bodies are bounded": [
        "server/test_middleware.py::test_body_over_256_kb_is_refused",
        f"{GUARD}odd_form_signs_nobody_in",
    ],
    "15.3.2 no redirect is followed": [
        "client/test_transport.py::test_redirect_is_not_followed_and_nothing_reaches_its_target",
    ],
    "15.3.3 a write changes no field but its own": [
        "server/test_exception_handlers.py::test_reply_with_a_wrong_field_is_422",
        "server/test_exception_handlers.py::test_status_change_with_a_wrong_field_is_422",
    ],
    "16.2.5 logs hold no secrets": [
        "config/test_logging.py::test_last_errors_are_remembered_without_secrets",
        f"{SIGN_INS}sign_ins_and_refusals_are_in_the_log_without_what_was_typed",
    ],
    "16.4.1 nothing in a line of the log makes another": [
        "config/test_logging.py::test_message_with_a_line_break_stays_one_record",
    ],
    "16.3.1, 16.3.2 sign-ins and changes are logged": [
        "desk/test_users.py::test_every_change_is_in_the_log_with_who_made_it",
        "desk/test_roles.py::test_what_is_done_is_in_the_log_with_who_did_it_and_from_where",
    ],
    "16.5.1 a fault of ours is told in a sentence without its reason": [
        "pages/test_errors.py::test_page_that_fails_says_one_sentence_and_hides_the_reason",
        "server/test_middleware.py::test_failure_of_ours_is_a_500_in_the_same_shape",
    ],
}

ITEMS = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.10 1.3.6 2.4.1
3.3.1 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.5.1 3.5.3 4.1.3 4.4.2 4.4.4
6.1.1 6.2.1 6.2.3 6.3.1 6.3.3 6.3.8 6.5.1 6.5.2 6.5.3 6.5.5
7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.5.1 7.5.2 8.2.1 8.2.2 8.3.1 11.4.2
13.2.3 13.2.4 13.3.1 13.4.5 15.2.2 15.3.2 15.3.3 16.2.5 16.3.1 16.3.2 16.4.1 16.5.1
"""

TRIED = {
    "a wrong password": f"{GUARD}wrong_password_is_a_sentence_and_no_cookie",
    "a thousand guesses": f"{SIGN_INS}a_thousand_guesses_reach_the_password_ten_times",
    "2,000 page loads without a socket": (
        f"{PAGES}page_loads_without_a_socket_are_bounded_for_each_address"
    ),
    "a session that is revoked in the middle of typing": (
        "e2e/test_sign_in.py::test_two_sellers_sign_in_and_one_is_sent_away_while_typing"
    ),
    "a clock that is wrong by a day": (
        f"{SIGN_INS}guesses_of_a_clock_that_was_ahead_count_no_more"
    ),
    "a code used twice": f"{CODES}code_is_accepted_once",
    "a phone whose clock is wrong by a day": f"{CODES}wrong_code_says_what_the_desks_clock_says",
    "a thousand wrong links": (
        "desk/test_walls.py::test_wrong_links_are_slowed_down_as_passwords_are"
    ),
    "a link used twice": "desk/test_walls.py::test_link_used_twice_is_refused_to_the_second_screen",
    "a link of yesterday": "desk/test_walls.py::test_link_of_yesterday_is_told_to_have_run_out",
    "forged headers of a proxy": (
        "web/test_forwarded.py::test_forged_headers_of_a_stranger_are_dropped"
    ),
    "a proxy that lets no WebSocket pass": (
        "e2e/test_behind_a_proxy.py::test_page_works_where_the_proxy_lets_no_websocket_pass"
    ),
    "a file of accounts that was removed": (
        "cli/test_commands.py::test_desk_that_lost_its_users_is_not_opened_to_everybody"
    ),
    "a foreign origin": f"{REQUESTS}foreign_origin_is_refused_for_every_method",
    "a public address before there is a user": (
        "cli/test_commands.py::test_desk_that_others_can_reach_is_refused_until_there_is_a_user"
    ),
}


def test_every_item_is_in_the_table() -> None:
    assert {number for item in ASVS for number in numbers_of(item)} == set(ITEMS.split())


def numbers_of(item: str) -> set[str]:
    """The numbers an item begins with: `3.3.1 to 3.3.4`, `3.5.1, 3.5.3`."""
    if between := re.match(r"(\d+\.\d+)\.(\d+) to \1\.(\d+)", item):
        group, first, last = between.groups()
        return {f"{group}.{one}" for one in range(int(first), int(last) + 1)}
    return set(re.findall(r"\d+\.\d+\.\d+", item))


@pytest.mark.parametrize("item", ASVS)
def test_each_item_has_its_test(item: str) -> None:
    assert [place for place in ASVS[item] if not exists(place)] == []


def test_other_machines_are_asked_by_the_client_alone() -> None:
    asking = {
        name_of(path)
        for path in code_files(".py", below=("app", "components"))
        if ASKS.search(path.read_text("utf-8"))
    }

    assert asking == {"app/client/transport.py", "app/client/base_url.py"}  # that finds the proxy


@pytest.mark.parametrize("what", TRIED)
def test_what_strangers_try_has_its_test(what: str) -> None:
    assert exists(TRIED[what])
