"""Who looks at which ticket."""

from app.sync.attention import Attention


def test_each_viewer_looks_at_one_ticket_at_most() -> None:
    attention = Attention()
    attention.look("one", "tkt_1")
    attention.look("one", "tkt_2")

    assert attention.tickets() == ("tkt_2",)


def test_ticket_of_several_viewers_counts_once_and_latest_come_first() -> None:
    attention = Attention()
    for viewer, ticket_id in (("one", "tkt_1"), ("two", "tkt_2"), ("three", "tkt_1")):
        attention.look(viewer, ticket_id)

    assert attention.tickets() == ("tkt_1", "tkt_2")
    attention.look("three", None)
    assert attention.tickets() == ("tkt_2", "tkt_1")
    attention.look("one", None)
    attention.look("nobody", None)
    assert attention.tickets() == ("tkt_2",)


def test_ticket_read_longest_ago_is_due_first_and_one_never_read_before_it() -> None:
    attention = Attention()
    for viewer, ticket_id in (("one", "tkt_1"), ("two", "tkt_2"), ("three", "tkt_3")):
        attention.look(viewer, ticket_id)
    attention.note("tkt_3", 10)
    attention.note("tkt_2", 20)
    assert attention.due(30, every=15) == "tkt_1"

    attention.note("tkt_1", 30)
    assert attention.due(30, every=15) == "tkt_3"
    assert attention.due(30, every=21) is None


def test_read_of_a_ticket_is_forgotten_with_its_last_viewer() -> None:
    attention = Attention()
    attention.look("one", "tkt_1")
    attention.look("two", "tkt_1")
    attention.note("tkt_1", 10)
    attention.look("two", "tkt_2")
    assert attention.due(11, every=5) == "tkt_2"
    attention.note("tkt_2", 10)
    assert attention.due(11, every=5) is None

    attention.look("one", None)
    attention.note("tkt_1", 11)
    attention.look("one", "tkt_1")

    assert attention.due(11, every=5) == "tkt_1"
