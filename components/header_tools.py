"""The two small buttons of the header that need no server: the theme, and the list of keys."""

from components.vue_component import VueComponent


class HeaderTools:
    """System, light or dark; and the keys (`?`). `assets/desk.js` brings both to life."""

    def __init__(self) -> None:
        _Tools(None)


class _Tools(VueComponent, script="header_tools"):
    pass
