"""What sellers wrote and what screens said of it, held against the API's own messages."""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Message = dict[str, Any]
MARK = re.compile(r"\[[\w-]+ \d+\]")
"""each reply has one: who wrote it, and the how manieth it was"""
SHOWN_LENGTH = 4_000


@dataclass(slots=True)
class Ledger:
    """Written while the sellers work."""

    kept: dict[str, str] = field(default_factory=dict)
    """the marks whose reply the desk said it has"""
    typed: dict[str, str] = field(default_factory=dict)
    """the marks that the desk has as a draft"""
    let_go: set[str] = field(default_factory=set)
    """the marks that a seller took out of the box again"""
    shown: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """the messages seen on any screen"""
    claimed: dict[str, str] = field(default_factory=dict)
    """the marks that a screen called sent or accepted"""
    labels: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def see(self, ticket: str, messages: Iterable[Message]) -> None:
        """A screen shows these messages now."""
        for message in messages:
            text = message["text"]
            if not message["reply_id"]:
                self.shown[ticket, message["id"]] = message["sender"], text
                continue
            self.labels[message["state"]] += 1
            for mark in MARK.findall(text):
                if message["state"] in {"accepted", "confirmed"}:
                    self.claimed.setdefault(mark, f"{message['state']} in {ticket}")

    def judge(self, api: Path, outbox: Path) -> Iterator[str]:
        """Everything that the two databases say otherwise; at rest."""
        books = read_messages(api)
        arrived = Counter(
            mark
            for sender, text in books.values()
            for mark in MARK.findall(text)
            if sender == "seller"
        )
        waiting, states = read_outbox(outbox)
        yield from (f"{mark} arrived {n} times" for mark, n in arrived.items() if n > 1)
        for mark, ticket in {**self.typed, **self.kept}.items():
            if not arrived[mark] and mark not in waiting and mark not in self.let_go:
                said = "was sent" if mark in self.kept else "was typed"
                yield f"{mark} {said} in {ticket} and is nowhere"
        for mark, said in self.claimed.items():
            if not arrived[mark]:
                yield f"{mark} was called {said} and never arrived"
        for mark, state in states.items():
            if arrived[mark] and state in {"refused", "uncertain", "unknown", "queued"}:
                yield f"{mark} has arrived and is called {state}"
        yield from self._false_messages(books)

    def _false_messages(self, books: dict[tuple[str, str], tuple[str, str]]) -> Iterator[str]:
        wrong: dict[str, list[str]] = defaultdict(list)
        for (ticket, message_id), (sender, text) in self.shown.items():
            held = books.get((ticket, message_id))
            if held is None:
                wrong["is on no ticket of the API"].append(message_id)
            elif (held[0], _seen(held[1])) != (sender, _seen(text)):
                wrong["says something else there"].append(message_id)
        for what, ids in wrong.items():
            yield f"{len(ids)} messages on a screen: each {what}, first {ids[0]}"


def read_messages(api: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Sender and text of every message of the API, by ticket and message."""
    with closing(sqlite3.connect(f"file:{api}?mode=ro", uri=True)) as shop:
        rows = shop.execute("SELECT ticket_id, id, sender, message FROM messages")
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def read_outbox(outbox: Path) -> tuple[set[str], dict[str, str]]:
    """The marks that the desk still keeps anywhere, and the state of each reply not settled."""
    with closing(sqlite3.connect(f"file:{outbox}?mode=ro", uri=True)) as kept:
        drafts = [row[0] for row in kept.execute("SELECT text FROM draft")]
        asked = "SELECT text, state FROM outbox WHERE state NOT IN ('confirmed', 'cancelled')"
        replies = kept.execute(asked).fetchall()
    states = {mark: state for text, state in replies for mark in MARK.findall(text or "")}
    return {mark for text in drafts for mark in MARK.findall(text)} | states.keys(), states


def _seen(text: str) -> str:
    """As much of a text as every screen shows of it, whatever it makes of odd signs."""
    return re.sub(r"\W+", "", text[:SHOWN_LENGTH])[:1000]
