"""The key of the shop's API: where it comes from, how it ends, and how another one is entered."""

import asyncio
from collections.abc import Callable

from app.config.stored_key import KeyStore, clean_key, end_of
from app.desk.activity import ActivityLog
from app.domain.accounts import SignInSession
from app.domain.clock import Clock
from app.domain.errors import SettingsError
from app.domain.ticket import TicketPage
from app.sync.proof import probe_api


class ApiKey:
    """What may be known of the key, and a way to enter another; the key itself is never given out.

    `end` are its last signs; `is_configured` says that a setting gives it, which wins. `on_set`
    takes a key and where it lies, for a desk that waits for one.
    """

    def __init__(
        self,
        url: str,
        keys: KeyStore,
        *,
        key: str,
        is_configured: bool,
        clock: Clock,
        activity: ActivityLog | None = None,
        on_set: Callable[[str, str], object] | None = None,
    ) -> None:
        self._activity = activity
        self._url = url
        self._keys = keys
        self._clock = clock
        self._on_set = on_set
        self.end = end_of(key)
        self.is_configured = is_configured

    async def set(self, text: str, *, by: SignInSession | None = None) -> str:
        """Try a key with the API and keep it; what the API has said, and where the key lies.

        Raises: SettingsError when this is no key; ApiError when the API does not take it, which
                leaves everything as it was; OSError.
        """
        try:
            key = clean_key(text)
        except ValueError as error:
            raise SettingsError(f"This is no key: {error}. Nothing was changed.") from None
        if not key:
            raise SettingsError("No key was given. Nothing was changed.")
        page, _ = await probe_api(self._url, key, clock=self._clock)
        place = await asyncio.to_thread(self._keys.save, self._url, key)
        self.end = end_of(key)
        if self._activity:
            self._activity.note(by, "entered another key of the API", "")
        if self._on_set:
            self._on_set(key, place)
            later = "The desk opens now."
        elif self.is_configured:
            later = "A key that is configured still wins over it."
        else:
            later = "A desk that runs takes it when it is started again."
        return f"The Tickets API takes this key: {_counts(page)}. It is kept in {place}. {later}"


def _counts(page: TicketPage) -> str:
    stats = page.stats
    total = page.total if page.total is not None else stats and stats.total
    told = (
        (total, "tickets"),
        (stats and stats.open, "open"),
        (stats and stats.needs_response, "waiting for you"),
    )
    said = [f"{number:,} {what}" for number, what in told if number is not None]
    return ", ".join(said) or "it does not say how many tickets there are"
