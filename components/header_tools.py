"""The two small buttons of the header that need no server: the theme, and the list of keys."""

from components.part import Part


class HeaderTools:
    """System, light or dark; and the keys (`?`). `assets/desk.js` brings both to life."""

    def __init__(self) -> None:
        _Tools(None)


class _Tools(Part, script="header_tools"):
    pass
