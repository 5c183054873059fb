"""An outbox that ends the program before or after any of its commits."""

from app.domain.reply import Reply
from app.store.outbox import Outbox


class KilledError(BaseException):
    """The program ends here; nothing may catch it."""


class MortalOutbox(Outbox):
    """`dies_in` counts commits down: 0.5 is before the first, 1 after it; None lives for ever."""

    dies_in: float | None = None

    async def enqueue(self, reply: Reply) -> Reply:
        self._step()
        kept = await super().enqueue(reply)
        self._step()
        return kept

    async def note(self, reply: Reply, **changes: object) -> Reply | None:
        self._step()
        kept = await super().note(reply, **changes)
        self._step()
        return kept

    async def take_back(self, reply: Reply) -> str | None:
        self._step()
        text = await super().take_back(reply)
        self._step()
        return text

    def _step(self) -> None:
        if self.dies_in is None:
            return
        self.dies_in -= 0.5
        if self.dies_in <= 0:
            self.dies_in = None
            raise KilledError
