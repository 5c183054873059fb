"""The place where a person decides about replies that no machine can judge."""

from components.data import DecisionsData
from components.part import Call, Part


class DecisionList:
    """One card for each reply: its ticket, its text, what is known, and what can be done."""

    def __init__(self, *, on_decide: Call, on_check_all: Call, on_open: Call) -> None:
        self._part = _Decisions(None, later=True)
        self._part.hear_order(
            "decide", lambda said: on_decide(said.text("reply_id"), said.text("action"))
        )
        self._part.hear_order("check_all", lambda _: on_check_all())
        self._part.hear("open", lambda said: on_open(said.text("id")))

    def update(self, data: DecisionsData | None) -> None:
        """Show `data` in place of the list of tickets; None gives the list its place back."""
        self._part.show(data)


class _Decisions(Part, script="decision_list"):
    pass
