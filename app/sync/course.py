"""The course of a walk over a list that moves: which window is next, and what a page means for it.

Pure: a walk, a window and the page that came give the walk as it is afterwards. While the order of
the list is known, each window begins before the end of the last one. It joins when they share a row
or when it begins before the last row in that order: then no row that stayed in its place lies
between them, in whatever sequence the API answered. Rows that changed their place meanwhile are
where new ones come in, which is read again at the end. In an order that nobody knows nothing of
this holds; then plain pages are read, and one walk proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from app.domain.ticket import TicketPage
from app.store.walks import Mark, Stage, Walk
from app.sync.order import ORDERS, UPDATED_ASC, holding, is_before, is_newest_first, mark_of
from app.sync.windows import Window, overlapping, plain

Marks = tuple[Mark, ...]

LIMIT = 100
EDGE = 20
"""rows at the end of a window by which the next one is known to join it"""
SMALLEST = 20
"""rows at once, below which some overlapping window reaches no further than the last one"""
CALM_OVERLAP, BUSY_OVERLAP = 2, 4
"""rows; more of them where every change lets the rows behind it move up"""
STEP_BACK = 50
"""rows; twice as many at each further step"""
LOOKING_AT_MOST = 50
"""windows, beside twice those of the whole list, after which the newest are looked at no more"""


def begun(last: Walk, *, began: int) -> Walk:
    """The walk after `last`, before its first page."""
    is_second_look = last.number > 0 and not last.complete  # then what was learned still holds
    return Walk(
        copy=last.copy,
        number=last.number + 1,
        stage=Stage.THROUGH,
        began=began,
        began_before=last.began,
        orders=last.orders if is_second_look else ORDERS,
        limit=last.limit if is_second_look else LIMIT,
        is_fixed=last.is_fixed and is_second_look,
        total=last.total,
        short=last.short,
        is_stuck=last.is_stuck,
        missing=last.missing,
        agreed=last.agreed,
        verified=last.verified,
        complete=last.complete,
        findings=last.findings,
    )


def window_after(walk: Walk, end: int) -> Window:
    """The window to read when the first `end` rows have been passed."""
    if is_plain(walk):
        return plain(end, limit=walk.limit)
    overlap = BUSY_OVERLAP if UPDATED_ASC in walk.orders else CALM_OVERLAP
    if walk.stage is Stage.FRESH and is_newest_first(walk.orders) is False:
        overlap = _look_back(walk)
    return overlapping(end, overlap=overlap, limit=walk.limit)


def leads_on(walk: Walk, window: Window) -> bool:
    """Whether a walk can go on with this window: it goes further, and no row lies between."""
    return window.start <= max(0, walk.end - (not is_plain(walk))) and walk.end < window.end


def newest(walk: Walk) -> Iterator[Window]:
    """The windows in which new and changed tickets come in, the newest first, without an end."""
    rows = walk.total or 0
    if is_plain(walk) or is_newest_first(walk.orders) is not False:
        yield from (Window(page, walk.limit) for page in count(1))
    while rows > 0:
        yield overlapping(rows, overlap=_look_back(walk), limit=walk.limit)
        rows -= _look_back(walk)
    yield Window(1, walk.limit)


def _look_back(walk: Walk) -> int:
    """Rows before the end of a list that grows there: those of one second stand in any sequence."""
    return walk.limit * 2 // 5


def is_plain(walk: Walk) -> bool:
    """Whether windows cannot overlap, or would prove nothing by it."""
    return walk.is_fixed or walk.limit < SMALLEST or not walk.orders


def is_sure(walk: Walk) -> bool:
    """Whether a walk that has ended cannot have missed a ticket."""
    has_way = not is_plain(walk) and is_newest_first(walk.orders) is not None
    return walk.is_sure and (walk.windows == 1 or has_way)


def advanced(walk: Walk, window: Window, page: TicketPage) -> Walk:
    """The walk after `page` came for `window`; its stage says whether that was the last."""
    marks = tuple(map(mark_of, page.tickets))
    read = _noted(walk, window, page, marks)
    if walk.windows == 0:
        window = Window(1, read.limit)
    elif window.start and walk.stage is Stage.THROUGH and marks and marks[0] == walk.top:
        return replace(read, stage=Stage.ENDED, is_sure=False)  # the API minds no page number
    elif not walk.is_fixed and not _fits(window, page):
        return replace(read, is_fixed=True, limit=_served(window, page), is_sure=False)
    if window.start and not is_plain(read) and not _joins(read, marks):
        return _stepped_back(read, window)
    return _moved_on(read, window, page, marks)


def _noted(walk: Walk, window: Window, page: TicketPage, marks: Marks) -> Walk:
    """The walk with what a page tells wherever it lies."""
    total = walk.total if page.total is None else page.total
    found, is_through = walk.findings, walk.stage is Stage.THROUGH
    again = _known(walk, marks) - (walk.end - window.start) if walk.edge else 0
    noted = replace(
        walk,
        windows=walk.windows + 1,
        fresh=walk.fresh + (not is_through),
        orders=holding(walk.orders, marks),
        total=total,
        unreadable=walk.unreadable + (page.unreadable if is_through else 0),
        same=walk.same + (is_through and _is_same(walk, window, page, marks)),
        findings=replace(
            found,
            repeated=found.repeated + max(0, again),
            totals_changed=found.totals_changed + (walk.windows > 0 and total != walk.total),
        ),
    )
    if walk.windows == 0:
        top = marks[0] if marks else None
        noted = replace(noted, top=top, limit=_most(window, page), total_before=total)
    if noted.fresh == 1 and marks:
        noted = replace(noted, crest=marks[0])
    return noted


def _known(walk: Walk, marks: Marks) -> int:
    """How many rows of a page, from its first on, the walk has met, as far as its edge tells."""
    edge = set(walk.edge)
    return max((place for place, mark in enumerate(marks, 1) if mark in edge), default=0)


def _is_same(walk: Walk, window: Window, page: TicketPage, marks: Marks) -> bool:
    """Whether a full page further on leads no further than the one before."""
    is_full = _rows(page) >= min(SMALLEST, walk.limit)
    return bool(window.start) and is_full and bool(marks) and _known(walk, marks) == len(marks)


def _fits(window: Window, page: TicketPage) -> bool:
    """Whether the API gave the window that was asked for, as far as it says."""
    offset = window.start if page.offset is None else page.offset
    limit = window.limit if page.limit is None else page.limit
    return offset == window.start and limit == window.limit and _rows(page) <= window.limit


def _served(window: Window, page: TicketPage) -> int:
    return page.limit or _rows(page) or window.limit


def _most(window: Window, page: TicketPage) -> int:
    """How many rows the API gives at once, by its first page."""
    if 0 < _rows(page) < window.limit < (page.total or 0):
        return _rows(page)
    return window.limit if _fits(window, page) else _served(window, page)


def _rows(page: TicketPage) -> int:
    return len(page.tickets) + page.unreadable


def _joins(walk: Walk, marks: Marks) -> bool:
    """Whether no row that stays in its place can lie between the edge of the walk and these."""
    if not marks or not walk.edge:
        return bool(marks)
    return _known(walk, marks) > 0 or is_before(marks[0], walk.edge[-1], walk.orders)


def _stepped_back(walk: Walk, window: Window) -> Walk:
    """Look further up; a list that cannot be joined again and again is walked without proof."""
    back = STEP_BACK * 2**walk.in_vain
    walk = replace(
        walk,
        end=max(0, window.start - back),
        steps_back=walk.steps_back + 1,
        in_vain=walk.in_vain + 1,
        findings=replace(walk.findings, overlaps_lost=walk.findings.overlaps_lost + 1),
    )
    is_hopeless = walk.steps_back > 20 + (walk.total or 0) // 500
    return replace(walk, orders=(), in_vain=0) if is_hopeless else walk


def _moved_on(walk: Walk, window: Window, page: TicketPage, marks: Marks) -> Walk:
    is_new = bool(marks) and (is_plain(walk) or _is_beyond(walk, marks[-1]))
    is_last = _is_last(walk, window, page, is_new=is_new)
    end = window.start + _rows(page) if is_last else window.end
    if is_new:
        moved = replace(walk, end=end, edge=marks[-EDGE:], in_vain=0)
    else:
        moved = replace(walk, end=end, in_vain=walk.in_vain + is_plain(walk))
    return _turned(moved) if is_last or _is_over(walk, marks) else moved


def _is_beyond(walk: Walk, mark: Mark) -> bool:
    if not walk.edge:
        return True
    return mark not in walk.edge and not is_before(mark, walk.edge[-1], walk.orders)


def _is_last(walk: Walk, window: Window, page: TicketPage, *, is_new: bool) -> bool:
    """Whether the list ends here; a total that is wrong neither cuts it off nor keeps us."""
    rows, total = _rows(page), walk.total
    is_short, end = rows < window.limit, window.start + rows
    if total is None:
        return is_short
    if rows == 0:
        return total <= window.start or walk.in_vain > 0 or not is_plain(walk)
    if is_short:
        return total <= window.end or (walk.in_vain > 0 and not is_new)
    return total == end


def _is_over(walk: Walk, marks: Marks) -> bool:
    """Whether the list is older from here on than all that can have come in meanwhile."""
    if walk.stage is Stage.THROUGH or is_plain(walk):
        return walk.stage is Stage.FRESH
    comes_first = is_newest_first(walk.orders)
    if comes_first is None or _moves_too_fast(walk):
        return True
    is_older = walk.top and marks and is_before(walk.top, marks[-1], walk.orders)
    return bool(comes_first and is_older)


def _moves_too_fast(walk: Walk) -> bool:
    """Whether the newest rows change faster than they are read."""
    enough = LOOKING_AT_MOST + 2 * (walk.total_before or 0) // walk.limit
    return walk.stage is Stage.FRESH and walk.windows > enough


def _turned(walk: Walk) -> Walk:
    """What follows the end of a stage: a look at where rows come in, until a look finds no more."""
    comes_last, is_look = is_newest_first(walk.orders) is False, walk.stage is Stage.FRESH
    is_same = is_look and (comes_last or walk.crest == walk.top)
    if _moves_too_fast(walk):
        return replace(walk, stage=Stage.ENDED, is_sure=False)
    is_blind = not walk.orders and not walk.began_before  # a second walk follows in any case
    if walk.windows == 1 or walk.fresh == 1 or is_same or is_blind:
        return replace(walk, stage=Stage.ENDED)
    turned = replace(walk, stage=Stage.FRESH, fresh=0, in_vain=0, top=walk.crest or walk.top)
    return turned if comes_last else replace(turned, end=0, edge=())
