from components.filter_data import SearchData, SearchHint
from components.search_box import SearchBox
from tests.components.user import attribute, fill, showing

HINTS = (
    SearchHint(insert="older:", example="older:3d", finds="opened <b>before</b>"),
    SearchHint(insert="-", example="-refund", finds="tickets without a word"),
)


async def test_each_text_is_told_and_cut_at_what_a_search_takes() -> None:
    told: list[str] = []
    async with showing(lambda: SearchBox(on_query=told.append)) as user:
        fill(user, "Search tickets", "a")
        fill(user, "Search tickets", "a" * 600)

    assert [len(text) for text in told] == [1, 500]


async def test_hints_stay_as_they_are_while_something_is_searched_for() -> None:
    boxes: list[SearchBox] = []
    async with showing(lambda: boxes.append(SearchBox(on_query=len))) as user:
        boxes[0].update(SearchData(hints=HINTS))
        boxes[0].update(SearchData(query="x"))

        await user.should_see("older:3dopened <b>before</b>-refundtickets without a word")
        assert attribute(user, "Search tickets", "data-text") == "x"


async def test_a_doubt_is_over_once_other_words_are_typed() -> None:
    boxes: list[SearchBox] = []
    async with showing(lambda: boxes.append(SearchBox(on_query=len))) as user:
        boxes[0].update(SearchData(query="older:soon", doubt="“older:soon” is searched as text."))
        await user.should_see("is searched as text.")

        fill(user, "Search tickets", "older:so")

        await user.should_not_see("is searched as text.")
