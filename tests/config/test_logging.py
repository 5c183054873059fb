"""The log: everything that helps, no key, no address, no text of a customer."""

import errno
import io
import logging
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from app.config.logging import LOG_NAME, start_logging, stop_logging
from app.domain.bounds import LOGGED

KEY = "sg_live_00aa11bb22cc33dd"
ODD_KEY = "no-prefix-4711"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    start_logging(tmp_path, secrets=[ODD_KEY])
    yield tmp_path / LOG_NAME
    stop_logging()
    logging.getLogger().setLevel(logging.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {KEY}",
        f"{{'authorization': '{ODD_KEY}x'}}",
        f"key {ODD_KEY} refused",
        f"opened with {KEY}",
        "reply to ana.perez+shop@mail.example.com",
        "GET /?q=ana%40example.com&page=2",
        "socket ?client_id=0b1c-77&x=1",
    ],
)
def test_log_hides_keys_and_addresses(log: Path, text: str) -> None:
    logging.getLogger("app").warning("%s", text)

    written = log.read_text()
    for secret in (KEY, ODD_KEY, "ana", "0b1c-77"):
        assert secret not in written
    assert "WARNING app: " in written


def test_log_says_in_what_a_hidden_key_stood(log: Path) -> None:
    logging.getLogger("app").warning("sent Authorization: Bearer %s twice", KEY)

    assert "sent Authorization: Bearer <key> twice" in log.read_text()


def test_log_hides_what_a_validation_error_quotes(log: Path) -> None:
    class Wire(BaseModel):
        count: int

    quoted = "my card number is " + str(4700 + 11)
    try:
        Wire.model_validate({"count": quoted})
    except ValidationError:
        logging.getLogger("app").exception("Bad answer")

    written = log.read_text()
    assert "4711" not in written
    assert "Traceback" in written


def test_message_with_a_line_break_stays_one_record(log: Path) -> None:
    logging.getLogger("app").warning("first\nERROR forged: second")

    assert len(log.read_text().splitlines()) == 1


def test_nothing_in_a_record_moves_a_terminal(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(log.parent)
    try:
        int("\x1b[2J\u202e")
    except ValueError:
        logging.getLogger("app").exception("said %s", "\x1b]0;owned\x07 \x9b31m \u202e")

    shown = capsys.readouterr().err + log.read_text()
    assert "said \\x1b]0;owned\\x07 \\x9b31m \\u202e" in shown
    assert not set("\x1b\x07\x9b\u202e") & set(shown)


def test_terminal_shows_a_sentence_and_no_traceback(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(log.parent)
    try:
        int("inside")
    except ValueError:
        logging.getLogger("app").exception("The scan stopped.")

    shown = capsys.readouterr().err
    assert "The scan stopped." in shown
    assert LOG_NAME in shown
    assert "Traceback" not in shown
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    "text",
    [
        f"{'x' * 30_000} {{}}",
        f"{'x ' * (LOGGED // 2 - 4)}{{}}",
        f"[parameters: {'x' * 30_000} {{}}",
        f"input_value={'x' * 30_000} {{}}",
        f"{{}}{'x' * 30_000}",
    ],
)
def test_text_without_end_is_cut_before_a_secret_is(log: Path, text: str) -> None:
    logging.getLogger("app").warning("%s", text.format(f"ana.perez@example.com {ODD_KEY} {KEY}"))

    written = log.read_text()
    assert len(written) < LOGGED + 200
    for half in ("ana", "no-prefix", "sg_live"):
        assert half not in written


class _Full(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_prints_nothing_past_the_redaction(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, RotatingFileHandler):
            handler.stream.close()
            handler.stream = _Full()  # type: ignore[assignment]  # the disk, full from here on

    logging.getLogger("app").info("reply to %s with %s", "ana@example.com", ODD_KEY)
    logging.getLogger("app").info("wrongly %d", "ana@example.com")

    shown = "".join(capsys.readouterr())
    assert "ana@" not in shown
    assert ODD_KEY not in shown


def test_log_file_is_for_its_owner_only(log: Path) -> None:
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_last_errors_are_remembered_without_secrets(tmp_path: Path) -> None:
    last = start_logging(tmp_path, secrets=[ODD_KEY])
    for number in range(12):
        logging.getLogger("app").warning("failure %d with %s", number, ODD_KEY)
    stop_logging()

    kept = last()
    assert len(kept) == 10
    assert kept[0][1] == "failure 11 with <key>"
    assert kept[0][0].tzinfo is not None


def test_same_fault_at_the_same_place_is_written_down_once(log: Path) -> None:
    for number in range(50):
        for fault in (int, [].index):
            try:
                fault(f"x{number}")
            except ValueError:
                logging.getLogger("app").exception("It failed.")
            try:
                {}[number]
            except KeyError:
                logging.getLogger("app").exception("It failed.")
        logging.getLogger("app").warning("no fault %s", number)

    written = log.read_text()
    assert written.count("Traceback") == 2
    assert written.count("no fault") == 50


def test_each_line_says_its_time_with_the_zone(log: Path) -> None:
    before = datetime.now(UTC)
    logging.getLogger("app").warning("Hello")

    at = datetime.fromisoformat(" ".join(log.read_text().split()[:2]))
    assert at.tzinfo is not None
    assert abs(at - before) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("level", "said"), [("debug", ["debug", "info", "error"]), ("error", ["error"])]
)
def test_log_holds_what_its_level_asks_for(tmp_path: Path, level: str, said: list[str]) -> None:
    start_logging(tmp_path, level=level)
    for name in ("debug", "info", "error"):
        getattr(logging.getLogger("app"), name)(name)
    stop_logging()
    logging.getLogger().setLevel(logging.WARNING)

    lines = (tmp_path / LOG_NAME).read_text().splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == said
