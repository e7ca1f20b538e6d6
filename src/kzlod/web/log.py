"""The access log: a line of JSON a request, written in pieces so that it costs the requests little."""

from __future__ import annotations

import asyncio
import datetime
import json
from typing import NamedTuple, TextIO

_EVERY = 0.25
_MOST = 500


class Noted(NamedTuple):
    """A request that was answered; `failure` is what went wrong inside, with the way there."""

    at: float
    client: str
    method: str
    path: str
    status: int
    sent: int
    seconds: float
    agent: str
    failure: str = ""

    def line(self) -> str:
        """The request as a line of the log."""
        when = datetime.datetime.fromtimestamp(self.at, datetime.UTC).isoformat(timespec="milliseconds")
        said: dict[str, object] = {
            "time": when,
            "client": self.client,
            "method": self.method,
            "path": self.path[:_MOST],
        }
        said |= {"status": self.status, "bytes": self.sent, "ms": round(self.seconds * 1000, 2)}
        said |= {"agent": self.agent[:_MOST]} | ({"failure": self.failure} if self.failure else {})
        return json.dumps(said) + "\n"


class AccessLog:
    """Writes what was answered to a file; nothing where there is none."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self._lines: list[Noted] = []
        self._planned = False

    def write(self, noted: Noted) -> None:
        """Note a request."""
        if self._file is None:
            return
        self._lines.append(noted)
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_later(_EVERY, self.flush)

    def flush(self) -> None:
        """Write what waits."""
        self._planned = False
        if self._lines and self._file is not None:
            text = "".join(noted.line() for noted in self._lines)
            self._lines.clear()
            try:
                self._file.write(text)
                self._file.flush()
            except (OSError, ValueError):
                self._file = None  # whoever read the log has gone; the server goes on
