"""Who looks at which ticket."""

from app.sync.open_tickets import OpenTickets


def test_each_viewer_looks_at_one_ticket_at_most() -> None:
    open_tickets = OpenTickets()
    open_tickets.set_open("one", "tkt_1")
    open_tickets.set_open("one", "tkt_2")

    assert open_tickets.tickets() == ("tkt_2",)


def test_ticket_of_several_viewers_counts_once_and_latest_come_first() -> None:
    open_tickets = OpenTickets()
    for viewer, ticket_id in (("one", "tkt_1"), ("two", "tkt_2"), ("three", "tkt_1")):
        open_tickets.set_open(viewer, ticket_id)

    assert open_tickets.tickets() == ("tkt_1", "tkt_2")
    open_tickets.set_open("three", None)
    assert open_tickets.tickets() == ("tkt_2", "tkt_1")
    open_tickets.set_open("one", None)
    open_tickets.set_open("nobody", None)
    assert open_tickets.tickets() == ("tkt_2",)


def test_ticket_read_longest_ago_is_due_first_and_one_never_read_before_it() -> None:
    open_tickets = OpenTickets()
    for viewer, ticket_id in (("one", "tkt_1"), ("two", "tkt_2"), ("three", "tkt_3")):
        open_tickets.set_open(viewer, ticket_id)
    open_tickets.mark_read("tkt_3", 10)
    open_tickets.mark_read("tkt_2", 20)
    assert open_tickets.due(30, every=15) == "tkt_1"

    open_tickets.mark_read("tkt_1", 30)
    assert open_tickets.due(30, every=15) == "tkt_3"
    assert open_tickets.due(30, every=21) is None


def test_read_of_a_ticket_is_forgotten_with_its_last_viewer() -> None:
    open_tickets = OpenTickets()
    open_tickets.set_open("one", "tkt_1")
    open_tickets.set_open("two", "tkt_1")
    open_tickets.mark_read("tkt_1", 10)
    open_tickets.set_open("two", "tkt_2")
    assert open_tickets.due(11, every=5) == "tkt_2"
    open_tickets.mark_read("tkt_2", 10)
    assert open_tickets.due(11, every=5) is None

    open_tickets.set_open("one", None)
    open_tickets.mark_read("tkt_1", 11)
    open_tickets.set_open("one", "tkt_1")

    assert open_tickets.due(11, every=5) == "tkt_1"
