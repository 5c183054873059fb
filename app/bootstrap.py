"""The map of the product: builds every part from the settings, starts and stops them in order."""

import asyncio
import logging
import platform
import socket
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.client.tickets import TicketsClient, open_client
from app.config.data_dir import DataDir, explained
from app.config.logging import LastErrors, start_logging, stop_logging
from app.config.settings import LOOPBACK, EnteredKey, Settings
from app.config.stored_key import KeyStore
from app.desk.activity import ActivityLog
from app.desk.api_key import ApiKey
from app.desk.claims import Claims
from app.desk.commands import Commands
from app.desk.desk import Desk, Doors
from app.desk.erasing import Eraser, OpenShop
from app.desk.private_notes import PrivateNotes
from app.desk.queries import Queries
from app.desk.sign_ins import SignIns
from app.desk.users import Users
from app.desk.walls import Walls
from app.domain.clock import Clock, SystemClock
from app.domain.errors import SettingsError
from app.domain.faults import Faults
from app.domain.signals import Changes, Signal
from app.domain.tasks import background_tasks, finish_shielded
from app.pages.erase import register_erase
from app.pages.health import Vitals
from app.pages.key import register_first_key
from app.pages.people import register_people
from app.pages.register import register_pages
from app.pages.screens import register_screens
from app.pages.sign_in import SessionCookie, register_sign_in
from app.store.accounts.accounts import Accounts
from app.store.accounts.passwords import Passwords
from app.store.forgotten import Forgotten, load_forgotten
from app.store.holdings import COPY, OUTBOX, Holdings, holdings_of
from app.store.outbox.claims import ClaimStore
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.outbox.private_notes import NoteStore
from app.store.shops import Shop, Shops, choose_shop
from app.store.tickets.mirror import TicketMirror
from app.sync.coordinator import SyncCoordinator
from app.sync.delivery.sender import Delivery
from app.sync.delivery.write_fence import WriteFence
from app.sync.message_backfill import Retention
from app.sync.proof import UNPROVED, Proof, find_shop
from app.web.application import add_screens, behind_guard, behind_sign_in, desk_id, new_web
from app.web.assets import asset_url, plain_style
from app.web.page_reaper import PageReaper
from app.web.request_guard import AllowedNames, allowed_names
from app.web.server import (
    Serving,
    Tls,
    address_elsewhere,
    is_told_to_end,
    listen,
    run,
    say,
    serve,
    stop,
)
from app.web.sign_in_guard import LetIn, PageEnds
from components import theme
from components.site import SITE

if TYPE_CHECKING:
    from app.web.embedded import Embedded

IN_PROCESS = "http://127.0.0.1"
PROOF_SECONDS = 5.0
"""so long a start waits for a new key to show which shop is its own"""

log = logging.getLogger(__name__)


def serve_desk(settings: Settings, *, show: Callable[[str], None]) -> None:
    """Serve the desk until told to end, and say where it is; `show` draws an address for phones."""

    def tell(serving: Serving) -> None:
        say(f"Ticketdesk is at {serving.address}")
        if serving.elsewhere:
            say(f"Others reach it at {serving.elsewhere}")
            show(serving.elsewhere)
        if serving.hint:
            say(serving.hint)

    run_desk(settings, on_ready=tell)


def run_desk(settings: Settings, *, on_ready: Callable[[Serving], None]) -> None:
    """Hold the data folder and the port, then run the desk to its end.

    Raises: AlreadyRunningError, PortError, StoreError, SettingsError.
    """
    data_dir = DataDir(settings.data_dir)
    data_dir.lock()
    try:
        errors = start_logging(data_dir.folder, secrets=settings.secrets, level=settings.log_level)
        with listen(settings.host, settings.port) as listener:
            run(_desk(settings, data_dir, listener, errors=errors, on_ready=on_ready))
    finally:
        data_dir.unlock()
        stop_logging()


async def _desk(
    settings: Settings,
    data_dir: DataDir,
    listener: socket.socket,
    *,
    errors: LastErrors,
    on_ready: Callable[[Serving], None],
) -> None:
    clock = SystemClock()
    async with AsyncExitStack() as parts:
        doors = await _doors(parts, settings, data_dir, clock=clock)
        sign_ins = doors.sign_ins
        SITE.path = settings.path
        secret = data_dir.cookie_secret()
        cookie = SessionCookie(
            desk_id=desk_id(secret), secure=settings.is_secure, path=settings.path or "/"
        )
        head_html = theme.head_html(_asset_address)
        tls = _tls(settings)
        allowed = allowed_names(
            listener.getsockname()[1],
            scheme="https" if tls else "http",
            public_url=settings.public_url,
            framed_by=settings.kiosk_frame_origin,
            elsewhere=settings.host not in LOOPBACK,
        )

        front = _Front(
            listener=listener, allowed=allowed, cookie=cookie, head_html=head_html, tls=tls
        )
        if settings.api_url and settings.api_key is None:
            key = await _first_key(settings, data_dir, doors, front, clock=clock, on_ready=on_ready)
            if key is None:
                return
            settings = settings.model_copy(update={"api_key": key})
            errors = start_logging(
                data_dir.folder, secrets=settings.secrets, level=settings.log_level
            )
            on_ready = _nothing  # it has been told where the desk is
        upstream = await _upstream(parts, settings, data_dir, clock=clock)
        shops = data_dir.shops()
        shop, client = await _shop(shops, settings, upstream, clock=clock)
        kept = await asyncio.to_thread(_other_shops, shops, shop)
        with explained():
            forgotten = load_forgotten(data_dir.folder)
        stores = await _stores(parts, shop.folder, clock=clock, forgotten=forgotten)
        desk, coordinator = await _desk_over(
            parts, client, stores, settings, clock=clock, doors=doors
        )
        web = new_web(*([upstream.embedded.route] if upstream.embedded else []))
        register_pages(
            web,
            desk,
            head_html=head_html,
            plain_head_html=theme.plain_head_html(plain_style()),
            wall_worker=_asset_address(theme.WALL_WORKER),
            clock=clock,
            demo=settings.embedded,
            api_key=_api_key(settings, data_dir, activity=doors.activity, clock=clock),
            vitals=lambda: replace(
                _vitals(settings, upstream.client, coordinator, errors),
                kept=tuple((shop.name, str(held)) for shop, held in kept),
            ),
        )
        register_sign_in(web, sign_ins, head_html=head_html, cookie=cookie)
        register_people(web, desk, doors, head_html=head_html)
        eraser = _eraser(data_dir, shop, stores, desk, client, clock=clock)
        register_erase(web, desk, doors, eraser, head_html=head_html)
        register_screens(web, desk, doors, head_html=head_html, public_url=settings.public_url)
        add_screens(
            web,
            secret=secret,
            sessions=data_dir.sessions(),
            secure_cookies=settings.is_secure,
            path=settings.path,
        )
        let_in = LetIn(sign_ins, doors.walls)
        ends = PageEnds(let_in)
        parts.push_async_callback(ends.close)

        def ready(serving: Serving) -> None:
            data_dir.publish_address(serving.address)
            if upstream.embedded:
                upstream.embedded.publish_address(serving.address)
            hints = [_hint(serving, upstream.embedded), *_hints_of_work(kept)]
            elsewhere = _elsewhere(settings, listener)
            hint = "\n".join(filter(None, hints))
            on_ready(replace(serving, hint=hint, elsewhere=elsewhere))

        guarded = behind_guard(
            web,
            allowed,
            let_in=let_in,
            cookie=cookie,
            head_html=head_html,
            path=settings.path,
            proxies=settings.trusted_proxies,
            user_header=settings.user_header,
        )
        await serve(listener, guarded, on_ready=ready, tls=tls, path=settings.path)


def _asset_address(name: str) -> str:
    return SITE.link(asset_url(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Front:
    """What stands before the pages, whichever they are."""

    listener: socket.socket
    allowed: AllowedNames
    cookie: SessionCookie
    head_html: str
    tls: Tls | None


async def _first_key(
    settings: Settings,
    data_dir: DataDir,
    doors: Doors,
    front: _Front,
    *,
    clock: Clock,
    on_ready: Callable[[Serving], None],
) -> EnteredKey | None:
    """Serve the page that asks for the key, and nothing else, until there is one; None if the desk
    is ended before.
    """
    url, entered, has_key = settings.api_url or "", list[EnteredKey](), Signal[None]()
    api_key = ApiKey(
        url,
        KeyStore(data_dir.folder),
        key="",
        is_configured=False,
        clock=clock,
        activity=doors.activity,
        on_set=lambda key, place: entered.append(EnteredKey(key, place=place)),
    )

    def ready(serving: Serving) -> None:
        has_key.subscribe(lambda _: serving.stop())
        data_dir.publish_address(serving.address)
        hint = f"It has no key yet for the API at {url}: open it and enter the key."
        elsewhere = _elsewhere(settings, front.listener)
        on_ready(replace(serving, stop=stop, hint=hint, elsewhere=elsewhere))

    web = new_web()
    register_sign_in(web, doors.sign_ins, head_html=front.head_html, cookie=front.cookie)
    register_first_key(
        web, api_key, url=url, head_html=front.head_html, on_entered=lambda: has_key.emit(None)
    )
    guarded = behind_sign_in(
        web,
        front.allowed,
        sign_ins=doors.sign_ins,
        cookie=front.cookie,
        path=settings.path,
        proxies=settings.trusted_proxies,
        user_header=settings.user_header,
    )
    async with background_tasks(doors.sign_ins.run, clock=clock, faults=Faults(clock)):
        own = front.listener.dup()  # what the server closes; browsers wait at the other
        await serve(own, guarded, on_ready=ready, tls=front.tls, path=settings.path)
    return entered[-1] if entered and not is_told_to_end() else None


def _nothing(_serving: Serving) -> None:
    """Tell nobody."""


def _api_key(
    settings: Settings, data_dir: DataDir, *, activity: ActivityLog, clock: Clock
) -> ApiKey | None:
    if settings.api_url is None or settings.api_key is None:
        return None
    return ApiKey(
        settings.api_url,
        KeyStore(data_dir.folder),
        key=settings.api_key.get_secret_value(),
        is_configured=not isinstance(settings.api_key, EnteredKey),
        clock=clock,
        activity=activity,
    )


def _elsewhere(settings: Settings, listener: socket.socket) -> str | None:
    """Where others than this machine reach the desk."""
    if settings.public_url and settings.reachable_by:
        return settings.public_url
    return address_elsewhere(listener, tls=_tls(settings), path=settings.path)


def _tls(settings: Settings) -> Tls | None:
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    return Tls(settings.tls_cert.expanduser(), settings.tls_key.expanduser())


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The Tickets API the desk works on; `embedded` when it is the one in this process."""

    key: str
    client: TicketsClient
    embedded: "Embedded | None"


async def _upstream(
    parts: AsyncExitStack, settings: Settings, data_dir: DataDir, *, clock: Clock
) -> Upstream:
    embedded = None
    if settings.embedded:
        from app.web.embedded import embedded_api

        embedded = await parts.enter_async_context(
            embedded_api(data_dir, api_key=settings.api_key, demo_customer=settings.demo_customer)
        )
    key = embedded.key if embedded else "".join(settings.secrets)
    client = open_client(
        url=settings.api_url or IN_PROCESS,
        api_key=key,
        clock=clock,
        app=embedded.api if embedded else None,
        requests_per_second=settings.requests_per_second,
    )
    parts.push_async_callback(client.aclose)
    return Upstream(key=key, client=client, embedded=embedded)


async def _shop(
    shops: Shops, settings: Settings, upstream: Upstream, *, clock: Clock
) -> tuple[Shop, TicketsClient]:
    """The shop to which address and key lead, and the client that may work on it."""

    async def find(folders: Sequence[Path]) -> Path | None:
        async with asyncio.timeout(PROOF_SECONDS):
            return await find_shop(upstream.client, folders)

    shop, is_proved = await choose_shop(shops, settings.api_url, upstream.key, find)
    if is_proved:
        return shop, upstream.client
    log.warning("This key has not been used here before. %s", UNPROVED)
    proof = Proof(
        upstream.client,
        shop.folder,
        on_proved=lambda: shops.point(shop, settings.api_url, upstream.key),
        clock=clock,
    )
    return shop, upstream.client.behind(proof)


def _other_shops(shops: Shops, chosen: Shop) -> list[tuple[Shop, Holdings]]:
    """The other shops of the data folder, and what each holds."""
    others = (shop for shop in shops.all() if shop.folder != chosen.folder)
    return [(shop, holdings_of(shop.folder)) for shop in others]


def _hints_of_work(kept: Sequence[tuple[Shop, Holdings]]) -> list[str]:
    return [f"Also kept here: {shop.name}: {held}." for shop, held in kept if held.has_work]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What is kept on disk for one shop."""

    mirror: TicketMirror
    outbox: Outbox
    local: LocalStore
    claims: ClaimStore
    notes: NoteStore


async def _stores(
    parts: AsyncExitStack, folder: Path, *, clock: Clock, forgotten: Forgotten
) -> Stores:
    mirror = await TicketMirror.open(folder / COPY, clock=clock, forgotten=forgotten)
    parts.push_async_callback(mirror.close)
    outbox = await Outbox.open(folder / OUTBOX, clock=clock)
    parts.push_async_callback(outbox.close)
    parts.push_async_callback(finish_shielded)  # what they write is written before they close
    return Stores(
        mirror=mirror,
        outbox=outbox,
        local=LocalStore(outbox.database, clock=clock),
        claims=ClaimStore(outbox.database, clock=clock),
        notes=NoteStore(outbox.database, clock=clock),
    )


async def _doors(
    parts: AsyncExitStack, settings: Settings, data_dir: DataDir, *, clock: Clock
) -> Doors:
    """Who may come in. Raises: SettingsError where anybody elsewhere could come in."""
    accounts = await Accounts.open(data_dir.folder, clock=clock)
    parts.push_async_callback(accounts.close)
    await accounts.check_not_lost()
    passwords = Passwords()
    parts.push_async_callback(passwords.close)
    reachable_by = settings.reachable_by
    sign_ins = SignIns(accounts, passwords, clock=clock, always=reachable_by is not None)
    await sign_ins.look()
    if reachable_by and not sign_ins.has_users:
        raise SettingsError(
            f"{reachable_by}: others than this machine could reach the desk, and nobody has to "
            "sign in yet. Make the first user, then start again: ticketdesk user add NAME"
        )
    activity = ActivityLog(accounts, clock=clock)
    parts.push_async_callback(activity.close)
    users = Users(accounts, passwords, clock=clock)
    walls = Walls(accounts, clock=clock)
    await walls.look()
    return Doors(users=users, sign_ins=sign_ins, walls=walls, activity=activity)


async def _desk_over(
    parts: AsyncExitStack,
    client: TicketsClient,
    stores: Stores,
    settings: Settings,
    *,
    clock: Clock,
    doors: Doors,
) -> tuple[Desk, SyncCoordinator]:
    days = settings.keep_messages_days
    keep = None if days is None else timedelta(days=days)
    changes, screens, faults = Signal[Changes](), Signal[Changes](), Faults(clock)
    coordinator = SyncCoordinator(
        client=client,
        mirror=stores.mirror,
        changes=changes,
        clock=clock,
        faults=faults,
        refresh_seconds=settings.refresh_seconds,
        watched=lambda: screens.is_heard,
        keep_messages=keep,
    )
    changes.subscribe(screens.emit)
    screens.on_first = coordinator.wake
    delivery = Delivery(
        client=WriteFence(client, stores.mirror),
        read=coordinator.read_ticket,
        outbox=stores.outbox,
        changes=changes,
        clock=clock,
        faults=faults,
    )
    running = [coordinator.run, delivery.run, PageReaper(clock).run]
    running += [doors.sign_ins.run, doors.walls.run, doors.activity.run]
    if keep is not None:
        mirror, outbox = stores.mirror, stores.outbox
        running.append(
            Retention(keep=keep, mirror=mirror, outbox=outbox, changes=changes, clock=clock).run
        )
    await parts.enter_async_context(background_tasks(*running, clock=clock, faults=faults))
    queries = Queries(
        mirror=stores.mirror,
        outbox=stores.outbox,
        local=stores.local,
        connection=coordinator.connection,
        clock=clock,
        skew=lambda: client.transport.skew.value,
        stall=lambda: delivery.stall,
        faults=faults,
        refresh_seconds=settings.refresh_seconds,
        users=lambda: doors.sign_ins.users,
    )
    parts.push_async_callback(queries.close)
    claims = Claims(stores.claims, doors.sign_ins)
    await claims.load()
    commands = Commands(
        outbox=stores.outbox,
        local=stores.local,
        delivery=delivery,
        reader=coordinator,
        changes=changes,
        clock=clock,
        activity=doors.activity,
        claims=claims,
    )
    desk = Desk(
        queries=queries,
        commands=commands,
        changes=screens,
        claims=claims,
        private_notes=PrivateNotes(stores.notes, changes=changes, activity=doors.activity),
        doors=doors,
    )
    return desk, coordinator


def _eraser(
    data_dir: DataDir,
    shop: Shop,
    stores: Stores,
    desk: Desk,
    client: TicketsClient,
    *,
    clock: Clock,
) -> Eraser:
    async def let_go(tickets: frozenset[str]) -> None:
        client.cache.clear()
        desk.queries.clear()
        if desk.claims:
            await desk.claims.load()
        desk.changes.emit(Changes(tickets=tickets, private_notes=True, views=True))

    return Eraser(
        data_dir.folder,
        data_dir.shops(),
        clock=clock,
        running=OpenShop(folder=shop.folder, mirror=stores.mirror, outbox=stores.outbox),
        on_forgotten=let_go,
    )


def _vitals(
    settings: Settings, client: TicketsClient, coordinator: SyncCoordinator, errors: LastErrors
) -> Vitals:
    scheduler = client.scheduler
    return Vitals(
        api=settings.api_url or "embedded",
        requests_last_minute=scheduler.requests_last_minute,
        requests_per_second=scheduler.requests_per_second,
        requests=scheduler.requests,
        shared=client.cache.shared,
        cache_hits=client.cache.hits,
        next_in=coordinator.next_in(),
        paused_until=scheduler.paused_until,
        errors=errors(),
        versions=(
            ("Ticketdesk", __version__),
            ("NiceGUI", version("nicegui")),
            ("Python", platform.python_version()),
        ),
    )


def _hint(serving: Serving, embedded: "Embedded | None") -> str:
    if embedded is None:
        return ""
    return f"It works on a demo store. Ask its API: {embedded.curl_line(serving.address)}"
