"""Who listens, and that the first who does is noticed."""

from app.domain.signals import Signal


def test_first_listener_is_noticed_and_again_after_all_have_left() -> None:
    signal = Signal[int]()
    noticed: list[bool] = []
    signal.on_first = lambda: noticed.append(signal.is_heard)
    assert not signal.is_heard

    leave, leave_too = signal.subscribe(print), signal.subscribe(print)
    leave()
    assert signal.is_heard
    leave_too()
    assert not signal.is_heard
    signal.subscribe(print)

    assert noticed == [True, True]
