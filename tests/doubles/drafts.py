"""What a test wants to know of drafts."""

from app.store.outbox.local import LocalStore


async def kept(local: LocalStore, ticket_id: str = "tkt_1", *, author: str = "") -> list[str]:
    """The texts kept for a reply, the newest first."""
    return [draft.text for draft in await local.drafts(ticket_id, author=author)]
