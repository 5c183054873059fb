"""Writes the tickets of the local copy to a file, chosen with the words of the address bar."""

import csv
import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import click

from app.domain.errors import DeskError, StoreError
from app.domain.inbox import TicketFilter, filter_from_query
from app.domain.ticket import Ticket
from app.embedded import embedded_key
from app.premises import Premises
from app.settings import Settings
from app.store.holdings import COPY
from app.store.rows import FIELDS, ticket_from
from app.store.search import Search

ELSEWHERE = frozenset({"page", "ticket"})
"""Words of a pasted address that choose no tickets."""
USUAL = frozenset({("status", "all"), ("turn", "all"), ("sort", "-updated")})
"""Words that change nothing and are right all the same."""

# A spreadsheet runs what begins like a formula, also after blanks, in any line of a cell.
FORMULA = re.compile(
    r"(?:^|(?<=[\r\n]))(?=[^\S\r\n\t]*[\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t])|^(?=[\r\n])"
)

Form = Callable[[Iterable[Ticket], TextIO], int]


class FilterWordError(DeskError):
    """A filter word that chooses nothing."""


def export_tickets(
    settings: Settings, words: Sequence[str], *, form: str, output: str | None
) -> None:
    """Write the tickets that `words` choose, and say on stderr how many they were."""
    chosen = filter_from_words(words)
    path = copy_of(settings)
    if not path.is_file():
        raise StoreError("There is no local copy yet. Start `ticketdesk` once, then export.")
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as copy,
        _open(output, form) as file,
    ):
        written = FORMS[form](_matching(copy, chosen), file)
    click.echo(f"{written:,} tickets, as the local copy holds them.", err=True)


def copy_of(settings: Settings) -> Path:
    """Where the copy of the chosen API lies, whether it is there or not."""
    premises = Premises(settings.data_dir)
    if settings.api_key and not settings.embedded:
        key = settings.api_key.get_secret_value()
    else:
        key = embedded_key(settings, premises)
    return premises.store_of(settings.api_url, key) / COPY


def filter_from_words(words: Sequence[str]) -> TicketFilter:
    """Read `status=open`, `q=refund&turn=seller` or a whole address. Errors: FilterWordError."""
    pairs: dict[str, str] = {}
    for word in words:
        query = urlsplit(word).query if "?" in word else word
        pairs |= dict(parse_qsl(query, keep_blank_values=True)) or {word: ""}
    for name, value in pairs.items():
        said = name in ELSEWHERE or (name, value) in USUAL
        if not said and filter_from_query({name: value}) == TicketFilter():
            raise FilterWordError(
                f"The filter word {name}={value} is not understood. "
                "Use those of the dashboard's address, for example status=open or q=refund."
            )
    chosen = filter_from_query({n: v for n, v in pairs.items() if n not in ELSEWHERE})
    if chosen.own:
        raise FilterWordError(
            f"The view {chosen.view} is not in the copy that is exported; it lies in the desk. "
            "Choose another, for example view=open."
        )
    return chosen


def inert(text: str) -> str:
    """The same text, which no spreadsheet takes for a formula."""
    return FORMULA.sub("'", text)


def write_csv(tickets: Iterable[Ticket], file: TextIO) -> int:
    """One row for each ticket below a row of names; every cell is quoted, none is a formula."""
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(FIELDS)
    written = 0
    for written, ticket in enumerate(tickets, start=1):  # noqa: B007  # counted for the caller
        writer.writerow([_cell(value) for value in _values(ticket)])
    return written


def write_json_lines(tickets: Iterable[Ticket], file: TextIO) -> int:
    """One object a line; money is a string, so that it stays exact."""
    written = 0
    for written, ticket in enumerate(tickets, start=1):  # noqa: B007  # counted for the caller
        line = dict(zip(FIELDS, _values(ticket), strict=True))
        file.write(json.dumps(line, ensure_ascii=False, default=_plain) + "\n")
    return written


FORMS: dict[str, Form] = {"csv": write_csv, "jsonl": write_json_lines}


def _matching(copy: sqlite3.Connection, chosen: TicketFilter) -> Iterator[Ticket]:
    copy.row_factory = sqlite3.Row
    copy.execute("BEGIN")  # one view of the copy, whatever a running desk changes meanwhile
    search, now, page = Search(), datetime.now(UTC), 1
    while True:
        found = search.find(
            copy, chosen.changed(page=page), zone=ZoneInfo("UTC"), now=now, generation=0
        )
        if not found.rows:
            return
        yield from map(ticket_from, found.rows)
        page += 1


def _values(ticket: Ticket) -> list[object]:
    return [getattr(ticket, name) for name in FIELDS]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return inert(value) if isinstance(value, str) else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@contextmanager
def _open(output: str | None, form: str) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    # A spreadsheet takes a file without this mark for the machine's old alphabet.
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    try:
        with Path(output).open("w", encoding=encoding, newline="") as file:
            yield file
    except OSError as error:
        raise StoreError(f"{output} cannot be written ({error.strerror}).") from None
