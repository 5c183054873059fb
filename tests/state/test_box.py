"""Words typed onto a text that is no longer there: none is written over."""

from app.domain.outbox_entry import Draft
from app.state.box import Box


def drawn(text: str = "") -> Box:
    """A box as a browser has just drawn it."""
    box = Box(ticket_id="t1")
    if text:
        box.settle((Draft(number=1, text=text),))
    box.begin()
    return box


def test_words_typed_onto_what_is_there_take_its_place() -> None:
    box = drawn("Dear")

    box.type("Hello", box.turn, 1)

    assert (box.text, box.own) == ("Hello", Draft(number=1, text="Dear"))


def test_words_typed_onto_another_text_stand_beside_it() -> None:
    box = drawn("Dear")

    box.type("Hello", -1, 1)

    assert (box.text, box.unsaved, box.own) == ("Hello", True, None)
    assert box.others == (Draft(number=1, text="Dear"),)


def test_words_typed_onto_another_text_take_the_place_of_what_they_hold_whole() -> None:
    box = drawn("Dear")

    box.type("Dear Anna", -1, 1)

    assert (box.text, box.own) == ("Dear Anna", Draft(number=1, text="Dear"))


def test_words_put_into_the_box_and_not_taken_over_are_kept_beside() -> None:
    box = drawn()
    turn = box.turn
    box.type("Late words", turn, 1)
    box.begin()

    box.type("Typed meanwhile", turn, 2)

    assert (box.text, box.spare) == ("Typed meanwhile", ("Late words",))


def test_only_a_text_that_is_a_draft_for_good_counts_as_acknowledged() -> None:
    box = drawn()

    box.type("Heard", box.turn, 3)
    box.begin()

    assert box.given_after == 0
