from components.part import Said


def test_said_gives_what_the_browser_sent() -> None:
    said = Said({"id": "tkt_1", "page": 3, "on": True, "ids": ["a", "b"]})

    assert (said.text("id"), said.number("page"), said.flag("on")) == ("tkt_1", 3, True)
    assert said.texts("ids") == ["a", "b"]


def test_said_counts_the_wrong_kind_as_empty() -> None:
    said = Said({"id": 7, "page": "3", "on": "yes", "ids": "abc"})

    assert (said.text("id"), said.number("page"), said.flag("on")) == ("", 0, False)
    assert said.texts("ids") == []


def test_said_drops_items_of_the_wrong_kind_from_a_list() -> None:
    assert Said({"ids": ["a", 1, None, {"b": "c"}]}).texts("ids") == ["a"]


def test_said_survives_an_event_without_arguments() -> None:
    for nothing in ([], None, "text", 5):
        assert Said(nothing).text("id") == ""
