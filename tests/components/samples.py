"""What the gallery and the tests of the components show: plausible data, and hostile data."""

from datetime import UTC, datetime, timedelta

from components import figures
from components.data import (
    ChartData,
    EmptyData,
    FreshnessData,
    KioskBar,
    KioskChart,
    KioskData,
    KioskDay,
    KioskTile,
    NoticeData,
    Option,
    PaletteData,
    PaletteEntry,
    SavedViewItem,
    StatCard,
    TableData,
    TicketRow,
    ViewItem,
)
from components.filter_data import Chip, FilterBarData, SearchData, SearchHint
from components.page_links import PageLink

NOW = datetime.now(UTC)

SUBJECTS = (
    "Order not received",
    "License key says it is already used",
    "Charged twice for the same order",
    "Crypto payment stuck at 0 of 2 confirmations",
    "Invoice with VAT number needed",
    "Download link expired before I could use it",
    "مرحبا، لم يصلني الطلب حتى الآن",
    "<img src=x onerror=alert(1)> <b>bold</b> & ${7*7} `{{ 1 + 1 }}`",
    "Wrong product was delivered and nobody answers, this is the third time I write about it "
    "and I would really like to hear something before the weekend",
    "H̷̛͎̼̝̳̲̟͙̻̠͙̱̖͙͍̞̹̐͒̿̉̎̀̿̚ę̴̡̢̛̼̟̫̫̗̖͕͇͚̞̺̈́̇͑̑͛̈́̀̽͆͒͋͋̇l̷̢̧̛̟̦̰̠̟͔̟̰̞̯͐͐̓̒̈́̈́̔̈̍̅͠p̵̢̧̝̬̲̳̤̼̱̹̟͙̤̋̓̑̓̀̈́̓͑̅̎̕͠ zalgo",
    "\u202egnorw si siht\u202c and \u2067isolated\u2069",
    "キーが届きません",
    "Refund please",
)
PEOPLE = ("anna@example.com", "k.weber@example.org", "j.o'neil+shop@example.com", "李雷@example.cn")
PRODUCTS = ("Premium License", "Pixel Theme Pro", "Synth Pack Vol. 3", "Course: Watercolour")
TONES = (
    ("waiting", "Needs response"),
    ("late", "Needs response"),
    ("idle", "Waiting on customer"),
    ("closed", "Waiting on customer"),
    ("waiting", "Needs response"),
    ("unknown", "pending"),
)


def ago(**length: float) -> str:
    """So long ago, and a moment, when it is asked for: the gallery may have run for minutes."""
    return (datetime.now(UTC) - timedelta(**length) - timedelta(seconds=1)).isoformat()


def row(number: int, **changes: object) -> TicketRow:
    tone, turn = TONES[number % len(TONES)]
    values: dict[str, object] = {
        "id": f"tkt_{number:04}",
        "subject": SUBJECTS[number % len(SUBJECTS)],
        "snippet": "I have waited for two days now and nothing came." if number % 3 == 0 else "",
        "status": "closed" if tone == "closed" else "open",
        "status_label": "Closed" if tone == "closed" else "Open",
        "awaiting": "seller" if turn == "Needs response" else "customer",
        "awaiting_label": turn,
        "tone": tone,
        "customer": PEOPLE[number % len(PEOPLE)],
        "product": PRODUCTS[number % len(PRODUCTS)],
        "amount": ("$29.99", "€1,249.00", "¥3,800", "—")[number % 4],
        "messages": str(1 + number % 7),
        "updated_at": ago(minutes=3 * number * number),
        "updated_exact": "20 January 2025, 12:30:00",
        "note": ("", "Draft", "", "Not confirmed", "", "Sending", "", "")[number % 8],
        "note_tone": "late" if number % 8 == 3 else "",
        "other_open": "+2 open" if number % 5 == 4 else "",
        "place": f"place {number}",
        "number": number,
    }
    return TicketRow(**(values | changes))  # type: ignore[arg-type]  # names are those of the class


def waits(**back: float) -> dict[str, str]:
    """A customer who has waited so long."""
    return {"waiting_since": ago(**back), "waiting_exact": "Waits since 20 January 2025, 12:30:00"}


def table(numbers: range | list[int] = range(25), **changes: object) -> TableData:
    values: dict[str, object] = {
        "rows": tuple(row(number) for number in numbers),
        "count": 412,
        "range_label": "1\u201325 of 412",
        "pages": 17,
        "asked": 1,
        "newest": 50,
    }
    return TableData(**(values | changes))  # type: ignore[arg-type]  # names are those of the class


EMPTY = EmptyData(
    title="Nobody is waiting.", text="4 customers owe you an answer.", action="Show them"
)

STATS = (
    StatCard(
        key="needs-response",
        label="Needs response",
        value=8,
        value_label="8",
        trend=(2, 5, 3, 6, 4, 7, 9, 6, 8),
        tone="waiting",
        active=True,
    ),
    StatCard(
        key="open", label="Open", value=12, value_label="12", trend=(8, 9, 11, 10, None, 12, 12)
    ),
    StatCard(
        key="closed", label="Closed", value=10013, value_label="10,013", trend=tuple(range(20))
    ),
    StatCard(key="total", label="All tickets", value=None, value_label="—", note="as of 12:31"),
)

CHARTS = (
    ChartData(
        key="days",
        title="Opened and closed per day",
        summary="Most were opened on 12 January.",
        figure=figures.opened_and_closed(
            [
                (
                    (NOW - timedelta(days=29 - d)).date().isoformat(),
                    (d * 7) % 11 + 3,
                    (d * 5) % 9 + 2,
                )
                for d in range(30)
            ],
            zone="Europe/Berlin",
        ),
        choices=(Option(value="2025-01-20", label="Jan 20, 2025: 3 opened, 1 closed"),),
    ),
    ChartData(
        key="waiting",
        title="Waiting by age",
        summary="2 wait longer than a day.",
        figure=figures.waiting_by_age(
            [
                ("0-1", "< 1 h", 3),
                ("1-4", "1\u20134 h", 2),
                ("4-24", "4\u201324 h", 5),
                ("24-72", "1\u20133 d", 2),
                ("72-", "> 3 d", 1),
            ]
        ),
        choices=(Option(value="4-24", label="4\u201324 h: 5 tickets"),),
    ),
)

FILTERS = FilterBarData(
    products=tuple(Option(value=name, label=f"{name} ({n})") for n, name in enumerate(PRODUCTS)),
    currencies=(Option(value="USD", label="USD (300)"), Option(value="EUR", label="EUR (112)")),
)
FILTERED = FilterBarData(
    query="refund",
    status="open",
    needs_response=True,
    product=PRODUCTS[0],
    created_from="2025-01-01",
    products=FILTERS.products,
    currencies=FILTERS.currencies,
    chips=(Chip(key="query", label="“refund”"), Chip(key="product", label=PRODUCTS[0])),
)

LINE = NoticeData(text="3 replies need your review.", tone="warning", action="Review")

SEARCH = SearchData(
    hints=(
        SearchHint(insert="from:", example="from:anna@example.com", finds="an address"),
        SearchHint(insert="older:", example="older:3d", finds="not updated so long"),
        SearchHint(insert="-", example="-refund", finds="tickets without a word"),
    )
)
HITS = {
    "subject": ("Order ", "not", " received"),
    "customer": ("", "<b>anna", "@example.com"),
}


PALETTE = PaletteData(
    query="what was typed",
    entries=tuple(
        PaletteEntry(key=key, label=label, note=note, hotkey=hotkey)
        for key, label, note, hotkey in (
            ("one", "Write a reply", "", "r"),
            ("two", "Needs response", "12", ""),
            ("three", "<b>Refund</b> " * 9, "Open · anna@example.com", ""),
        )
    ),
    says="3 entries",
)

SAVED_VIEWS = (
    SavedViewItem(key="saved 1", name="Refunds of the week"),
    SavedViewItem(key="saved 2", name="Licence keys", note="Shared by Ana", is_own=False),
)
VIEWS = tuple(
    ViewItem(
        key=key,
        label=label,
        count=count,
        indent=indent,
        active=key == "needs-response",
        href=f"/?view={key}",
        tone="waiting" if key == "needs-review" else "",
    )
    for key, label, count, indent in (
        ("needs-review", "Needs review", "3", 0),
        ("needs-response", "Needs response", "8", 0),
        ("never-answered", "Never answered", "3", 1),
        ("customer-replied", "Customer replied", "5", 1),
        ("over-a-day", "Waiting > 24 h", "2", 1),
        ("waiting-on-customer", "Waiting on customer", "4", 0),
        ("open", "Open", "12", 0),
        ("closed", "Closed", "10,013", 0),
        ("all", "All tickets", "10,025", 0),
    )
)

LIVE = FreshnessData(state="live", label="Live", as_of=ago(seconds=4))
STALE = FreshnessData(
    state="stale",
    label="Stale",
    as_of=ago(minutes=3),
    progress="3,400 of 10,000 tickets",
    notice=NoticeData(
        text="The Tickets API asked for a pause of 40 s. Drafts and replies are kept.",
        tone="warning",
        action="Try now",
    ),
)
OFFLINE = FreshnessData(
    state="offline",
    label="Offline",
    as_of=ago(hours=2),
    notice=NoticeData(
        text="The Tickets API cannot be reached. Showing the copy of 10:31; drafts and replies "
        "are kept.",
        tone="error",
        action="Try now",
    ),
)


WALL = KioskData(
    counts=tuple(card for card in STATS if card.key != "total"),
    tiles=tuple(
        KioskTile(
            id=f"tkt_{n:04}",
            subject=SUBJECTS[n],
            customer="a•••@e•••.com",
            product=f"{PRODUCTS[n % 4]} · $29.99",
            waiting_since=ago(hours=40 - 5 * n),
            waited=f"{40 - 5 * n} h",
            tone=("late", "late", "waiting", "waiting", "waiting", "calm", "calm", "calm")[n],
            badge="Never answered" if n % 2 else "Customer replied",
        )
        for n in range(8)
    ),
    more="The longest 24 of 38 waits",
    colours="Amber from 4 h, red from 24 h",
    pages=3,
    freshness=LIVE,
)

BARS = KioskChart(
    title="Waiting by product",
    bars=tuple(
        KioskBar(label=label, count_label=count, percent=percent, tone=tone)
        for label, count, percent, tone in (
            ("Theme with a name that is far too long for any bar of a wall", "1,204", 100, "late"),
            ("<b>Icons</b>", "420", 35, "waiting"),
            *((f"Product {n}", str(90 - n), 9 - n, "calm") for n in range(5)),
            ("12 other products", "31", 3, "calm"),
        )
    ),
)
TREND = KioskChart(
    title="The last 14 days",
    days=tuple(
        KioskDay(
            label="Today" if n == 13 else f"{n + 7} January",
            opened_percent=(37 * n + 29) % 101,
            closed_percent=(53 * n + 40) % 97,
        )
        for n in range(14)
    ),
    most="24 at most on a day",
    opened="231 opened",
    closed="198 closed",
)

PAGES = (
    PageLink(label="Health", address="/health"),
    PageLink(label="<b>Settings</b>", address="/settings"),
)
