"""Texts as a wall may show them: no address, id, key, link, phone or card number. (pure)

Patterns look at a plain form of the text, letter by letter: lower case, digits and letters of any
width or script's digits, dashes and blanks as ASCII, without marks and hidden signs. What they find
is replaced in the text itself. What looks like a price, a version, a date or a year is left alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from app.domain.bounds import LINE_SHOWN, cut

HIDDEN = "\u2026"
LONGEST = 256
"""characters of an address or a number; one that begins within what is shown is seen to its end"""

Span = tuple[int, int]


def masked(email: str | None, known: Iterable[str | None] = ()) -> str | None:
    """`a…@example.com`: the first sign and the host; how long the name is stays hidden.

    Args:
        known: ids that hide the host if they stand in it.
    """
    if email is None:
        return None
    name, at, host = email.strip().rpartition("@")
    if not at:
        return f"{host[:1]}{HIDDEN}"
    labels = host.replace(".", " ")  # or a host would count as a link
    is_host = re.fullmatch(r"[\w.-]*", host) and without_identifiers(labels, known) == labels
    return f"{name[:1]}{HIDDEN}@{host if is_host else HIDDEN}"


def names_of(email: str | None) -> tuple[str, ...]:
    """An address as it may stand in a subject: whole, and its name where no plain word is one."""
    name, at, _ = (email or "").strip().rpartition("@")
    is_name = len(name) >= 5 and not name.isalpha()
    return (email or "", name) if at and is_name else (email or "",)


def without_identifiers(text: str | None, known: Iterable[str | None] = ()) -> str | None:
    """The beginning of a text, with nothing in it that leads to a person or an order.

    Args:
        known: ids that are hidden whatever they look like.
    """
    if text is None:
        return None
    ids = tuple(sorted({id_ for id_ in known if id_}))
    looked_at = LINE_SHOWN + max([LONGEST, *map(len, ids)])
    return _without_identifiers(text[:looked_at], ids)


@lru_cache(maxsize=2048)  # the same tickets wait at each look
def _without_identifiers(text: str, known: tuple[str, ...]) -> str:
    plain, places = _plain(text)
    shown: list[str] = []
    end = 0
    beginning = cut(text, LINE_SHOWN)
    written = "".join(text[place] for place in places)
    for begin, stop, host in _merged((*_found(plain, known), *_shouted(written))):
        first, last = places[begin], places[stop - 1] + 1
        if first >= len(beginning):
            break
        kept = f"{text[first]}{HIDDEN}@{plain[host:stop]}" if host else HIDDEN
        shown += [text[end:first], kept]
        end = last
    return cut("".join(shown) + beginning[end:], LINE_SHOWN)


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The plain form of `text`, and the place in `text` of each of its letters."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters = [(at, letter) for at, sign in enumerate(text) if (letter := _letter(sign))]
    return "".join(letter for _, letter in letters), [at for at, _ in letters]


_PLAIN = {"\u2212": "-", "\u3002": ".", "\uff61": "."}
"""signs that stand for another one: a minus, and the full stops that browsers take for a dot"""


@lru_cache(maxsize=10_000)
def _letter(sign: str) -> str:
    """The plain form of one sign; none for a mark or a hidden one."""
    category = unicodedata.category(sign)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    if category in {"Pd", "Zs"} or sign in _PLAIN:
        return _PLAIN.get(sign, "-" if category == "Pd" else " ")
    digit = unicodedata.digit(sign, None)
    plain = str(digit) if digit is not None else unicodedata.normalize("NFKC", sign).lower()
    return plain if len(plain) == 1 else sign


def _merged(found: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Spans in order, those that touch as one; a third number is where the host of one begins."""
    merged: list[tuple[int, int, int]] = []
    for begin, end, host in sorted(found):
        if merged and begin <= merged[-1][1]:
            first, last, other = merged[-1]
            merged[-1] = (first, max(last, end), other if (begin, end) == (first, last) else 0)
        else:
            merged.append((begin, end, host))
    return merged


def _found(plain: str, known: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
    for id_ in known:
        for span in _whole(plain, _plain(id_.strip())[0]):
            yield (*span, 0)
    for found in _ADDRESS.finditer(plain):
        yield found.start(), found.end(), 0 if found["rest"] else found.start("host")
    for pattern in _ALWAYS:
        for found in pattern.finditer(plain):
            yield (*found.span(_named(found)), 0)
    for begin, end in _cards(plain):
        yield begin, end, 0
    harmless = _joined(plain, [m.span() for pattern in _HARMLESS for m in pattern.finditer(plain)])
    for pattern, is_meant in _JUDGED:
        for found in pattern.finditer(plain):
            group = _named(found)
            if is_meant(found[group]) and not _lies_in(found.span(group), harmless):
                yield (*found.span(group), 0)


def _shouted(written: str) -> Iterator[tuple[int, int, int]]:
    """What only its capitals tell from words, in a text that is not all capitals."""
    if written.isupper():
        return
    for found in _SHOUTED.finditer(written):
        yield (*found.span("id"), 0)
    for found in re.finditer(r"[A-Za-z0-9+/_-]{16,}+=*+", written):
        runs = len(re.findall(r"[a-z]+|[A-Z]+|\d+", found[0]))
        if runs > len(found[0]) * 0.42:  # words written LikeThis change less often
            yield (*found.span(), 0)


def _named(found: re.Match[str]) -> str | int:
    """The group that holds what is hidden: the whole, where no part of it is named."""
    return "id" if found.groupdict().get("id") is not None else 0


def _whole(plain: str, id_: str) -> Iterator[Span]:
    """Where an id stands by itself, not as a part of a word or a number."""
    at = plain.find(id_) if id_ else -1
    while at >= 0:
        end = at + len(id_)
        if not (_goes_on(plain[at - 1 : at], id_[0]) or _goes_on(plain[end : end + 1], id_[-1])):
            yield at, end
        at = plain.find(id_, end)


def _goes_on(beside: str, edge: str) -> bool:
    """Whether a word or number does not end between these two signs: both letters, or digits."""
    if not (beside.isalnum() and edge.isalnum()):
        return False
    return beside.isascii() == edge.isascii()


def _joined(plain: str, spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those with nothing but spaces between them as one."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and not plain[joined[-1][1] : begin].strip():
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _lies_in(span: Span, others: Iterable[Span]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in others)


# ── What always identifies ──────────────────────────────────────────────────────────────────────

_PLAIN = {"\u2212": "-", "\u3002": ".", "\uff61": "."}
"""signs that stand for another one: a minus, and the full stops that browsers take for a dot"""

_NO_NAME = r"\s@<>()\[\]{}\"',;:"
_NAME = rf"(?<![^{_NO_NAME}])[^{_NO_NAME}]"
_AT = r"@|\s?[(\[{<_*-]\s?(?:at|\u00e4t|@)\s?[)\]}>_*-]\s?"
_DOT = r"(?:\.|\s?[(\[{<_]\s?(?:dot|punkt|\.)\s?[)\]}>_]\s?|\s(?:dot|punkt)\s)"
_ADDRESS = re.compile(
    # anna@example.com, o'neill@example.com, anna [at] example [dot] com
    rf"{_NAME}++(?:'[^{_NO_NAME}]++)?(?:{_AT})"
    rf"(?P<host>[^{_NO_NAME}/?#]++(?:{_DOT}[a-z]{{2,24}}\b)*+)(?P<rest>(?:[/?#]\S*+)?)"
)
_HOST = rf"[\w-]++(?:{_DOT}[\w-]++){{0,5}}{_DOT}[^\W\d_]{{2,24}}(?!\w)"
_ADDRESSES = (
    # "Anna Perez"@example.com, anna @ example.com, anna@[192.0.2.1]
    r"[\"'\u201c\u201d\u2019][^\"'@\n]{1,64}[\"'\u201c\u201d\u2019]@\S++",
    rf"{_NAME}++(?:(?:\s{{1,2}}@\s{{0,2}}|@\s{{1,2}}){_HOST}|@\[[\da-f.:]++\])",
    # anna at example.com, anna at example dot com, anna%40example.com
    rf"{_NAME}++\sat\s(?![\w.-]+\.(?:js|ts|io)\b){_HOST}",
    rf"{_NAME}+?(?:%40|&#64;|&#x40;|&commat;|[_-]at[_-]){_HOST}",
)

_ENDS = r"(?!js\b|ts\b|py\b|rb\b|php\b|exe\b|zip\b|pdf\b|cpp\b|html?\b)"
_LINKS = (
    r"(?<![a-z0-9])[a-z][a-z0-9+.-]{1,15}://\S++",
    r"(?<![a-z0-9])(?:mailto|tel|sms|sip|xmpp|skype|magnet|data|javascript|blob|bitcoin|ethereum):"
    r"(?=\S)\S++",
    r"(?<![\w.@-])(?:www|ftp)\.\S++",
    # A name of the net with a port, a path or a mark; "node.js/react" is none.
    rf"(?<![\w.@-])(?:[\w-]{{1,63}}\.){{1,5}}{_ENDS}(?:[^\W\d_]{{2,24}}|xn--[a-z0-9-]{{2,59}})"
    r"(?::\d{1,5}(?!\d)|(?::\d{1,5})?[/?#](?=\w)\S++)",
    r"(?<![\w.-])(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]{2,45}\])(?::\d{2,5}|/\w)\S*+",
    r"(?<![\w.-])(?:[\w-]{1,63}\.){0,5}xn--[\w.-]++\S*+",
)

_ORDERS = (
    *(
        "order",
        "bestellung",
        "bestellnummer",
        "auftrag",
        "commande",
        "pedido",
        "ordine",
        "bestelling",
    ),
    *(
        "zamówienie",
        "objednávka",
        "rendelés",
        "sipariş",
        "comanda",
        "beställning",
        "tilaus",
        "đơn hàng",
    ),
    *("pesanan", "заказ", "замовлення", "поръчка", "παραγγελία", "طلب", "הזמנה", "ऑर्डर", "คำสั่งซื้อ"),
    *(
        "注文",
        "订单",
        "訂單",
        "주문",
        "invoice",
        "rechnung",
        "facture",
        "factura",
        "fattura",
        "fatura",
    ),
    *("faktura", "faktúra", "számla", "factuur", "lasku", "hóa đơn", "счет", "счёт", "рахунок"),
    *("τιμολόγιο", "فاتورة", "חשבונית", "ใบแจ้งหนี้", "請求書", "发票", "發票", "인보이스", "송장"),
    *("ticket", "case", "receipt", "quittung", "transaction", "transaktion", "payment id", "ref"),
    *("reference", "customer id", "kundennummer", "account number", "konto", "iban", "vat"),
    *("bestell", "auftrags", "rechnungs", "kunden", "zamówienia", "inv", "ord", "tkt", "rma"),
)
_SECRETS = (
    *(
        "license",
        "licence",
        "lizenz",
        "licencia",
        "licenza",
        "serial",
        "activation",
        "api",
        "secret",
    ),
    *(
        "key",
        "keys",
        "schlüssel",
        "clé",
        "clave",
        "chiave",
        "ключ",
        "token",
        "password",
        "passwort",
    ),
    *("mot de passe", "contraseña", "пароль", "密码", "パスワード", "pin", "voucher", "coupon"),
)
_NUMBERS = (
    *("#", "№", "no", "nr", "num", "number", "nummer", "numéro", "numero", "número", "n°", "nº"),
    *("id", "code", "код", "номер", "号", "号码", "番号", "번호", "编号", "編號", "رقم", "מספר"),
    *("หมายเลข", "número de", "numarası", "numer", "číslo", "numeris"),
)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(_plain(word)[0]) for word in sorted(words, key=len, reverse=True))


_BEGIN = r"(?<![a-z0-9])"
_ENDING = r"(?:s|n|[аеиоуы]м?|ов)?"
_BETWEEN = r"[^\w\n]{0,3}"
_YEAR = r"(?:19|20)\d\d"
_NUMBERED = r"(?P<id>(?=(?:[^\W\d]|-){0,40}+\d)[a-z0-9][a-z0-9_-]*+)"
_MUCH = r"(?![.,]\d|\s?(?:[%x×]|\w*(?:licen|lizenz|user|seat|cop[iy]|key|piece|pcs|unit|item)))"

_NAMED = (
    # "order no. 7", "Rechnung Nr. 12", "注文番号：7"
    rf"{_BEGIN}(?:{_any(_ORDERS)}){_ENDING}{_BETWEEN}(?:{_any(_NUMBERS)}){_BETWEEN}{_NUMBERED}",
    # a number after a hash, or after "no."
    r"(?<![\w#&])#\s?(?:\d{2,}(?![\w])|[a-z]{1,6}-\d[\w-]*+)",
    r"(?<!\w)(?:№\s?|n(?:[.][o°]|°)\s?|(?:no|nr)[.]\s?(?=\d\d))(?P<id>\d[\w-]*+)",
    # INV77, ord 77, INV-77, INV/2024/77
    rf"{_BEGIN}(?:inv|ord|tkt|rma)[ #:]{{0,2}}\d{{2,}}(?!\w)",
    rf"{_BEGIN}(?:inv|ord|tkt|rma|invoice|ticket)[-_]{_NUMBERED}",
    rf"{_BEGIN}(?:inv|ord|tkt|rma)[/.:#](?:{_YEAR}[/.-])?\d++",
    # what follows "password:"
    rf"{_BEGIN}(?:password|passwort|passwd|pass|pwd|mot de passe|contrasena|contraseña|пароль|密码"
    r"|パスワード|pin)(?:\s?[:=]\s?|\s(?:is|ist|est|es)\s?:?\s)"
    r"(?P<id>(?=\S{0,64}?[\d!$%&*+=?@^~])\S{4,}+)",
    # a code that is good once
    rf"{_BEGIN}(?:otp|tan|2fa|pin|verification code|security code|cvv|cvc)"
    r"(?:\scode)?(?:\s?[:=#]\s?|\s(?:is\s)?)(?P<id>\d(?:[ -]?\d){2,9})(?!\d)",
    rf"(?<!error )(?<!exit ){_BEGIN}code[:=#\s]{{1,3}}(?P<id>\d{{6}}(?!\d))",
    # a card's number in part
    r"(?<!\w)(?:\d{4,6}[ -]?)?(?:(?:[*\u2022\u00b7]{2,4}|x{4})[ -]?){1,4}\d{2,4}(?!\d)",
    r"(?<!\w)\d{4,6}(?:[*\u2022\u00b7]{2,12}|x{4,12})\d{2,4}(?!\d)",
    rf"{_BEGIN}ending(?: in| with)? \d{{4}}(?!\d)",
    rf"{_BEGIN}(?:visa|mastercard|maestro|amex|card|karte|carte|tarjeta|карта)"
    rf"[ :*x\u2022\u00b7.#-]{{1,6}}(?P<id>(?!{_YEAR}(?!\d))\d{{4}}(?![\d.,]))",
    # a telephone by its word
    rf"{_BEGIN}(?:tel|phone|telephone|telefon|telefono|whatsapp|mobile|handy|тел|телефон|电话|電話"
    r"|전화)\.?[\s:.+#-]{0,3}(?P<id>\d(?:[ ()./-]{0,2}\d){4,17})(?!\d)",
    # whoever bears it may enter
    rf"{_BEGIN}(?:bearer|basic)\s(?P<id>(?=\S{{0,64}}?[\d=_])\S{{8,}}+|[a-z0-9+/]{{20,}}+=*+)",
)
_PREFIXED = (
    rf"{_BEGIN}(?:(?:sg|sk|pk|rk|whsec|tkt|ord|inv|cus|acct|txn|gh[pousr]|npm|hf)_[a-z0-9_-]++"
    r"|(?:sk-(?:proj|ant|live|test)|xox[abprs]|glpat)-[a-z0-9_-]++"
    r"|(?:akia|asia|aiza)[a-z0-9_-]{12,}+|eyj[a-z0-9_-]{8,}+(?:\.[a-z0-9_-]++)*+)",
    rf"{_BEGIN}(?:inv|ord|tkt|ticket|order|invoice|rma|so|cust|kd|rg|case)(?:[-_]{_NUMBERED}|\d{{3,}}+(?!\w))",
)
_SHOUTED = re.compile(
    # what follows "key:" or "order id:" in capitals
    rf"(?i:{_BEGIN}(?:{_any((*_ORDERS, *_SECRETS))})(?:s|n)?(?:{_BETWEEN}(?:{_any(_NUMBERS)}))?)"
    r"\s?[:=#]\s?(?P<id>[A-Z][A-Z-]{4,}+)(?![a-z])"
)
_ALWAYS = tuple(re.compile(pattern) for pattern in (*_ADDRESSES, *_LINKS, *_NAMED, _PREFIXED[0]))


# ── What may be something else ──────────────────────────────────────────────────────────────────

_MONEY = r"\d{1,3}(?:[ .,'\u2019\u00a0\u202f]\d{3}){0,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,4})?"
_CURRENCY = (
    r"[$€£¥₩₹₽₺₴₫₦₱฿₪₡₲₵₸₼₾₿]|us\$|(?:usd|eur|gbp|chf|jpy|cny|rmb|krw|inr|rub|try|uah|vnd|idr|pln"
    r"|czk|huf|sek|nok|dkk|ron|bgn|brl|mxn|ars|clp|cop|aud|nzd|cad|sgd|hkd|twd|thb|php|myr|zar|ils"
    r"|aed|sar|kwd|egp|ngn|kes|btc|eth|usdt|euro?s?|dollars?|yen|kr|zł|kč|ft|lei|лв|руб|грн|rp|rm"
    r"|円|元|원)(?![a-z])"
)
_HARMLESS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_CURRENCY})\s?(?:{_MONEY})(?![\d])",
        rf"(?<![\d.,])(?:{_MONEY})\s?(?:{_CURRENCY})",
        r"(?<!\d)\d{1,3}(?:[.,]\d{3}){1,4}(?:[.,]\d{1,2})?(?![\d.,]*\d)",  # 1,299.00
        rf"(?<![\d-]){_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d)",
        r"(?<![\d-])\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d)?\d\d(?!\d)",
        rf"(?<![\d-]){_YEAR}(?:\s?[-/\u2013 ]\s?(?:{_YEAR}|\d\d)){{1,6}}(?![\d-])",
        r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)",
        # a version, but not 06.12.34.56.78 or 555.123.4567
        r"(?<![\w.])v?(?!0\d(?:\.\d\d){4}(?!\d)|(?:1\.)?\d{3}\.\d{3}\.\d{4}(?!\d))\d{1,5}(?:\.\d{1,5}){2,5}(?!\d)",
        r"(?<!\w)0x[0-9a-f]{1,8}(?!\w)",
        r"(?<!\w)\d{2,5}[xpi]\d{2,5}(?!\d)",  # 1920x1080, 1080p60
        r"(?<!\w)kb\d{6,7}(?!\w)",
        rf"(?<!\w){_YEAR}\d{{4}}(?!\w)(?=\D*(?:update|release|build|backup))",
    )
)


def _count(text: str) -> int:
    return sum(sign.isdecimal() for sign in text)


def _digits(token: str) -> list[str]:
    """The runs of digits of a token, years left out."""
    return [run for run in re.findall(r"\d+", token) if not re.fullmatch(_YEAR, run)]


def _is_code(token: str) -> bool:
    """Whether a run of letters, digits and hyphens was made by a machine to tell things apart."""
    runs, parts = _digits(token), re.split(r"[-_]+", token.strip("-_"))
    digits = sum(map(len, runs))
    if not digits:
        return False
    return (
        any(len(run) >= 7 for run in runs)
        or re.fullmatch(r"[a-z]{1,6}[-_](?:\d+[-_])*\d{5,}", token) is not None
        or re.fullmatch(rf"[a-z]{{1,6}}[-_]?{_YEAR}[-_]?\d+", token) is not None
        or re.fullmatch(r"[a-z]{1,6}(?:[-_]\d{2,}){2,}", token) is not None
        or _is_key(parts, digits)
        or any(_is_random(part) for part in parts)
        or ("_" in token and _is_tail(parts[-1]))
    )


def _is_key(parts: Sequence[str], digits: int) -> bool:
    """Groups as in `8f3k-22lm-0q9z`, or those of a UUID."""
    lengths = {len(part) for part in parts}
    if len(parts) >= 3 and len(lengths) == 1 and min(lengths) >= 4:
        return True
    if len(parts) == 2 and len(lengths) == 1 and min(lengths) >= 4:
        return sum(len(_digits(part)) for part in parts) >= 3
    return len(parts) >= 4 and sum(map(len, parts)) >= 20 and digits >= 4


def _is_random(part: str) -> bool:
    """Whether letters and digits alternate as no word does."""
    runs = _digits(part)
    digits = sum(map(len, runs))
    if not digits or part.isdecimal() or re.fullmatch(r"\d{1,6}[a-z]{1,3}", part):
        return False
    if re.fullmatch(r"\d+(?:x\d+)+[a-z]{0,2}", part) or re.fullmatch(r"0x[0-9a-f]{1,8}", part):
        return False
    if len(part) >= 12 and len(runs) >= 2 and digits >= 3:
        return True
    is_hex = len(part) >= 12 and re.fullmatch(r"[0-9a-f]+", part) is not None
    return is_hex or (len(part) >= 8 and len(runs) >= 3) or digits >= 5


def _is_tail(part: str) -> bool:
    """Whether what follows the last underscore names one thing of many."""
    digits = sum(map(len, _digits(part)))
    return digits >= 4 or (len(part) >= 6 and digits >= 1 and not part.isdecimal())


def _is_phone(found: str) -> bool:
    """Whether groups of digits are long enough to be dialled, and not all of them are years."""
    return _count(found) >= 7 and bool(_digits(found))


def _is_account(found: str) -> bool:
    """Whether what begins like an IBAN holds as many digits as one."""
    return _count(found) >= 10


def _is_numbered(found: str) -> bool:
    """Whether a word such as "order" is followed by more than a year or a quantity."""
    return sum(map(len, _digits(found))) >= 3


def _is_secret(found: str) -> bool:
    """Whether what follows a word such as "key" is no word itself."""
    if re.fullmatch(r"[a-z]{3,}\d{1,4}", found):  # "Office365"
        return False
    digits = sum(map(len, _digits(found)))
    return len(found) >= 5 and digits >= (6 if found.isdecimal() else 2)


def _is_grouped(found: str) -> bool:
    """Whether groups of one length mix letters and digits: `8F3K 22LM 0Q9Z`."""
    groups = re.split(r"[ .]", found)
    mixed = sum(not group.isalpha() and not group.isdecimal() for group in groups)
    return len({len(group) for group in groups}) == 1 and mixed >= 2


def _is_lettered(found: str) -> bool:
    """Whether groups of letters are as long as each other, and too many for words."""
    groups = found.split("-")
    return len({len(group) for group in groups}) == 1 and len(groups) * len(groups[0]) >= 15


def _is_parted(found: str) -> bool:
    """Whether the parts of a number make one that is long enough to be an order's."""
    return sum(map(len, _digits(found))) >= 4


def _cards(plain: str) -> Iterator[Span]:
    """Where 13 to 19 digits end in the check digit of a card (Luhn), however they are parted."""
    for run in _DIGITS.finditer(plain):
        places = [run.start() + at for at, sign in enumerate(run[0]) if sign.isdecimal()]
        digits = [int(plain[place]) for place in places]
        for begin in range(len(digits) - 12):
            for end in range(min(len(digits), begin + 19), begin + 12, -1):
                if _is_luhn(digits[begin:end]):
                    yield places[begin], places[end - 1] + 1
                    break


def _is_luhn(digits: Sequence[int]) -> bool:
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


_DIGITS = re.compile(r"\d(?:[ ._/\u00b7\u2022-]{0,3}\d){12,}+")
_JUDGED: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = tuple(
    (re.compile(pattern), is_meant)
    for pattern, is_meant in (
        (r"(?<![a-z0-9])[a-z0-9][a-z0-9_-]*+", _is_code),
        (r"(?<![\w.])[a-z0-9]{4,6}(?:[ .][a-z0-9]{4,6}){2,7}(?![\w.]\w)", _is_grouped),
        (r"(?<![\w-])[a-z]{4,6}(?:-[a-z]{4,6}){2,7}(?![\w-])", _is_lettered),
        (_PREFIXED[1], lambda _: True),
        (
            rf"{_BEGIN}(?:{_any(_ORDERS)}){_ENDING}[\s:=(\[{{\"'\u2013-]{{0,3}}{_NUMBERED}{_MUCH}",
            _is_numbered,
        ),
        (rf"{_BEGIN}(?:{_any(_SECRETS)}){_ENDING}[\s:=#(\[\"'-]{{1,3}}{_NUMBERED}", _is_secret),
        (
            rf"{_BEGIN}(?:{_any(_ORDERS)}){_ENDING}[\s:]{{1,2}}"
            rf"(?P<id>\d{{2,4}}(?: \d{{2,4}}){{1,4}})(?!\w){_MUCH}",
            _is_parted,
        ),
        # "ЗАК-12345": letters of any script, a hyphen, many digits
        (r"(?<=[^\W\d_])[-_]\d{5,}(?!\d)", lambda _: True),
        (r"(?<![a-z0-9.,])\d{7,}+(?![a-z0-9])", lambda _: True),
        (r"(?<![\d.,+])\+\d(?:[ ().\-/]{0,2}\d){6,18}(?!\d)", _is_phone),
        (r"(?<![\w.,])\(?\d{2,5}\)?(?:[ \-/]{1,2}\d{2,}+){1,6}(?![\w]|[.,]\d)", _is_phone),
        (r"(?<![\d.])0\d(?:[ .-]\d\d){4}(?!\d)", _is_phone),
        (r"(?<![\d.])(?:\d\.)?\d{3}\.\d{3}\.\d{4}(?![\d.])", _is_phone),
        (r"(?<![\w.,])0\d{1,4}\s?/\s?\d{2}(?:\s?\d{2}){1,4}(?!\d)", _is_phone),
        (r"(?<!\w)[a-z]{2}\d\d(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,4})?(?!\w)", _is_account),
    )
)
