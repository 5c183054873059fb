"""What a test wants to know of drafts."""

from app.store.local import Local


async def kept(local: Local, ticket_id: str = "tkt_1", *, author: str = "") -> list[str]:
    """The texts kept for a reply, the newest first."""
    return [draft.text for draft in await local.drafts(ticket_id, author=author)]
