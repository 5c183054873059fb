"""What all tests share: fixed seeds, a browser, browser tests last, and a clean end."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from inspect import iscoroutinefunction

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright
from xdist.workermanage import WorkerController

from tests.browser import FAILED, a_browser, new_context, traced

HYPOTHESIS_SEED = 2611
SLOWEST_FILES = 10
THREADS_OF_WORKERS = pytest.StashKey[list[str]]()

settings.register_profile("house", deadline=None, database=None, print_blob=True)
settings.load_profile("house")


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed: {HYPOTHESIS_SEED} (another: --hypothesis-seed=N)"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = HYPOTHESIS_SEED


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Put files with browser tests last: after a synchronous browser no asynchronous test runs."""
    shown = set()
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            shown.add(item.path)
    items.sort(key=lambda item: item.path in shown)  # a worker takes whole files, in this order
    late = [i.nodeid for i in items if i.path in shown and iscoroutinefunction(i.obj)]
    if late:
        raise pytest.UsageError(f"Asynchronous, in a file of browser tests: {', '.join(late)}")
    alike = [
        nodeid for nodeid, times in Counter(item.nodeid for item in items).items() if times > 1
    ]
    if alike:  # workers would run only one of them
        raise pytest.UsageError(f"Several tests have one name: {', '.join(alike)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures of a test know that it failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which files took longest: that is where a slow suite is mended."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if len(seconds) > SLOWEST_FILES:
        terminalreporter.write_sep("=", f"slowest {SLOWEST_FILES} files")
        for file, spent in sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST_FILES]:
            terminalreporter.write_line(f"{spent:6.1f} s {file}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that leaves threads behind: they would keep the process from ending."""
    left = [
        thread.name
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon
    ]
    if hasattr(session.config, "workeroutput"):  # a worker, whose exit status nobody asks for
        session.config.workeroutput["threads"] = left
        return
    left += session.config.stash.get(THREADS_OF_WORKERS, [])
    if left:
        print(f"\nThreads left behind: {', '.join(left)}")  # noqa: T201  # after the last report
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_testnodedown(node: WorkerController) -> None:
    """Hear from a worker, if it has ended in order."""
    threads = getattr(node, "workeroutput", {}).get("threads", [])
    node.config.stash.setdefault(THREADS_OF_WORKERS, []).extend(threads)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; where there is none one is fetched, and if that fails the test fails."""
    with sync_playwright() as playwright:
        chosen = a_browser(playwright)
        yield chosen
        chosen.close()


@pytest.fixture
def console() -> Iterator[list[str]]:
    """What browsers complained about; a test that provokes a complaint takes it out."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest, browser: Browser, console: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own; keywords are those of `Browser.new_context`."""
    opened = ExitStack()

    def open_page(**options: object) -> Page:
        context = new_context(browser, **options)
        opened.callback(context.close)
        opened.enter_context(traced(context, request.node, console))
        page = context.new_page()
        page.on("pageerror", lambda error: console.append(str(error)))
        page.on("console", lambda said: said.type == "error" and console.append(said.text))
        return page

    with opened:
        yield open_page


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page, 1440 by 900."""
    return new_page()
