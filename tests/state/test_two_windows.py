"""One reply open in several browsers: nothing typed in any of them is lost, or hidden."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from operator import itemgetter

import pytest

from tests.state.scripted import ScriptedDesk
from tests.state.windows import Window

Opens = Callable[[], Window]
TRIES = int(os.environ.get("TRIES", "25"))
"""200 and more by hand"""
LOOP_SECONDS = 0.02
"""what one turn of the loop stands for while two lines come back at their own times"""


@pytest.fixture
async def opens(scripted: ScriptedDesk) -> AsyncIterator[Opens]:
    made: list[Window] = []

    def open_one() -> Window:
        made.append(Window(scripted))
        return made[-1]

    yield open_one
    for window in made:
        await window.close()


async def pass_on(*windows: Window) -> None:
    """Let everything through until all have heard of everything."""
    for _ in range(3):
        for window in windows:
            await window.pass_on()


async def both(opens: Opens, text: str = "") -> tuple[Window, Window]:
    """Two windows that show the same draft."""
    one, two = opens(), opens()
    await pass_on(one, two)
    if text:
        one.type(text)
        one.flush()
    await pass_on(one, two)
    return one, two


def others(window: Window) -> list[str]:
    return [other.text.strip() for other in window.data.other_drafts]


async def test_window_in_which_nothing_was_typed_follows_the_other_at_once(opens: Opens) -> None:
    one, two = await both(opens, "Dear")
    assert two.text == " Dear"

    two.type("Anna")
    two.flush()
    await pass_on(one, two)

    assert one.text == two.text == " Dear Anna"
    assert others(one) == others(two) == []


@pytest.mark.parametrize("begun", ["", "Dear"])
async def test_texts_typed_at_once_are_both_kept_and_both_shown(
    opens: Opens, scripted: ScriptedDesk, begun: str
) -> None:
    one, two = await both(opens, begun)
    for window, word in ((one, "Anna"), (two, "Sir")):
        window.type(word)
        window.flush()
    await pass_on(one, two)

    assert (one.text.split()[-1], two.text.split()[-1]) == ("Anna", "Sir")
    assert (others(one), others(two)) == ([two.text.strip()], [one.text.strip()])
    assert sorted(scripted.papers.texts()["t1"]) == sorted([one.text, two.text])


async def come_back(window: Window, *, loaded_anew: bool) -> None:
    """The line stands again: the page goes on, or is loaded anew as its client is gone."""
    if loaded_anew:
        await window.reload("t1")
    else:
        window.reconnect()


@pytest.mark.parametrize("before", [False, True], ids=["no draft before", "a draft before"])
async def test_no_window_takes_the_words_of_another_whenever_their_lines_come_back(
    opens: Opens, scripted: ScriptedDesk, before: bool
) -> None:
    chance = random.Random(2611)  # noqa: S311  # the same in every run
    one, two = await both(opens)
    for n in range(TRIES):
        if before:
            one.type("A draft")
            one.flush()
            await pass_on(one, two)
        for window in (one, two):
            window.clear()
            window.flush()
            await pass_on(one, two)
        own = {one: f" one{n}", two: f" two{n}"}
        for window, words in own.items():
            window.type(words.strip())
            if chance.random() < 0.8:
                window.flush()
        returns = sorted(
            ((chance.uniform(0, 1.2), chance.random(), window) for window in own), key=itemgetter(0)
        )
        at, back = 0.0, []
        for delay, kind, window in returns:
            for _ in range(int((delay - at) / LOOP_SECONDS)):
                await asyncio.sleep(0)
                for other in back:
                    chance.choice((other.hear_one, other.draw_one))()
            await come_back(window, loaded_anew=kind < 0.5)
            at, back = delay, [*back, window]
        await pass_on(one, two)
        for window in own:
            window.flush()
        await pass_on(one, two)

        assert (one.text, two.text) == (own[one], own[two])
        assert sorted(scripted.papers.texts()["t1"]) == sorted(own.values())
        assert one.storage == two.storage == {}


async def test_key_typed_while_the_other_text_is_on_its_way_keeps_both(opens: Opens) -> None:
    one, two = await both(opens, "Dear")
    one.type("Anna")
    one.flush()
    await one.pass_on()  # `two` is told, and has not heard it yet

    two.type("Sir")
    await pass_on(one, two)
    two.flush()
    await pass_on(one, two)

    assert (two.text, others(two)) == (" Dear Sir", ["Dear Anna"])
    assert (one.text, others(one)) == (" Dear Anna", ["Dear Sir"])
    two.clear()
    two.type("Hello")
    two.flush()
    await pass_on(one, two)
    assert (two.text, others(two), others(one)) == (" Hello", ["Dear Anna"], ["Hello"])


async def test_windows_that_differ_go_on_without_making_more_of_it(opens: Opens) -> None:
    one, two = await both(opens)
    for word in ("a", "b", "c"):
        one.type(word)
        two.type(word.upper())
        one.flush()
        two.flush()
        await pass_on(one, two)

    assert (others(one), others(two)) == (["A B C"], ["a b c"])


async def test_other_text_is_put_below_and_is_one_draft_then(
    opens: Opens, scripted: ScriptedDesk
) -> None:
    one, two = await both(opens)
    for window, word in ((one, "one"), (two, "two")):
        window.type(word)
        window.flush()
    await pass_on(one, two)

    one.insert()
    await pass_on(one, two)

    assert one.text == two.text == " one\n\n two"
    assert others(one) == others(two) == []
    assert scripted.papers.texts() == {"t1": [one.text]}


async def test_other_text_goes_when_it_is_discarded_as_it_was_seen(opens: Opens) -> None:
    one, two = await both(opens)
    for window, word in ((one, "one"), (two, "two")):
        window.type(word)
        window.flush()
    await pass_on(one, two)
    seen = one.other()
    two.type("and more")
    two.flush()
    await two.pass_on()  # `one` is told, and has not heard it yet

    await one.state.take_other(seen, insert=False)
    await pass_on(one, two)
    assert others(one) == ["two and more"]
    await one.state.take_other(one.other(), insert=False)
    await pass_on(one, two)

    assert (others(one), one.text, two.text) == ([], " one", " one")


async def test_sending_empties_every_window_that_shows_just_that(
    opens: Opens, scripted: ScriptedDesk
) -> None:
    one, two = await both(opens, "Hello")

    one.send()
    await pass_on(one, two)

    assert (one.text, two.text) == ("", "")
    assert scripted.papers.texts() == {}


async def test_sending_leaves_what_the_other_window_has_made_of_it(
    opens: Opens, scripted: ScriptedDesk
) -> None:
    one, two = await both(opens, "Hello")
    two.type("and more")
    two.flush()
    await two.pass_on()  # `one` is told, and has not heard it yet

    one.send()
    await pass_on(one, two)

    assert [given[3] for given in scripted.commands.given] == [" Hello"]
    assert (one.text, two.text) == ("", " Hello and more")
    assert scripted.papers.texts() == {"t1": [" Hello and more"]}
    assert others(one) == ["Hello and more"]


async def test_text_taken_back_comes_into_every_window(
    opens: Opens, scripted: ScriptedDesk
) -> None:
    one, two = await both(opens, "Hello")
    one.send()
    await pass_on(one, two)
    two.type("P.S.")
    two.flush()
    await pass_on(one, two)
    scripted.commands.returned = "t1", " Hello"

    one.undo()
    await pass_on(one, two)

    assert one.text == two.text == " Hello\n\n P.S."


async def test_own_typing_sends_nothing_back_to_the_box(opens: Opens) -> None:
    window = opens()
    await pass_on(window)
    drawn: list[object] = []
    window.state.drawer.follow(drawn.append)
    drawn.clear()

    for word in ("Dear", "Anna"):
        window.type(word)
        window.flush()
        await pass_on(window)

    assert drawn == []
