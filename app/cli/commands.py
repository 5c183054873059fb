"""The command `ticketdesk`; what a command needs is imported only when it runs."""

import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfoNotFoundError

import click

from app.config.logging import Redaction
from app.domain.errors import DeskError, SettingsError
from app.domain.signs import escaped, escaped_lines

if TYPE_CHECKING:
    from app.config.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

SPARED = ("aiohttp", "requests", "pygments")
"""What our libraries load for abilities no desk uses, and do without where it is not installed:
clients of sockets elsewhere, colours in a terminal."""

FLAGS = {
    "api-url": ("URL", "The Tickets API; without it the desk runs on a demo store of its own."),
    "api-key-file": ("FILE", "A file that holds the API's key. The key itself is never a flag."),
    "data-dir": ("FOLDER", "Where copy, drafts and outgoing replies are kept."),
    "host": (
        "HOST",
        "An address of this machine, 0.0.0.0 for all of them.  [127.0.0.1]",
    ),
    "port": ("PORT", "0 takes any free one.  [8080]"),
    "public-url": ("URL", "Where a proxy shows the desk, once there is a user."),
    "trusted-proxies": ("ADDRESSES", "Proxies that may say which browser stands behind them."),
    "user-header": ("NAME", "The header in which such a proxy names the user."),
    "tls-cert": ("FILE", "Serve by TLS: the certificate, in PEM."),
    "tls-key": ("FILE", "The certificate's private key, in PEM."),
    "kiosk-frame-origin": ("ORIGIN", "A board whose pages may show the wall in a frame."),
    "refresh-seconds": ("SECONDS", "How often the desk looks for news.  [15]"),
    "requests-per-second": ("NUMBER", "The most the API is asked.  [2]"),
    "keep-messages-days": ("DAYS", "How long old messages stay in the copy.  [for ever]"),
    "demo-customer": ("on|off", "Whether a customer writes in the demo store.  [on]"),
    "database": ("FILE|URL", "Where the tickets are kept.  [in the data folder]"),
    "log-level": ("LEVEL", "debug, info, warning or error.  [info]"),
}
OF_ONE_COMMAND = ("database",)
"""Flags of the commands that name them alone."""

_secrets: list[str] = []
"""what this command knows and no message of it may say"""

API_FLAGS = ("host", "port", "data-dir", "demo-customer", "database", "log-level")


def flags(*names: str, usual_port: str = "8080") -> Callable[[Command], Command]:
    """Give a command these flags, or all that settings have for any."""
    usual = tuple(name for name in FLAGS if name not in OF_ONE_COMMAND)

    def decorate(command: Command) -> Command:
        for name in reversed(names or usual):
            metavar, text = FLAGS[name]
            text = text.replace("8080", usual_port)
            command = click.option(f"--{name}", metavar=metavar, help=text)(command)
        return command

    return decorate


class ServeByDefault(click.Group):
    """Runs `serve` when no command is named, so that `ticketdesk --port 9000` works."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `serve` before flags that are not the group's own."""
        own = {name for option in self.get_params(ctx) for name in option.opts}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=ServeByDefault,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A setting can be given in four places: flag, environment, .env, config.toml. "
    "--port is TICKETDESK_PORT there, and port in config.toml. The key is TICKETDESK_API_KEY.",
)
@click.version_option(package_name="ticketdesk", message="%(prog)s %(version)s")
def cli() -> None:
    """A desk on which sellers answer their customers' support tickets.

    \b
    ticketdesk                    the desk on a demo store, at http://127.0.0.1:8080
    ticketdesk --api-url URL      the desk on your shop's Tickets API
    ticketdesk desktop            the same in a window of its own
    ticketdesk COMMAND --help     what a command takes, with examples
    """


@cli.command(short_help="Serve the desk to browsers; runs when no command is named.")
@flags()
def serve(**given: str | None) -> None:
    """Serve the desk to browsers (what runs when no command is named).

    \b
    ticketdesk serve --port 9000
    TICKETDESK_API_KEY=sg_live_... ticketdesk serve --api-url https://api.example.com
    """
    settings = _settings(given, asks_for_key=True)
    with _loading():
        from app.bootstrap import serve_desk

    def show(address: str) -> None:
        from app.cli.qr import show_qr

        show_qr(address)

    serve_desk(settings, show=show)


@cli.command(short_help="Open the desk in a window of its own.")
@flags(usual_port="any")
def desktop(**given: str | None) -> None:
    """Open the desk in a window of its own, on a free port.

    A native window where pywebview is installed (pip install 'ticketdesk[desktop]'), else a
    Chromium-family browser without its bars, else the default browser.
    """
    settings = _settings(given, asks_for_key=True)
    with _loading():
        from app.cli.desktop import open_desktop

    open_desktop(settings)


@cli.command(short_help="Show the open tickets to a room.")
@flags()
@click.option("--print-url", is_flag=True, help="Only print the address of the wall display.")
def kiosk(*, print_url: bool, **given: str | None) -> None:
    """Show the open tickets to a room: the server and a full-screen browser.

    \b
    ticketdesk kiosk
    ticketdesk kiosk --print-url  for a display that opens the address itself
    """
    settings = _settings(given, asks_for_key=True)
    with _loading():
        from app.cli.desktop import open_kiosk, print_kiosk_address

    if print_url:
        print_kiosk_address(settings)
    else:
        open_kiosk(settings)


@cli.command(short_help="Serve the embedded Tickets API alone.")
@flags(*API_FLAGS, usual_port="8081")
def api(**given: str | None) -> None:
    """Serve the embedded Tickets API alone, for tests and for a second desk.

    Its key is TICKETDESK_API_KEY, else one that is made at the first start, kept and printed.

    \b
    ticketdesk api --port 8081
    ticketdesk api --database shop.sqlite3
    TICKETDESK_DATABASE=postgresql+psycopg://user:password@host/name ticketdesk api
    """
    settings = _settings(given)
    from app.cli.api import serve_api

    serve_api(settings)


@cli.command(short_help="Fill the embedded store with a believable shop.")
@flags("data-dir", "database", "log-level")
@click.option("--tickets", type=click.IntRange(1, 2_000_000), default=500, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, same store.")
def seed(*, tickets: int, seed: int, **given: str | None) -> None:
    """Fill the embedded store with a believable shop; never touches an API elsewhere.

    \b
    ticketdesk seed --tickets 100000 --seed 7
    """
    settings = _settings(given)
    from app.cli.api import seed_embedded

    seed_embedded(settings, tickets=tickets, seed=seed)


@cli.command(short_help="Write tickets to a file.")
@flags("data-dir", "api-url", "api-key-file")
@click.argument("words", nargs=-1)
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv")
@click.option("--output", metavar="FILE", help="Where to.  [standard output]")
@click.option("--messages", is_flag=True, help="With all messages; in JSON lines only.")
@click.option("--unsent", is_flag=True, help="What exists only here instead: unsent, notes, marks.")
def export(
    *,
    words: tuple[str, ...],
    form: str,
    output: str | None,
    messages: bool,
    unsent: bool,
    **given: str | None,
) -> None:
    """Write tickets of the local copy, as CSV or JSON lines.

    WORDS choose as in the dashboard's address; a whole address will do. With --unsent: what
    exists only here, words not sent, private notes and tickets snoozed or pinned, of every shop,
    also out of damaged files and beside a running desk.

    \b
    ticketdesk export status=open --output open.csv
    ticketdesk export "q=refund&from=2025-01-01" --format jsonl --messages
    ticketdesk export --unsent --output unsent.csv
    """
    settings = _settings(given)
    if unsent:
        if words:
            raise click.UsageError("--unsent gives out everything; it takes no words.")
        from app.cli.unsent import export_unsent

        export_unsent(settings, form=form, output=output)
        return
    from app.cli.export import export_tickets

    export_tickets(settings, words, form=form, output=output, messages=messages)


@cli.group(short_help="Say who may come in.")
def user() -> None:
    """Say who may come in; works beside a running desk, where it counts within a second.

    Without users everybody at this machine is the one seller. The first user becomes the owner, and
    from then on everybody signs in. A password is asked for, or read as one line from standard
    input where that is no terminal.

    \b
    ticketdesk user add Ana
    ticketdesk user add Ben --role reader
    ticketdesk user password Ana
    """


@user.command("add", short_help="Let somebody in.")
@flags("data-dir")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["owner", "seller", "reader"]),
    help="A reader sees everything and changes nothing.  [seller]",
)
def user_add(*, name: str, role: str | None, **given: str | None) -> None:
    """Let NAME in."""
    from app.cli.user import add_user

    add_user(_settings(given, needs_key=False).data_dir, name, role)


@user.command("list", short_help="Who may come in.")
@flags("data-dir")
def user_list(**given: str | None) -> None:
    """List who may come in, and as what."""
    from app.cli.user import list_users

    list_users(_settings(given, needs_key=False).data_dir)


@user.command("remove", short_help="Let somebody in no longer.")
@flags("data-dir")
@click.argument("name")
def user_remove(*, name: str, **given: str | None) -> None:
    """Let NAME in no longer; their screens end within a second."""
    from app.cli.user import remove_user

    remove_user(_settings(given, needs_key=False).data_dir, name)


@user.command("password", short_help="Give somebody another password.")
@flags("data-dir")
@click.argument("name")
def user_password(*, name: str, **given: str | None) -> None:
    """Give NAME another password; whoever is signed in with the old one is signed out."""
    from app.cli.user import set_password

    set_password(_settings(given, needs_key=False).data_dir, name)


@user.command("codes-off", short_help="Take the one-time codes off somebody.")
@flags("data-dir")
@click.argument("name")
def user_codes_off(*, name: str, **given: str | None) -> None:
    """Let NAME, who lost the phone, in by the password alone; they are signed out everywhere."""
    from app.cli.user import turn_codes_off

    turn_codes_off(_settings(given, needs_key=False).data_dir, name)


WALL_CHOICES = ("view", "masking", "size", "amber", "red", "dwell", "night", "rotation")


@cli.group("kiosk-link", short_help="Say which displays show the wall.")
def kiosk_link() -> None:
    """Say which displays show the wall; works beside a running desk, where it counts at once.

    A link lets one display in, to the wall alone, for 90 days. A display without a keyboard can
    show a code instead, which a seller confirms on the page Screens.

    \b
    ticketdesk kiosk-link new Hall
    ticketdesk kiosk-link new "Meeting room" --masking numbers
    ticketdesk kiosk-link revoke Hall
    """


@kiosk_link.command("new", short_help="Let a display in.")
@flags("data-dir", "public-url", "host", "port")
@click.argument("name")
@click.option(
    "--view",
    type=click.Choice(["waiting", "never-answered", "customer-replied"]),
    default="waiting",
    show_default=True,
    help="Which tickets it shows.",
)
@click.option(
    "--masking",
    type=click.Choice(["masked", "numbers"]),
    default="masked",
    show_default=True,
    help="With numbers it shows no word of any ticket.",
)
@click.option(
    "--size",
    type=click.Choice(["near", "far"]),
    default="near",
    show_default=True,
    help="Far is read from five metres: half as many tickets, each larger.",
)
@click.option("--amber", default="4", show_default=True, help="Hours until a wait is amber.")
@click.option("--red", default="24", show_default=True, help="Hours until a wait is red.")
@click.option("--dwell", default="12", show_default=True, help="Seconds each page stays.")
@click.option("--night", default="", metavar="22-6", help="Hours in which it is dim.")
@click.option(
    "--rotation",
    default="oldest",
    show_default=True,
    metavar="oldest,products,ages,trend",
    help="What takes turns, in this order; each page stays as long as --dwell says.",
)
def kiosk_link_new(*, name: str, **given: str | None) -> None:
    """Make a link for the display NAME; its address is the last line that is printed."""
    chosen = {one: given.pop(one) or "" for one in WALL_CHOICES}
    settings = _settings(given)
    from app.cli.kiosk_link import new_link

    new_link(settings, name, **chosen)


@kiosk_link.command("list", short_help="Which displays are let in.")
@flags("data-dir")
def kiosk_link_list(**given: str | None) -> None:
    """List which displays are let in, what they show, and when they were there last."""
    from app.cli.kiosk_link import list_links

    list_links(_settings(given, needs_key=False).data_dir)


@kiosk_link.command("revoke", short_help="Let a display in no longer.")
@flags("data-dir")
@click.argument("name")
def kiosk_link_revoke(*, name: str, **given: str | None) -> None:
    """Let the display NAME in no longer; what it shows ends within a second."""
    from app.cli.kiosk_link import revoke_link

    revoke_link(_settings(given, needs_key=False).data_dir, name)


@cli.group(short_help="Enter the key of your shop's API.")
def key() -> None:
    """Enter the key of your shop's API.

    It is kept in the key ring of this machine where there is one, else in a file that only you can
    read. A key that is configured wins over it.
    """


@key.command("set", short_help="Enter another key.")
@flags("data-dir", "api-url")
def key_set(**given: str | None) -> None:
    """Enter a key: asked for on a terminal, else read as one line from standard input.

    It is tried with the API first, and kept only if the API takes it.

    \b
    ticketdesk key set --api-url https://api.example.com
    """
    settings = _settings(given, needs_key=False)
    from app.cli.key import set_key

    set_key(settings)


@cli.command(short_help="Forget a customer, or what is kept of a shop.")
@flags("data-dir")
@click.argument("address")
@click.option(
    "--even-unsent", is_flag=True, help="Also with the drafts, replies and private notes."
)
def forget(*, address: str, even_unsent: bool, **given: str | None) -> None:
    """Forget a customer, or a whole shop; nothing in the shop itself changes.

    ADDRESS is a customer's e-mail address: subjects, messages, drafts, replies, private notes
    and the address go, and whatever is read of this customer later is kept blank. Or it is a shop's
    address, or its id as `ticketdesk doctor` lists it: copy, drafts, replies and private notes go.
    Stop the desk first.

    \b
    ticketdesk forget anna@example.com
    ticketdesk forget https://api.example.com
    """
    settings = _settings(given, needs_key=False)
    from app.cli.erase import forget as forget_address

    click.echo(forget_address(settings.data_dir, address, even_unsent=even_unsent))


@cli.command(short_help="Remove everything that is kept on this machine.")
@flags("data-dir")
@click.option("--yes", is_flag=True, help="Without asking, also drafts, replies and private notes.")
def wipe(*, yes: bool, **given: str | None) -> None:
    """Remove everything that is kept in the data folder: copies, outbox, accounts, keys and logs.

    It asks first, about drafts, replies and private notes by themselves. Stop the desk first.
    """
    settings = _settings(given, needs_key=False)
    from app.cli.erase import wipe as wipe_folder

    click.echo(wipe_folder(settings.data_dir, is_sure=yes))


@cli.command(short_help="Check the installation and say what is broken.")
@flags()
def doctor(**given: str | None) -> None:
    """Check settings, key, API, database, search and windows; exit 1 if something is broken."""
    from app.cli.doctor import examine

    sys.exit(examine(given))


def _settings(
    given: dict[str, str | None], *, needs_key: bool = True, asks_for_key: bool = False
) -> "Settings":
    """Read the settings before anything heavy is loaded, so that a mistake shows at once."""
    with _loading():
        from app.config.settings import load_settings

    settings = load_settings(given, needs_key=needs_key, asks_for_key=asks_for_key)
    _secrets.extend(settings.secrets)
    return settings


@contextmanager
def _loading() -> Iterator[None]:
    """Load what the desk needs and no more: a third of the start.

    There is no garbage to collect yet, and what was loaded stays.
    """
    spared = [name for name in SPARED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(spared))  # type: ignore[arg-type]  # to Python: not installed
    gc.disable()
    try:
        yield
    finally:
        for name in spared:
            del sys.modules[name]
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command; whatever goes wrong is one sentence on stderr, never a traceback."""
    log = logging.getLogger("app")
    log.addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that it has no letters for is no fault
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="ticketdesk")
    except SettingsError as error:
        click.echo(f"ticketdesk: {escaped_lines(str(error))}", err=True)
        sys.exit(2)
    except DeskError as error:
        click.echo(f"ticketdesk: {escaped_lines(str(error))}", err=True)
        sys.exit(1)
    except ZoneInfoNotFoundError:
        click.echo(
            "ticketdesk: This machine has no time zone data. Install it: pip install tzdata",
            err=True,
        )
        sys.exit(1)
    except Exception as error:
        from app.config.data_dir import sentence_of

        if isinstance(error, OSError) and (sentence := sentence_of(error)):
            click.echo(f"ticketdesk: {sentence}", err=True)
            sys.exit(1)
        log.exception("Stopped by a fault of our own.")
        what = escaped(Redaction(_secrets)(f"{type(error).__name__}: {error}".replace("\n", " ")))
        click.echo(
            f"ticketdesk: stopped by a fault of its own ({what}). "
            "Please report it; the log in the data folder may hold more.",
            err=True,
        )
        sys.exit(70)
