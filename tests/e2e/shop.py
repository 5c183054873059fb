"""The shop behind a desk, as the tests see it: through the Tickets API and the customer's page."""

import sqlite3
from contextlib import closing
from typing import Any

import httpx

from tests.e2e.desk import KEY, Running


class Shop:
    """Asks and changes what the desk shows."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def tickets(self, **filters: str | int) -> list[dict[str, Any]]:
        """The first hundred tickets of the list."""
        found: list[dict[str, Any]] = self._ask("GET", "", params={"limit": 100, **filters})
        return found

    def waiting(self) -> list[dict[str, Any]]:
        """The tickets that wait for the seller, newest update first."""
        found = self.tickets(status="open")
        return [ticket for ticket in found if ticket["awaiting_response_from"] == "owner"]

    def longest_waiting(self) -> list[str]:
        """The tickets that wait for the seller, by their messages the longest wait first."""
        waits = {ticket["id"]: self._waiting_since(ticket["id"]) for ticket in self.waiting()}
        return sorted(waits, key=lambda ticket_id: waits[ticket_id])

    def _waiting_since(self, ticket_id: str) -> str:
        since = ""
        for message in self.ticket(ticket_id)["messages"]:
            is_asked = message["sender"] == "customer"
            since = (since or str(message["created_at"])) if is_asked else ""
        return since

    def ticket(self, ticket_id: str) -> dict[str, Any]:
        """One ticket with its messages."""
        found: dict[str, Any] = self._ask("GET", f"/{ticket_id}")
        return found

    def texts(self, ticket_id: str) -> list[str]:
        """What was said in a ticket."""
        return [message["message"] for message in self.ticket(ticket_id)["messages"]]

    def close(self, ticket_id: str) -> None:
        """Close a ticket past the desk."""
        self._ask("PATCH", f"/{ticket_id}", json={"status": "closed"})

    def customer_writes(self, ticket_id: str, text: str) -> None:
        """Write into a ticket as its customer."""
        self._form(ticket=ticket_id, message=text)

    def customer_opens(self, subject: str, text: str) -> None:
        """Open a ticket as a new customer."""
        self._form(customer_email="new@example.com", subject=subject, message=text)

    def draft(self, ticket_id: str) -> str:
        """What the desk keeps as the draft of a reply, "" for nothing."""
        (path,) = self._running.folder.glob("data/**/outbox.sqlite3")
        with closing(sqlite3.connect(path, timeout=10)) as outbox:
            query = "SELECT text FROM draft WHERE ticket_id = ?"
            return "".join(row[0] for row in outbox.execute(query, [ticket_id]))

    def forget(self, ticket_id: str) -> None:
        """Take a ticket out of the store as if it had never been."""
        path = self._running.folder / "data" / "embedded" / "api.sqlite3"
        with closing(sqlite3.connect(path, timeout=10)) as store, store:
            store.execute("DELETE FROM messages WHERE ticket_id = ?", [ticket_id])
            store.execute("DELETE FROM tickets WHERE id = ?", [ticket_id])

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        key = {"Authorization": f"Bearer {KEY}"}
        url = f"{self._running.url}/v1/tickets{path}"
        return httpx.request(method, url, headers=key, **more).raise_for_status().json()["data"]

    def _form(self, **fields: str) -> None:
        own = {"Origin": self._running.url}
        answer = httpx.post(f"{self._running.url}/demo/customer", data=fields, headers=own)
        assert answer.status_code == 303, answer.text
