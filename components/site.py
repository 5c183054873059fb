"""Where browsers find the desk: every link of ours goes through `SITE.link`."""


class Site:
    """The one path below which this process serves the desk; "" is the root of its host."""

    def __init__(self) -> None:
        self.path = ""

    def link(self, address: str) -> str:
        """An address of the desk, which begins with a slash, as a browser asks for it."""
        return self.path + address


SITE = Site()
