from components.events import EventArgs


def test_said_gives_what_the_browser_sent() -> None:
    args = EventArgs({"id": "tkt_1", "page": 3, "on": True, "ids": ["a", "b"]})

    assert (args.text("id"), args.number("page"), args.flag("on")) == ("tkt_1", 3, True)
    assert args.texts("ids") == ["a", "b"]


def test_said_counts_the_wrong_kind_as_empty() -> None:
    args = EventArgs({"id": 7, "page": "3", "on": "yes", "ids": "abc"})

    assert (args.text("id"), args.number("page"), args.flag("on")) == ("", 0, False)
    assert args.texts("ids") == []


def test_said_drops_items_of_the_wrong_kind_from_a_list() -> None:
    assert EventArgs({"ids": ["a", 1, None, {"b": "c"}]}).texts("ids") == ["a"]


def test_said_survives_an_event_without_arguments() -> None:
    for nothing in ([], None, "text", 5):
        assert EventArgs(nothing).text("id") == ""
