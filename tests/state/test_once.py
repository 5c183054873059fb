import weakref
from dataclasses import dataclass

from app.state.once import MADE_KEPT, Once


@dataclass(slots=True, weakref_slot=True)
class Shown:
    text: str


def test_value_is_made_once_for_each_object_and_way_to_show_it() -> None:
    made: list[tuple[object, str]] = []
    once = Once(lambda shown, how: made.append((shown, how)) or (shown, how))
    one, twin = Shown("a"), Shown("a")

    assert once(one, "x") is once(one, "x")
    once(one, "y")
    once(twin, "x")

    assert made == [(one, "x"), (one, "y"), (twin, "x")]


def test_object_that_is_gone_is_never_taken_for_a_new_one() -> None:
    once = Once(lambda shown: shown.text)

    assert [once(Shown(str(n))) for n in range(3 * MADE_KEPT)] == list(
        map(str, range(3 * MADE_KEPT))
    )


def test_what_was_made_of_an_object_goes_with_it() -> None:
    once = Once(lambda shown: Shown(f"made of {shown.text}"))
    shown = Shown("a")
    made = weakref.ref(once(shown))
    assert once(shown) is made()

    del shown

    assert made() is None


def test_nothing_at_all_is_shown_once_as_well() -> None:
    once = Once(lambda shown, how: [shown, how])

    assert once(None, "x") is once(None, "x") == [None, "x"]
