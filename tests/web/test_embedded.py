"""The key of the embedded store: made once, kept, for its owner alone."""

import re
import stat
from pathlib import Path

import pytest

from app.domain.errors import StoreError
from app.web.embedded import KEY_FILE, load_or_create_key


def test_key_is_made_at_the_first_call_and_kept(tmp_path: Path) -> None:
    key = load_or_create_key(tmp_path)

    assert re.fullmatch(r"sg_live_[A-Za-z0-9]{32}", key)
    assert load_or_create_key(tmp_path) == key


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()

    assert load_or_create_key(folders[0]) != load_or_create_key(folders[1])


def test_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    load_or_create_key(tmp_path)

    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_key_put_there_by_hand_is_used(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("  sg_live_by_hand\r\n")

    assert load_or_create_key(tmp_path) == "sg_live_by_hand"


@pytest.mark.parametrize("content", [b"", b" \n", b"\0" * 40, b"\xef\xbb\xbf\r\n"])
def test_file_that_was_cut_off_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)

    key = load_or_create_key(tmp_path)

    assert re.fullmatch(r"sg_live_[A-Za-z0-9]{32}", key)
    assert load_or_create_key(tmp_path) == key


def test_key_saved_by_an_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"\xef\xbb\xbfsg_live_by_hand\r\n\r\n")

    assert load_or_create_key(tmp_path) == "sg_live_by_hand"


@pytest.mark.parametrize("content", ["ключ".encode(), b"two words", b"a\nb", b"\xff"])
def test_file_without_a_key_is_named_and_not_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / KEY_FILE
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"holds no API key\. Delete it"):
        load_or_create_key(tmp_path)

    assert path.read_bytes() == content
