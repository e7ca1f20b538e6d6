"""Connections that are given up: that send nothing, too much or too slowly, or do not read what they asked for."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD, TARGET = 32 << 10, 32 << 10
"""How many bytes the headers of a request may have, and its target."""
PATIENCE = 10.0
"""How many seconds a client has for the head of a request, and for reading on in an answer."""


class GuardedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with limits on what is held for a client before a request is known."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._size = self._unread = 0
        self._in_head, self._moved = True, False
        self._patience: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ready()
        self.resume_writing()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """From now on the head of a request has to come."""
        self._ready()
        self._patience = self.loop.call_later(PATIENCE, self._give_up)

    def _ready(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self) -> None:
        self._patience = None
        self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._moved = False
        super().data_received(data)
        if self._in_head and not self._moved:
            # The parser holds a line of the head until it has its end.
            self._size += len(data)
            self._limit()
        if self._patience is None and self._in_head and (self.cycle is None or self.cycle.response_complete):
            self._wait()

    def on_message_begin(self) -> None:
        self._size, self._in_head, self._moved = 0, True, True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > TARGET:
            self._refuse(b"414 URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size += len(name) + len(value)
        self._limit()
        super().on_header(name, value)

    def _limit(self) -> None:
        if self._size > HEAD + TARGET:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        self._ready()
        self._in_head, self._moved = False, True
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._size, self._in_head, self._moved = 0, True, True
        if not self.transport.is_closing():
            super().on_message_complete()

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
            self.loop.call_later(PATIENCE, self.transport.abort)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked for: end the connection; at once where the client has stopped reading the answer."""
        left = self.transport.get_write_buffer_size()
        if self.transport.is_closing() or not left:
            super().timeout_keep_alive_handler()
        elif left == self._unread:
            self.transport.abort()
        else:
            self._unread = left
            self.timeout_keep_alive_task = self.loop.call_later(PATIENCE, self.timeout_keep_alive_handler)
