"""Addresses: what may stand in the settings, ids as one segment, proxies."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.base_url import host_of, parse_base_url, proxy_for, ticket_target, without_password
from app.domain.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api.example.com", "https://api.example.com/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081/v1"),
        ("https://example.com/shop one", "https://example.com/shop%20one/v1"),
        ("http://[::1]:80", "http://[::1]:80/v1"),
    ],
)
def test_address_ends_in_the_version(url: str, base: str) -> None:
    assert parse_base_url(url).url == base


@pytest.mark.parametrize("url", ["", "example.com", "ftp://example.com", "https://", "https://a:b"])
def test_address_that_is_none_is_a_sentence(url: str) -> None:
    with pytest.raises(SettingsError, match="not a web address"):
        parse_base_url(url)


def test_address_with_a_user_name_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_base_url("https://ana:secret@example.com")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("ticket_id", "target"),
    [
        ("tkt_abc123", "/tickets/tkt_abc123"),
        ("..", "/tickets/%2E%2E"),
        (".", "/tickets/%2E"),
        ("a/../b", "/tickets/a%2F..%2Fb"),
        ("a%2fb", "/tickets/a%252fb"),
        ("a\r\nb ?#", "/tickets/a%0D%0Ab%20%3F%23"),
    ],
)
def test_ticket_id_is_one_segment(ticket_id: str, target: str) -> None:
    assert ticket_target(ticket_id) == target


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_ticket_id_is_one_segment_and_comes_back(ticket_id: str) -> None:
    segment = ticket_target(ticket_id).removeprefix("/tickets/")

    assert unquote(segment) == ticket_id
    assert segment.isascii()
    assert not set(segment) & set("/?# \r\n")
    assert segment not in {".", ".."}


PROXY = "http://proxy.example.com:3128"


@pytest.fixture
def _proxy_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("http_proxy", "proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", "inside.example.com")


@pytest.mark.usefixtures("_proxy_in_the_environment")
@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://api.example.com", PROXY),
        ("http://api.example.com", PROXY),
        ("https://inside.example.com", None),
        ("https://localhost", None),
        ("http://127.9.9.9", None),
        ("http://[::1]", None),
        ("http://desk.localhost", None),
    ],
)
def test_proxy_stands_before_other_machines_only(url: str, proxy: str | None) -> None:
    assert proxy_for(parse_base_url(url)) == proxy


def test_proxy_is_shown_without_its_password() -> None:
    assert without_password("http://ana:secret@proxy.example.com:3128") == "proxy.example.com:3128"


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://other.example.com/x?y", "other.example.com"),
        ("//other.example.com:81", "other.example.com:81"),
        ("https://a:b@other.example.com", "other.example.com"),
        ("/login?next=x", "/login"),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_redirect_names_a_host_or_a_path(location: str, host: str) -> None:
    assert host_of(location) == host
