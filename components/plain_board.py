"""The wall as plain HTML, for televisions whose engine knows nothing the framework needs.

What asks again is a few lines of ES5, or without scripts the browser itself. While the desk is
silent, styles alone let the data grow old: each word lasts as long as it is true.
"""

from components.data import KioskData, PlainKioskData
from components.html import NOTHING, Html, html, join
from components.i18n import _
from components.keyed_list import Item
from components.kiosk_board import (
    FROM,
    LATE_WORD,
    OLD_WORD,
    count_item,
    empty_html,
    page_words,
    tile_item,
)
from components.kiosk_chart import chart_html
from components.site import SITE

REFRESH_SECONDS = 10
"""less than a page stays, so that each is seen"""

# An answer that is no board leaves the last one there, greyed; the sentence of a desk that lets
# this display in no longer, a board of another look, and the live wall are worth a new page.
_SCRIPT = """<script>
function ask() {
  var http = new XMLHttpRequest(), old = document.querySelector("[data-kiosk]");
  http.onloadend = function () {
    var page = http.response, board = page && page.querySelector("[data-kiosk]");
    var alike = board && board.getAttribute("data-look") === old.getAttribute("data-look");
    var other = page && page.querySelector(".wall-door, #esm-fallback");
    if (board ? !alike : other) return location.reload();
    if (alike) old.parentNode.replaceChild(document.importNode(board, true), old);
    else old.setAttribute("data-state", "silent");
  };
  http.open("GET", location.href);
  http.responseType = "document";
  http.timeout = 8000;
  http.setRequestHeader("Accept", "text/html");
  http.send();
}
setInterval(ask, 10000);
document.cookie = "ticketdesk_zone=" + Intl.DateTimeFormat().resolvedOptions().timeZone;
</script>"""

LEAD = """<script>
addEventListener("load", function () {
  var to = location.pathname + "/plain" + (location.search || "?") + "&led=1";
  if (document.getElementById("esm-fallback")) location.replace(to);
});
</script>"""
"""Leads from the live wall here: once all is loaded, the framework's own fallback still stands
exactly where it cannot start; one that is merely slow has not loaded yet."""


_KEEP = """<script>
addEventListener("load", function () {
  var told = document.querySelector("[data-worker]").dataset, workers = navigator.serviceWorker;
  function keep() {
    fetch(told.board).then(function (answer) {
      if (answer.ok) caches.open("wall").then(function (kept) { kept.put(told.wall, answer); });
    }, Boolean);
  }
  if (workers) workers.register(told.worker, { scope: told.wall }).then(keep, Boolean);
  if (workers) setInterval(keep, 60000);
});
</script>"""


def keep_html(*, worker: str, light: bool) -> str:
    """Keeps a board once a minute, for a wall that loads itself while the desk is not there.

    Browsers let a page do that by https and on the machine of the desk alone.

    Args:
        worker: the address of assets/wall_worker.js, which shows the board that was kept.
    """
    board = "/kiosk/plain?kept=1&theme=light" if light else "/kiosk/plain?kept=1"
    told = html(
        '<meta name="wall-keep" data-worker="{}" data-wall="{}" data-board="{}">',
        worker,
        SITE.link("/kiosk"),
        SITE.link(board),
    )
    return f"{told}{_KEEP}"


def plain_page(data: PlainKioskData, *, head_html: str, light: bool, look: str, vue: str) -> str:
    """The whole page.

    Args:
        head_html: its style, and what keeps the board.
        look: what changes with the style.
        vue: the framework's module, for a display that was led here; "" for any other.
    """
    again = html('<meta http-equiv="refresh" content="{}">', REFRESH_SECONDS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{_('Ticketdesk wall')}</title>"
        f'<meta name="viewport" content="width=device-width"><noscript>{again}</noscript>'
        f"{head_html}</head><body>{plain_board(data, light=light, look=look)}{_SCRIPT}"
        f"{_way_back(vue) if vue else NOTHING}</body></html>"
    )


def _way_back(vue: str) -> Html:
    """Leads to the live wall where what the framework needs is understood, and comes, after all."""
    return html(
        '<script type="importmap">{{"imports": {{"vue": "{}"}}}}</script><script type="module">'
        'import "vue";'
        'location.replace(location.href.replace("/plain", "").replace("&led=1", ""))</script>',
        vue,
    )


def plain_board(data: PlainKioskData, *, light: bool, look: str) -> Html:
    """The board, which is replaced as a whole."""
    board = data.board
    return html(
        '<div class="wall" data-kiosk data-state="{state}" data-shift="{shift}" data-look="{look}"'
        ' data-size="{size}"{light}{dim}><header class="wall-counts" {old}>{counts}</header>'
        '<main class="wall-main" {old}>{main}</main><footer class="wall-foot">{fresh}'
        '<span class="wall-why">{why}</span><span class="wall-page">{page}</span>'
        '<span class="wall-more">{more}</span><span class="wall-colours">{colours}</span>'
        "</footer></div>",
        state=data.state,
        shift=data.shift,
        look=look,
        light=html(" data-light") if light else NOTHING,
        old=html('style="animation-delay:{}s"', data.old_in) if data.as_of else NOTHING,
        counts=join(_element(count_item(card)) for card in board.counts),
        main=_main(board),
        fresh=_fresh(data),
        why=board.why,
        page=page_words(board),
        more=board.more,
        colours=board.colours,
        size=board.size,
        dim=html(" data-dim") if board.is_dim else NOTHING,
    )


def _main(board: KioskData) -> Html:
    if board.chart is not None:
        return html('<div class="wall-chart">{}</div>', chart_html(board.chart))
    if board.tiles or board.empty is None:
        tiles = join(_element(tile_item(tile, waited=tile.waited)) for tile in board.tiles)
        return html('<div class="wall-tiles">{}</div>', tiles)
    return html('<div class="wall-empty">{}</div>', empty_html(board.empty))


def _fresh(data: PlainKioskData) -> Html:
    """How fresh the data is, in words of which the style shows the one that is true by then."""
    fresh = data.board.freshness
    late, old = data.late_in, data.old_in
    if fresh.state == "live":
        words = join(
            (
                _word("live", fresh.label, until=late),
                _word("stale", LATE_WORD, since=late, until=old),
                _word("offline", OLD_WORD, since=old),
            )
        )
    else:
        words = _word(fresh.state, fresh.label)
    return html(
        '<span class="fresh" role="status" data-freshness="{}">{}{} <time>{}</time> {}</span>',
        data.state,
        words,
        _word("silent", _("The desk does not answer")),
        FROM.format(time=data.as_of) if data.as_of else "",
        fresh.progress,
    )


def _word(state: str, said: str, *, since: int = 0, until: int | None = None) -> Html:
    """A word that is there from `since` to `until` seconds after the board has come."""
    if until is not None and until <= 0:
        return NOTHING
    style = html(
        "word {}{}{}",
        state,
        html(" comes") if since > 0 else NOTHING,
        html(" goes") if until is not None else NOTHING,
    )
    delays = ",".join(f"{seconds}s" for seconds in (since, until) if seconds)
    return html(
        '<b class="{}" style="animation-delay:{}"><i class="dot"></i>{}</b>', style, delays, said
    )


def _element(item: Item) -> Html:
    return html(
        "<{tag}{attributes}>{content}</{tag}>",
        tag=item.tag,
        attributes=join(html(' {}="{}"', name, value) for name, value in item.attributes.items()),
        content=item.content,
    )
