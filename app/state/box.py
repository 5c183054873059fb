"""What stands in the reply box of one ticket in one tab, and which draft it was typed onto."""

from dataclasses import dataclass

from app.domain.outbox_entry import Draft


@dataclass(slots=True, kw_only=True)
class Box:
    """A reply box as the desk knows it; the browser may be some keys ahead.

    Each text put into it from here is a `turn`. The browser takes one over only if all that was
    typed had been acknowledged by then, and says with whatever is typed which turn it was typed
    onto: so what another browser wrote is never taken for something this person has seen.
    """

    ticket_id: str
    text: str = ""
    heard: int = 0
    """what the browser said last; on one page it counts everything it says"""
    acked: int = 0
    """what it had said when all of it was a draft for good"""
    turn: int = 0
    given: str = ""
    given_after: int = 0
    """what was put into it at the newest turn, and what had been acknowledged by then"""
    own: Draft | None = None
    others: tuple[Draft, ...] = ()
    """drafts of the same reply that were typed elsewhere at the same time"""
    unsaved: bool = False
    spare: tuple[str, ...] = ()
    """texts to be saved beside the one in the box: nobody has seen both"""
    sending: bool = False
    stirs: int = 0
    """grows with each thing done here: an answer asked for before knows nothing of it"""
    _turns: int = 0

    def type(self, text: str, turn: int, said: int) -> None:
        """Hear what is in it now; what was typed onto another text stands beside that."""
        self.stirs += 1
        if turn != self.turn:
            self._leave_own(text)
            if self.unsaved and self.text not in text:
                self.spare += (self.text,)  # put into it, not saved yet, and not taken over
        self.text, self.turn, self.heard = text, turn, said
        self.unsaved = True

    def put(self, text: str) -> None:
        """Give it another text, which the browser takes over unless something was typed."""
        self._turns += 1
        self.turn, self.given, self.given_after = self._turns, text, self.acked
        self.text = text
        self.stirs += 1

    def begin(self) -> None:
        """Give a browser that draws it anew what it holds."""
        self.put(self.text)

    def empty(self, sent: str) -> None:
        """Its reply is on its way; nothing is left of it unless something was typed since."""
        self.sending = False
        if self.text == sent:
            self.text, self.own, self.unsaved, self.acked = "", None, False, self.heard
            self.stirs += 1

    def settle(self, drafts: tuple[Draft, ...]) -> None:
        """Follow what others made of the draft; what is not its own stands beside it."""
        own = self._own_of(drafts)
        text = own.text if own else ""
        if text != self.text and (own or self.text.strip()):
            self.put(text)
        self.own = own
        self.others = tuple(draft for draft in drafts if not own or draft.number != own.number)

    def _leave_own(self, text: str) -> None:
        """Stand beside the draft from now on, unless all of it is in `text`."""
        if self.own and self.own.text not in text:
            self.others += (self.own,)
            self.own = None

    def _own_of(self, drafts: tuple[Draft, ...]) -> Draft | None:
        """Its own draft as it is now, or the one that took its place; one beside it is no such."""
        if self.own is None:
            beside = {draft.number for draft in self.others}
            return next((draft for draft in drafts if draft.number not in beside), None)
        number = self.own.number
        return next((d for d in drafts if d.number == number), next(iter(drafts), None))
