"""The wall: big numbers and the tickets that have waited longest; nothing to click."""

from functools import lru_cache

from components.data import EmptyData, FreshnessData, KioskChart, KioskData, KioskTile, StatCard
from components.elements import Box, Text
from components.frame import own_the_page
from components.freshness import line_word
from components.html import NOTHING, Html, html
from components.i18n import _
from components.keyed_list import Item, KeyedList
from components.kiosk_chart import chart_html

LATE_WORD, OLD_WORD = _("Data is late"), _("No new data")
FROM = _("data from {time}")


class KioskBoard:
    """A board that is never blank: it keeps the last data and says how old it is.

    Ages, clock, the words on late data and the drift that keeps a screen from burning in are the
    browser's (assets/desk.js): they go on without a server.
    """

    def __init__(self, *, light: bool = False) -> None:
        own_the_page()
        with Box("div", "wall", data_kiosk=True, data_light=light) as self._wall:
            self._counts = KeyedList("header")
            self._counts.classes("wall-counts")
            with Box("main", "wall-main"):
                self._tiles = KeyedList()
                self._tiles.classes("wall-tiles")
                self._chart = Box("div", "wall-chart", hidden=True)
                self._empty = Box("div", "wall-empty", hidden=True)
            with Box("footer", "wall-foot"):
                with Box("span", "fresh", role="status") as self._fresh:
                    Box("i", "dot", aria_hidden="true")
                    self._word = line_word(data_when_late=LATE_WORD, data_when_old=OLD_WORD)
                    self._age = Box("time", aria_hidden="true", data_fine=True, hidden=True)
                    self._from = Box("time", "wall-from", data_from=FROM.format(time="{}"))
                    self._progress = Text("span")
                self._why = Text("span", "", "wall-why")
                self._more = Text("span", "", "wall-more")
                self._colours = Text("span", "", "wall-colours")
                self._page = Text("span", "", "wall-page")
                Box("time", "wall-clock", data_now=True)
        self.update(KioskData())

    def update(self, data: KioskData) -> None:
        """Show one page of the wall."""
        self._counts.show([count_item(card) for card in data.counts])
        self._tiles.show([tile_item(tile) for tile in data.tiles])
        self._show_chart(data.chart)
        self._show_empty(None if data.tiles else data.empty)
        for aging in (self._fresh, self._word):
            aging.set(data_late_after=data.late_after, data_old_after=data.old_after)
        self._show_freshness(data.freshness)
        self._why.text = data.why
        self._more.text = data.more
        self._colours.text = data.colours
        self._wall.set(data_size=data.size, data_dim=data.is_dim)
        self._page.text = page_words(data)

    def _show_chart(self, chart: KioskChart | None) -> None:
        self._chart.set(hidden=chart is None)
        if chart is not None:
            self._chart.show(chart_html(chart))

    def _show_empty(self, empty: EmptyData | None) -> None:
        self._empty.set(hidden=empty is None)
        if empty is not None:
            self._empty.show(empty_html(empty))

    def _show_freshness(self, fresh: FreshnessData) -> None:
        live = fresh.state == "live"  # else the desk has words of its own for what is wrong
        self._fresh.set(data_reported=fresh.state, data_aging=fresh.as_of, data_as_of=True)
        self._word.set(
            data_when_up=fresh.label or fresh.state,
            data_aging=fresh.as_of if live else "",
            data_as_of=True,
        )
        self._age.set(data_since=fresh.as_of, data_as_of=True, hidden=not fresh.as_of)
        self._from.set(data_since=fresh.as_of, data_as_of=True)
        self._progress.text = fresh.progress


def page_words(data: KioskData) -> str:
    """Which page this is, where there are several."""
    if data.pages == 1:
        return ""
    return _("Page {page} of {pages}").format(page=data.page, pages=data.pages)


def empty_html(empty: EmptyData) -> Html:
    """What stands in place of the tiles."""
    text = html("<p>{}</p>", empty.text) if empty.text else NOTHING
    return html('<p class="wall-empty-title">{}</p>{}', empty.title, text)


def count_item(card: StatCard) -> Item:
    """One of the large numbers."""
    return Item(
        card.key,
        html("<strong>{}</strong><span>{}</span>", card.value_label, card.label),
        {
            "class": f"wall-count {card.tone}".strip(),
            "data-stat": card.key,
            "data-value": "" if card.value is None else str(card.value),
        },
    )


@lru_cache(maxsize=256)  # most tiles stand through many refreshes, on many walls
def tile_item(tile: KioskTile, *, waited: str = "") -> Item:
    """A waiting ticket; without `waited` the browser says how long, and goes on counting."""
    sign = html("<span>{} </span>", tile.waiting_sign) if tile.waiting_sign else NOTHING
    product = html('<bdi translate="no">{}</bdi>', tile.product) if tile.product else NOTHING
    content = html(
        '<p class="wall-age">{}<time data-since="{}">{}</time></p><p class="wall-badge">{}</p>'
        '<h2 class="wall-subject" dir="auto">{}</h2><p class="wall-who">'
        '<bdi translate="no">{}</bdi>{}</p>',
        sign,
        tile.waiting_since,
        waited,
        tile.badge,
        tile.subject,
        tile.customer,
        product,
    )
    style = f"wall-tile tone-{tile.tone}"
    return Item(tile.id, content, {"class": style, "data-ticket-id": tile.id}, tag="article")
