"""Words typed onto a text that is no longer there: none is written over."""

from app.domain.outbox_entry import Draft
from app.state.drafts import DraftBuffer


def drawn(text: str = "") -> DraftBuffer:
    """A buffer as a browser has just drawn it."""
    buffer = DraftBuffer(ticket_id="t1")
    if text:
        buffer.follow((Draft(number=1, text=text),))
    buffer.push_again()
    return buffer


def test_words_typed_onto_what_is_there_take_its_place() -> None:
    buffer = drawn("Dear")

    buffer.edit("Hello", buffer.base, 1)

    assert (buffer.text, buffer.own) == ("Hello", Draft(number=1, text="Dear"))


def test_words_typed_onto_another_text_stand_beside_it() -> None:
    buffer = drawn("Dear")

    buffer.edit("Hello", -1, 1)

    assert (buffer.text, buffer.unsaved, buffer.own) == ("Hello", True, None)
    assert buffer.others == (Draft(number=1, text="Dear"),)


def test_words_typed_onto_another_text_take_the_place_of_what_they_hold_whole() -> None:
    buffer = drawn("Dear")

    buffer.edit("Dear Anna", -1, 1)

    assert (buffer.text, buffer.own) == ("Dear Anna", Draft(number=1, text="Dear"))


def test_words_put_into_the_box_and_not_taken_over_are_kept_beside() -> None:
    buffer = drawn()
    base = buffer.base
    buffer.edit("Late words", base, 1)
    buffer.push_again()

    buffer.edit("Typed meanwhile", base, 2)

    assert (buffer.text, buffer.displaced) == ("Typed meanwhile", ("Late words",))


def test_only_a_text_that_is_a_draft_for_good_counts_as_acknowledged() -> None:
    buffer = drawn()

    buffer.edit("Heard", buffer.base, 3)
    buffer.push_again()

    assert buffer.pushed_after == 0
