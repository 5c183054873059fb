"""The keys: each presses the button, or enters the field, that carries it as `data-key`.

Letters are those of the keyboard: where they are not Latin, the key in the same place counts.
"""

SEARCH = "/"
NEXT_TICKET, PREVIOUS_TICKET = "j", "k"
REPLY = "r"
NEXT_VIEW, PREVIOUS_VIEW = "v", "Shift v"
UNDO = "z"
CLOSE = "Escape"
SHEET = "?"

KEYS = (
    (SEARCH, "Search tickets"),
    (NEXT_TICKET, "Next ticket"),
    (PREVIOUS_TICKET, "Previous ticket"),
    ("Enter", "Open the ticket"),
    ("x", "Select the ticket"),
    (REPLY, "Write a reply"),
    ("Ctrl Enter", "Send the reply"),
    (NEXT_VIEW, "Next view"),
    (PREVIOUS_VIEW, "Previous view"),
    (UNDO, "Undo: take the reply or the order back"),
    (CLOSE, "Close the conversation, leave a field"),
    (SHEET, "Show these keys"),
)
"""Each key and what it does, as the list of keys shows them."""
