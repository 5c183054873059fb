"""The wall: big numbers and the tickets that have waited longest; nothing to click."""

from components.data import KioskData
from components.frame import own_the_page
from components.vue_component import VueComponent


class KioskBoard:
    """A board that is never blank: it keeps the last data and says how old it is."""

    def __init__(self, *, light: bool = False) -> None:
        own_the_page()
        self._part = _Kiosk(KioskData())
        self._part.props["light"] = light

    def update(self, data: KioskData) -> None:
        """Show one page of the wall."""
        self._part.show(data)


class _Kiosk(VueComponent, script="kiosk_board"):
    pass
