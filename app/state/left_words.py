"""Words that a browser still had when its page, or the desk, went away: they become drafts."""

from app.desk.desk import Desk
from app.domain.errors import DeskError


class LeftWords:
    """Saves them in place of the draft they were typed onto, or beside what has become of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def keep(self, ticket_id: str, text: str, onto: str, reply_id: str) -> bool:
        """Make a draft of `text`; False when that cannot be done now.

        Words of a reply that is kept already are no draft again, also if that happens meanwhile.
        """
        queries, commands = self._desk.queries, self._desk.commands
        try:
            if reply_id and await queries.reply(reply_id):
                return True
            drafts = await queries.drafts(ticket_id)
            base = next((draft for draft in drafts if draft.text == onto), None)
            draft = await commands.save_draft(ticket_id, text, onto=base)
            if draft and reply_id and await queries.reply(reply_id):
                await commands.discard_draft(ticket_id, draft)
        except DeskError:
            return False  # the browser keeps them, and asks again from its next page
        return True
