import gzip
from pathlib import Path

import httpx
import pytest
from nicegui import dependencies
from starlette.applications import Starlette

from components.chart_bundle import ADDRESS, BUNDLE, register_chart_bundle

VENDOR = Path(__file__).parents[2] / "assets" / "vendor"


@pytest.fixture
async def answer(request: pytest.FixtureRequest) -> httpx.Response:
    web = Starlette()
    register_chart_bundle(web, VENDOR)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(web), base_url="http://test.example.com"
    ) as client:
        return await client.get(ADDRESS, headers={"Accept-Encoding": request.param})


@pytest.mark.parametrize("answer", ["gzip", "identity"], indirect=True)
def test_bundle_is_a_module_around_the_vendored_file(answer: httpx.Response) -> None:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert (VENDOR / BUNDLE).read_bytes() in answer.content
    assert answer.text.rstrip().endswith("export const Plotly=module.exports;")


@pytest.mark.parametrize("answer", ["gzip"], indirect=True)
def test_bundle_may_be_kept_for_ever_and_travels_small(answer: httpx.Response) -> None:
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.compress(answer.content, 9)) < 400_000


@pytest.mark.parametrize("answer", ["identity"], indirect=True)
def test_charts_are_pointed_at_the_bundle(answer: httpx.Response) -> None:
    assert dependencies.importmap_overrides["nicegui-plotly"] == ADDRESS


def test_licence_lies_beside_the_bundle() -> None:
    licence = VENDOR / BUNDLE.replace(".min.js", ".LICENSE")

    assert "MIT License" in licence.read_text("utf-8")
