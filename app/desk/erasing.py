"""Forgets a customer: out of the files of every shop, the logs and the memory, whether a desk runs
on them or not.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.config.data_dir import explained
from app.config.logging import remove_lines
from app.domain.clock import Clock
from app.domain.errors import StoreError, UnsettledError
from app.domain.tasks import carried_out
from app.domain.ticket import customer_key
from app.store.forgotten import Forgotten, load_forgotten, save_forgotten
from app.store.holdings import COPY, OUTBOX
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from app.store.outbox.saved_views import SavedViewStore
from app.store.shops import Shops
from app.store.tickets.mirror import TicketMirror

OURS = ("app.", "components.")
_CACHED = type(lru_cache(len))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShop:
    """A shop's two files."""

    folder: Path
    mirror: TicketMirror
    outbox: Outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much is kept of a customer, or was until they were forgotten."""

    ids: frozenset[str] = frozenset()
    """of their tickets, the ones that are gone too"""
    tickets: int = 0
    drafts: int = 0
    entries: int = 0
    """replies and status changes"""
    unsettled: int = 0
    """those of them to which something may still happen"""
    notes: int = 0
    views: int = 0
    damaged: tuple[Path, ...] = ()
    """files that were set aside and may still name them: only a person can tell"""


class Eraser:
    """Forgets customers in all shops of a data folder, whose lock this process holds.

    Args:
        running: the shop that is open already; every other is opened meanwhile.
        on_forgotten: lets go of what is in memory of these tickets, and tells the screens.
    Raises: UnsettledError while a reply to the customer is on its way; StoreError.
    """

    def __init__(
        self,
        folder: Path,
        shops: Shops,
        *,
        clock: Clock,
        running: OpenShop | None = None,
        on_forgotten: Callable[[frozenset[str]], Awaitable[None]] | None = None,
    ) -> None:
        self._folder = folder
        self._shops = shops
        self._clock = clock
        self._running = running
        self._on_forgotten = on_forgotten
        self._one_at_a_time = asyncio.Lock()

    async def look(self, address: str) -> Kept:
        """What would be forgotten of a customer."""
        async with self._opened() as shops:
            return _sum(await self._look(shops, address, even_unsettled=False))

    @carried_out
    async def forget(self, address: str, *, even_unsettled: bool = False) -> Kept:
        """Keep nothing of a customer but the fingerprint of the address; what was removed."""
        async with self._opened() as shops:
            found = await self._look(shops, address, even_unsettled=even_unsettled)
            for shop, kept in zip(shops, found, strict=True):
                await shop.outbox.forget(kept.ids, even_unsettled=even_unsettled)
            with explained():
                customer = load_forgotten(self._folder).with_address(address)
                save_forgotten(self._folder, customer)
            try:
                found = [
                    await self._forget_in(
                        shop, kept, address, customer, even_unsettled=even_unsettled
                    )
                    for shop, kept in zip(shops, found, strict=True)
                ]
            finally:  # whatever the files could not do: it can be asked for again
                with explained():
                    await asyncio.to_thread(remove_lines, self._folder, customer_key(address))
                await self._let_go(_sum(found).ids)
            return _sum(found)

    async def _let_go(self, ids: frozenset[str]) -> None:
        """Leave nothing in memory, and let the screens ask anew."""
        if self._on_forgotten:
            await self._on_forgotten(ids)
        _clear_caches()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Sequence[OpenShop]]:
        async with self._one_at_a_time, AsyncExitStack() as closing:
            with explained():
                folders = [shop.folder for shop in self._shops.all()]
            yield [
                self._running
                if self._running and self._running.folder == folder
                else await self._open(closing, folder)
                for folder in folders
            ]

    async def _open(self, closing: AsyncExitStack, folder: Path) -> OpenShop:
        mirror = await TicketMirror.open(folder / COPY, clock=self._clock)
        closing.push_async_callback(mirror.close)
        outbox = await Outbox.open(folder / OUTBOX, clock=self._clock)
        closing.push_async_callback(outbox.close)
        return OpenShop(folder=folder, mirror=mirror, outbox=outbox)

    async def _look(
        self, shops: Sequence[OpenShop], address: str, *, even_unsettled: bool
    ) -> list[Kept]:
        with explained():
            before = load_forgotten(self._folder)
        customer = before.with_address(address)
        found = [await self._kept_in(shop, customer, address) for shop in shops]
        kept = _sum(found)
        if not (kept.ids or kept.notes or kept.views or address in before):
            raise StoreError(
                f"No ticket of {address} is kept here, so nobody was forgotten. "
                "Look at the address; it must be the one that the tickets show."
            )
        if kept.unsettled and not even_unsettled:
            raise UnsettledError(kept.unsettled)
        return found

    async def _kept_in(self, shop: OpenShop, customer: Forgotten, address: str) -> Kept:
        shop.outbox.database.check()
        ids = await shop.mirror.tickets_of(customer)
        drafts, entries, unsettled = await shop.outbox.held_of(ids)
        notes = await NoteStore(shop.outbox.database, clock=self._clock).count_of(ids, address)
        views = await SavedViewStore(shop.outbox.database, clock=self._clock).naming(address)
        return Kept(
            ids=ids,
            tickets=len(ids),
            drafts=drafts,
            entries=entries,
            unsettled=unsettled,
            notes=notes,
            views=len(views),
            damaged=tuple(sorted(shop.folder.glob(f"{Path(OUTBOX).stem}.damaged-*"))),
        )

    async def _forget_in(
        self,
        shop: OpenShop,
        kept: Kept,
        address: str,
        customer: Forgotten,
        *,
        even_unsettled: bool,
    ) -> Kept:
        """Forget a customer in the files of one shop.

        The screens are told as soon as their tickets are blank, and what was written before they
        were, or in a ticket that came meanwhile, goes then.
        """
        file = shop.outbox.database
        blank = await shop.mirror.blank_tickets(customer)
        ids = kept.ids | blank
        await self._let_go(ids)
        await shop.outbox.forget(ids, even_unsettled=even_unsettled)
        notes = await NoteStore(file, clock=self._clock).forget(ids, address)
        views = await SavedViewStore(file, clock=self._clock).forget(address)
        await file.write_anew()
        (shop.folder / COPY).with_suffix(".damaged").unlink(missing_ok=True)
        await shop.mirror.write_anew()
        return replace(kept, ids=ids, tickets=len(blank), notes=notes, views=views)


def _sum(found: Sequence[Kept]) -> Kept:
    return Kept(
        ids=frozenset().union(*(kept.ids for kept in found)),
        tickets=sum(kept.tickets for kept in found),
        drafts=sum(kept.drafts for kept in found),
        entries=sum(kept.entries for kept in found),
        unsettled=sum(kept.unsettled for kept in found),
        notes=sum(kept.notes for kept in found),
        views=sum(kept.views for kept in found),
        damaged=tuple(path for kept in found for path in kept.damaged),
    )


def _clear_caches() -> None:
    """Empty every bounded cache of ours: what a customer wrote may be in any of them.

    One without a bound holds what belongs to the program, such as its own files.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(OURS):
            for value in vars(module).values():
                if isinstance(value, _CACHED) and value.cache_parameters()["maxsize"] is not None:
                    value.cache_clear()
