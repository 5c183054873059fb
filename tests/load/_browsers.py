"""Real Chromium at a desk: one wide, one phone, one wall."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random

from playwright.async_api import Error, Page, async_playwright

from app.cli.browser import find_browser
from tests.browser import ARGUMENTS
from tests.load._day import Works
from tests.load._ledger import MARK
from tests.load._seller import SAID, WORDS, keys

SHAPES = (("wide", "/", 1440, 900), ("phone", "/", 390, 844), ("wall", "/kiosk", 1920, 1080))
NETWORK = ("net::", "WebSocket", "Failed to fetch", "Failed to load resource")
"""what the browser itself says while its line is cut"""
HURRY_MS = 10_000


class Browsers:
    """The first `count` of the three; the two that work are the last two of the sellers."""

    def __init__(self, works: Works, count: int) -> None:
        self._works, self._count = works, count
        self._pages: list[tuple[str, Page]] = []
        self._written = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open them; what a page complains of is a fault."""
        if not self._count:
            yield
            return
        async with async_playwright() as playwright:
            path = find_browser()
            browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for name, address, width, height in SHAPES[: self._count]:
                context = await browser.new_context(viewport={"width": width, "height": height})
                page = await context.new_page()
                self._listen(name, page)
                await page.goto(self._works.desk.url + address)
                await page.wait_for_function("window.did_handshake === true")
                self._pages.append((name, page))
            yield
            await browser.close()

    async def work(self, until: float) -> None:
        """Let all of them work until then."""
        chance = Random(f"{self._works.plan.seed} chromium")  # noqa: S311  # repeatable on purpose
        await asyncio.gather(
            *(
                self._sell(page, number, chance, until)
                if name != "wall"
                else self._hang(page, until)
                for number, (name, page) in enumerate(self._pages)
            )
        )

    async def rest(self) -> None:
        """Everything must be there again: rows or tiles, and nothing that says otherwise."""
        for name, page in self._pages:
            await page.context.set_offline(False)
            shown = "[data-kiosk] [data-ticket-id]" if name == "wall" else "[role=table]"
            try:
                if name != "wall":
                    await page.goto(self._works.desk.url)
                await page.locator(f"{shown}").first.wait_for(timeout=3 * HURRY_MS)
            except Error as error:
                self._fault(name, f"is not there at the end: {error}")

    def _listen(self, name: str, page: Page) -> None:
        page.on("pageerror", lambda error: self._fault(name, f"error in the page: {error}"))
        page.on(
            "console",
            lambda said: (
                said.type == "error"
                and not any(word in said.text for word in NETWORK)
                and self._fault(name, f"console: {said.text}")
            ),
        )

    def _fault(self, name: str, what: str) -> None:
        self._works.day.ledger.faults.append(f"{name} {what[:300]}")

    async def _hang(self, page: Page, until: float) -> None:
        """A wall has to show tiles, whatever happens."""
        while time.monotonic() < until:
            await asyncio.sleep(2)
            if not await page.locator("[data-kiosk] [data-ticket-id]").count():
                self._fault("wall", "is blank")

    async def _sell(self, page: Page, number: int, chance: Random, until: float) -> None:
        mine = self._works.plan.sellers + number
        acts = (self._search, self._search, self._choose, self._open, self._reply, self._leave)
        while time.monotonic() < until:
            act = chance.choice(acts)
            # A button may be out of reach at this moment: a person does something else then.
            with suppress(Error):
                await act(page, mine, chance)
            await self._see(page)
            await asyncio.sleep(chance.uniform(0.3, 2))

    async def _search(self, page: Page, _: int, chance: Random) -> None:
        box = page.get_by_role("searchbox", name="Search tickets")
        await box.click(timeout=HURRY_MS)
        for typed in keys(chance, chance.choice(WORDS)):
            await box.fill(typed, timeout=HURRY_MS)
            await asyncio.sleep(chance.uniform(0.05, 0.2))

    async def _choose(self, page: Page, _: int, chance: Random) -> None:
        names = ("Open", "All", "Needs response", "Next page", "Previous page", "Updated", "Amount")
        button = page.get_by_role("button", name=chance.choice(names), exact=True).first
        await button.click(timeout=HURRY_MS // 5)

    async def _open(self, page: Page, _: int, chance: Random) -> None:
        rows = page.locator("tr[data-ticket-id]")
        if count := await rows.count():
            await rows.nth(chance.randrange(count)).click(timeout=HURRY_MS // 5)

    async def _reply(self, page: Page, mine: int, chance: Random) -> None:
        """Write into a ticket of one's own, send it by the key, take one in five back."""
        day = self._works.day
        ticket = chance.choice(day.ids[mine])
        await page.goto(f"{self._works.desk.url}/?ticket={ticket}")
        box = page.get_by_role("textbox", name="Reply")
        await box.click(timeout=HURRY_MS)
        before = await box.input_value()
        self._written += 1
        text = f"{before} [c{mine} {self._written}] {chance.choice(SAID)}".strip()
        await box.fill(text)
        await asyncio.sleep(chance.uniform(0.2, 1))
        await box.press("Control+Enter")
        await page.wait_for_function(
            "() => document.querySelector('textarea[aria-label=Reply]').value === ''",
            timeout=HURRY_MS,
        )
        day.ledger.kept |= dict.fromkeys(MARK.findall(text), ticket)
        if chance.random() < 0.2:
            await page.keyboard.press("Escape")
            await page.keyboard.press("z")

    async def _leave(self, page: Page, _: int, chance: Random) -> None:
        """Go back, reload, lose the line, or shut the conversation."""
        what = chance.random()
        if what < 0.3:
            await page.go_back()
        elif what < 0.5:
            await page.reload()
        elif what < 0.7:
            await page.context.set_offline(True)
            await asyncio.sleep(chance.uniform(*self._works.plan.pace.cut))
            await page.context.set_offline(False)
        else:
            await page.keyboard.press("Escape")

    async def _see(self, page: Page) -> None:
        """Note what its conversation says of the replies on their way."""
        with suppress(Error):
            said = await page.evaluate(
                "Array.from(document.querySelectorAll('[data-reply-state]'),"
                " (one) => [one.dataset.replyState, one.textContent])"
            )
            for state, text in said:
                self._works.day.ledger.labels[state] += 1
                for mark in MARK.findall(text):
                    if state in {"accepted", "confirmed"}:
                        self._works.day.ledger.claimed.setdefault(mark, f"{state} in Chromium")
