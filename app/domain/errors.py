"""Everything that can go wrong and that a seller may read about.

    DeskError
      ApiError                    the Tickets API did not do what was asked
        UnreachableError          no answer: network, name, certificate, timeout, breaker
          NotSentError            certain: no byte of the request left this machine
        RateLimitedError          429; carries how long to wait
        KeyRefusedError           401, or 403 to the list of tickets
          OtherShopError          the key opens another shop than the one on the screen
        TicketNotFoundError       404, 410 on a ticket
        RefusedError              any other 4xx: the request was understood and declined
          ForbiddenError          403 to one request: not the key, which serves for others
        BadAnswerError            of no use: 5xx, redirect, web page, broken JSON, too large
      StoreError                  the local copy or the outbox
        StoreBusyError            another process holds it
        StoreClosedError          it has been closed, or is opened anew
        StoreDamagedError         the file cannot be read
        StoreFullError            nothing can be written: disk full or read-only
        UnsettledError            a customer to whom something is still on its way
      ReplyError                  a reply that must not be sent as it is
        BlankReplyError
        ReplyTooLongError
      MarkError                   a mark that cannot be put on a ticket
      PrivateNoteError            a note that cannot be kept
      ViewError                   a view that cannot be saved as it was asked for
        ViewChangedError          it is no longer as it was seen
      AccountError                a user, a password or a sign-in
        SignInRefusedError        a wrong name or password, or too many guesses
          CodeWantedError         the password was right, and a one-time code is wanted as well
          WrongCodeError          a one-time code that does not count now
        NotAllowedError           the role of whoever asks does not allow it
        WallLinkError             a wall link or a code that lets no display in
      SettingsError               a setting with a wrong value

Every message is one or two sentences a seller can act on; anything else that escapes is a bug.
"""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.saved_views import SavedView


class DeskError(Exception):
    """The base of every error of this product."""


class ApiError(DeskError):
    """The Tickets API did not do what was asked."""


class UnreachableError(ApiError):
    """No complete answer came; whether the request arrived is not known."""


class NotSentError(UnreachableError):
    """No byte of the request left this machine, so repeating it is safe."""


class RateLimitedError(ApiError):
    """The API asked for a pause.

    Args:
        retry_after: in seconds, already capped.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"The Tickets API asked for a pause of {retry_after:.0f} s.")
        self.retry_after = retry_after


class KeyRefusedError(ApiError):
    """The API refused the key (401, or 403 to the list)."""


class OtherShopError(KeyRefusedError):
    """The key's list shows no ticket of the shop that is open: it belongs to another one."""

    def __init__(self) -> None:
        super().__init__(
            "This key opens another shop at the same address. What you see was kept before; "
            "nothing of it is sent with this key. Start Ticketdesk again to open that shop."
        )


class TicketNotFoundError(ApiError):
    """The API does not know this ticket (any more)."""


class RefusedError(ApiError):
    """The API understood the request and declined it.

    Args:
        status: the HTTP status.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class ForbiddenError(RefusedError):
    """The API, or a firewall before it, refused this one request (403)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=403)


class BadAnswerError(ApiError):
    """The answer cannot be used: a web page, broken JSON, a redirect, a server error, too large."""


class StoreError(DeskError):
    """The local copy or the outbox failed."""


class StoreBusyError(StoreError):
    """Another process holds the data folder."""


class StoreClosedError(StoreError):
    """The file has been closed: the desk ends, or the file is opened anew in a moment."""


class StoreDamagedError(StoreError):
    """A database file cannot be read."""


class StoreFullError(StoreError):
    """Nothing can be written: the disk is full or the folder is read-only."""


class UnsettledError(StoreError):
    """A customer cannot be forgotten while replies to them, or closings, are on their way."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"Not settled yet: {count:,} of the replies, closings and reopenings for this customer."
            " Nothing was forgotten. Settle them first."
        )


class ReplyError(DeskError):
    """A reply must not be sent as it is."""


class MarkError(DeskError):
    """A mark cannot be put on a ticket as it was asked for."""


class PrivateNoteError(DeskError):
    """A private note cannot be added or removed as it was asked for."""


class ViewError(DeskError):
    """A view cannot be saved as it was asked for."""


class ViewChangedError(ViewError):
    """Somebody else has changed the view since it was seen; `now` is what it is."""

    def __init__(self, now: "SavedView") -> None:
        whose = "shared" if now.is_shared else "private"
        super().__init__(
            f"Somebody else has changed this view meanwhile: it is called “{now.name}” now, "
            f"and {whose}."
        )
        self.now = now


class BlankReplyError(ReplyError):
    """The reply holds nothing a customer could read."""

    def __init__(self) -> None:
        super().__init__("The reply is empty. Write something, then send it.")


class ReplyTooLongError(ReplyError):
    """The reply is longer than the desk sends.

    Args:
        length: in characters.
        limit: in characters.
    """

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"The reply has {length:,} characters, the limit is {limit:,}. Shorten it or split it."
        )


class AccountError(DeskError):
    """A user, a password or a role that cannot be what was asked for."""


class SignInRefusedError(AccountError):
    """Nobody was signed in.

    Args:
        wait_seconds: before another guess is checked.
    """

    def __init__(self, message: str, *, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class CodeWantedError(SignInRefusedError):
    """The password was right; a one-time code is wanted as well.

    Args:
        half: what whoever typed the password hands in with the code.
    """

    def __init__(self, half: str) -> None:
        super().__init__("Type the code that your phone shows now.")
        self.half = half


class WrongCodeError(SignInRefusedError):
    """The one-time code does not count now.

    Args:
        now: by the desk's clock, from which codes are made.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__("This code does not fit, or was used before.")
        self.now = now


class WallLinkError(AccountError):
    """A display is not let in, or a wall link cannot be what was asked for.

    Args:
        wait_seconds: before another link is looked at.
    """

    def __init__(self, message: str, *, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class NotAllowedError(AccountError):
    """The role of whoever asks does not allow what was asked for."""


class SettingsError(DeskError):
    """A setting has a wrong value; the message names it, the problem and the remedy."""
