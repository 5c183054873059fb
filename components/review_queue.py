"""The replies that need review: a person decides where no machine can."""

from components.data import ReviewQueueData
from components.events import Action, ReviewCallback, TextAction
from components.vue_component import VueComponent


class ReviewQueue:
    """One card for each reply: its ticket, its text, what is known, and what can be done."""

    def __init__(
        self, *, on_review: ReviewCallback, on_recheck_all: Action, on_open: TextAction
    ) -> None:
        self._part = _ReviewQueue(None, later=True)
        self._part.on_command(
            "review", lambda args: on_review(args.text("reply_id"), args.text("action"))
        )
        self._part.on_command("recheck_all", lambda _: on_recheck_all())
        self._part.on_event("open", lambda args: on_open(args.text("id")))

    def update(self, data: ReviewQueueData | None) -> None:
        """Show `data` in place of the list of tickets; None gives the list its place back."""
        self._part.show(data)


class _ReviewQueue(VueComponent, script="review_queue"):
    pass
