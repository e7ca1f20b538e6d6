"""A kept connection to an engine on this machine: HTTP/1.1 as far as it speaks it, with nothing in between.

A general client costs more than the engine's own work for a look-up: forty times fewer requests a second go through it.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import cast

_MUCH = 1 << 18
_HEAD = 1 << 16


class BrokenError(Exception):
    """The connection ended in the middle of an answer, or the answer is no HTTP."""


@lru_cache(1024)  # the heads of an engine's answers are few
def _read(head: bytes) -> tuple[int, str, bool, int]:
    """The status, the media type, whether the body is chunked, and its length otherwise."""
    first, *lines = head.decode("latin-1").split("\r\n")
    named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        status, length = int(first[9:12]), int(named.get("content-length", "0"))
    except ValueError as error:
        raise BrokenError("the engine's answer is no HTTP") from error
    return status, named.get("content-type", ""), "transfer-encoding" in named, length


class Connection(asyncio.Protocol):
    """One connection: `ask` sends a request and reads the head of its answer, `piece` and `whole` read its body."""

    def __init__(self) -> None:
        self.status, self.media_type = 0, ""
        self._data = bytearray()
        self._waiting: asyncio.Future[None] | None = None
        self._lost = self._paused = False
        self._chunked, self._left = False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > _MUCH and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, _: Exception | None) -> None:
        self._lost = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _more(self) -> None:
        """Wait until there is more than there was."""
        if self._lost:
            raise BrokenError("the engine broke off")
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    async def ask(self, request: bytes) -> None:
        """Send a request and read the head of its answer: `status` and `media_type` say what comes."""
        if self._lost:
            raise BrokenError("the engine broke off")
        self._transport.write(request)
        while (end := self._data.find(b"\r\n\r\n")) < 0:
            if len(self._data) > _HEAD:
                raise BrokenError("the engine's answer has no end of its head")
            await self._more()
        head = bytes(self._data[:end])
        del self._data[: end + 4]
        self.status, self.media_type, self._chunked, self._left = _read(head)

    async def _line(self) -> bytes:
        while (end := self._data.find(b"\r\n")) < 0:
            await self._more()
        line = bytes(self._data[:end])
        del self._data[: end + 2]
        return line

    async def piece(self) -> bytes:
        """The next piece of the body; empty when it is over."""
        if self._left == 0:
            if not self._chunked:
                return b""
            try:
                self._left = int((await self._line()).partition(b";")[0], 16)
            except ValueError as error:
                raise BrokenError("the engine's answer is no HTTP") from error
            if self._left == 0:
                await self._line()
                self._chunked = False
                return b""
        while not self._data:
            await self._more()
        piece = bytes(self._data[: self._left])
        del self._data[: len(piece)]
        self._left -= len(piece)
        if self._chunked and self._left == 0:
            await self._line()
        return piece

    def _at_once(self) -> bytes | None:
        """The body, where it is one chunk and is there already, which small answers are; else None."""
        end = self._data.find(b"\r\n")
        if not self._chunked or self._left or end < 1:
            return None
        size = int(self._data[:end], 16)
        if not size or len(self._data) != end + size + 9 or not self._data.endswith(b"\r\n0\r\n\r\n"):
            return None
        body = bytes(self._data[end + 2 : end + 2 + size])
        self._data.clear()
        self._chunked = False
        return body

    async def whole(self, most: int) -> tuple[bytes, bool]:
        """The body, and whether that is all; where it is more than `most` bytes, what came until then."""
        if (body := self._at_once()) is not None:
            return body, True
        pieces, size = [], 0
        while piece := await self.piece():
            pieces.append(piece)
            size += len(piece)
            if size > most:
                return b"".join(pieces), False
        return b"".join(pieces), True

    @property
    def usable(self) -> bool:
        """Whether another request can be sent."""
        return not self._lost and not self._data and not self._chunked and self._left == 0

    def close(self) -> None:
        """End the connection at once."""
        self._transport.abort()
