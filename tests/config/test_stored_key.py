"""The key that somebody has entered: in a key ring where there is one, else in a file."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.config.settings import EnteredKey
from app.config.stored_key import FILE, IN_RING, WAIT_SECONDS, KeyStore, clean_key, end_of
from tests.config.test_settings import KEY, load, refused

URL = "https://api.example.com"


class Ring:
    """A key ring of the system; `before` is run first by each call."""

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self._before = before

    def get_password(self, service: str, name: str) -> str | None:
        self._before()
        return self.held.get((service, name))

    def set_password(self, service: str, name: str, key: str) -> None:
        self._before()
        self.held[service, name] = key

    def delete_password(self, service: str, name: str) -> None:
        del self.held[service, name]


class OpenFile(Ring):
    """What keeps passwords in an open file, as some backends do."""


Ring.__module__ = "keyring.backends.SecretService"


def use(monkeypatch: pytest.MonkeyPatch, ring: object) -> None:
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_keyring=lambda: ring))


@pytest.fixture(autouse=True)
def no_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


def test_key_lies_in_a_file_for_its_owner_where_there_is_no_ring(tmp_path: Path) -> None:
    keys = KeyStore(tmp_path)

    assert keys.save(URL, KEY) == str(tmp_path / FILE)

    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    found = keys.load(f"{URL}/v1/")
    assert found is not None
    assert (found.key, found.place) == (KEY, str(tmp_path / FILE))
    assert keys.load("https://other.example.com") is None


def test_key_lies_in_the_ring_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, ring = KeyStore(tmp_path), Ring()
    keys.save(URL, "sg_live_older")
    use(monkeypatch, SimpleNamespace(backends=[OpenFile(), ring]))

    assert keys.save(URL, KEY) == IN_RING

    assert [*ring.held.values()] == [KEY]
    assert KEY not in (tmp_path / FILE).read_text()
    assert "sg_live_older" not in (tmp_path / FILE).read_text()
    found = keys.load(URL)
    assert found is not None
    assert found.key == KEY
    keys.forget()
    assert ring.held == {}
    assert keys.load(URL) is None


def test_ring_that_keeps_passwords_in_the_open_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = OpenFile()
    use(monkeypatch, ring)

    assert KeyStore(tmp_path).save(URL, KEY) == str(tmp_path / FILE)
    assert ring.held == {}


def test_ring_that_fails_is_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("Failed to unlock the collection!")

    use(monkeypatch, Ring(before=fail))

    assert KeyStore(tmp_path).save(URL, KEY) == str(tmp_path / FILE)


def test_ring_that_waits_for_a_person_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Ring(before=lambda: time.sleep(60)))
    began = time.monotonic()

    assert KeyStore(tmp_path).save(URL, KEY) == str(tmp_path / FILE)

    assert time.monotonic() - began < WAIT_SECONDS + 1


def test_ring_that_does_not_give_the_key_out_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    use(monkeypatch, ring)
    KeyStore(tmp_path).save(URL, KEY)
    ring.held.clear()

    sentence = refused(tmp_path, API_URL=URL, DATA_DIR=str(tmp_path))

    assert "Unlock it, or run `ticketdesk key set` again" in sentence


def test_entered_key_stands_in_and_a_configured_one_wins(tmp_path: Path) -> None:
    KeyStore(tmp_path).save(URL, KEY)
    here = {"API_URL": URL, "DATA_DIR": str(tmp_path)}

    entered, configured = load(tmp_path, **here), load(tmp_path, **here, API_KEY="sg_live_other")

    assert isinstance(entered.api_key, EnteredKey)
    assert entered.api_key.get_secret_value() == KEY
    assert KEY in entered.secrets
    assert KEY not in repr(entered)
    assert configured.secrets == ("sg_live_other",)


def test_lost_or_damaged_file_is_as_no_key(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[nonsense")

    assert "ticketdesk key set" in refused(tmp_path, API_URL=URL, DATA_DIR=str(tmp_path))


@pytest.mark.parametrize("text", [f"{KEY} {KEY}", f"{KEY}\n{KEY}", "kéy", f"{KEY}\x07"])
def test_key_with_blanks_or_odd_signs_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no blanks"):
        clean_key(text)


def test_no_more_than_the_end_of_a_long_key_is_shown() -> None:
    assert clean_key(f"  {KEY}\r\n") == KEY
    assert end_of(KEY) == KEY[-4:]
    assert end_of("short") == ""
