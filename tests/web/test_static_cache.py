"""What never changes is made once; everything else is asked for each time."""

import httpx
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web import static_cache
from app.web.static_cache import StaticCache

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
BODY = b"x" * 5000


class Site:
    """Counts what is made; each path says what its answer looks like."""

    def __init__(self, **headers: str) -> None:
        self.made = 0
        self.status = 200
        self.headers = FOR_EVER | headers
        inside = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])])
        inside.add_middleware(GZipMiddleware, minimum_size=500)
        self.app: ASGIApp = StaticCache(inside)

    async def _answer(self, _: Request) -> Response:
        self.made += 1
        return Response(BODY, self.status, headers=self.headers, media_type="text/css")

    async def ask(
        self, path: str = "/a.css", method: str = "GET", **headers: str
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.request(method, path, headers=headers)


async def test_file_that_never_changes_is_made_once() -> None:
    site = Site()
    first, second = [await site.ask() for _ in range(2)]

    assert site.made == 1
    assert second.content == first.content == BODY
    assert dict(second.headers) == dict(first.headers)
    assert second.headers["Content-Encoding"] == "gzip"


async def test_browser_without_compression_gets_its_own_answer() -> None:
    site = Site()
    packed = await site.ask()
    plain = await site.ask(**{"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in plain.headers
    assert plain.content == packed.content
    assert site.made == 2


async def test_file_that_never_changes_is_the_same_for_every_cookie() -> None:
    answer = await Site(Vary="Cookie").ask()

    assert answer.headers["Vary"] == "Accept-Encoding"


async def test_what_may_change_or_is_someones_own_is_made_each_time() -> None:
    for site in (Site(**{"Cache-Control": "no-store"}), Site(**{"Set-Cookie": "id=1"})):
        await site.ask()
        await site.ask()

        assert site.made == 2


async def test_failures_parts_questions_and_writes_are_not_kept() -> None:
    site = Site()
    site.status = 404
    await site.ask()
    site.status = 200
    for _ in range(2):
        await site.ask("/a.css?v=1")
        await site.ask(method="POST")
        await site.ask(Range="bytes=0-1")

    assert site.made == 7


async def test_memory_is_bounded_and_what_is_beyond_still_comes() -> None:
    site, room = Site(), static_cache.MAX_BYTES // len(BODY)
    plain = {"Accept-Encoding": "identity"}
    for number in range(room + 1):
        await site.ask(f"/{number}", **plain)

    assert (await site.ask("/0", **plain)).content == BODY
    assert (await site.ask(f"/{room}", **plain)).content == BODY
    assert site.made == room + 2


async def test_answer_that_somebody_left_is_not_kept_for_the_others() -> None:
    leaves = True

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(k.lower().encode(), v.encode()) for k, v in FOR_EVER.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY, "more_body": True})
        gone = (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.body", "body": b"" if gone else BODY})

    async def receive() -> Message:
        return {"type": "http.disconnect" if leaves else "http.request"}

    async def ask() -> bytes:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/a", "query_string": b"", "headers": []}
        await app(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent)

    app = StaticCache(inside)
    assert await ask() == BODY
    leaves = False

    assert await ask() == BODY * 2
    assert await ask() == BODY * 2


async def test_what_is_added_to_a_kept_answer_is_added_once() -> None:
    site = Site()
    inside = site.app

    async def outside(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-more", b"1"))
            await send(message)

        await inside(scope, receive, send_more)

    site.app = outside
    answers = [await site.ask() for _ in range(3)]

    assert [answer.headers.get_list("x-more") for answer in answers] == [["1"]] * 3


async def test_refusal_is_kept_by_nobody_and_a_cookie_only_by_whom_it_is_for() -> None:
    missing, own = Site(**{"Set-Cookie": "id=1"}), Site(**{"Set-Cookie": "id=1"})
    missing.status = 404
    for asked in ("/a.css", "/a.css?x=1"):
        assert (await missing.ask(asked)).headers["Cache-Control"] == "no-store"
        assert (await own.ask(asked)).headers["Cache-Control"].startswith("private, max-age")
