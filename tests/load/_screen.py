"""The rows of the table that are measured at the list, the conversation and the reply box."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.desk import Running
from tests.load import _acting
from tests.load._browser import Floor, Times, open_page, visit
from tests.load._servers import (
    api_process,
    desk_process,
    fill_copy,
    floor_process,
    room,
    stopped,
)
from tests.load._shop import COPY, apart
from tests.load._sign_in import sign_in
from tests.load._steps import KEY, Planned, Step, choosing_and_turning, planned, typing
from tests.load._table import Line, against_floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A desk at work and the floor beside it, each in a page of its own."""

    desk: Running
    api: Running
    store: Path
    plan: list[Planned]
    unheld: list[_acting.Talk]
    page: Page
    floor: Floor


def at_the_screen(
    browser: Browser, tickets: int, rounds: int, *, signed_in: bool = False
) -> Iterator[Line]:
    """Search, choose, turn, open and send, each against the floor."""
    with screen(browser, tickets, typing_only=True, unheld=rounds, signed_in=signed_in) as at:
        times = _acting.open_unheld(at.page, at.floor, at.api, at.unheld)
        yield against_floor("open one not held: request + floor", times, 1.0)
    # In a shop of its own: what is searched for must not come in meanwhile.
    with screen(browser, tickets, typing_only=False, signed_in=signed_in) as at:
        folder = at.api.folder
        for what, times in _acting.act(at.page, at.floor, at.desk.url, at.plan).items():
            yield against_floor(what, times, 1.4)
        talks = _acting.held(at.store, folder, at.plan[0].ids)
        visit(at.page, f"{at.desk.url}/?view=all")
        yield against_floor("open a conversation held", _acting.open_held(at.page, at.floor, talks))
        times = _acting.send(at.page, at.floor, talks[:rounds])
        yield against_floor("Send, until durable and queued", times, slowest=True)


def growth(browser: Browser, small: int, large: int) -> Iterator[Line]:
    """The same words typed in a small shop and in a large one, in turns."""
    times = Times()
    with (
        screen(browser, small, typing_only=True) as few,
        screen(browser, large, typing_only=True) as many,
    ):
        for word in _words(few.plan):
            for at, taken in ((few, times.floor), (many, times.desk)):
                found = _acting.act(at.page, at.floor, at.desk.url, at.plan[word])
                taken.extend(found[KEY].desk)
    yield against_floor(f"keystroke at {large:,} tickets, against {small:,}", times)


def _words(plan: list[Planned]) -> list[slice]:
    """The parts of the plan that type one word each."""
    ends = [number for number, one in enumerate(plan, start=1) if one.step.key == "Escape"]
    return [slice(*pair) for pair in zip([0, *ends], ends, strict=False)]


@contextmanager
def screen(
    browser: Browser, tickets: int, *, typing_only: bool, unheld: int = 0, signed_in: bool = False
) -> Iterator[Screen]:
    """A desk over so many tickets, of which `unheld` are held without their messages."""
    with room() as folder, stopped(api_process(folder / "api", tickets)) as api:
        store = fill_copy(folder / "desk", api, tickets)
        talks = _acting.forget_messages(store, api.folder, unheld)
        steps = [Step(chosen=next(typing()).chosen.changed(query="")), *typing()]
        if not typing_only:
            steps += choosing_and_turning(_products(store), tickets // 25)
        plan = apart(planned(store, steps))
        with (
            stopped(desk_process(folder / "desk", api)) as desk,
            stopped(floor_process(folder / "floor", [one.table for one in plan])) as ground,
        ):
            floor = Floor(open_page(browser, ground.url), [one.ids for one in plan])
            page = open_page(browser, f"{desk.url}/?view=all", sign_in(desk) if signed_in else None)
            yield Screen(
                desk=desk, api=api, store=store, plan=plan, unheld=talks, page=page, floor=floor
            )
            page.context.close()
            floor.close()


def _products(store: Path) -> list[str]:
    """The three that most tickets are about."""
    asked = (
        "SELECT product FROM facet_group WHERE product > '' GROUP BY 1 ORDER BY sum(tickets) DESC"
    )
    with closing(sqlite3.connect(store / COPY)) as copy:
        return [row[0] for row in copy.execute(asked).fetchmany(3)]
