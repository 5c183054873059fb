"""Logging: short lines on stderr, everything in a file, and no secret or customer in either."""

import logging
import re
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic

from app.domain.bounds import LOGGED, SENTENCE_SHOWN, cut
from app.domain.signs import escaped, escaped_lines

LOG_NAME = "ticketdesk.log"
CHATTY = ("httpx", "httpcore", "uvicorn", "alembic")
LOG_SIZE_BYTES = 1_000_000
LOG_FILES = 3
ERRORS_KEPT = 10
REPEAT_SECONDS = 3600.0

REDACTIONS = (
    (re.compile(r"(?i)(bearer\s+)\S+"), r"\1<key>"),
    (
        re.compile(r"(?i)(authorization['\"]?\s*[:=,]\s*(?:b?['\"])?(?:bearer\s+)?)[^'\"\s]+"),
        r"\1<key>",
    ),
    (re.compile(r"\bsg_(live|test)_\w+"), "<key>"),
    # From the beginning of a word only: else each letter of a long one is a beginning.
    (re.compile(r"(?<![\w.+%-])[\w.+%-]+(?:@|%40)[\w-]++(?:\.[\w-]++)++"), "<e-mail>"),
    # What libraries quote when they complain: rows, bodies, what somebody searched for. Without an
    # end, all the rest is quoted.
    (re.compile(r"(?s)input_value=.*?(?=, input_type=|\Z)"), "input_value=<text>"),
    (re.compile(r"(?s)\[parameters: .*?(?:\]|\Z)"), "[parameters: <text>]"),
    (re.compile(r"([?&](?:q|client_id)=)[^&\s]+"), r"\1<text>"),
)


class Redaction:
    """Replaces what must not be written down. `secrets` are the keys of this start."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def __call__(self, text: str) -> str:
        """The text without keys, addresses and quoted contents."""
        for secret in self._secrets:
            text = text.replace(secret, "<key>")
        text = _beginning(text)
        for pattern, harmless in REDACTIONS:
            text = pattern.sub(harmless, text)
        return text


def _beginning(text: str) -> str:
    """As much as is logged, and no half of a word, which could be the half of an address."""
    if len(text) <= LOGGED:
        return text
    words = text[:LOGGED].rsplit(maxsplit=1)
    return f"{words[0] if len(words) > 1 else ''} \u2026"


class OneLine(logging.Formatter):
    """One redacted line a record; with `tracebacks` what raised it follows below."""

    def __init__(self, redact: Redaction, *, tracebacks: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact = redact
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """The record; nothing inside the message fakes a second one or moves a terminal."""
        record.message = escaped(record.getMessage())
        at = datetime.fromtimestamp(record.created).astimezone()
        record.asctime = at.isoformat(" ", "milliseconds")
        text = self.formatMessage(record)
        if record.exc_info and self._tracebacks:
            text += "\n" + escaped_lines(self.formatException(record.exc_info))
        elif record.exc_info:
            text += f" (details are in {LOG_NAME} in the data folder)"
        return self._redact(text)


class OncePerKind(logging.Filter):
    """Lets a traceback pass once an hour: the same fault at the same line is told, not repeated."""

    def __init__(self) -> None:
        super().__init__()
        self._logged_at: dict[tuple[str, str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record has no traceback, or one that was not there lately."""
        kind, now = _kind(record), monotonic()
        if kind is None:
            return True
        is_known = now - self._logged_at.get(kind, -REPEAT_SECONDS) < REPEAT_SECONDS
        if not is_known:
            self._logged_at[kind] = now
        return not is_known


def _kind(record: logging.LogRecord) -> tuple[str, str, int] | None:
    """The class of what was raised, and where; None for a record without a traceback."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is None:
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ("", 0)
    return (type(error).__name__, *where)


class LastErrors(logging.Handler):
    """Remembers the last warnings and errors for the health page, newest first."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__(logging.WARNING)
        self._redact = redact
        self._records: deque[tuple[datetime, str]] = deque(maxlen=ERRORS_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Remember one."""
        at = datetime.fromtimestamp(record.created, UTC)
        said = self._redact(record.getMessage().replace("\n", " "))
        self._records.appendleft((at, cut(said, SENTENCE_SHOWN)))

    def forget(self, words: str) -> None:
        """Let go of those that hold these words, however they are written."""
        kept = [one for one in self._records if words not in one[1].casefold()]
        self._records.clear()
        self._records.extend(kept)

    def __call__(self) -> tuple[tuple[datetime, str], ...]:
        """Those that are remembered, each with its time in UTC."""
        return tuple(self._records)


def start_logging(folder: Path, *, secrets: Iterable[str] = (), level: str = "info") -> LastErrors:
    """Send records from `level` on to a rotating file in `folder`, warnings also to stderr."""
    # A handler that fails (a full disk) would print the record as it is, past the redaction.
    logging.raiseExceptions = False
    redact = Redaction(secrets)
    path = folder / LOG_NAME
    path.touch(mode=0o600)
    file = RotatingFileHandler(
        path, maxBytes=LOG_SIZE_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
    )
    file.setFormatter(OneLine(redact, tracebacks=True))
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(OneLine(redact, tracebacks=False))
    terminal.setLevel(logging.WARNING)
    stop_logging()
    root = logging.getLogger()
    last = LastErrors(redact)
    for handler in (file, terminal, last):
        handler.addFilter(OncePerKind())
    root.handlers += [file, terminal, last]
    root.setLevel(level.upper())
    # One line for each request says nothing the health page does not say better.
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # These print by themselves, some of them tracebacks.
    for own in ("nicegui", "uvicorn", "uvicorn.error", "engineio.server", "socketio.server"):
        logging.getLogger(own).handlers.clear()
        logging.getLogger(own).propagate = True
    return last


def remove_lines(folder: Path, words: str) -> None:
    """Take the lines with these words out of the log in `folder`, its older files and memory.

    The log leaves addresses out, so that there are hardly ever any.
    """
    wanted, root = words.casefold(), logging.getLogger()
    with ExitStack() as held:
        for handler in root.handlers:  # none writes or renames a file meanwhile
            handler.acquire()
            held.callback(handler.release)
            if isinstance(handler, LastErrors):
                handler.forget(wanted)
        for path in folder.glob(f"{LOG_NAME}*"):
            lines = path.read_text("utf-8", errors="replace").splitlines(keepends=True)
            kept = [line for line in lines if wanted not in line.casefold()]
            if kept != lines:
                path.write_text("".join(kept), "utf-8")


def stop_logging() -> None:
    """Close the file; what is logged after this goes nowhere."""
    root = logging.getLogger()
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.NOTSET)
    for handler in tuple(root.handlers):
        if isinstance(handler, LastErrors) or isinstance(handler.formatter, OneLine):
            root.removeHandler(handler)
            handler.close()
