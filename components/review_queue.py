"""The replies that need review: a person decides where no machine can."""

from components.data import ReviewQueueData
from components.part import Call, Part


class ReviewQueue:
    """One card for each reply: its ticket, its text, what is known, and what can be done."""

    def __init__(self, *, on_review: Call, on_recheck_all: Call, on_open: Call) -> None:
        self._part = _ReviewQueue(None, later=True)
        self._part.hear_order(
            "review", lambda said: on_review(said.text("reply_id"), said.text("action"))
        )
        self._part.hear_order("recheck_all", lambda _: on_recheck_all())
        self._part.hear("open", lambda said: on_open(said.text("id")))

    def update(self, data: ReviewQueueData | None) -> None:
        """Show `data` in place of the list of tickets; None gives the list its place back."""
        self._part.show(data)


class _ReviewQueue(Part, script="review_queue"):
    pass
