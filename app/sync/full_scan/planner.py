"""Plans a full scan of a list that moves meanwhile: the next page range, and what a page means.

A scan, a range and the page that came give the scan as it is afterwards (pure). The API documents
no order of its list, so every order is possible until a page contradicts it. While one is left,
each range begins before the end of the last one. It joins when they share a row or when it begins
before the last row in that order: then no row that stayed in its place lies between them. Rows that
changed their place meanwhile are where new ones come in, which is read again at the end. In an
unknown order nothing of this holds; then plain pages are read, and one scan proves nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, pairwise
from typing import NamedTuple

from app.domain.ticket import Ticket, TicketPage
from app.store.tickets.rows import micros
from app.store.tickets.scan_state import ListOrder, RowMarker, ScanPhase, ScanState

Markers = tuple[RowMarker, ...]

NEWEST_FIRST = frozenset({ListOrder.UPDATED_DESC, ListOrder.CREATED_DESC})
BY_CREATION = frozenset({ListOrder.CREATED_DESC, ListOrder.CREATED_ASC})
MARKERS_KEPT = 20
"""rows at the end of a range by which the next one is known to join it"""
SMALLEST_LIMIT = 20
"""rows at once, below which some overlapping range reaches no further than the last one"""
CALM_OVERLAP, BUSY_OVERLAP = 2, 4
"""rows; more of them where every change lets the rows behind it move up"""
STEP_BACK = 50
"""rows; twice as many at each further step"""
RECHECKS_AT_MOST = 50
"""pages, beside twice those of the whole list, after which the head is no longer read again"""


class PageRange(NamedTuple):
    """Rows `start` to `end` of the list, as page number and limit ask for them."""

    page: int
    limit: int

    @property
    def start(self) -> int:
        """Rows before the first one."""
        return (self.page - 1) * self.limit

    @property
    def end(self) -> int:
        """Rows up to and with the last one."""
        return self.page * self.limit


def start_scan(last: ScanState, *, started: int) -> ScanState:
    """The scan after `last`, before its first page; while none was complete it keeps what the
    last one learned of the list.
    """
    learned = last if last.number > 0 and not last.is_complete else ScanState()
    return ScanState(
        mirror_started=last.mirror_started,
        number=last.number + 1,
        phase=ScanPhase.SCANNING,
        started=started,
        previous_started=last.started,
        orders=learned.orders,
        limit=learned.limit,
        has_fixed_limit=learned.has_fixed_limit,
        total=last.total,
        result=last.result,
        counters=last.counters,
    )


def next_range(scan: ScanState, position: int) -> PageRange:
    """The range to read when the first `position` rows have been passed."""
    if reads_plain_pages(scan):
        return PageRange(position // scan.limit + 1, scan.limit)
    overlap = BUSY_OVERLAP if ListOrder.UPDATED_ASC in scan.orders else CALM_OVERLAP
    if scan.phase is ScanPhase.RECHECKING_HEAD and is_newest_first(scan.orders) is False:
        overlap = _tail_overlap(scan)
    return overlapping_range(position, overlap=overlap, limit=scan.limit)


def overlapping_range(position: int, *, overlap: int, limit: int) -> PageRange:
    """The range that reaches furthest of those that begin `overlap` or more rows before `position`.

    A page number only reaches multiples of its limit, so the limit varies from `limit` down to
    half of it, which costs about one request in six.

    Returns: a range that ends after `position`; with a small limit its overlap may be smaller.
    """
    begin = max(0, position - overlap)
    ranges = (PageRange(begin // size + 1, size) for size in range(limit, limit // 2, -1))
    furthest = max(ranges, key=lambda found: found.end)
    if furthest.end <= position:
        return overlapping_range(position, overlap=overlap - 1, limit=limit)
    return furthest


def leads_on(scan: ScanState, asked: PageRange) -> bool:
    """Whether a scan can go on with this range: it goes further, and no row lies between."""
    reach = scan.position - (not reads_plain_pages(scan))
    return asked.start <= max(0, reach) and scan.position < asked.end


def head_ranges(scan: ScanState) -> Iterator[PageRange]:
    """The ranges in which new and changed tickets come in, the newest first, without an end."""
    rows = scan.total or 0
    if reads_plain_pages(scan) or is_newest_first(scan.orders) is not False:
        yield from (PageRange(page, scan.limit) for page in count(1))
    while rows > 0:
        yield overlapping_range(rows, overlap=_tail_overlap(scan), limit=scan.limit)
        rows -= _tail_overlap(scan)
    yield PageRange(1, scan.limit)


def _tail_overlap(scan: ScanState) -> int:
    """Rows before the end of a list that grows there: those of one second stand in any sequence."""
    return scan.limit * 2 // 5


def reads_plain_pages(scan: ScanState) -> bool:
    """Whether ranges cannot overlap, or would prove nothing by it."""
    return scan.has_fixed_limit or scan.limit < SMALLEST_LIMIT or not scan.orders


def missed_nothing(scan: ScanState) -> bool:
    """Whether a scan that has ended cannot have missed a ticket."""
    knows_head = not reads_plain_pages(scan) and is_newest_first(scan.orders) is not None
    return scan.is_gapless and (scan.pages == 1 or knows_head)


def orders_left(orders: Iterable[ListOrder], markers: Sequence[RowMarker]) -> tuple[ListOrder, ...]:
    """Those of `orders` that the rows of one page do not contradict.

    A row without the time contradicts none, unless all rows are.
    """

    def is_left(order: ListOrder) -> bool:
        places = [place for one in markers if (place := _place(order, one)) is not None]
        return bool(places or not markers) and all(a <= b for a, b in pairwise(places))

    return tuple(filter(is_left, orders))


def is_before(one: RowMarker, other: RowMarker, orders: Iterable[ListOrder]) -> bool:
    """Whether `one` stands before `other` in each of these orders, equal times being no proof."""
    places = [(_place(order, one), _place(order, other)) for order in orders]
    return all(a is not None and b is not None and a < b for a, b in places)


def is_newest_first(orders: Iterable[ListOrder]) -> bool | None:
    """Where new rows come in: first or, for False, last; None when that cannot be told."""
    found = {order in NEWEST_FIRST for order in orders}
    return found.pop() if len(found) == 1 else None


def _place(order: ListOrder, marker: RowMarker) -> int | None:
    """A number that grows along the list."""
    at = marker.created if order in BY_CREATION else marker.updated
    return -at if at is not None and order in NEWEST_FIRST else at


def _marker(ticket: Ticket) -> RowMarker:
    times = (at if at is None else micros(at) for at in (ticket.created_at, ticket.updated_at))
    return RowMarker(ticket.id, *times)


def advance(scan: ScanState, asked: PageRange, page: TicketPage) -> ScanState:
    """The scan after `page` came for the range; its phase says whether that was the last."""
    markers = tuple(map(_marker, page.tickets))
    read = _counted(scan, asked, page, markers)
    if scan.pages == 0:
        asked = PageRange(1, read.limit)
    elif asked.start and scan.phase is ScanPhase.SCANNING and markers and markers[0] == scan.head:
        return replace(read, phase=ScanPhase.ENDED, is_gapless=False)  # it ignores the page number
    elif not scan.has_fixed_limit and not _fits(asked, page):
        limit = page.limit or _rows(page) or asked.limit
        return replace(read, has_fixed_limit=True, limit=limit, is_gapless=False)
    if asked.start and not reads_plain_pages(read) and not _joins(read, markers):
        return _stepped_back(read, asked)
    return _moved_on(read, asked, page, markers)


def _counted(scan: ScanState, asked: PageRange, page: TicketPage, markers: Markers) -> ScanState:
    """The scan with what a page tells wherever it lies."""
    total = scan.total if page.total is None else page.total
    is_scanning, is_first = scan.phase is ScanPhase.SCANNING, scan.pages == 0
    head_pages = scan.head_pages + (not is_scanning)
    known = _known(scan, markers)
    again = max(0, known - (scan.position - asked.start)) if scan.last_rows else 0
    is_full = _rows(page) >= min(SMALLEST_LIMIT, scan.limit)
    is_repeated = is_scanning and asked.start > 0 and is_full and 0 < known == len(markers)
    first_row = markers[0] if markers else None
    met = scan.counters
    return replace(
        scan,
        orders=orders_left(scan.orders, markers),
        limit=_most(asked, page) if is_first else scan.limit,
        head=first_row if is_first else scan.head,
        new_head=first_row if head_pages == 1 and markers else scan.new_head,
        pages=scan.pages + 1,
        head_pages=head_pages,
        repeated_pages=scan.repeated_pages + is_repeated,
        total=total,
        total_at_start=total if is_first else scan.total_at_start,
        unreadable=scan.unreadable + (page.unreadable if is_scanning else 0),
        counters=replace(
            met,
            repeated_rows=met.repeated_rows + again,
            changed_totals=met.changed_totals + (not is_first and total != scan.total),
        ),
    )


def _known(scan: ScanState, markers: Markers) -> int:
    """How many rows of a page, from its first on, the scan has met, as far as it remembers them."""
    return max((n for n, marker in enumerate(markers, 1) if marker in scan.last_rows), default=0)


def _fits(asked: PageRange, page: TicketPage) -> bool:
    """Whether the API gave the range that was asked for, as far as it says."""
    is_there = page.offset in {None, asked.start} and page.limit in {None, asked.limit}
    return is_there and _rows(page) <= asked.limit


def _most(asked: PageRange, page: TicketPage) -> int:
    """How many rows the API gives at once, by its first page."""
    if 0 < _rows(page) < asked.limit < (page.total or 0):
        return _rows(page)
    return asked.limit if _fits(asked, page) else page.limit or _rows(page) or asked.limit


def _rows(page: TicketPage) -> int:
    return len(page.tickets) + page.unreadable


def _joins(scan: ScanState, markers: Markers) -> bool:
    """Whether no row that stays in its place can lie between the last rows and these."""
    if not markers or not scan.last_rows:
        return bool(markers)
    return _known(scan, markers) > 0 or is_before(markers[0], scan.last_rows[-1], scan.orders)


def _stepped_back(scan: ScanState, asked: PageRange) -> ScanState:
    """Look further up; a list that cannot be joined again and again is scanned without proof."""
    is_hopeless = scan.steps_back >= 20 + (scan.total or 0) // 500
    return replace(
        scan,
        position=max(0, asked.start - STEP_BACK * 2**scan.futile),
        steps_back=scan.steps_back + 1,
        futile=0 if is_hopeless else scan.futile + 1,
        orders=() if is_hopeless else scan.orders,
        counters=replace(scan.counters, page_gaps=scan.counters.page_gaps + 1),
    )


def _moved_on(scan: ScanState, asked: PageRange, page: TicketPage, markers: Markers) -> ScanState:
    is_plain, last = reads_plain_pages(scan), scan.last_rows
    is_new = bool(markers) and (
        is_plain
        or not last
        or not (markers[-1] in last or is_before(markers[-1], last[-1], scan.orders))
    )
    is_last = _is_last(scan, asked, page, is_new=is_new)
    moved = replace(
        scan,
        position=asked.start + _rows(page) if is_last else asked.end,
        last_rows=markers[-MARKERS_KEPT:] if is_new else last,
        futile=0 if is_new else scan.futile + is_plain,
    )
    return _next_phase(moved) if is_last or _is_rechecked(scan, markers) else moved


def _is_last(scan: ScanState, asked: PageRange, page: TicketPage, *, is_new: bool) -> bool:
    """Whether the list ends here; a total that is wrong neither cuts it off nor keeps us."""
    rows, total = _rows(page), scan.total
    is_short = rows < asked.limit
    if total is None:
        return is_short
    if rows == 0:
        return total <= asked.start or scan.futile > 0 or not reads_plain_pages(scan)
    if is_short:
        return total <= asked.end or (scan.futile > 0 and not is_new)
    return total == asked.start + rows


def _is_rechecked(scan: ScanState, markers: Markers) -> bool:
    """Whether the list is older from here on than all that can have come in meanwhile."""
    if scan.phase is ScanPhase.SCANNING or reads_plain_pages(scan):
        return scan.phase is ScanPhase.RECHECKING_HEAD
    comes_first = is_newest_first(scan.orders)
    if comes_first is None or _moves_too_fast(scan):
        return True
    is_older = scan.head and markers and is_before(scan.head, markers[-1], scan.orders)
    return bool(comes_first and is_older)


def _moves_too_fast(scan: ScanState) -> bool:
    """Whether the newest rows change faster than they are read."""
    enough = RECHECKS_AT_MOST + 2 * (scan.total_at_start or 0) // scan.limit
    return scan.phase is ScanPhase.RECHECKING_HEAD and scan.pages > enough


def _next_phase(scan: ScanState) -> ScanState:
    """What follows the end of a phase: a recheck of the head, until one finds no new row."""
    if _moves_too_fast(scan):
        return replace(scan, phase=ScanPhase.ENDED, is_gapless=False)
    comes_last = is_newest_first(scan.orders) is False
    is_recheck = scan.phase is ScanPhase.RECHECKING_HEAD
    finds_no_more = is_recheck and (comes_last or scan.new_head == scan.head)
    proves_nothing = not scan.orders and not scan.previous_started  # a second scan has to follow
    if scan.pages == 1 or scan.head_pages == 1 or finds_no_more or proves_nothing:
        return replace(scan, phase=ScanPhase.ENDED)
    return replace(
        scan,
        phase=ScanPhase.RECHECKING_HEAD,
        head_pages=0,
        futile=0,
        head=scan.new_head or scan.head,
        position=scan.position if comes_last else 0,
        last_rows=scan.last_rows if comes_last else (),
    )
