"""Filling the embedded store: the same seed is the same shop, and a full store stays as it is."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.e2e.desk import KEY, command


def fill(folder: Path, *, seed: int) -> None:
    done = command("seed", *("--tickets", "30", "--seed", str(seed)), *data(folder), cwd=folder)
    assert done.returncode == 0, done.stderr


def data(folder: Path) -> tuple[str, str]:
    return "--data-dir", str(folder / "data")


def subjects(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "data" / "embedded" / "api.sqlite3")) as store:
        return [subject for (subject,) in store.execute("SELECT subject FROM tickets ORDER BY id")]


def test_seed_makes_the_same_shop_again(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder, seed in zip(folders, (7, 7, 8), strict=True):
        folder.mkdir()
        fill(folder, seed=seed)

    one, two, other = map(subjects, folders)

    assert len(one) == 30
    assert one == two
    assert one != other


def test_seed_leaves_a_full_store_alone(tmp_path: Path) -> None:
    fill(tmp_path, seed=7)

    done = command("seed", "--tickets", "5", *data(tmp_path), cwd=tmp_path)

    assert done.returncode == 1
    assert "already holds tickets" in done.stderr
    assert len(subjects(tmp_path)) == 30


def test_seed_speaks_to_no_api_elsewhere(tmp_path: Path) -> None:
    done = command(
        *("seed", "--tickets", "5"),
        *data(tmp_path),
        cwd=tmp_path,
        TICKETDESK_API_URL="http://127.0.0.1:9",
        TICKETDESK_API_KEY=KEY,
    )

    assert done.returncode == 0
    assert done.stdout.startswith("5 tickets in ")
