"""The links of the header to the other pages; on a phone a sheet holds them."""

from dataclasses import dataclass

from components.dialog import Dialog
from components.elements import Box, Button, Text
from components.html import Html, html, join
from components.i18n import _
from components.site import SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A page beside the list; `apart` opens it in a tab of its own."""

    label: str
    address: str
    apart: bool = False


class PageLinks:
    """A line of links; where there is no room for it, *More* opens them as a sheet."""

    def __init__(self, links: tuple[PageLink, ...]) -> None:
        for link in links:
            Text(
                "a",
                link.label,
                "bar-link",
                href=SITE.link(link.address),
                target=_target(link) or None,
            )
        sheet = Dialog(_("More"))
        Button(_("More"), "quiet tool bar-more", data_opens=sheet.address)
        with sheet.inside:
            Box("nav", "sheet-links", aria_label=_("Pages")).show(join(map(_entry, links)))


def _entry(link: PageLink) -> Html:
    return html(
        '<a href="{}" target="{}">{}</a>', SITE.link(link.address), _target(link), link.label
    )


def _target(link: PageLink) -> str:
    return "_blank" if link.apart else ""
