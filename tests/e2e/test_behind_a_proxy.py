"""A desk that a proxy shows by TLS below `/desk`: whether it takes the path off or not."""

import html
import re
import ssl
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.deploy._story import PASSWORD, add_sellers, new_link, sign_in, two_sellers_and_a_wall
from tests.doubles.proxy import AUTHORITY, Manners, Proxy
from tests.e2e.conftest import seed
from tests.e2e.desk import KEY, Running, command, start, until, visit
from tests.e2e.shop import Shop

BOTH = [Manners(strips=True), Manners(strips=False, adds=("X-Forwarded-Prefix: /desk",))]
TRUST = ssl.create_default_context(cafile=AUTHORITY)
NAMES = ["path stripped", "path kept"]


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with Proxy() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def desk(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("desk")
    seed(folder)
    add_sellers(folder)
    running = start(
        "serve",
        folder=folder,
        TICKETDESK_API_KEY=KEY,
        TICKETDESK_PUBLIC_URL=f"{proxy.url}/desk/",
        TICKETDESK_TRUSTED_PROXIES="127.0.0.1",
    )
    proxy.upstream_port = int(running.url.rsplit(":", 1)[1])
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.said()


@pytest.fixture(params=BOTH, ids=NAMES)
def address(request: pytest.FixtureRequest, proxy: Proxy, desk: Running) -> str:
    proxy.manners = request.param
    return f"{proxy.url}/desk"


@pytest.fixture(scope="module")
def ask(proxy: Proxy, desk: Running) -> Callable[..., httpx.Response]:
    """What somebody who has signed in is answered."""
    proxy.manners, address = BOTH[0], f"{proxy.url}/desk"
    form, own = {"name": "Ana", "password": PASSWORD}, {"Origin": proxy.url}
    done = httpx.post(f"{address}/sign-in", data=form, headers=own, verify=TRUST)
    assert done.is_redirect, done.text
    signed_in = "; ".join(f"{name}={value}" for name, value in done.cookies.items())

    def asked(
        address: str, path: str, *, form: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        method, headers = "POST" if form else "GET", {"Cookie": signed_in, **headers}
        return httpx.request(
            method, address + path, data=form, headers=headers, verify=TRUST, timeout=10
        )

    return asked


Ask = Callable[..., httpx.Response]


def test_plain_addresses_answer_below_the_path(ask: Ask, address: str) -> None:
    assert until(lambda: ask(address, "/readyz").status_code == 200)
    assert ask(address, "/healthz").json()
    assert ask(address, "/v1/tickets", Authorization=f"Bearer {KEY}").json()["meta"]["total"] == 60
    assert ask(address, "/v1/tickets").status_code == 401
    assert ask(address, "/tickets/tkt_1").headers["location"] == "/desk/?ticket=tkt_1"
    assert f'"{address}"' not in ask(address, "/").text


def test_cookie_is_for_the_path_and_for_tls_alone(ask: Ask, address: str) -> None:
    cookie = ask(address, "/").headers["set-cookie"].lower()

    assert "path=/desk;" in cookie
    assert "secure" in cookie


def test_page_that_is_missing_leads_back_below_the_path(ask: Ask, address: str) -> None:
    page = ask(address, "/nowhere", Accept="text/html").text

    assert 'href="/desk/"' in page
    assert 'href="/assets' not in page


ADDRESS_IN_PAGE = re.compile(
    r"""(?:href|src|action|data-(?:worker|wall|board))\\*["']?[=:]\s*\\*["'](/[^"'\\]*)"""
)
"""as HTML has it, and as it stands in what the screen library builds a page of"""
PAGES = (
    "/",
    "/account",
    "/account/sign-out",
    "/health",
    "/settings",
    "/users",
    "/log",
    "/screens",
    "/kiosk",
    "/kiosk/plain",
    "/sign-in",
    "/nowhere",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_address_on_a_page_is_below_the_path(ask: Ask, address: str, path: str) -> None:
    answer = ask(address, path, Accept="text/html")

    found = ADDRESS_IN_PAGE.findall(html.unescape(answer.text))
    found += answer.headers.get_list("location")
    assert found
    assert [one for one in found if not one.startswith("/desk/")] == []


@pytest.mark.parametrize(
    ("path", "form"),
    [("/users", {"do": "remove", "name": "Ben"}), ("/screens", {"do": "revoke", "name": "Yard"})],
)
def test_every_address_on_a_page_that_asks_again_is_below_the_path(
    ask: Ask, address: str, desk: Running, path: str, form: dict[str, str]
) -> None:
    data = ("--data-dir", str(desk.folder / "data"))
    command("kiosk-link", "new", "Yard", *data, cwd=desk.folder)
    page = ask(address, path, form=form, Origin=address.removesuffix("/desk")).text

    assert "sure" in page
    assert [
        one for one in ADDRESS_IN_PAGE.findall(html.unescape(page)) if not one.startswith("/desk/")
    ] == []


def test_foreign_page_is_refused_also_behind_the_proxy(ask: Ask, address: str) -> None:
    assert ask(address, "/", Origin="https://evil.example").status_code == 403
    assert ask(address, "/", Origin="https://127.0.0.1").status_code == 403


def test_desk_still_answers_on_its_own_port(desk: Running) -> None:
    assert httpx.get(f"{desk.url}/healthz").status_code == 200
    assert httpx.get(f"{desk.url}/desk/healthz").status_code == 200


def test_name_that_a_proxy_hands_on_is_checked_as_the_host_is(proxy: Proxy, desk: Running) -> None:
    """nginx asks by its own name for the desk unless it is told otherwise."""
    public = proxy.url.removeprefix("https://")
    own = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Host": public}

    assert httpx.get(f"{desk.url}/healthz", headers={"Host": "desk"} | own).status_code == 200
    foreign = own | {"X-Forwarded-Host": "evil.example"}
    assert httpx.get(f"{desk.url}/healthz", headers=foreign).status_code == 403


def test_two_sellers_and_a_wall_work_through_it(
    address: str, desk: Running, new_page: Callable[..., Page]
) -> None:
    ticket = str(Shop(desk).waiting()[0]["id"])

    link = new_link(desk.folder, address)

    two_sellers_and_a_wall(address, ticket, link, lambda: new_page(ignore_https_errors=True))


def test_page_works_where_the_proxy_lets_no_websocket_pass(
    proxy: Proxy, desk: Running, page_by_tls: Page, console: list[str]
) -> None:
    proxy.manners = Manners(passes_sockets=False)

    sign_in(page_by_tls, f"{proxy.url}/desk", "Ana")
    visit(page_by_tls, f"{proxy.url}/desk/")
    page_by_tls.get_by_role("button", name="Closed", exact=True).click()
    page_by_tls.wait_for_url("**/desk/?status=closed")

    expect(page_by_tls.locator("[data-freshness=live]")).to_be_visible()
    assert until(lambda: "lets no WebSocket pass" in desk.said())
    assert all("WebSocket" in said for said in console)
    console.clear()


@pytest.fixture
def page_by_tls(new_page: Callable[..., Page]) -> Page:
    return new_page(ignore_https_errors=True)


def test_seller_signs_in_through_it(address: str, desk: Running) -> None:
    with httpx.Client(verify=TRUST, headers={"Accept": "text/html"}) as browser:
        led = browser.get(f"{address}/health").headers["location"]
        assert led.startswith("/desk/sign-in?next=")
        form = {"name": "Ana", "password": PASSWORD, "next": "/health"}
        own = {"Origin": address.removesuffix("/desk")}
        done = browser.post(f"{address}/sign-in", data=form, headers=own)

        assert (done.status_code, done.headers["location"]) == (303, "/desk/health")
        cookie = next(line for line in done.headers.get_list("set-cookie") if "__Secure-" in line)
        assert "Path=/desk;" in f"{cookie};"
        assert browser.get(f"{address}/health").status_code == 200

        link = new_link(desk.folder, address)
        with httpx.Client(verify=TRUST) as wall:
            let_in = wall.get(link)
            assert let_in.headers["location"] == "/desk/kiosk"
            assert wall.get(f"{address}/kiosk").status_code == 200
            assert wall.get(f"{address}/health").status_code == 401
