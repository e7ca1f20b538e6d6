"""Asking a public endpoint politely: not too often, and never twice for what it has answered already."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kzlod.query.answers import read
from kzlod.query.results import Table
from kzlod.remote.endpoint import ROWS, Endpoint

_SUFFIX = ".answer"


class Asker:
    """Asks an endpoint, one question at a time, and keeps the answers.

    Between two questions lie at least `pause` seconds. Answers younger than `age` seconds are taken from the folder
    `cache`, where there is one; with `refresh` none is, but all are kept again. As each answer is kept when it arrives,
    work that was broken off goes on where it ended.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        cache: Path | None = None,
        age: float = 7 * 86400,
        refresh: bool = False,
        pause: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint, self._cache, self._age, self._refresh = endpoint, cache, age, refresh
        self._pause, self._sleep, self._last = pause, sleep, 0.0
        self.asked = 0
        """How many questions went to the endpoint."""
        self._forget()

    @property
    def url(self) -> str:
        """Where the endpoint is."""
        return self._endpoint.url

    def rows(self, query: str) -> Table:
        """The rows that answer a SELECT query; raises `RemoteError` where the endpoint has no answer."""
        name = hashlib.sha256(f"{self.url}\n{query}".encode()).hexdigest() + _SUFFIX
        kept = self._cache / name if self._cache else None
        known = None if kept is None or self._refresh else self._young(kept)
        if known is not None:
            return self._read(known)
        self._sleep(max(0.0, self._last + self._pause - time.monotonic()))
        self._last = time.monotonic()
        answer = self._endpoint.query(query, accept=ROWS)
        self.asked += 1
        content = answer.media_type.encode() + b"\n" + answer.body
        table = self._read(content)
        if kept is not None:
            with suppress(OSError):
                _keep(kept, content)
        return table

    def _read(self, content: bytes) -> Table:
        media_type, _, body = content.partition(b"\n")
        answer = read(media_type.decode("ascii", "replace"), body, rows=True, prefixes={}, where=self.url)
        assert isinstance(answer, Table)
        return answer

    def _young(self, kept: Path) -> bytes | None:
        try:
            if time.time() - kept.stat().st_mtime < self._age:
                return kept.read_bytes()
        except OSError:
            pass
        return None

    def _forget(self) -> None:
        """Remove the answers that are too old."""
        for kept in self._cache.glob(f"*{_SUFFIX}") if self._cache else ():
            with suppress(OSError):
                if time.time() - kept.stat().st_mtime >= self._age:
                    kept.unlink()


def _keep(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=kept.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(kept)
