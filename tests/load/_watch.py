"""Whether a desk is well, as anybody can see from outside: its answers, its log, its figures."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.e2e.desk import ADDRESS, Running

PATIENCE_SECONDS = 30
LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d{3}\S* (?P<level>[A-Z]+) (?P<told>.*)$")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A line of the log that a day brings with it, and why it is there."""

    pattern: str
    reason: str


def unforeseen(desk: Running, foreseen: Sequence[Foreseen]) -> Iterator[str]:
    """Every line of log and terminal that nothing explains; equal ones once, with their number.

    Of a traceback the last line is given.
    """
    known = [re.compile(one.pattern) for one in foreseen]
    strange: Counter[str] = Counter()
    for path in sorted((desk.folder / "data").glob("ticketdesk.log*")):
        strange.update(_strange(path.read_text("utf-8", "replace").splitlines(), known))
    yield from (f"{count} x {line}" for line, count in strange.most_common())
    printed = [line for line in desk.said().splitlines() if not ADDRESS.search(line)]
    # The terminal repeats the log's warnings without their tracebacks.
    yield from (
        f"terminal: {line}"
        for line in printed
        if line.strip() and not LINE.match(line) and not any(one.search(line) for one in known)
    )


def _strange(lines: list[str], known: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """Records that no pattern fits; what follows a record belongs to it."""
    for number, line in enumerate(lines):
        found = LINE.match(line)
        if found and not any(one.search(found["told"]) for one in known):
            rest = []
            for more in lines[number + 1 :]:
                if LINE.match(more):
                    break
                rest.append(more)
            yield f"{found['level']} {found['told']}" + (f" … {rest[-1]}" if rest else "")


async def answers(desk: Running) -> list[str]:
    """What is wrong with the addresses that tell how the desk is; nothing when it is well."""
    asked = {"/healthz": _says_ok, "/readyz": _says_ok, "/health": _is_a_page}
    wrong = []
    for address, is_well in asked.items():
        try:
            async with httpx.AsyncClient(base_url=desk.url, timeout=PATIENCE_SECONDS) as client:
                answer = await client.get(address)
        except httpx.HTTPError as error:
            wrong.append(f"{address} gives no answer: {error!r}")
        else:
            if not is_well(answer):
                wrong.append(f"{address} answers {answer.status_code}: {answer.text[:200]}")
    return wrong


def _says_ok(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and answer.json().get("status") == "ok"


def _is_a_page(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and "because of a fault" not in answer.text


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process uses now."""

    memory: float
    """MB"""
    processor: float
    """seconds so far"""
    files: int
    threads: int


def cost(pid: int) -> Cost:
    """Read it from the system."""
    place = Path(f"/proc/{pid}")
    status = (place / "status").read_text()
    words = (place / "stat").read_text().rpartition(")")[2].split()
    return Cost(
        memory=_number(r"VmRSS:\s+(\d+)", status) / 1000,
        processor=(int(words[11]) + int(words[12])) / 100,
        files=len(list((place / "fd").iterdir())),
        threads=_number(r"Threads:\s+(\d+)", status),
    )


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
