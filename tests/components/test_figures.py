from components import figures, theme


def test_opened_and_closed_draws_a_line_for_each() -> None:
    figure = figures.opened_and_closed([("2025-01-01", 3, 0), ("2025-01-02", 0, 2)])

    opened, closed = figure["data"]
    assert (opened["name"], opened["y"]) == ("Opened", [3, 0])
    assert (closed["name"], closed["y"]) == ("Closed", [0, 2])
    assert opened["x"] == closed["x"] == ["2025-01-01", "2025-01-02"]
    assert figure["layout"]["xaxis"]["range"] == ["2025-01-01", "2025-01-02"]


def test_opened_and_closed_names_its_lines_beside_their_ends() -> None:
    figure = figures.opened_and_closed([("2025-01-01", 1, 9)])

    opened, closed = figure["layout"]["annotations"]
    assert (opened["text"], opened["y"], closed["text"], closed["y"]) == ("Opened", 1, "Closed", 9)
    assert opened["yshift"] == closed["yshift"] == 0


def test_names_of_lines_that_end_together_are_moved_apart() -> None:
    figure = figures.opened_and_closed([("2025-01-01", 9, 9), ("2025-01-02", 4, 5)])

    opened, closed = figure["layout"]["annotations"]
    assert closed["yshift"] - opened["yshift"] >= 9


def test_opened_and_closed_is_empty_without_days() -> None:
    figure = figures.opened_and_closed([])

    assert [trace["x"] for trace in figure["data"]] == [[], []]
    assert "annotations" not in figure["layout"]


def test_waiting_by_age_marks_the_longest_waits() -> None:
    figure = figures.waiting_by_age([("< 1 h", 4), ("1-4 h", 0), ("> 3 d", 1)])

    (bars,) = figure["data"]
    assert bars["y"] == [4, 0, 1]
    assert bars["marker"]["color"] == [theme.CHART["waiting"], *[theme.CHART["late"]] * 2]


def test_figures_share_no_state() -> None:
    first = figures.opened_and_closed([("2025-01-01", 1, 1)])
    first["layout"]["xaxis"]["range"] = None

    assert "range" not in figures.waiting_by_age([])["layout"]["xaxis"]


def test_figures_show_no_toolbar() -> None:
    assert figures.waiting_by_age([])["config"]["displayModeBar"] is False
