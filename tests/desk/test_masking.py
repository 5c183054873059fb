"""What a wall shows of an address, of a subject, of anything that people write."""

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desk.masking import masked, names_of, without_identifiers
from app.domain.bounds import LINE_SHOWN, cut
from app.web.embedded import CONVERSATIONS
from tests.doubles.growth import work


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("anna@example.com", "a…@example.com"),
        ("a@example.com", "a…@example.com"),
        ("annabel.long.name@example.com", "a…@example.com"),
        ("odd@name@example.com", "o…@example.com"),
        ("a@example.com, anna@example.com", "a…@example.com"),
        ("Anna <anna@example.com>", "A…@…"),
        ("anna@ord_77ab.example.com", "a…@…"),
        ("anna@4111111111111111.example.com", "a…@…"),
        ("anna@77.example.com", "a…@…"),
        ("no address at all", "n…"),
        ("@example.com", "…@example.com"),
        ("", "…"),
        (None, None),
    ],
)
def test_masked_shows_the_first_sign_and_the_host(email: str | None, shown: str | None) -> None:
    assert masked(email, ["77"]) == shown


@given(name=st.text(min_size=2), host=st.from_regex(r"[a-z]{3,9}\.com", fullmatch=True))
def test_masked_does_not_tell_how_long_a_name_is(name: str, host: str) -> None:
    name = "x" + name.strip()

    assert masked(f"{name}@{host}") == f"x…@{host}"


def test_addresses_within_a_subject_are_masked() -> None:
    subject = "Refund <anna@example.com>, also bo@shop.example please"

    assert without_identifiers(subject) == "Refund <a…@example.com>, also b…@shop.example please"
    assert without_identifiers("no address, only a @ sign") == "no address, only a @ sign"
    assert without_identifiers(None) is None


HIDDEN = [
    ("Order ord_7Kd82 not received", "7Kd82"),
    ("Re: ticket tkt_9f8a77c2", "9f8a"),
    ("INV-123 is wrong", "123"),
    ("invoice:1001", "1001"),
    ("Order #4711", "4711"),
    ("Order 4711 did not arrive", "4711"),
    ("order no. 77", "77"),
    ("Order ID 555", "555"),
    ("Rechnung Nr. 2024-17 fehlt", "2024-17"),
    ("Bestellung 4711 nicht da", "4711"),
    ("commande n° 123", "123"),
    ("Pedido número 8812", "8812"),
    ("注文番号：12345 が届かない", "12345"),
    ("订单12345的问题", "12345"),
    ("주문 번호 55512", "55512"),
    ("заказ № 1234", "1234"),
    ("ЗАК-12345 где", "12345"),
    ("رقم الطلب ١٢٣٤٥٦٧", "١٢٣٤٥٦٧"),
    ("คำสั่งซื้อ 98765", "98765"),
    ("Order １２３４５ missing", "１２３４５"),
    ("o\u200brd_\u200b77ab", "77ab"),
    ("ord\u00ad_7Kd82", "7Kd82"),
    ("SO-10023", "10023"),
    ("ORD-2024-0001", "0001"),
    ("RG 2024-0017", "0017"),
    ("My key sg_live_00aa11bb22", "00aa"),
    ("sk_test_abcdefgh", "abcdefgh"),
    ("Licence 8F3K-22LM-0Q9Z invalid", "22LM"),
    ("ABCDE-12345-FGHIJ-67890 does not work", "FGHIJ"),
    ("API key a1b2c3d4e5f6", "a1b2"),
    ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOjF9.abc123", "abc123"),
    ("550e8400-e29b-41d4-a716-446655440000", "a716"),
    ("password: hunter2!", "hunter"),
    ("call me +49 170 1234567", "1234567"),
    ("Tel 030/1234567", "1234567"),
    ("(555) 123-4567 please", "4567"),
    ("06 12 34 56 78", "34 56"),
    ("06.12.34.56.78", "34.56"),
    ("555.123.4567", "4567"),
    ("Тел. +7 912 345-67-89", "67-89"),
    ("फ़ोन ९८७६५४३२१०", "९८७६५४३२१०"),
    ("4111 1111 1111 1111 charged", "1111"),
    ("4111-1111-1111-1111", "1111"),
    ("paid 4111 1111 1111 1111 USD", "1111"),
    ("Card ****4242", "4242"),
    ("IBAN DE89 3704 0044 0532 0130 00", "3704"),
    ("gb82 west 1234 5698 7654 32", "5698"),
    ("see https://shop.example/orders/ord_1?token=x", "shop.example"),
    ("www.example.com/a", "example"),
    ("example.com/d/abc?x=secret", "secret"),
    ("anna (at) example.com", "anna"),
    ("ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ｎｎａ"),
    ("anna@example.com/orders/secret", "secret"),
    ("anna [at] example [dot] com", "anna"),
    ("anna {at} example.com", "anna"),
    ("anna<at>example.com", "anna"),
    ("anna _at_ example.com", "anna"),
    ("anna[ät]example.de", "anna"),
    ("anna at example.com", "anna"),
    ("write anna at example dot com", "anna"),
    ("anna @ example.com", "anna"),
    ("anna@ example.com", "anna"),
    ("anna @example.com", "anna"),
    ('"anna perez"@example.com', "perez"),
    ("'anna'@example.com", "anna"),
    ("o'neill@example.com", "neill"),
    ("anna%40example.com", "anna"),
    ("anna&#64;example.com", "anna"),
    ("anna_at_example.com", "anna"),
    ("anna@[192.0.2.1]", "anna"),
    ("anna@xn--bcher-kva.example", "nna"),
    ("аннa@пример.рф", "нн"),
    ("mailto:anna@example.com?subject=ord", "anna"),
    ("tel:12345", "12345"),
    ("WhatsApp 555 12", "555"),
    ("1.555.123.4567", "4567"),
    ("0123 / 45 67 89", "45 67"),
    ("4111.1111.1111.1111", "1111"),
    ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "1 1 1"),
    ("3782\u2013822463\u201310005", "822463"),
    ("Rp 4.111.111.111.111.111", "111"),
    ("x4111 1111 1111 1111y", "1111"),
    ("4111 **** **** 1111", "1111"),
    ("411111******1111", "411111"),
    ("visa 4242 declined", "4242"),
    ("card *4242", "4242"),
    ("ABCDE-FGHIJ-KLMNO-PQRST", "FGHIJ"),
    ("8F3K 22LM 0Q9Z", "22LM"),
    ("8F3K\u201322LM\u20130Q9Z", "22LM"),
    ("8F3K.22LM.0Q9Z", "22LM"),
    ("license: ABC-DEF-GHI", "DEF"),
    ("order id: XJKLQ", "XJKLQ"),
    ("YWxhZGRpbjpvcGVuc2VzYW1l", "ZGRpb"),
    ("Bearer abcdef12", "abcdef"),
    ("ghp_abcdefgh", "abcdefgh"),
    ("sk-proj-abcdefgh", "abcdefgh"),
    ("otp 1234", "1234"),
    ("code: 123456", "123456"),
    ("password is hunter2", "hunter"),
    ("pwd: hunter2", "hunter"),
    ("ORD#77", "77"),
    ("INV2024", "2024"),
    ("INV1234", "1234"),
    ("inv 77", "77"),
    ("INV-100 $29.99", "100"),
    ("INV/2024/77", "77"),
    ("Kundennr. 33", "33"),
    ("заказа 4711", "4711"),
    ("order 47 11 99", "11 99"),
    ("#77", "77"),
    ("№7", "7"),
    ("n.º 4711", "4711"),
    ("ftp.example.com", "example"),
    ("bücher.example/a", "cher"),
    ("пример.рф/заказ", "заказ"),
    ("example\u3002com/a", "example"),
    ("xn--bcher-kva.example", "bcher"),
    ("localhost:8080/x", "8080"),
    ("192.168.0.1:8080", "168"),
    ("data:text/plain,hello", "hello"),
]


@pytest.mark.parametrize(("text", "secret"), HIDDEN)
def test_what_leads_to_a_person_or_an_order_is_hidden(text: str, secret: str) -> None:
    shown = without_identifiers(text)

    assert shown
    assert secret not in shown
    assert "…" in shown


@pytest.mark.parametrize(
    "text",
    [
        *("$29.99 charged twice", "€ 1.299,00 refund", "1,299.00 USD", "Rp 1.500.000 kembali"),
        *("₩1290000", "1 500 000 Kč", "order 29.99 EUR", "Order 100 USD", "10% off", "¥1980000"),
        *("Version 2.10.3 crashes", "v10.0.19045.3803", "PHP 8.2", "Ubuntu 22.04 / 24.04"),
        *("Office 2019 2021 2024", "2023-2024 plan", "2023/24", "invoice for 2024", "Invoice 2023"),
        *(
            "on 2024-01-15 10:30",
            "12/31/2024",
            "8:30",
            "Black-Friday-2024",
            "Photoshop 2024 25.9.1",
        ),
        *("Windows 11 22H2", "x86_64 build", "UTF-8", "COVID-19", "GPT-4", "ISO-9001", "RTX-4090"),
        *(
            "Re: 2 licences",
            "Order 2 licences",
            "order 500 licences",
            "Order of 3 themes",
            "3 of 5",
        ),
        *("#1 theme", "C# 12", "C++ 11", "24/7 support", "and/or", "Node.js/React?", "setup.py"),
        *("1920x1080", "4K60fps", "1080p60", "H264-H265", "MP3-to-WAV", "Base64", "SHA256"),
        *("error 0x80070643", "error code 1603", "KB5034441 update", "ISO 27001:2022"),
        *("License Office365 expired", "Password: reset please", "READ-ONLY-MODE", "theme_v2"),
        *("example.com is down", "30-day money-back", "50000 visitors", "Zürich 8001"),
        *("at home", "we are at node.js conf", "Where at?", "look @ this", "@types/node 20"),
        *("card 2024", "no. 1 shop", "Tel: none", "otp expired", "code 1603", "12-24 months"),
        *("JavaScriptFrameworkPlugin", "KEY: BROKEN"),
        *("data: lost", "basic plan", "Visa or Mastercard?", "1.299.000.000 Rp", "v1.2.3.4"),
        *("日本語", "パスワード", "Где мой заказ?", "أين طلبي؟", "❤️👍🏽 thanks", "Re: Re: Hello?"),
    ],
)
def test_what_every_subject_may_hold_stays(text: str) -> None:
    assert without_identifiers(text) == text


def test_subjects_of_the_demo_shop_stay_as_they_are() -> None:
    told = [json.loads(file.read_text("utf-8")) for file in CONVERSATIONS.glob("*.json")]
    products = json.loads((CONVERSATIONS.parent / "products.json").read_text("utf-8"))
    subjects = {subject for one in told for subject in one["subjects"]}
    harmless = {s for s in subjects if "://" not in s and "{{" not in s.replace("{{product}}", "")}
    assert len(harmless) > 300

    for text in harmless | {product["name"] for product in products}:
        written = text.replace("{{product}}", products[0]["name"])
        assert without_identifiers(written) == cut(written, LINE_SHOWN)


@pytest.mark.parametrize("id_", ["7", "zebra", "A B", "Ünï-1", "№7", "ord/7", "x" * 900])
def test_ids_of_the_ticket_itself_are_hidden_whatever_their_shape(id_: str) -> None:
    said = f"Where is {id_.upper()}, I mean ({id_})? zebras 70"

    shown = without_identifiers(said, [None, "", id_])

    assert shown
    assert shown.startswith("Where is …")
    assert shown == "Where is …, I mean (…)? zebras 70" or len(id_) > LINE_SHOWN
    assert id_[:20] not in shown or len(id_) < 20


@given(st.text(max_size=40), st.sampled_from([secret for secret, _ in HIDDEN]))
def test_nothing_before_or_after_a_secret_uncovers_it(around: str, text: str) -> None:
    secret = dict(HIDDEN)[text]

    assert secret not in (without_identifiers(f"{around} | {text} | {around}") or "").replace(
        around, ""
    )


MADE = {
    "order": st.from_regex(r"ord_[a-z0-9]{4,12}", fullmatch=True),
    "invoice": st.from_regex(r"INV-[6-9][0-9]{2,7}", fullmatch=True),
    "ticket": st.from_regex(r"tkt_[a-z0-9]{4,12}", fullmatch=True),
    "key": st.from_regex(r"[A-Z]{5}[0-9]-[A-Z]{4}[0-9]{2}-[A-Z]{2}[0-9]{4}", fullmatch=True),
    "address": st.from_regex(r"[a-d]{3,8}[.+_-][a-d]{3,8}@[q-z]{3,8}\.example", fullmatch=True),
    "phone": st.from_regex(r"\+[1-9][0-9]{1,2}( [0-9]{2,3}){3,4}", fullmatch=True),
    "link": st.from_regex(
        r"https?://[a-z]{3,8}\.example/[a-z]{3,8}\?[a-z]=[a-z0-9]{3,9}", fullmatch=True
    ),
}
WORDS = st.lists(
    st.sampled_from(
        ["Where", "is", "my", "$29.99", "2024-01-15", "заказ", "日本", "(", "-", "?!", "…"]
    ),
    max_size=4,
).map(" ".join)
WRAPPED = st.sampled_from(["{}", "({})", "«{}»", "{},", '"{}"', "{}!", "[{}]", "{};", "„{}“"])
SPELLED = st.sampled_from(
    [
        str,
        str.upper,
        "\u200b".join,
        lambda text: text.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
    ]
)


@pytest.mark.parametrize("kind", MADE)
@given(data=st.data())
def test_no_part_of_what_identifies_is_left_however_it_is_written(
    kind: str, data: st.DataObject
) -> None:
    secret, spell = data.draw(MADE[kind]), data.draw(SPELLED)
    said = data.draw(WRAPPED).format(spell(secret))

    shown = without_identifiers(f"{data.draw(WORDS)} {said} {data.draw(WORDS)}")

    left = unicodedata.normalize("NFKC", (shown or "").replace("\u200b", "")).lower()
    told = secret.lower().partition("@")[0]  # the host of an address may be shown
    parts = [told] if kind == "phone" else re.findall(r"[a-z0-9]{3,}", told)
    assert not [
        part for part in parts if part in left and part not in ("ord", "inv", "tkt", "http")
    ]


@given(
    digits=st.text("0123456789", min_size=12, max_size=18).filter(lambda text: text[0] != "0"),
    between=st.sampled_from(["", " ", "-", ".", "/", "\u00a0", " - ", "\u2013"]),
    size=st.integers(1, 6),
    around=WORDS,
)
def test_cards_number_is_hidden_however_it_is_parted(
    digits: str, between: str, size: int, around: str
) -> None:
    total = sum(
        int(d) for d in "".join(str(int(d) * (2 - n % 2)) for n, d in enumerate(digits[::-1]))
    )
    number = digits + str(-total % 10)
    parted = between.join(number[at : at + size] for at in range(0, len(number), size))

    shown = without_identifiers(f"{around} | {parted} | {around}") or ""

    assert parted not in shown
    assert sum(map(str.isdigit, shown)) <= 2 * sum(map(str.isdigit, around))


@given(
    at=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    form=st.sampled_from(
        ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d 10:30", "%d/%m/%y 23:59:59", "%d/%m/%y"]
    ),
    amount=st.decimals(0, 99_999, places=2),
    currency=st.sampled_from(["$", "€", "£"]),
)
def test_dates_and_amounts_stay(at: date, form: str, amount: Decimal, currency: str) -> None:
    text = f"Charged {currency}{amount:,} on {at.strftime(form)} instead of {amount} EUR"

    assert without_identifiers(text) == text


@given(st.lists(st.one_of(*MADE.values(), WORDS), max_size=6).map(" ".join))
def test_what_is_hidden_once_stays_as_it_is(text: str) -> None:
    shown = without_identifiers(text)

    assert without_identifiers(shown) == shown


@pytest.mark.parametrize(
    ("email", "said", "shown"),
    [
        ("anna.perez@example.com", "I am anna.perez", "I am …"),
        ("Anna77@example.com", "anna77 again", "… again"),
        ("support@example.com", "support please", "support please"),
        ("odd address", "from odd address", "from …"),
        (None, "hello", "hello"),
    ],
)
def test_name_of_the_customers_own_address_is_hidden(
    email: str | None, said: str, shown: str
) -> None:
    assert without_identifiers(said, names_of(email)) == shown


@given(st.text(max_size=3000))
def test_text_is_bounded_and_nothing_is_made_up(text: str) -> None:
    shown = without_identifiers(text) or ""

    assert len(shown) <= LINE_SHOWN
    assert set(shown) <= {*text, *unicodedata.normalize("NFKC", text).lower(), "…", "@"} | set(
        "".join(map(str, range(10)))
    )


@pytest.mark.parametrize(
    "piece", ["a", "日", "a@", "1 ", "é1-", "order-", "(at)", "4111 ", "x*", "aB"]
)
def test_only_the_beginning_of_a_text_is_worked_on(piece: str) -> None:
    texts = count()

    def hide(length: int) -> float:
        return work(lambda: without_identifiers(f"{next(texts)} {piece * length}"))

    assert hide(200_000) < 5 * hide(2_000)


def test_half_of_an_id_never_stands_at_the_end() -> None:
    for before in range(LINE_SHOWN - 30, LINE_SHOWN + 1):
        shown = without_identifiers("a " * (before // 2) + "anna.perez@shop.example-long.com end")
        assert "nna" not in (shown or "")
