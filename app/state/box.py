"""What stands in the reply box of one ticket in one tab, and which draft it was typed onto."""

from dataclasses import dataclass

from app.domain.draft import Draft


@dataclass(slots=True, kw_only=True)
class Box:
    """A reply box as the desk knows it; the browser may be some keys ahead.

    Each text put into it from here is a `turn`. The browser takes one over only if nothing was
    typed that the desk had not heard by then, and says with whatever is typed which turn it was
    typed onto: so what another browser wrote is never taken for something this person has seen.
    """

    ticket_id: str
    text: str = ""
    heard: int = 0
    """how often the browser has said what is in it, since it was opened"""
    turn: int = 0
    given: str = ""
    given_after: int = 0
    """what was put into it at the newest turn, and how much had been heard by then"""
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
    _begun: int = 0

    def type(self, text: str, turn: int, said: int) -> None:
        """Hear what is in it now; words of before it was opened anew are put into it, or beside."""
        self.stirs += 1
        late = self.is_before(turn)
        if late and text.strip() in self.text:
            return
        if late and (self.text != self.given or self.text.strip() not in text):
            self.spare += (text,)
            return
        if late or turn != self.turn:
            self._leave_own(text)
        if late:
            self.put(text)
        else:
            self._hear(text, turn)
            self.heard = said
        self.unsaved = True

    def is_before(self, turn: int) -> bool:
        """Whether a turn belongs to an earlier opening of the ticket."""
        return turn < self._begun

    def put(self, text: str) -> None:
        """Give it another text, which the browser takes over unless something was typed."""
        self._turns += 1
        self.turn, self.given, self.given_after = self._turns, text, self.heard
        self.text = text
        self.stirs += 1

    def begin(self) -> None:
        """Give a browser that draws it anew what it holds."""
        self.heard = 0
        self.put(self.text)
        self._begun = self.turn

    def empty(self, sent: str) -> None:
        """Its reply is on its way; nothing is left of it unless something was typed since."""
        self.sending = False
        if self.text == sent:
            self.text, self.own, self.unsaved = "", None, False
            self.stirs += 1

    def settle(self, drafts: tuple[Draft, ...]) -> None:
        """Follow what others made of the draft; what is not its own stands beside it."""
        own = self._own_of(drafts)
        text = own.text if own else ""
        if text != self.text and (own or self.text.strip()):
            self.put(text)
        self.own = own
        self.others = tuple(draft for draft in drafts if not own or draft.number != own.number)

    def _hear(self, text: str, turn: int) -> None:
        if turn != self.turn and self.unsaved and self.text not in text:
            self.spare += (self.text,)  # put into it, not saved yet, and not taken over
        self.text, self.turn = text, turn

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
