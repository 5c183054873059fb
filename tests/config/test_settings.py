"""Settings: four places with one order, and one clear line when something is wrong."""

from pathlib import Path

import pytest

from app.config.settings import Settings, load_settings
from app.domain.errors import SettingsError

KEY = "sg_live_00aa11bb22cc33dd"


def load(tmp_path: Path, flags: dict[str, str | None] | None = None, **environ: str) -> Settings:
    return load_settings(
        flags,
        environ={f"TICKETDESK_{name}": value for name, value in environ.items()},
        dotenv=tmp_path / ".env",
        toml=tmp_path / "config.toml",
    )


def refused(tmp_path: Path, flags: dict[str, str | None] | None = None, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, flags, **environ)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert KEY not in sentence
    return sentence


def test_settings_need_nothing_and_mean_the_embedded_store(tmp_path: Path) -> None:
    settings = load(tmp_path)

    assert settings.embedded
    assert (settings.host, settings.port, settings.refresh_seconds) == ("127.0.0.1", 8080, 15)


def test_flag_beats_environment_beats_dotenv_beats_toml(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("port = 1\n")
    assert load(tmp_path).port == 1

    (tmp_path / ".env").write_text("TICKETDESK_PORT=2\n")
    assert load(tmp_path).port == 2
    assert load(tmp_path, PORT="3").port == 3
    assert load(tmp_path, {"port": "4"}, PORT="3").port == 4


def test_dotenv_reads_quotes_comments_and_export(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# ours\nexport TICKETDESK_PORT='81' # web\n\nTICKETDESK_DEMO_CUSTOMER=off # quiet\nOTHER=x"
    )

    settings = load(tmp_path)

    assert settings.port == 81
    assert not settings.demo_customer


def test_empty_value_counts_as_not_set(tmp_path: Path) -> None:
    assert load(tmp_path, API_KEY=" ", PORT="").port == 8080


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("PORT", "eighty", "not a whole number"),
        ("PORT", "70000", "too large"),
        ("REFRESH_SECONDS", "0", "too small"),
        ("REFRESH_SECONDS", "nan", "not a number"),
        ("REQUESTS_PER_SECOND", "fast", "not a number"),
        ("DEMO_CUSTOMER", "perhaps", "neither on nor off"),
        ("API_URL", "api.example.com", "not a web address"),
        ("API_URL", "https://api.example.com:port", "not a web address"),
        ("API_URL", "http://api.example.com", "plain http would show the key"),
        ("PUBLIC_URL", "https://me@desk.example.com", "without user name"),
        ("PUBLIC_URL", "desk.example.com/desk", "not a web address"),
        ("PUBLIC_URL", "https://127.0.0.1/desk?a=1", "question mark"),
        ("PUBLIC_URL", "https://127.0.0.1/de%2Fsk", "more than plain words"),
        ("PUBLIC_URL", "https://127.0.0.1/a/../b", "more than plain words"),
        ("PUBLIC_URL", "https://127.0.0.1//desk", "more than plain words"),
        ("TRUSTED_PROXIES", "proxy.example.com", "not a list of addresses or networks"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "not a list of addresses or networks"),
        ("TRUSTED_PROXIES", "127.0.0.1, 0.0.0.0/0", "believe everybody"),
        ("LOG_LEVEL", "loud", "no such level"),
        ("HOST", "desk.example.com", "not an address"),
        ("PUBLIC_URL", "http://desk.example.com", "plain http"),
        ("API_KEY", f"{KEY} {KEY}", "no blanks"),
    ],
)
def test_wrong_value_names_setting_place_problem_and_remedy(
    tmp_path: Path, name: str, value: str, problem: str
) -> None:
    sentence = refused(tmp_path, **{name: value})

    assert sentence.startswith(f"TICKETDESK_{name} (environment): ")
    assert problem in sentence
    assert "for example" in sentence


def test_wrong_value_names_the_line_of_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# first\nTICKETDESK_PORT=x\n")

    assert ".env, line 2" in refused(tmp_path)


def test_wrong_value_names_the_flag_and_the_toml_key(tmp_path: Path) -> None:
    assert "(flag --refresh-seconds)" in refused(tmp_path, {"refresh_seconds": "x"})

    (tmp_path / "config.toml").write_text("data_dir = ['a']\n")
    assert "data_dir in" in refused(tmp_path)


def test_unknown_name_offers_the_nearest_one(tmp_path: Path) -> None:
    assert "Did you mean TICKETDESK_API_KEY_FILE?" in refused(tmp_path, API_KEYFILE="x")

    (tmp_path / "config.toml").write_text("prot = 80\n")
    assert "Did you mean TICKETDESK_PORT?" in refused(tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"TICKETDESK_PORT 80\n", "line 1: this is not NAME=value"),
        (b"A=1\nTICKETDESK_PORT='80\n", "line 2: the quote around the value is not closed"),
        (b"TICKETDESK_PORT=\xff\n", "not text in UTF-8"),
    ],
)
def test_broken_dotenv_stops_with_its_line(tmp_path: Path, text: bytes, problem: str) -> None:
    (tmp_path / ".env").write_bytes(text)

    assert problem in refused(tmp_path)


def test_broken_toml_stops_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("port : 80\n")

    assert "this is not TOML" in refused(tmp_path)


def test_key_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")

    settings = load(tmp_path, API_KEY_FILE=str(tmp_path / "key"), API_URL="https://api.example.com")

    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == KEY
    assert KEY not in repr(settings)


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\r\n\r\n \r\n"])
def test_files_that_a_person_edits_may_begin_with_a_mark(tmp_path: Path, ending: bytes) -> None:
    (tmp_path / "key").write_bytes(MARK + KEY.encode() + ending)
    (tmp_path / ".env").write_bytes(MARK + b"TICKETDESK_PORT=81" + ending)
    (tmp_path / "config.toml").write_bytes(MARK + b"refresh_seconds = 20" + ending)

    settings = load(tmp_path, API_KEY_FILE=str(tmp_path / "key"))

    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == KEY
    assert (settings.port, settings.refresh_seconds) == (81, 20)


def test_key_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY, encoding="utf-16")

    assert "Save it as UTF-8" in refused(tmp_path, API_KEY_FILE=str(tmp_path / "key"))


def test_key_file_that_is_missing_empty_or_not_a_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert "cannot be read" in refused(tmp_path, API_KEY_FILE=str(path))

    path.write_text("\n")
    assert "is empty" in refused(tmp_path, API_KEY_FILE=str(path))

    path.write_text(f"key = {KEY}\n")
    assert "more than a key" in refused(tmp_path, API_KEY_FILE=str(path))


def test_api_address_without_a_key_is_refused(tmp_path: Path) -> None:
    assert "needs a key" in refused(tmp_path, API_URL="https://api.example.com/")


PASSWORD = "p%40ss-4711"  # noqa: S105  # made up
DATABASE = f"postgresql+psycopg://desk:{PASSWORD}@db.example.com/tickets"


def test_password_of_a_database_is_read_from_the_environment_and_never_shown(
    tmp_path: Path,
) -> None:
    settings = load(tmp_path, DATABASE=DATABASE)

    assert settings.database is not None
    assert settings.database.get_secret_value() == DATABASE
    assert PASSWORD not in repr(settings)
    assert {PASSWORD, "p@ss-4711"} <= set(settings.secrets)
    assert load(tmp_path, DATABASE="shop.sqlite3").secrets == ()


def test_password_of_a_database_is_refused_in_a_command(tmp_path: Path) -> None:
    sentence = refused(tmp_path, {"database": DATABASE})

    assert "TICKETDESK_DATABASE (flag --database)" in sentence
    assert "into the environment or .env" in sentence
    assert PASSWORD not in sentence
    assert load(tmp_path, {"database": DATABASE.replace(f":{PASSWORD}", "")}).database


def test_two_keys_are_refused(tmp_path: Path) -> None:
    assert "Remove one of the two" in refused(tmp_path, API_KEY=KEY, API_KEY_FILE="key")


def test_public_address_of_this_machine_is_fine(tmp_path: Path) -> None:
    assert load(tmp_path, PUBLIC_URL="http://127.0.0.1:9000/").public_url == "http://127.0.0.1:9000"


def test_public_address_may_have_a_path(tmp_path: Path) -> None:
    settings = load(tmp_path, PUBLIC_URL="https://127.0.0.1:9000/shop/desk/")

    assert settings.public_url == "https://127.0.0.1:9000/shop/desk"
    assert settings.path == "/shop/desk"
    assert load(tmp_path, PUBLIC_URL="https://127.0.0.1/v1").path == "/v1"
    assert load(tmp_path).path == ""


def test_trusted_proxies_are_addresses_and_networks(tmp_path: Path) -> None:
    named = load(tmp_path, TRUSTED_PROXIES="127.0.0.1, 2001:db8::/64").trusted_proxies

    assert [str(network) for network in named] == ["127.0.0.1/32", "2001:db8::/64"]
    assert load(tmp_path).trusted_proxies == ()


def test_plain_http_is_fine_on_this_machine(tmp_path: Path) -> None:
    assert load(tmp_path, API_URL="http://127.0.0.1:9000/", API_KEY=KEY).api_url == (
        "http://127.0.0.1:9000"
    )


def test_header_of_a_proxy_needs_the_proxy_to_be_named(tmp_path: Path) -> None:
    assert "no proxy is named" in refused(tmp_path, USER_HEADER="Remote-User")

    named = load(tmp_path, USER_HEADER="Remote-User", TRUSTED_PROXIES="127.0.0.1")
    assert named.user_header == "remote-user"
