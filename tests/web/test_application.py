"""The application's own routes: assets by content, the embedded API's paths, nothing else."""

import httpx
import pytest
from fastapi import FastAPI

from app.server.application import ApiRoute
from app.web.application import new_web
from app.web.assets import asset_folder, asset_url, public_asset
from components import theme


async def ask(path: str, **headers: str) -> httpx.Response:
    api = FastAPI()

    @api.get("/v1/tickets")
    def tickets() -> str:
        return "the API"

    transport = httpx.ASGITransport(app=new_web(ApiRoute(api)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.get(path, headers={"accept-encoding": "identity"} | named)


async def test_asset_may_be_kept_for_ever_under_its_own_address() -> None:
    answer = await ask(asset_url("style.css"))

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.content == (asset_folder() / "style.css").read_bytes()


async def test_asset_is_sent_compressed_to_those_who_understand() -> None:
    plain = await ask(asset_url("style.css"))
    small = await ask(asset_url("style.css"), accept_encoding="gzip")

    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"])


async def test_the_style_sheets_travel_as_one_in_their_order() -> None:
    answer = await ask(asset_url(theme.STYLE))

    assert "immutable" in answer.headers["cache-control"]
    written = "\n".join((asset_folder() / name).read_text("utf-8") for name in theme.STYLES)
    assert answer.text.startswith(theme.in_text_sizes(written))


async def test_our_scripts_travel_as_one_in_their_order() -> None:
    answer = await ask(asset_url(theme.SCRIPT))

    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.content == b"\n".join(
        (asset_folder() / name).read_bytes() for name in theme.SCRIPTS
    )


async def test_asset_under_the_address_of_other_content_is_not_found() -> None:
    assert (await ask("/assets/000000000000/style.css")).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "demo/products.json",
        "../pyproject.toml",
        "..%2fpyproject.toml",
        "vendor/LICENSE",
        "",
        "demo",
    ],
)
async def test_files_that_are_not_for_browsers_are_not_found(name: str) -> None:
    assert public_asset(name) is None
    assert (await ask(f"/assets/000000000000/{name}")).status_code == 404


async def test_api_answers_at_its_own_paths() -> None:
    assert (await ask("/v1/tickets")).json() == "the API"


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_no_page_describes_our_own_routes(path: str) -> None:
    assert (await ask(path)).status_code == 404
