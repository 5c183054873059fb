"""The reply box of a tab without a browser: what `reply_box.js` does, typed into by a seller."""

from typing import Any

from tests.doubles.tab import Tab

Data = dict[str, Any]
ANSWER_SECONDS = 30


class Box:
    """The text belongs to the person; the desk hears of it, and takes it when it is sent."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.text = self.saved = self.known = ""
        self.turn, self.said, self.sending = 0, 0, False
        self.data: Data = {}
        self._kept: tuple[str, str, str] | None = None
        self._loads = 0

    def look(self) -> None:
        """Follow what the desk says."""
        now = self.tab.data("reply_box") or {}
        if self._loads != self.tab.loads:
            self._loads = self.tab.loads
            self.data = now
            self._load()
            self._come_back()
        elif now.get("ticket_id") == self.data.get("ticket_id"):
            self.data = now
            self._take()
        else:
            self._hand(self.data.get("ticket_id", ""))
            self.data = now
            self._load()
            self._come_back()
        while self.tab.calls:
            name, arguments = self.tab.calls.popleft()
            if name == "answered":
                self._answered(*arguments)

    def type(self, text: str) -> None:
        """Put other words into it."""
        if not self.sending:
            self.text = text

    def flush(self) -> None:
        """Hand over what was typed."""
        if not self._take():
            self._hand(self.data.get("ticket_id", ""))

    async def send(self, *, then_close: bool = False) -> bool:
        """Press Send and wait for the answer; whether the reply is kept for good."""
        ticket, loads = self.data["ticket_id"], self.tab.loads
        if self.sending or not self.data["may_reply"] or not self.text.strip():
            return False
        self._hand(ticket)
        self.sending = True
        self._say("send", ticket, then_close=then_close)
        await self.tab.until(
            lambda: not self.sending or self.tab.loads != loads,
            what="the answer to Send",
            seconds=ANSWER_SECONDS,
        )
        return self.tab.loads == loads and not self.text

    def _load(self) -> None:
        self.text = self.saved = self.known = self.data.get("draft", "")
        self.turn = self.data.get("turn", 0)
        self.said, self.sending = 0, False

    def _take(self) -> bool:
        heard = self.text == self.saved and self.said == self.data.get("heard", 0)
        waits = self.turn != self.data.get("turn", 0) and heard and not self.sending
        if waits:
            self.text = self.saved = self.known = self.data["draft"]
            self.turn = self.data["turn"]
            self._kept = None
        return waits

    def _hand(self, ticket: str) -> None:
        if self.text == self.saved or not ticket:
            return
        self.saved = self.text
        if self.tab.is_joined:
            self._forget()
        else:
            self._kept = ticket, self.text, self.known
        self._say("draft", ticket)

    def _say(self, event: str, ticket: str, **more: Any) -> None:
        self.said += 1
        said = {"ticket_id": ticket, "text": self.text, "turn": self.turn, "said": self.said}
        self.tab.emit("reply_box", event, **said, **more)

    def _forget(self) -> None:
        self.known, self._kept = self.text, None

    def _answered(self, ticket: str, ok: bool) -> None:
        if ticket == self.data.get("ticket_id") and self.sending:
            self.sending = False
            if ok:
                self.text = self.saved = ""
                self._forget()

    def _come_back(self) -> None:
        """Go on with words that this window kept while the line was cut."""
        if self._kept is None or self._kept[0] != self.data.get("ticket_id"):
            return
        (ticket, text, onto), self._kept = self._kept, None
        if text == self.text:
            return
        if self.text == onto:
            self.text = text
            self._hand(ticket)
        else:
            said = {"ticket_id": ticket, "text": text, "turn": -1, "said": 0}
            self.tab.emit("reply_box", "draft", **said)
