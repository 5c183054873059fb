"""The reply box of a tab without a browser: what `reply_form.js` and `drafts.js` do."""

from dataclasses import dataclass, replace
from typing import Any

from tests.doubles.tab import Tab

Data = dict[str, Any]
ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Words that the browser keeps until the desk has acknowledged them."""

    text: str
    onto: str
    said: int = 0
    reply_id: str = ""


class Box:
    """The text belongs to the person; the desk hears of it, acknowledges it, takes it when sent."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.text = self.known = ""
        self.saved: str | None = ""
        self.base, self.revision, self.acked_revision, self.sending = 0, 0, 0, False
        self.data: Data = {}
        self.words: dict[str, Kept] = {}
        """the browser's storage, by ticket"""
        self._asked: Kept | None = None
        self._edits, self._loads, self._was_joined = 0, 0, False

    @property
    def ticket(self) -> str:
        """Whose box it is."""
        return str(self.data.get("ticket_id", ""))

    @property
    def is_acknowledged(self) -> bool:
        """Whether the desk has all of it for good."""
        return self.text == self.saved and self.revision <= self.acked_revision

    def look(self) -> None:
        """Follow what the desk says, and what becomes of the line."""
        before, self.data = self.data, self.tab.data("reply_form") or {}
        is_new_page, self._loads = self._loads != self.tab.loads, self.tab.loads
        if is_new_page:
            self._edits = 0
            self.words = {
                ticket: replace(kept, said=0)
                for ticket, kept in self.words.items()
                if not kept.reply_id
            }
        elif self.ticket == before.get("ticket_id", ""):
            self._take()
        else:
            self._hand(before.get("ticket_id", ""))
        if is_new_page or self.ticket != before.get("ticket_id", ""):
            self.sending = False
            self._load()
            self._hand(self.ticket)
        self._follow_line()
        while self.tab.calls:
            name, arguments = self.tab.calls.popleft()
            if hear := {
                "answered": self._answered,
                "acknowledged": self._acknowledged,
                "recovered": self._recovered,
            }.get(name):
                hear(*arguments)

    def type(self, text: str) -> None:
        """Put other words into it."""
        if not self.sending:
            self.text = text
            self._keep(self.ticket)

    def flush(self) -> None:
        """Hand over what was typed."""
        if not self._take():
            self._hand(self.ticket)

    async def send(self, *, then_close: bool = False) -> bool:
        """Press Send and wait for the answer; whether the reply is kept for good."""
        if self.sending or not self.data["may_reply"] or not self.text.strip():
            return False
        loads, ticket = self.tab.loads, self.ticket
        self._hand(ticket)
        self.sending = True
        self._asked = Kept(text=self.text, onto="", reply_id=self.data["reply_id"])
        self._say("send", ticket, reply_id=self._asked.reply_id, then_close=then_close)
        self._keep(ticket, self._asked.reply_id)
        await self.tab.until(
            lambda: not self.sending or self.tab.loads != loads,
            what="the answer to Send",
            seconds=ANSWER_SECONDS,
        )
        return self.tab.loads == loads and not self.text

    def _load(self) -> None:
        self.text = self.saved = self.known = self.data.get("draft", "")
        self.base = self.data.get("base", 0)
        self.revision = self.acked_revision = self.data.get("acked_revision", 0)
        own = self.words.get(self.ticket)
        if own is None or own.reply_id:
            return
        self.text, self.saved = own.text, None
        if self.known not in {own.onto, own.text}:
            self.base = -1

    def _take(self) -> bool:
        acknowledged = self.text == self.saved and self.revision == self.data.get(
            "acked_revision", 0
        )
        waits = self.base != self.data.get("base", 0) and acknowledged and not self.sending
        if waits:
            self.words.pop(self.ticket, None)
            self._load()
        return waits

    def _hand(self, ticket: str) -> None:
        if self.text != self.saved and ticket:
            self.saved = self.text
            self._say("draft", ticket)
            self._keep(ticket)

    def _keep(self, ticket: str, reply_id: str = "") -> None:
        if self.is_acknowledged and not reply_id:
            self.words.pop(ticket, None)
            return
        said = self.revision if self.text == self.saved else 0
        self.words[ticket] = Kept(text=self.text, onto=self.known, said=said, reply_id=reply_id)

    def _say(self, event: str, ticket: str, **more: Any) -> None:
        self._edits += 1
        self.revision = self._edits
        said = {
            "ticket_id": ticket,
            "text": self.text,
            "base": self.base,
            "revision": self.revision,
        }
        self.tab.emit("reply_form", event, **said, **more)

    def _follow_line(self) -> None:
        """What was said while the line was breaking may have been heard by nobody: say it again."""
        is_back = self.tab.is_joined and not self._was_joined
        self._was_joined = self.tab.is_joined
        if not is_back:
            return
        for ticket, kept in self.words.items():
            if ticket != self.ticket or kept.reply_id:
                said = {"key": ticket, "ticket_id": ticket, "text": kept.text, "onto": kept.onto}
                self.tab.recover(said | {"reply_id": kept.reply_id})
        if self.revision > self.acked_revision and not self.sending:
            self.saved = None
            self.flush()

    def _answered(self, ticket: str, reply_id: str, ok: bool) -> None:
        kept = self.words.get(ticket)
        if ok and kept is not None and kept.reply_id == reply_id:
            del self.words[ticket]
        if ticket != self.ticket or self._asked is None or self._asked.reply_id != reply_id:
            return
        waited, self.sending = self.sending, False
        if ok and self.text == self._asked.text:
            self.text = self.saved = self.known = ""
            self.acked_revision = self.revision
        elif waited and not ok:
            self.saved = None
            self.flush()

    def _acknowledged(self, ticket: str, said: int) -> None:
        kept = self.words.get(ticket)
        if kept is not None and 0 < kept.said <= said:
            del self.words[ticket]
        if ticket == self.ticket and said <= self.revision:
            self.acked_revision = max(self.acked_revision, said)
            if said == self.revision and self.saved is not None:
                self.known = self.saved

    def _recovered(self, key: str, text: str) -> None:
        kept = self.words.get(key)
        if kept is not None and kept.text == text:
            del self.words[key]
