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
