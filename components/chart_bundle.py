"""The small plotly bundle in place of the framework's four times larger one."""

import asyncio
import gzip
from functools import cache
from pathlib import Path

from nicegui import dependencies
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from components.site import SITE

BUNDLE = "plotly-basic-3.7.0.min.js"
ADDRESS = f"/vendor/{BUNDLE}"


def register_chart_bundle(app: Starlette, folder: Path) -> None:
    """Serve the bundle in `folder` at an address of its own and point every chart at it.

    It is wrapped and compressed once, at its first request and off the event loop.
    """

    async def bundle(request: Request) -> Response:
        body = await asyncio.to_thread(_compressed_module, folder / BUNDLE)
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
        }
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            body = gzip.decompress(body)
        return Response(body, media_type="text/javascript", headers=headers)

    app.add_route(ADDRESS, bundle, methods=["GET"], include_in_schema=False)
    dependencies.register_importmap_override("nicegui-plotly", SITE.link(ADDRESS))


@cache
def _compressed_module(path: Path) -> bytes:
    """The bundle, which is made for script tags, as a module that exports Plotly."""
    before = b"const module={exports:{}},exports=module.exports;\n"
    after = b"\nexport const Plotly=module.exports;\n"
    return gzip.compress(before + path.read_bytes() + after, 9, mtime=0)
