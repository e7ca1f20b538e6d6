"""Two lanes for queries, so that one that never ends holds up none that does.

The quick lane is one process for all. What is not whole after a second, or is larger than a megabyte, leaves it for the
long lane: a few processes with one query each, which may take as long and answer as much as the settings allow, and are
killed when it is more. The engine does not hear that nobody waits any more while it counts or sorts, so a process of
the quick lane with such a query in it is put aside for a fresh one, and killed when the others in it are through.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from kzlod.web.engine.connection import BrokenError, Connection
from kzlod.web.engine.process import Engine, Settings

QUICK, LARGE = 1.0, 1 << 20
_AT_A_TIME, _CROWD, _LONG, _WAITING = 64, 4, 2, 32
_REMEMBERED = 1000


class BusyError(Exception):
    """Too many long queries wait already."""


class TooLongError(Exception):
    """A query took longer than it may."""


class EngineError(Exception):
    """The engine died of the query: it may have needed more memory than there is for it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query for the engine: its text, the media types that it may answer with, its dataset as a query string."""

    sparql: bytes
    accept: str
    dataset: str

    @property
    def request(self) -> bytes:
        """The request as it goes over the connection."""
        return (
            f"POST /query?{self.dataset} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: {self.accept}\r\n"
            f"content-type: application/sparql-query\r\ncontent-length: {len(self.sparql)}\r\n\r\n"
        ).encode("ascii") + self.sparql


@dataclass(frozen=True, slots=True)
class Result:
    """What the engine answers: all of it where `rest` is None, else its beginning."""

    status: int
    media_type: str
    body: bytes
    rest: AsyncIterator[bytes] | None = None


class Lanes:
    """The engine, from `start` to `stop`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._quick: Engine | None = None
        self._fresh = asyncio.Lock()
        self._places = asyncio.Semaphore(_AT_A_TIME)
        self._long_places = asyncio.Semaphore(_LONG)
        self._waiting = self._under_way = 0
        self._spare: list[Engine] = []
        self._slow: OrderedDict[Question, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._all: set[Engine] = set()
        self._stopped = False

    async def start(self) -> None:
        """Start the quick lane; the long one starts when it is needed."""
        self._quick = await self._start()

    async def stop(self) -> None:
        """End all processes."""
        self._stopped = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(engine.end() for engine in list(self._all)))

    @property
    def runs(self) -> bool:
        """Whether the quick lane has a process."""
        return self._quick is not None and self._quick.runs

    async def _start(self) -> Engine:
        engine = await Engine.start(self.settings)
        self._all.add(engine)
        self._later(self._watch(engine))
        return engine

    async def _watch(self, engine: Engine) -> None:
        """Start another process where one of the quick lane dies, at once and not when somebody asks."""
        await engine.wait()
        self._all.discard(engine)
        while engine is self._quick and not self._stopped:
            with suppress(Exception):
                await self._renew(engine)
                return
            await asyncio.sleep(1)

    def _later(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _renew(self, engine: Engine) -> None:
        """Put a fresh process in the place of one."""
        async with self._fresh:
            if engine is self._quick:
                self._quick = await self._start()

    async def quick(self, question: Question) -> Result | None:
        """The answer by the quick lane; None where it is one for the long lane.

        Raises `EngineError` where the process is gone and cannot be started again.
        """
        if question in self._slow:
            self._slow.move_to_end(question)
            return None
        for last in (False, True):
            async with self._places:
                engine = self._quick
                assert engine is not None
                self._under_way += 1
                engine.asked += 1
                try:
                    return await self._ask(engine, question)
                except TimeoutError:
                    self._later(self._put_aside(engine))
                    if self._under_way <= _CROWD:
                        self._remember(question)
                        return None
                    # Perhaps the others held it up: it is tried once more.
                    if last:
                        return None
                except BrokenError as error:
                    # It was killed, or died of this query or another; a query only reads, so it can be asked again.
                    if last:
                        raise EngineError from error
                finally:
                    self._under_way -= 1
                    engine.asked -= 1
            if not engine.runs:
                await self._renew(engine)
        raise AssertionError("the second time returns or raises")

    async def _ask(self, engine: Engine, question: Question) -> Result | None:
        connection: Connection | None = None
        try:
            async with asyncio.timeout(QUICK):
                connection = await engine.ask(question.request)
                body, all_ = await connection.whole(LARGE)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        status, media_type = connection.status, connection.media_type
        engine.give_back(connection)
        if not all_:
            self._remember(question)
            return None
        return Result(status, media_type, body)

    async def _put_aside(self, engine: Engine) -> None:
        """Let a process with a query that may never end finish the others, and kill it."""
        await self._renew(engine)
        deadline = asyncio.get_running_loop().time() + QUICK
        while engine.asked and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        await engine.end()

    def _remember(self, question: Question) -> None:
        self._slow[question] = None
        if len(self._slow) > _REMEMBERED:
            self._slow.popitem(last=False)

    @asynccontextmanager
    async def long(self, question: Question) -> AsyncIterator[Result]:
        """The answer by the long lane, which may go on while the context lasts.

        Raises `BusyError` where too many wait, `TooLongError` where it takes too long before anything can be sent,
        `EngineError` where the process dies; the rest of an answer may raise the same, as it is read.
        """
        if self._waiting >= _WAITING:
            raise BusyError
        self._waiting += 1
        try:
            async with asyncio.timeout(self.settings.timeout):
                await self._long_places.acquire()
        except TimeoutError as error:
            raise BusyError from error
        finally:
            self._waiting -= 1
        deadline = asyncio.get_running_loop().time() + self.settings.timeout
        engine: Engine | None = None
        connection: Connection | None = None
        try:
            engine = self._spare.pop() if self._spare else await self._start()
            async with asyncio.timeout_at(deadline):
                connection = await engine.ask(question.request)
                body, all_ = await connection.whole(LARGE)
            rest = None if all_ else self._rest(connection, len(body), deadline)
            yield Result(connection.status, connection.media_type, body, rest)
        except TimeoutError as error:
            raise TooLongError from error
        except BrokenError as error:
            raise EngineError from error
        finally:
            if engine is not None:
                if connection is not None and connection.usable and engine.runs:
                    engine.give_back(connection)
                    self._spare.append(engine)
                else:
                    self._later(engine.end())
            self._long_places.release()

    async def _rest(self, connection: Connection, size: int, deadline: float) -> AsyncIterator[bytes]:
        while True:
            async with asyncio.timeout_at(deadline):
                piece = await connection.piece()
            if not piece:
                return
            size += len(piece)
            if size > self.settings.most:
                raise TooLongError
            yield piece
