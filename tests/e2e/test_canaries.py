"""A key and an address that must not be found again: searched for wherever words can get to."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.config.stored_key import FILE
from tests.e2e.conftest import seed
from tests.e2e.desk import Running, clean_environment, command, start, until, visit

KEY = "Zebrafinch0123456789Kingfisher"
ADDRESS = "canary.bird@example.com"
HOUSE = str(Path(__file__).parents[2])
WORDS = (KEY, ADDRESS, "Nightjar")
"""the last stands in the subject and in the message"""
WITHOUT_SCRIPTS = """() => {
    for (const script of document.querySelectorAll("script")) script.remove();
    return document.documentElement.outerHTML;
}"""
"""what is on a page now; its scripts still say what it was when it came"""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("api")
    seed(folder)
    running = start("api", folder=folder, TICKETDESK_API_KEY=KEY)
    form = {"customer_email": ADDRESS, "subject": "Nightjar", "message": "Nightjar?"}
    own = {"Origin": running.url}
    assert httpx.post(f"{running.url}/demo/customer", data=form, headers=own).status_code == 303
    yield running
    assert running.stop() == 0


def enter(key: str, api: Running, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "app", "key", "set", "--data-dir", str(folder / "data")],
        input=f"{key}\n",
        env=clean_environment(
            TICKETDESK_API_URL=api.url, PYTHONPATH=str(Path(__file__).parents[2])
        ),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def found_in(*texts: str, words: tuple[str, ...] = WORDS) -> list[str]:
    return [word for word in words if any(word in text for text in texts)]


def files_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in files}


def processes() -> str:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("key", "said"),
    [("wrong-key-0123", "refuse"), ("two words", "no blanks"), ("", "No key was given")],
)
def test_key_that_is_not_taken_is_a_sentence_and_changes_nothing(
    api: Running, tmp_path: Path, key: str, said: str
) -> None:
    done = enter(key, api, tmp_path)

    assert done.returncode > 0
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data" / FILE).exists()


def test_key_is_asked_for_only_where_a_shop_is_set(tmp_path: Path) -> None:
    done = command("key", "set", "--data-dir", str(tmp_path / "data"), cwd=tmp_path)

    assert done.returncode == 2
    assert "Set TICKETDESK_API_URL" in done.stderr


def test_key_and_forgotten_customer_are_found_nowhere(
    api: Running,
    tmp_path: Path,
    page: Page,
    new_page: Callable[..., Page],
    console: list[str],
) -> None:
    done = enter(KEY, api, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "takes this key: 61 tickets" in done.stdout
    assert "Only you can read that file" in done.stdout
    assert found_in(done.stdout, done.stderr) == []

    with serving(api, tmp_path) as desk:
        heard = listen(page)
        visit(page, f"{desk.url}/?q=Nightjar")
        expect(page.get_by_text(ADDRESS)).to_be_visible()
        enter_no_key(page, desk)
        assert all("422" in told for told in console)
        console.clear()
        assert KEY not in "".join(heard) + page.content()
        assert found_in(processes(), words=(KEY, ADDRESS)) == []
        answer = provoke_fault(desk, f"{KEY} of {ADDRESS}")
        assert found_in(answer) == []
        until(lambda: httpx.get(f"{desk.url}/readyz").json()["complete"])
        kept = files_of(tmp_path)
        assert [name for name, text in kept.items() if KEY in text] == []
        assert "Traceback" in kept["ticketdesk.log"]
        assert "Invalid isoformat string" in kept["ticketdesk.log"]
        assert found_in(kept["ticketdesk.log"], kept["output.txt"]) == []
        assert ADDRESS in kept["copy.sqlite3"] + kept["copy.sqlite3-wal"]

        visit(page, f"{desk.url}/?view=all")
        page.get_by_text("Nightjar").first.click()
        messages = page.get_by_role("log", name="Messages")
        expect(messages.get_by_text("Nightjar?")).to_be_visible()
        forget(new_page(), desk)
        expect(page.get_by_text("Nightjar")).to_have_count(0)
        expect(page.get_by_text("(forgotten customer)").first).to_be_visible()
        assert found_in(page.evaluate(WITHOUT_SCRIPTS)) == []
        page.close()
        assert found_in(*files_of(tmp_path).values(), processes()) == []

        later = new_page()
        heard = listen(later)
        visit(later, f"{desk.url}/?view=all")
        later.get_by_text("(forgotten customer)").first.click()
        expect(later.get_by_role("log", name="Messages").get_by_role("article")).to_have_count(1)
        later.goto(f"{desk.url}/health")
        expect(later.get_by_text("1 ticket kept blank")).to_be_visible()
        pages = [
            httpx.get(desk.url + path).text for path in ("/", "/kiosk", "/kiosk/plain", "/health")
        ]
        later.close()
    data = ("--data-dir", str(tmp_path / "data"))
    words = ("export", "--messages", "--format", "jsonl")
    exported = command(*words, *data, cwd=tmp_path, TICKETDESK_API_URL=api.url)
    assert exported.stdout.count("\n") == 61

    everything = (*heard, *pages, exported.stdout, exported.stderr, *files_of(tmp_path).values())
    assert found_in(*everything) == []


def enter_no_key(page: Page, desk: Running) -> None:
    """Enter something that is no key on the settings page, which shows how the key ends."""
    visit(page, f"{desk.url}/settings")
    field = page.get_by_label("Key", exact=True)
    expect(field).to_have_attribute("placeholder", f"ends in {KEY[-4:]}")
    field.fill("two words")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This is no key")


def provoke_fault(desk: Running, quoted: str) -> str:
    """Let the desk meet a row that it cannot have written, whose words the exception quotes."""
    accounts = desk.folder / "data" / "accounts.sqlite3"
    with closing(sqlite3.connect(accounts, timeout=10)) as file, file:
        file.execute("PRAGMA secure_delete = ON")
        file.execute("INSERT INTO activity VALUES (NULL, ?, '', '', '', '')", (quoted,))
    try:
        answer = httpx.get(f"{desk.url}/log")
    finally:
        with closing(sqlite3.connect(accounts, timeout=10, isolation_level=None)) as file:
            file.execute("PRAGMA secure_delete = ON")
            file.execute("DELETE FROM activity WHERE at = ?", (quoted,))
            # Not while the desk reads it, which it does again and again.
            emptied = "PRAGMA wal_checkpoint(TRUNCATE)"
            until(lambda: file.execute(emptied).fetchone()[0] == 0)
    assert answer.status_code == 500
    return answer.text


def forget(page: Page, desk: Running) -> None:
    """Forget the customer as the owner does it, in the desk that runs."""
    page.goto(f"{desk.url}/settings")
    page.get_by_role("link", name="Forget a customer").click()
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_role("button", name="Show what goes").click()
    page.get_by_role("button", name=f"Forget {ADDRESS}").click()
    expect(page.get_by_role("status")).to_contain_text("Tickets kept blank: 1.")
    page.close()


@contextmanager
def serving(api: Running, folder: Path) -> Iterator[Running]:
    """A desk that finds its key where it was entered."""
    desk = start(
        "serve",
        folder=folder,
        TICKETDESK_API_URL=api.url,
        TICKETDESK_LOG_LEVEL="debug",
        TICKETDESK_REQUESTS_PER_SECOND="50",
    )
    try:
        yield desk
    finally:
        assert desk.stop() == 0


def listen(page: Page) -> list[str]:
    """Everything that the page is told by its socket."""
    heard: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))),
    )
    return heard
