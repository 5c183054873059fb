"""The data folder: private, writable, one desk at a time."""

import errno
import os
import stat
from pathlib import Path

import pytest

from app.config.data_dir import FILES, FOLDERS, AlreadyRunningError, DataDir
from app.domain.errors import StoreError, StoreFullError
from tests.e2e.desk import command


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data")

    assert mode(data_dir.folder) == 0o700
    assert mode(data_dir.store_of("https://api.example.com", "sg_live_1")) == 0o700
    assert mode(data_dir.embedded()) == 0o700


def test_folder_that_cannot_be_written_is_named_with_the_flag(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreFullError, match=r"cannot be written to .*--data-dir"):
        DataDir(tmp_path / "file" / "data")


def test_second_desk_learns_where_the_first_one_is(tmp_path: Path) -> None:
    first = DataDir(tmp_path)
    first.lock()
    first.publish_address("http://127.0.0.1:8080")

    with pytest.raises(AlreadyRunningError, match="already running") as caught:
        DataDir(tmp_path).lock()

    assert caught.value.address == "http://127.0.0.1:8080"
    first.unlock()


def test_folder_is_free_again_after_leaving(tmp_path: Path) -> None:
    first = DataDir(tmp_path)
    first.lock()
    first.unlock()

    second = DataDir(tmp_path)
    second.lock()
    second.unlock()


def test_every_address_has_a_store_of_its_own(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    url = "https://api.example.com"

    first = data_dir.store_of(url, "sg_live_1")

    assert data_dir.store_of("https://other.example.com", "sg_live_1") != first
    assert data_dir.store_of(None, "sg_live_1") != first
    assert data_dir.store_of(url, "sg_live_1") == first
    assert data_dir.store_of(url, "sg_live_2") == first  # until it has shown that it is another's


def test_cookie_secret_is_made_once_and_private(tmp_path: Path) -> None:
    secret = DataDir(tmp_path).cookie_secret()

    assert len(secret) >= 32
    assert DataDir(tmp_path).cookie_secret() == secret
    assert mode(tmp_path / "cookie.secret") == 0o600


@pytest.mark.parametrize("left", [b"", b"short", b"\0" * 43, b"\xff" * 43])
def test_secret_that_was_cut_off_signs_nothing(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "cookie.secret").write_bytes(left)

    secret = DataDir(tmp_path).cookie_secret()

    assert len(secret) >= 32
    assert secret.encode() != left
    assert DataDir(tmp_path).cookie_secret() == secret


def test_secret_is_whole_or_not_there_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StoreError, match="No space left on device"):
        DataDir(tmp_path).cookie_secret()

    assert [path.name for path in tmp_path.iterdir()] == []


def odd(path: Path, kind: str) -> None:
    """Put something of this kind where the desk keeps a thing of its own."""
    match kind:
        case "folder":
            path.mkdir()
        case "file":
            path.touch()
        case "link":
            path.symlink_to(path.parent / "nothing" / "here")
        case "pipe":
            os.mkfifo(path)


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
@pytest.mark.parametrize("name", FILES)
def test_odd_thing_in_place_of_a_file_is_named(tmp_path: Path, name: str, kind: str) -> None:
    odd(tmp_path / name, kind)

    with pytest.raises(StoreError, match=rf"{name} cannot be used .*Move it away"):
        DataDir(tmp_path)


@pytest.mark.parametrize("kind", ["file", "link", "pipe"])
@pytest.mark.parametrize("name", FOLDERS)
def test_odd_thing_in_place_of_a_folder_is_named(tmp_path: Path, name: str, kind: str) -> None:
    odd(tmp_path / name, kind)

    with pytest.raises(StoreError, match=rf"{name} cannot be used .*Move it away"):
        DataDir(tmp_path)


@pytest.mark.parametrize("name", ["embedded/api-key", "embedded/api.lock", "embedded/api.sqlite3"])
def test_odd_thing_further_down_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)

    done = command("serve", "--port", "0", "--data-dir", str(tmp_path), cwd=tmp_path)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "fault of its own" not in done.stderr


@pytest.mark.parametrize("name", ["outbox.lock", "outbox.sqlite3", "copy.sqlite3"])
def test_odd_thing_in_the_folder_of_a_shop_is_one_sentence(tmp_path: Path, name: str) -> None:
    folder = DataDir(tmp_path).shops().create(None, "key").folder
    (folder / name).mkdir()

    done = command("serve", "--port", "0", "--data-dir", str(tmp_path), cwd=tmp_path)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(folder / name) in done.stderr
    assert "fault of its own" not in done.stderr
