"""The keys: each presses the button, or enters the field, that carries it as `data-key`.

Letters are those of the keyboard: where they are not Latin, the key in the same place counts.
"""

from components.i18n import _

SEARCH = "/"
NEXT_TICKET, PREVIOUS_TICKET = "j", "k"
NEXT_PAGE, PREVIOUS_PAGE = "n", "p"
NEXT_VIEW, PREVIOUS_VIEW = "v", "Shift v"
OF_VIEWS = dict(enumerate("123456789"))
"""of the views in the first places, by place"""
CLEAR_SELECTION = "u"
CLOSE_SELECTED, REOPEN_SELECTED = "Shift c", "Shift o"
REPLY = "r"
SEND, SEND_AND_CLOSE = "Ctrl Enter", "Ctrl Shift Enter"
TURN_STATUS = "c"
CLAIM = "a"
UNDO = "z"
SNOOZE, PIN = "h", "Shift p"
NOTE = "Shift n"
CLOSE = "Escape"
PALETTE = "Ctrl k"
SHEET = "?"

KEYS = (
    (SEARCH, _("Search tickets")),
    (NEXT_VIEW, _("Next view")),
    (PREVIOUS_VIEW, _("Previous view")),
    ("1 … 9", _("Open the first nine views, as they are listed")),
    (NEXT_TICKET, _("Next ticket")),
    (PREVIOUS_TICKET, _("Previous ticket")),
    ("↑ ↓ Home End", _("Move in the list, once a row has the focus")),
    ("Enter", _("Open the ticket")),
    (NEXT_PAGE, _("Next page")),
    (PREVIOUS_PAGE, _("Previous page")),
    ("x", _("Select the ticket, or Space on its row")),
    (CLOSE_SELECTED, _("Close the selected tickets")),
    (REOPEN_SELECTED, _("Reopen the selected tickets")),
    (CLEAR_SELECTION, _("Clear selection")),
    (REPLY, _("Write a reply")),
    (SEND, _("Send the reply")),
    (SEND_AND_CLOSE, _("Send the reply and close the ticket")),
    (TURN_STATUS, _("Close the open ticket, or reopen it")),
    (CLAIM, _("Claim the open ticket, take it over, or give it up")),
    (SNOOZE, _("Snooze the open ticket")),
    (PIN, _("Pin the open ticket, or unpin it")),
    (NOTE, _("Write a private note, which stays on this desk")),
    (UNDO, _("Undo: take back the reply, the closing or the reopening")),
    (CLOSE, _("Close the conversation, leave a field")),
    (PALETTE, _("Find an action, a view, a ticket or a customer")),
    (SHEET, _("Show these keys")),
)
"""Each key and what it does, as the list of keys shows them."""
WORDS = dict(KEYS)
