"""Which part of the list a page number and a limit ask for, and how parts come to overlap."""

from typing import NamedTuple


class Window(NamedTuple):
    """Rows `start` to `end` of the list, as page number and limit say it."""

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


def plain(end: int, *, limit: int) -> Window:
    """The page that holds the row after the first `end` ones."""
    return Window(end // limit + 1, limit)


def overlapping(end: int, *, overlap: int, limit: int) -> Window:
    """The window that reaches furthest of those that begin `overlap` rows before `end`, or more.

    Units: limits up to `limit` and above half of it; about one request in six is the price.
    Shape: it ends after `end`, for which the overlap of a small limit may have to be smaller.
    """
    begin = max(0, end - overlap)
    size = max(range(limit, limit // 2, -1), key=lambda size: (begin // size + 1) * size)
    window = Window(begin // size + 1, size)
    if window.end <= end:
        return overlapping(end, overlap=overlap - 1, limit=limit)
    return window
