from app.state.once import MADE_KEPT, Once


def test_value_is_made_once_for_each_object_and_way_to_show_it() -> None:
    made: list[tuple[object, str]] = []
    once = Once(lambda shown, how: made.append((shown, how)) or (shown, how))
    one, twin = ["a"], ["a"]

    assert once(one, "x") is once(one, "x")
    once(one, "y")
    once(twin, "x")

    assert made == [(one, "x"), (one, "y"), (twin, "x")]


def test_object_that_is_gone_is_never_taken_for_a_new_one() -> None:
    once = Once(lambda shown: shown[0])

    assert [once([n]) for n in range(3 * MADE_KEPT)] == list(range(3 * MADE_KEPT))
