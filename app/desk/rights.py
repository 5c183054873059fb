"""Who may write: what stands before every command that changes something."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from app.domain.accounts import Right, SignInSession
from app.domain.errors import NotAllowedError
from app.domain.tasks import carried_out


class Asked(Protocol):
    """What takes commands in somebody's session."""

    _session: SignInSession | None


A = TypeVar("A", bound=Asked)
P = ParamSpec("P")
T = TypeVar("T")


def for_writers(
    work: Callable[Concatenate[A, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, T]]:
    """Carry `work` out, unless the role of whoever asks does not allow it."""
    carried = carried_out(work)

    @wraps(work)
    async def checked(asked: A, /, *given: P.args, **named: P.kwargs) -> T:
        session = asked._session  # theirs to check
        if session and not session.user.may(Right.WRITE):
            raise NotAllowedError(
                "You may look at everything here and change nothing. "
                "Ask the owner of this desk for another role."
            )
        return await carried(asked, *given, **named)

    return checked
