"""Writes the tickets of the local copy to a file, chosen with the words of the address bar."""

import csv
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol, TextIO
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import click

from app.config.data_dir import DataDir
from app.config.settings import Settings
from app.domain.cells import cell, plain_value
from app.domain.errors import DeskError, StoreError
from app.domain.filters import (
    NOT_OF_THE_LIST,
    TicketFilter,
    filter_from_query,
    words_without_meaning,
)
from app.domain.signs import escaped_lines
from app.domain.ticket import Message, Ticket
from app.store.holdings import COPY
from app.store.search.search import Search, SearchRequest
from app.store.tickets.rows import FIELDS, ticket_from, unpacked
from app.web.embedded import embedded_key


@dataclass(frozen=True, slots=True)
class Exported:
    """A ticket, and its messages where they were asked for and are stored."""

    ticket: Ticket
    messages: tuple[Message, ...] | None = None


class Sink(Protocol):
    """What takes text."""

    def write(self, text: str, /) -> object:
        """Take the next piece."""


Form = Callable[[Iterable[Exported], Sink], int]


class FilterWordError(DeskError):
    """A filter word that chooses nothing."""


class FormError(DeskError):
    """A form that cannot hold what was asked for."""


def export_tickets(
    settings: Settings,
    words: Sequence[str],
    *,
    form: str,
    output: str | None,
    messages: bool = False,
) -> None:
    """Write the tickets that `words` choose, and say on stderr how many they were."""
    if messages and form != "jsonl":
        raise FormError("Messages are written in JSON lines only: add --format jsonl.")
    chosen = filter_from_words(words)
    path = copy_of(settings)
    if not path.is_file():
        raise StoreError("There is no local copy yet. Start `ticketdesk` once, then export.")
    write = _with_messages if messages else FORMS[form]
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy,
            opened(output, form) as file,
        ):
            numbers = matching(copy, chosen)
            written = write(
                _told(exported(copy, numbers, messages=messages), len(numbers), output), file
            )
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"The local copy cannot be read ({error}). Start `ticketdesk` once, then export."
        ) from None
    click.echo(f"{written:,} tickets, as the local copy holds them.", err=True)


def copy_of(settings: Settings) -> Path:
    """Where the mirror of the chosen API lies, whether it is there or not."""
    data_dir = DataDir(settings.data_dir)
    if settings.api_key and not settings.embedded:
        key = settings.api_key.get_secret_value()
    else:
        key = embedded_key(settings.api_key, data_dir)
    return data_dir.store_of(settings.api_url, key) / COPY


def filter_from_words(words: Sequence[str]) -> TicketFilter:
    """Read `status=open`, `awaiting=seller` or a whole address. Raises: FilterWordError."""
    pairs: dict[str, str] = {}
    for word in words:
        query = urlsplit(word).query if "?" in word else word
        pairs |= dict(parse_qsl(query, keep_blank_values=True)) or {word: ""}
    for word in words_without_meaning(pairs):
        raise FilterWordError(
            f"The filter word {word} is not understood. "
            "Use those of the dashboard's address, for example status=open or q=refund."
        )
    chosen = filter_from_query({n: v for n, v in pairs.items() if n not in NOT_OF_THE_LIST})
    if chosen.own:
        raise FilterWordError(
            f"The view {chosen.view} is not in the copy that is exported; it lies in the desk. "
            "Choose another, for example view=open."
        )
    return chosen


def write_csv(tickets: Iterable[Exported], file: Sink) -> int:
    """One row for each ticket below a row of names; every cell is quoted, none is a formula."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(FIELDS)
    written = 0
    for written, one in enumerate(tickets, start=1):  # noqa: B007  # counted for the caller
        writer.writerow([cell(value) for value in _values(one.ticket)])
    return written


def write_json_lines(tickets: Iterable[Exported], file: Sink) -> int:
    """One object a line; money is a string, so that it stays exact."""
    return write_objects((_object(one.ticket) for one in tickets), file)


FORMS: dict[str, Form] = {"csv": write_csv, "jsonl": write_json_lines}


def _with_messages(tickets: Iterable[Exported], file: Sink) -> int:
    """Also the messages, oldest first; null where they have not been read."""
    objects = (
        _object(one.ticket)
        | {"messages": None if one.messages is None else list(map(_said, one.messages))}
        for one in tickets
    )
    return write_objects(objects, file)


def write_objects(objects: Iterable[Mapping[str, object]], file: Sink) -> int:
    """One object a line, every sign in it as it is or as an escape; how many they were."""
    written = 0
    for written, line in enumerate(objects, start=1):  # noqa: B007  # counted for the caller
        text = json.dumps(line, ensure_ascii=False, default=plain_value)
        file.write(_as_escapes(text) + "\n")
    return written


def _as_escapes(text: str) -> str:
    """The same JSON, in which what would act on a terminal is written as an escape."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def _object(ticket: Ticket) -> dict[str, object]:
    return dict(zip(FIELDS, _values(ticket), strict=True))


def _said(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "sender": message.sender,
        "text": message.text,
        "created_at": message.created_at,
    }


def matching(copy: sqlite3.Connection, chosen: TicketFilter) -> list[int]:
    """The numbers of the tickets that match, in the order of the list."""
    copy.row_factory = sqlite3.Row
    copy.execute("BEGIN")  # one view of the copy, whatever a running desk changes meanwhile
    request = SearchRequest(
        filter=chosen, zone=ZoneInfo("UTC"), now=datetime.now(UTC), generation=0
    )
    return Search().find_all(copy, request)


def exported(
    copy: sqlite3.Connection, numbers: Sequence[int], *, messages: bool
) -> Iterator[Exported]:
    """These tickets, read one by one."""
    body = "messages" if messages else "NULL AS messages"
    source = "FROM ticket LEFT JOIN conversation USING (number) WHERE number = ?"
    query = f"SELECT ticket.*, {body} {source}"
    for number in numbers:
        row = copy.execute(query, (number,)).fetchone()
        said = None if row["messages"] is None else unpacked(row["messages"])
        yield Exported(ticket_from(row), said)


def _told(tickets: Iterator[Exported], total: int, output: str | None) -> Iterator[Exported]:
    """The same tickets, with a bar that grows where somebody watches and nothing else is shown."""
    if not sys.stderr.isatty() or (output is None and sys.stdout.isatty()):
        yield from tickets
        return
    with click.progressbar(tickets, length=total, label="Exporting", file=sys.stderr) as shown:
        yield from shown


def _values(ticket: Ticket) -> list[object]:
    return [getattr(ticket, name) for name in FIELDS]


def _encoding(form: str) -> str:
    """A spreadsheet takes a file without a mark for the machine's old alphabet."""
    return "utf-8-sig" if form == "csv" else "utf-8"


@contextmanager
def opened(output: str | None, form: str) -> Iterator[Sink]:
    """Standard output, or a file that takes the old one's place. Raises: StoreError."""
    with _output(form) if output is None else _beside(Path(output), form) as file:
        yield file


@contextmanager
def _output(form: str) -> Iterator[Sink]:
    """Standard output: a terminal in its own encoding, anything else as a file would be."""
    if sys.stdout.isatty():
        yield _Terminal(sys.stdout)
        return
    sys.stdout.flush()
    bytes_ = sys.stdout.buffer
    file = TextIOWrapper(bytes_, encoding=_encoding(form), newline="")
    try:
        yield file
        file.flush()
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    finally:
        file.detach()


class _Terminal:
    """Writes text to a terminal on which nothing in it acts."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str, /) -> object:
        """Write a piece; its line breaks are those of the form."""
        return self._out.write(escaped_lines(text.replace("\r\n", "\n")))


@contextmanager
def _beside(path: Path, form: str) -> Iterator[Sink]:
    """A file beside `path` that takes its place once it is whole."""
    try:
        with NamedTemporaryFile(
            "w",
            encoding=_encoding(form),
            newline="",
            dir=path.parent,
            prefix=f".{path.name}.",
            delete=False,
        ) as file:
            beside = Path(file.name)
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                file.close()
                beside.unlink()
                raise
        beside.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}).") from None
