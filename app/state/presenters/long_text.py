"""How much of a long text is drawn, and what the button says that draws more of it."""

from app.domain.bounds import LINES_SHOWN, MESSAGE_SHOWN, MORE_SHOWN, beginning
from app.state.formatting import Formatter
from components.i18n import _


def shown_part(
    text: str, asked: int, *, characters: int = MESSAGE_SHOWN, lines: int = LINES_SHOWN
) -> str:
    """As much of a text as is drawn when more of it was asked for so often."""
    if asked:
        return beginning(text, MESSAGE_SHOWN + asked * MORE_SHOWN)
    first = beginning(text, characters).split("\n", lines)
    return "\n".join(first[:lines])


def more_label(left: int, fmt: Formatter) -> str:
    """What is said where so many characters are left."""
    if not left:
        return ""
    if left <= MORE_SHOWN:
        return _("Show all ({left})").format(
            left=fmt.counted(left, "more character", "more characters")
        )
    return _("Show {shown} of {left} more characters").format(
        shown=fmt.count(MORE_SHOWN), left=fmt.count(left)
    )
