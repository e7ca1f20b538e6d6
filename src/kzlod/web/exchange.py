"""One exchange with a client: what it sends in time, what it is sent as fast as it reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

from kzlod.web.messages import Answer, Headers, RefusedError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
BODY = 1 << 20
"""How many bytes a request may have."""
PATIENCE = 10.0
"""How many seconds a client may take to send a body."""


class Exchange:
    """A request's body and the way back; `status` and `sent` are for the log."""

    def __init__(self, receive: Receive, send: Send, *, head: bool) -> None:
        self.receive, self._send, self._head = receive, send, head
        self.status, self.sent = 0, 0

    async def body(self, length: str) -> bytes:
        """What the client sent; raises `RefusedError` where it is too much, or comes too slowly.

        `length` is what it says of the length: nothing, perhaps.
        """
        pieces, size = [], 0
        too_much = RefusedError(413, f"a request may have {BODY:,} bytes", {"connection": "close"})
        if length.isdecimal() and int(length[:20]) > BODY:
            raise too_much
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    message = await self.receive()
                    if message["type"] == "http.disconnect":
                        raise RefusedError(400, "the request broke off")
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > BODY:
                        raise too_much
                    if not message.get("more_body"):
                        return b"".join(pieces)
        except TimeoutError as error:
            reason = f"the request did not arrive within {PATIENCE:g} s"
            raise RefusedError(408, reason, {"connection": "close"}) from error

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer."""
        await self._start(answer.status, answer.headers)
        body = b"" if self._head else answer.body
        self.sent += len(body)
        await self._send({"type": "http.response.body", "body": body})

    async def stream(self, status: int, headers: Headers, first: bytes, rest: AsyncIterator[bytes]) -> None:
        """Send an answer piece by piece, as fast as the client reads."""
        await self._start(status, headers)
        if not self._head:
            await self._piece(first)
            async for piece in rest:
                await self._piece(piece)
        await self._send({"type": "http.response.body", "body": b""})

    async def _start(self, status: int, headers: Headers) -> None:
        self.status = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def _piece(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        self.sent += len(piece)

    async def counted(self, message: Message) -> None:
        """Send a message that others made: a file's."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    async def while_there(self, work: Coroutine[Any, Any, Answer | None]) -> Answer | None:
        """Do what takes long, and stop where the client has gone: then there is no answer."""
        task, gone = asyncio.ensure_future(work), asyncio.ensure_future(self._gone())
        try:
            await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for one in (task, gone):
                one.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)

    async def _gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
