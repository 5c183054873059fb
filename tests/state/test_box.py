"""Words that come late, or twice, or while others are on their way: none is written over."""

from app.domain.draft import Draft
from app.state.box import Box


def drawn(text: str = "") -> Box:
    """A box as a browser has just drawn it."""
    box = Box(ticket_id="t1")
    if text:
        box.settle((Draft(number=1, text=text),))
    box.begin()
    return box


def test_late_words_that_go_on_with_what_is_there_are_put_into_the_box() -> None:
    box = drawn("Dear")

    box.type("Dear Anna", box.turn - 1, 4)

    assert (box.text, box.given, box.unsaved) == ("Dear Anna", "Dear Anna", True)
    assert box.own == Draft(number=1, text="Dear")


def test_late_words_of_another_text_stand_beside_it() -> None:
    box = drawn("Dear")

    box.type("Hello", -1, 0)

    assert (box.text, box.unsaved, box.spare) == ("Dear", False, ("Hello",))


def test_late_words_that_are_there_already_add_nothing() -> None:
    box = drawn("Dear Anna")

    box.type("Dear", -1, 0)

    assert (box.text, box.unsaved, box.spare) == ("Dear Anna", False, ())


def test_words_put_into_the_box_and_not_taken_over_are_kept_beside() -> None:
    box = drawn()
    turn = box.turn
    box.type("Late words", turn - 1, 4)

    box.type("Typed meanwhile", turn, 1)

    assert (box.text, box.spare) == ("Typed meanwhile", ("Late words",))
