"""One process of the engine: `oxigraph serve-read-only` on the loopback address, and the connections to it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kzlod.errors import MissingError, RemoteError
from kzlod.web.engine.confine import confinement
from kzlod.web.engine.connection import BrokenError, Connection

_STARTS = 20.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the engine has: its store, how many seconds a query may take, how many bytes an answer and its memory."""

    store: Path
    timeout: float = 30.0
    most: int = 100 << 20
    memory: int = 4 << 30


def binary() -> str:
    """The engine's program: beside this Python, or on the path; raises `MissingError` where it is not there."""
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.is_file() else shutil.which("oxigraph")
    if found is None:
        raise MissingError("oxigraph is not installed", remedy="run: pip install 'kzlod[web]'")
    return found


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


class Engine:
    """A running process. `ask` takes a connection, which goes back with `give_back`."""

    def __init__(self, process: Process, port: int) -> None:
        self._process, self._port = process, port
        self._idle: list[Connection] = []
        self.asked = 0
        """How many of those who ask it still wait for an answer."""

    @classmethod
    async def start(cls, settings: Settings) -> Self:
        """Start a process and wait until it answers; raises `RemoteError` where it does not."""
        program, confine = binary(), confinement(settings.memory)
        for _ in range(3):  # another program may take the port before the engine does
            port = _free_port()
            # No `--timeout-s`: for it the engine starts a thread a query, which sleeps as long, answered or not.
            process = await asyncio.create_subprocess_exec(
                program,
                *("serve-read-only", "--location", str(settings.store), "--bind", f"127.0.0.1:{port}"),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                preexec_fn=confine,
            )
            engine = cls(process, port)
            if await engine._answers():
                return engine
            await engine.end()
        raise RemoteError("does not start", where=program, remedy="see whether the store can be read")

    async def _answers(self) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _STARTS
        while self._process.returncode is None and loop.time() < deadline:
            with suppress(OSError, BrokenError):
                self.give_back(await self._connect())
                return self._process.returncode is None
            await asyncio.sleep(0.005)
        return False

    async def _connect(self) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self._port)
        return connection

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process.returncode is None

    async def ask(self, request: bytes) -> Connection:
        """Send a request; the connection has the head of the answer. Raises `BrokenError` where the process is gone."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                break
        else:
            try:
                connection = await self._connect()
            except OSError as error:
                raise BrokenError("the engine is not there") from error
        try:
            await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose answer was read to its end; end any other."""
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()

    async def end(self) -> None:
        """End the process at once, and all that it was doing."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def wait(self) -> None:
        """Wait until the process has ended."""
        await self._process.wait()
