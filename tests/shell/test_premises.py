"""The data folder: private, writable, one desk at a time."""

import stat
from pathlib import Path

import pytest

from app.domain.errors import StoreFullError
from app.premises import AlreadyRunningError, Premises


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    premises = Premises(tmp_path / "data")

    assert mode(premises.folder) == 0o700
    assert mode(premises.store_of("https://api.example.com", "sg_live_1")) == 0o700
    assert mode(premises.embedded()) == 0o700


def test_folder_that_cannot_be_written_is_named_with_the_flag(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreFullError, match=r"cannot be written to .*--data-dir"):
        Premises(tmp_path / "file" / "data")


def test_second_desk_learns_where_the_first_one_is(tmp_path: Path) -> None:
    first = Premises(tmp_path)
    first.hold()
    first.announce("http://127.0.0.1:8080")

    with pytest.raises(AlreadyRunningError, match="already running") as caught:
        Premises(tmp_path).hold()

    assert caught.value.address == "http://127.0.0.1:8080"
    first.leave()


def test_folder_is_free_again_after_leaving(tmp_path: Path) -> None:
    first = Premises(tmp_path)
    first.hold()
    first.leave()

    second = Premises(tmp_path)
    second.hold()
    second.leave()


def test_every_address_has_a_store_of_its_own(tmp_path: Path) -> None:
    premises = Premises(tmp_path)
    url = "https://api.example.com"

    first = premises.store_of(url, "sg_live_1")

    assert premises.store_of("https://other.example.com", "sg_live_1") != first
    assert premises.store_of(None, "sg_live_1") != first
    assert premises.store_of(url, "sg_live_1") == first
    assert premises.store_of(url, "sg_live_2") == first  # until it has shown that it is another's


def test_cookie_secret_is_made_once_and_private(tmp_path: Path) -> None:
    secret = Premises(tmp_path).cookie_secret()

    assert len(secret) >= 32
    assert Premises(tmp_path).cookie_secret() == secret
    assert mode(tmp_path / "cookie.secret") == 0o600
