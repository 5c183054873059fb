"""An outbox that ends the program before or after any of its commits."""

from typing import TypeVar

from app.domain.outbox_entry import OutboxEntry
from app.store.outbox.outbox import Outbox

E = TypeVar("E", bound=OutboxEntry)


class KilledError(BaseException):
    """The program ends here; nothing may catch it."""


class MortalOutbox(Outbox):
    """`dies_in` counts commits down: 0.5 is before the first, 1 after it; None lives for ever."""

    dies_in: float | None = None

    async def enqueue(self, entry: E) -> E:
        self._step()
        kept = await super().enqueue(entry)
        self._step()
        return kept

    async def change(self, entry: E, **changes: object) -> E | None:
        self._step()
        kept = await super().change(entry, **changes)
        self._step()
        return kept

    async def take_back(self, entry: OutboxEntry) -> str | None:
        self._step()
        text = await super().take_back(entry)
        self._step()
        return text

    def _step(self) -> None:
        if self.dies_in is None:
            return
        self.dies_in -= 0.5
        if self.dies_in <= 0:
            self.dies_in = None
            raise KilledError
