"""The text of a message as HTML: paragraphs and links, nothing else, whatever was written."""

import re
import socket
import unicodedata
from urllib.parse import unquote, urlsplit

from components.data import Segment
from components.html import NOTHING, Html, html, join
from components.i18n import _

MOST_BOXES = 200
"""for the paragraphs of one message"""

_SAFE = re.compile(r"https?:|mailto:", re.IGNORECASE)
_COLUMNS = re.compile(r"[^\s.!?](?: {3}|\t)\s*\S")
"""words that blanks or a tab hold apart, as in a table; not two sentences"""
_SCHEME = re.compile(r"^(?:https?://|mailto:)")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_USUAL_PORTS = {"http": 80, "https": 443}


def message_html(segments: tuple[Segment, ...]) -> Html:
    """The text in boxes.

    Each paragraph is a box of its own, so that letters with towers of marks do not paint over the
    paragraphs around them; of very many, several share one: the elements of a message are counted.
    """
    breaks = sum(segment.text.count("\n") for segment in segments)
    shared = -(-(breaks + 1) // MOST_BOXES)
    boxes: list[list[Html]] = [[]]
    lines = 0
    for segment in segments:
        if _SAFE.match(segment.href):
            boxes[-1].append(_link(segment))
            continue
        first, *more = segment.text.split("\n")
        pending = [first]
        for line in more:
            pending.append("\n")
            lines += 1
            if lines % shared == 0:
                boxes[-1].append(_words("".join(pending), segment))
                boxes.append([])
                pending = []
            pending.append(line)
        boxes[-1].append(_words("".join(pending), segment))
    return join(_box(join(box)) for box in boxes)


def _box(content: Html) -> Html:
    style = "msg-line aligned" if _COLUMNS.search(content) else "msg-line"
    return html('<div class="{}">{}</div>', style, content)


def _words(text: str, segment: Segment) -> Html:
    return html("<mark>{}</mark>", text) if segment.hit else html("{}", text)


def _link(segment: Segment) -> Html:
    """A link, and where it leads if its text says something else."""
    goes = target(segment.href)
    seems = _SCHEME.sub("", segment.text.lower())
    told = html('<span class="msg-host"> ({})</span>', _("opens {host}").format(host=goes))
    return html(
        '<a href="{}" target="_blank" rel="noopener noreferrer nofollow" title="{}"'
        ' data-host="{}">{}</a>{}',
        segment.href,
        _("Opens {host}").format(host=goes),
        goes,
        _words(segment.text, segment),
        NOTHING if not goes or seems.startswith(goes) else told,
    )


def target(href: str) -> str:
    """Where a link really leads: the host as the network knows it, so that look-alikes show.

    Returns: the host as browsers read it, with a port that is not the usual one; an address for
        mail; empty where a browser could not follow it.
    """
    if href.lower().startswith("mailto:"):
        return href[len("mailto:") :].partition("?")[0].partition("#")[0].lower()
    try:
        parts = urlsplit(href.replace("\\", "/"))
        host, port = _known(unquote(parts.hostname or "")), parts.port
    except (ValueError, OSError):
        return ""
    return host if port in (None, _USUAL_PORTS.get(parts.scheme)) else f"{host}:{port}"


def _known(host: str) -> str:
    """A host as the network knows it: letters outside of ASCII in Punycode, numbers as an address.

    Source: WHATWG URL, "host parsing".
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", host.lower()).lower())
    labels = [
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
        for label in plain.replace("\u3002", ".").split(".")
    ]
    while len(labels) > 1 and not labels[-1] and _NUMBER.fullmatch(labels[-2]):
        labels.pop()
    if _NUMBER.fullmatch(labels[-1]):
        return socket.inet_ntoa(socket.inet_aton(".".join(labels)))
    return ".".join(labels)
