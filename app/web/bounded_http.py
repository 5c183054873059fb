"""HTTP whose requests begin with a head of bounded size, sent within a bounded time."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 65_536
HEAD_SECONDS = 20.0
LINGER_SECONDS, LINGER_BYTES = 1.0, 1_000_000
"""for which the rest is let pass unread, else the answer is lost with the connection"""
TOO_LARGE = f"The head of this request is larger than {HEAD_BYTES:,} bytes."


class BoundedHttp(HttpToolsProtocol):
    """Ends a connection whose next request says too much, or too slowly, before its headers end.

    The parser collects a head for as long as it goes on, before any guard sees the request.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_in_head, self._begun, self._head_bytes = True, 0, 0
        self._is_refused = False
        self._overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """What follows is its body."""
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Read a head piece by piece, all else as it comes."""
        while data and self._is_in_head and not self._is_refused:
            piece, data, begun = data[:HEAD_BYTES], data[HEAD_BYTES:], self._begun
            super().data_received(piece)
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                return
            self._head_bytes += len(piece) if begun == self._begun else 0
            if self._is_too_large():
                self._refuse()
        if self._is_refused:
            self._head_bytes += len(data)
            if self._head_bytes > LINGER_BYTES:
                self.transport.close()
        elif data:
            super().data_received(data)

    def _await_head(self) -> None:
        self._stop_waiting()
        self._is_in_head, self._head_bytes = True, 0
        self._begun += 1
        self._overdue = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _is_too_large(self) -> bool:
        return self._is_in_head and self._head_bytes >= HEAD_BYTES

    def _stop_waiting(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()

    def _refuse(self) -> None:
        said = TOO_LARGE.encode()
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(said), said)
        )
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._is_refused = True
        self._stop_waiting()
        self._overdue = self.loop.call_later(LINGER_SECONDS, self.transport.close)
