"""The doctor: one table, a verdict for each part, and an exit code scripts can use."""

from pathlib import Path

from tests.e2e.desk import command

KEY = "sg_live_00aa11bb22cc33dd"


def lines(output: str) -> dict[str, str]:
    return {line[:16].strip(): line[16:].strip() for line in output.splitlines()}


def test_doctor_finds_nothing_broken_on_the_demo_store(tmp_path: Path) -> None:
    done = command("doctor", "--data-dir", str(tmp_path / "data"), cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert list(lines(done.stdout)) == [
        "settings",
        "data folder",
        "shops kept",
        "key",
        "Tickets API",
        "database",
        "full-text search",
        "browser",
        "window toolkit",
    ]


def test_doctor_names_an_api_that_does_not_answer(tmp_path: Path) -> None:
    done = command(
        "doctor",
        *("--data-dir", str(tmp_path / "data"), "--api-url", "http://127.0.0.1:9"),
        cwd=tmp_path,
        TICKETDESK_API_KEY=KEY,
    )

    assert done.returncode == 1
    assert lines(done.stdout)["Tickets API"].startswith("BROKEN  http://127.0.0.1:9")
    assert KEY not in done.stdout + done.stderr


def test_doctor_goes_on_after_broken_settings(tmp_path: Path) -> None:
    done = command("doctor", "--port", "x", cwd=tmp_path)

    assert done.returncode == 1
    assert "TICKETDESK_PORT (flag --port)" in lines(done.stdout)["settings"]
    assert lines(done.stdout)["full-text search"].startswith("ok")


def test_doctor_names_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = command("doctor", "--data-dir", str(tmp_path / "file" / "data"), cwd=tmp_path)

    assert done.returncode == 1
    assert lines(done.stdout)["data folder"].startswith("BROKEN")
