"""Running the server: the sockets, the limits, the orderly stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import uvicorn
import uvloop

from kzlod.errors import InputError
from kzlod.web.app import Application
from kzlod.web.engine import Settings
from kzlod.web.guarded import GuardedProtocol
from kzlod.web.log import AccessLog
from kzlod.web.opened import OpenRelease

_STOPS = 20
"""How many seconds what is under way has to finish, when the server stops."""
_CONNECTIONS, _SPARE_FILES = 10_000, 200
_SHARE = 6
"""Each process of the engine may have this part of the machine's memory."""
_LEAST, _MOST = 1 << 30, 8 << 30


class _Server(uvicorn.Server):
    """Stops in order at SIGINT and SIGTERM, and returns."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(
    folder: Path,
    *,
    cache: Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    timeout: float = 30.0,
    log: TextIO | None = None,
    ready: Callable[[OpenRelease, str], None] = lambda *_: None,
) -> None:
    """Serve a release until SIGINT or SIGTERM; then what is under way is finished.

    `cache` is the folder for what is made once a release; `port` 0 takes a free one; `timeout` is how many seconds a
    query may take; `log` gets a line of JSON a request; `ready` is told the release and the address when requests are
    answered. Raises `InputError` for what is no release, or an address that cannot be listened at, `QueryError` for a
    query whose header is wrong.
    """
    release = OpenRelease.open(folder, cache=cache)
    listening = _listen(host, port)
    address = listening.getsockname()
    shown = f"http://{f'[{address[0]}]' if ':' in address[0] else address[0]}:{address[1]}/"
    settings = Settings(release.kept.store, timeout=timeout, memory=_memory())
    application = Application(release, settings, AccessLog(log))
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        application,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_STOPS,
        limit_concurrency=_connections(),
        backlog=4096,
    )
    with listening:
        uvloop.run(_Server(config, lambda: ready(release, shown)).serve([listening]))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        remedy = "name another with --host and --port"
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be listened at: {said}", where=f"{host}:{port}", remedy=remedy) from error
    return listening


def _connections() -> int:
    """How many connections are taken, as far as the system lets a process have files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _SPARE_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - _SPARE_FILES, 1)


def _memory() -> int:
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(there // _SHARE, _LEAST), _MOST)
