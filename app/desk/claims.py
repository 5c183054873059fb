"""Who has said "this ticket is mine": it is told to the others, and keeps nobody from answering."""

from collections.abc import Mapping

from app.desk.sign_ins import SignIns
from app.domain.accounts import Right, User
from app.domain.signals import Signal
from app.store.outbox.claims import ClaimStore


class Claims:
    """Keeps each claim on disk and in memory; `changed` names the tickets whose claim differs.

    The claim of somebody who is removed, or may no longer answer, counts as none.

    Raises: StoreError.
    """

    def __init__(self, store: ClaimStore, sign_ins: SignIns) -> None:
        self._store = store
        self._sign_ins = sign_ins
        self._held: dict[str, str] = {}
        self._shown: Mapping[str, User] = {}
        self.changed: Signal[frozenset[str]] = Signal()
        sign_ins.changed.subscribe(lambda _: self._tell())

    async def load(self) -> None:
        """Take over what is on the disk."""
        self._held = dict(await self._store.claims())
        self._tell()

    def all(self) -> Mapping[str, User]:
        """Who has which ticket, by its id."""
        return self._shown

    async def claim(self, ticket_id: str, user: User, *, instead_of: str = "") -> bool:
        """Let a user have a ticket; false if somebody else than `instead_of` has it by now."""
        is_left = ticket_id in self._held and ticket_id not in self._shown
        before = self._held[ticket_id] if is_left else instead_of
        is_kept = await self._store.put(ticket_id, user.user_id, instead_of=before)
        if is_kept:
            self._held[ticket_id] = user.user_id
            self._tell()
        return is_kept

    async def give_up(self, ticket_id: str, user: User) -> bool:
        """End a user's claim; false if it is not theirs."""
        is_dropped = await self._store.drop(ticket_id, user.user_id)
        if is_dropped:
            self._held.pop(ticket_id, None)
            self._tell()
        return is_dropped

    def _tell(self) -> None:
        before, users = self._shown, self._sign_ins.users
        self._shown = {
            ticket_id: users[user_id]
            for ticket_id, user_id in self._held.items()
            if user_id in users and users[user_id].may(Right.WRITE)
        }
        if differs := before.items() ^ self._shown.items():
            self.changed.emit(frozenset(ticket_id for ticket_id, _ in differs))
