"""Which folder a desk works in: no key and no spelling of an address hides what is kept."""

import asyncio
import hashlib
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config.data_dir import DataDir, forget_shop_of
from app.domain.clock import SystemClock
from app.domain.errors import KeyRefusedError, StoreError
from app.domain.outbox_entry import Reply
from app.store.holdings import OUTBOX, holdings_of
from app.store.outbox.local import LocalStore
from app.store.outbox.outbox import Outbox
from app.store.shops import NOTE, Shop, Shops, choose_shop, shop_address
from tests.e2e.desk import command

URL = "https://api.example.com"
KEY, OTHER_KEY = "sg_live_00aa11bb22cc33dd", "sg_live_44ee55ff66aa77bb"
OLD = Path(__file__).with_name("outbox-2026.11.0.sql")
OLD_FOLDER = "9f17eb2fad9ec732"
"""as that version named it for `URL` and `OLD_KEY`"""
OLD_KEY = "sg_live_old_key"


def old_folder(data: Path, name: str = OLD_FOLDER) -> Path:
    """A folder of version 2026.11.0, with a draft and a queued reply."""
    folder = data / "stores" / name
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / OUTBOX)) as outbox:
        outbox.executescript(OLD.read_text(encoding="utf-8"))
    return folder


def shops_in(data: Path) -> Shops:
    return DataDir(data).shops()


async def with_draft(shop: Shop, ticket_id: str = "tkt_1") -> Shop:
    clock = SystemClock()
    outbox = await Outbox.open(shop.folder / OUTBOX, clock=clock)
    await LocalStore(outbox.database, clock=clock).save_draft(ticket_id, "Words")
    await outbox.close()
    return shop


class Api:
    """What a key's list would show: the folders it shares a ticket with, or no answer."""

    def __init__(self, *shared: Path, is_away: bool = False) -> None:
        self.shared = shared
        self.is_away = is_away
        self.asked = 0

    async def find(self, folders: Sequence[Path]) -> Path | None:
        self.asked += 1
        if self.is_away:
            raise KeyRefusedError("401")
        return next((folder for folder in folders if folder in self.shared), None)


@pytest.mark.parametrize(
    "spelled",
    [
        "HTTPS://api.example.com",
        "https://API.Example.com",
        "https://api.example.com/",
        "https://api.example.com//",
        "https://api.example.com:443",
        "https://api.example.com:443/v1/",
        "https://api.example.com.",
        " https://api.example.com ",
    ],
)
def test_shop_is_found_however_its_address_is_spelled(tmp_path: Path, spelled: str) -> None:
    made = shops_in(tmp_path).create(URL, KEY)

    found = shops_in(tmp_path).known(spelled, KEY)

    assert found is not None
    assert found.folder == made.folder


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "127.0.0.2"])
def test_this_machine_has_one_name(host: str) -> None:
    assert shop_address(f"HTTP://{host}:8081/") == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    "other",
    [
        "https://api.example.org",
        "https://api.example.com:444",
        "https://api.example.com/shop",
        "http://api.example.com",
    ],
)
def test_another_address_is_another_shop(tmp_path: Path, other: str) -> None:
    shops_in(tmp_path).create(URL, KEY)

    assert shops_in(tmp_path).known(other, KEY) is None
    assert shops_in(tmp_path).candidates(other) == ()


@given(
    scheme=st.sampled_from(["http", "HTTPS"]),
    host=st.sampled_from(["localhost", "Api.Example.com.", "[2001:DB8::1]", "bücher.example"]),
    port=st.sampled_from(["", ":80", ":443", ":8081"]),
    path=st.text("/vé1%A", max_size=6),
)
def test_the_one_spelling_is_its_own(scheme: str, host: str, port: str, path: str) -> None:
    once = shop_address(f"{scheme}://{host}{port}/{path}")

    assert shop_address(once) == once


def test_no_key_can_be_read_in_the_data_folder(tmp_path: Path) -> None:
    shops = shops_in(tmp_path)
    shop = asyncio.run(with_draft(shops.create(URL, KEY)))
    shops.point(shop, URL, OTHER_KEY)

    for path in filter(Path.is_file, tmp_path.rglob("*")):
        assert KEY.encode() not in path.read_bytes()
        assert OTHER_KEY.encode() not in path.read_bytes()
    assert stat.S_IMODE((shop.folder / NOTE).stat().st_mode) == 0o600
    assert stat.S_IMODE(shop.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("spelled", [URL, "HTTPS://API.example.com/", f"{URL}:443"])
async def test_folder_of_the_first_version_is_adopted_with_all_that_is_in_it(
    tmp_path: Path, spelled: str
) -> None:
    folder = old_folder(tmp_path)

    shop, is_proved = await choose_shop(shops_in(tmp_path), spelled, OLD_KEY, Api().find)

    assert (shop.folder, is_proved) == (folder, True)
    assert shop.address == URL
    clock = SystemClock()
    outbox = await Outbox.open(folder / OUTBOX, clock=clock)
    drafts = await LocalStore(outbox.database, clock=clock).drafts("tkt_1")
    assert [draft.text for draft in drafts] == ["A draft of the earlier version."]
    assert [reply.text for reply in await outbox.sendable() if isinstance(reply, Reply)] == [
        "A reply that has not left."
    ]
    await outbox.close()


async def test_first_versions_folder_waits_for_its_proof_under_a_new_key(tmp_path: Path) -> None:
    folder = old_folder(tmp_path)
    shops, away = shops_in(tmp_path), Api(is_away=True)

    assert [shop.folder for shop in shops.all()] == [folder]
    chosen, is_proved = await choose_shop(shops, URL, KEY, away.find)
    assert (chosen.folder, is_proved) == (folder, False)
    chosen, is_proved = await choose_shop(shops, URL, KEY, Api(folder).find)
    assert (chosen.folder, is_proved) == (folder, True)
    again = shops.known(URL, KEY)
    assert again is not None
    assert again.folder == folder


def test_demo_store_of_the_first_version_is_no_candidate_for_a_shop(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    (data_dir.embedded() / "api-key").write_text(f"{OLD_KEY}\n")
    folder = old_folder(tmp_path, hashlib.sha256(f"\n{OLD_KEY}".encode()).hexdigest()[:16])

    assert data_dir.shops().candidates(URL) == ()
    assert data_dir.store_of(None, "another key") == folder


async def test_mistyped_key_leaves_drafts_in_sight_and_is_not_believed(tmp_path: Path) -> None:
    shops = shops_in(tmp_path)
    mine = await with_draft(shops.create(URL, KEY))
    away = Api(is_away=True)

    for _ in range(2):
        assert await choose_shop(shops, URL, OTHER_KEY, away.find) == (mine, False)
    assert shops.known(URL, OTHER_KEY) is None


async def test_rotated_key_goes_on_in_the_same_shop(tmp_path: Path) -> None:
    shops = shops_in(tmp_path)
    mine = await with_draft(shops.create(URL, KEY))
    api = Api(mine.folder)

    shop, is_proved = await choose_shop(shops, URL, OTHER_KEY, api.find)

    assert (shop.folder, is_proved) == (mine.folder, True)
    shop, is_proved = await choose_shop(shops, URL, OTHER_KEY, api.find)
    assert (shop.folder, is_proved) == (mine.folder, True)
    assert api.asked == 1
    assert shop.knows(KEY)


async def test_key_of_another_shop_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    shops = shops_in(tmp_path)
    mine = await with_draft(shops.create(URL, KEY))

    other, is_proved = await choose_shop(shops, URL, OTHER_KEY, Api().find)

    assert is_proved
    assert other.folder != mine.folder
    assert {shop.folder for shop in shops.all()} == {mine.folder, other.folder}
    back, is_proved = await choose_shop(shops, URL, KEY, Api(is_away=True).find)
    assert (back.folder, is_proved) == (mine.folder, True)


async def test_key_that_was_mistyped_first_gives_its_empty_folder_to_the_right_one(
    tmp_path: Path,
) -> None:
    shops = shops_in(tmp_path)
    mistyped, _ = await choose_shop(shops, URL, OTHER_KEY, Api(is_away=True).find)

    shop, is_proved = await choose_shop(shops, URL, KEY, Api(is_away=True).find)

    assert (shop.folder, is_proved) == (mistyped.folder, True)
    assert not shop.knows(OTHER_KEY)


async def test_key_that_was_away_first_still_finds_its_shop(tmp_path: Path) -> None:
    """A shop made while a list was empty does not keep its key from the shop it belongs to."""
    shops = shops_in(tmp_path)
    mine = await with_draft(shops.create(URL, KEY))
    await choose_shop(shops, URL, OTHER_KEY, Api().find)

    shop, is_proved = await choose_shop(shops, URL, OTHER_KEY, Api(mine.folder).find)

    assert (shop.folder, is_proved) == (mine.folder, True)


async def test_embedded_store_is_one_shop_under_any_key(tmp_path: Path) -> None:
    shops, never = shops_in(tmp_path), Api(is_away=True)
    mine, _ = await choose_shop(shops, None, KEY, never.find)
    await with_draft(mine)

    shop, is_proved = await choose_shop(shops, None, OTHER_KEY, never.find)

    assert (shop.folder, is_proved) == (mine.folder, True)
    assert never.asked == 0
    assert shops.candidates(URL) == ()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"address": 1}', "\0"])
async def test_note_that_is_broken_loses_nothing(tmp_path: Path, note: str) -> None:
    shops = shops_in(tmp_path)
    mine = await with_draft(shops.create(URL, KEY))
    (mine.folder / NOTE).write_text(note)

    chosen, is_proved = await choose_shop(shops, URL, KEY, Api(is_away=True).find)
    assert (chosen.folder, is_proved) == (mine.folder, False)
    chosen, is_proved = await choose_shop(shops, URL, KEY, Api(mine.folder).find)
    assert (chosen.folder, is_proved) == (mine.folder, True)


def test_shop_with_work_is_forgotten_only_when_told_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shop = asyncio.run(with_draft(shops_in(data).create(URL, KEY)))

    refused = command("forget", f"{URL}/", "--data-dir", str(data), cwd=tmp_path)
    assert refused.returncode == 1
    assert "1 draft" in refused.stderr
    assert "--even-unsent" in refused.stderr
    assert holdings_of(shop.folder).drafts == 1

    listed = command("doctor", "--data-dir", str(data), cwd=tmp_path)
    assert f"{URL} ({shop.folder.name}): 0 tickets, 1 draft, 0 replies not settled" in listed.stdout

    done = command("forget", URL, "--even-unsent", "--data-dir", str(data), cwd=tmp_path)
    assert done.returncode == 0
    assert "1 draft" in done.stdout
    assert not shop.folder.exists()
    assert shops_in(data).all() == ()


def test_of_several_shops_at_an_address_one_is_named(tmp_path: Path) -> None:
    shops = shops_in(tmp_path)
    first, second = shops.create(URL, KEY), shops.create(URL, OTHER_KEY)

    with pytest.raises(StoreError, match=r"several shops .*Name one of these"):
        forget_shop_of(tmp_path, URL, even_work=False)
    forget_shop_of(tmp_path, first.folder.name, even_work=False)

    assert [shop.folder for shop in shops.all()] == [second.folder]


@pytest.mark.parametrize("word", ["https://other.example.com", "x", "https://a:b", ""])
def test_shop_that_is_not_there_is_a_sentence(tmp_path: Path, word: str) -> None:
    with pytest.raises(StoreError, match="There is no shop"):
        forget_shop_of(tmp_path, word, even_work=True)


def test_no_shop_is_forgotten_under_a_running_desk(tmp_path: Path) -> None:
    shop = shops_in(tmp_path).create(URL, KEY)
    desk = DataDir(tmp_path)
    desk.lock()

    with pytest.raises(StoreError, match="already running"):
        forget_shop_of(tmp_path, URL, even_work=True)

    assert shop.folder.exists()
    desk.unlock()


KEYS_OF = {"a1": "A", "a2": "A", "b1": "B", "mistyped": None}
Start = tuple[str, str, bool, bool]
"""a key, what the API shows at the start, whether it is well later, whether somebody types"""


def put_draft(folder: Path, ticket_id: str) -> None:
    with closing(sqlite3.connect(folder / OUTBOX)) as outbox:
        outbox.execute("CREATE TABLE IF NOT EXISTS outbox (ticket_id, state)")
        outbox.execute("CREATE TABLE IF NOT EXISTS draft (ticket_id)")
        outbox.execute("INSERT INTO draft VALUES (?)", (ticket_id,))
        outbox.commit()


def ids_in(folder: Path) -> list[str]:
    if not (folder / OUTBOX).exists():
        return []
    with closing(sqlite3.connect(folder / OUTBOX)) as outbox:
        return [id_ for (id_,) in outbox.execute("SELECT ticket_id FROM draft")]


@settings(max_examples=40)
@given(
    starts=st.lists(
        st.tuples(
            st.sampled_from([*KEYS_OF]),
            st.sampled_from(["tickets", "tickets", "nothing", "away"]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=9,
    )
)
def test_no_sequence_of_keys_mixes_shops_or_hides_words(starts: list[Start]) -> None:
    """Two shops at one address: each start reads into the folder it may, somebody types or not."""
    with TemporaryDirectory() as data:
        shops, typed = Shops(Path(data) / "stores"), 0
        for key, shows, is_well_later, types in starts:
            owner = KEYS_OF[key]

            async def find(folders: Sequence[Path], owner: str | None = owner) -> Path | None:
                if owner is None or shows == "away":  # noqa: B023  # asked at once
                    raise KeyRefusedError("401")
                shown = [] if shows == "nothing" else folders  # noqa: B023
                return next((f for f in shown if f"{owner}/known" in ids_in(f)), None)

            shop, is_proved = asyncio.run(choose_shop(shops, URL, key, find))

            answers = owner is not None and shows == "tickets"
            reads = answers or (owner is not None and shows == "away" and is_well_later)
            if reads and is_proved and f"{owner}/known" not in ids_in(shop.folder):
                put_draft(shop.folder, f"{owner}/known")
                typed += 1
            if types and ids_in(shop.folder):
                put_draft(shop.folder, ids_in(shop.folder)[0])
                typed += 1
            held = {kept.folder: {id_[0] for id_ in ids_in(kept.folder)} for kept in shops.all()}
            assert all(len(owners) <= 1 for owners in held.values())
            assert sum(len(ids_in(folder)) for folder in held) == typed
            if answers:
                assert is_proved
                assert [f for f, owners in held.items() if owners == {owner}] == [shop.folder]
            if not is_proved:
                assert held[shop.folder]
