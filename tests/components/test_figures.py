import pytest
from plotly import graph_objects

from components import figures, theme
from tests.components.test_theme import contrast


def test_opened_and_closed_draws_a_line_for_each() -> None:
    figure = figures.opened_and_closed([("2025-01-01", 3, 0), ("2025-01-02", 0, 2)], zone="UTC")

    opened, closed = figure["data"]
    assert (opened["name"], opened["y"]) == ("Opened", [3, 0])
    assert (closed["name"], closed["y"]) == ("Closed", [0, 2])
    assert opened["x"] == closed["x"] == ["2025-01-01", "2025-01-02"]
    assert figure["layout"]["xaxis"]["range"] == ["2025-01-01", "2025-01-02"]


def test_opened_and_closed_names_its_lines_beside_their_ends() -> None:
    figure = figures.opened_and_closed([("2025-01-01", 1, 9)], zone="UTC")

    opened, closed = figure["layout"]["annotations"]
    assert (opened["text"], opened["y"], closed["text"], closed["y"]) == ("Opened", 1, "Closed", 9)
    assert opened["yshift"] == closed["yshift"] == 0


def test_names_of_lines_that_end_together_are_moved_apart() -> None:
    figure = figures.opened_and_closed([("2025-01-01", 9, 9), ("2025-01-02", 4, 5)], zone="UTC")

    opened, closed = figure["layout"]["annotations"]
    assert closed["yshift"] - opened["yshift"] >= 9


def test_opened_and_closed_is_empty_without_days() -> None:
    figure = figures.opened_and_closed([], zone="UTC")

    assert [trace["x"] for trace in figure["data"]] == [[], []]
    assert "annotations" not in figure["layout"]


def test_waiting_by_age_marks_the_longest_waits() -> None:
    figure = figures.waiting_by_age([("0-1", "< 1 h", 4), ("1-4", "1-4 h", 0), ("72-", "> 3 d", 1)])

    (bars,) = figure["data"]
    assert bars["y"] == [4, 0, 1]
    assert bars["marker"]["color"] == [theme.CHART["waiting"], *[theme.CHART["late"]] * 2]


def test_figures_share_no_state() -> None:
    first = figures.opened_and_closed([("2025-01-01", 1, 1)], zone="UTC")
    first["layout"]["xaxis"]["range"] = None

    assert "range" not in figures.waiting_by_age([])["layout"]["xaxis"]


def test_figures_show_no_toolbar() -> None:
    assert figures.waiting_by_age([])["config"]["displayModeBar"] is False


DAYS = [("2025-01-18", 12, 3), ("2025-01-19", 7, 9), ("2025-01-20", 1, 0)]
BANDS = [("0-1", "< 1 h", 3), ("1-4", "1-4 h", 0), ("72-", "> 3 d", 120)]
DRAWN = {
    "days": figures.opened_and_closed(DAYS, zone="Europe/Berlin"),
    "no day": figures.opened_and_closed([], zone="UTC"),
    "bands": figures.waiting_by_age(BANDS),
    "no band": figures.waiting_by_age([]),
}


@pytest.mark.parametrize("figure", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_figures_are_what_plotly_knows_and_are_seen_in_both_themes(
    figure: figures.Figure, palette: theme.Palette
) -> None:
    drawn = graph_objects.Figure(data=figure["data"], layout=figure["layout"])

    assert drawn.to_plotly_json()["layout"]["paper_bgcolor"] == theme.TRANSPARENT
    for trace in drawn.data:
        colours = trace.marker.color if trace.type == "bar" else (trace.line.color,)
        assert all(contrast(colour, palette["surface"]) >= 3 for colour in colours)


def test_figure_that_plotly_does_not_know_would_be_found() -> None:
    with pytest.raises(ValueError, match="Invalid property"):
        graph_objects.Figure(data=[{"type": "bar", "hovertempl": "%{y}"}])


def test_click_on_a_point_tells_what_it_stands_for() -> None:
    opened, closed = DRAWN["days"]["data"]
    (bars,) = DRAWN["bands"]["data"]

    assert opened["customdata"] == closed["customdata"] == [day for day, _, _ in DAYS]
    assert bars["customdata"] == ["0-1", "1-4", "72-"]


def test_day_that_is_not_over_is_drawn_and_said_as_such() -> None:
    for line in DRAWN["days"]["data"]:
        assert line["marker"]["size"] == [0, 0, 7]
        assert line["hovertemplate"] == ["%{y}", "%{y}", "%{y} so far"]


def test_zone_of_the_days_is_said_and_is_no_markup() -> None:
    title = figures.opened_and_closed(DAYS, zone="<b>")["layout"]["xaxis"]["unifiedhovertitle"]

    assert title["text"].endswith(" · &lt;b&gt;")


@pytest.mark.parametrize(("top", "step"), [(0, 1), (3, 1), (5, 2), (9, 5), (40, 10), (41, 20)])
def test_ticks_are_whole_numbers(top: int, step: int) -> None:
    figure = figures.opened_and_closed([("2025-01-20", top, 0)], zone="UTC")

    assert figure["layout"]["yaxis"]["dtick"] == step
