"""The access log: a line of JSON a request, written in pieces so that it costs the requests little."""

from __future__ import annotations

import asyncio
import datetime
import json
import time
from typing import TextIO

_EVERY = 0.25
_MOST = 500


_Noted = tuple[float, str, str, str, int, int, float, str]


def _line(noted: _Noted) -> str:
    at, client, method, path, status, sent, seconds, agent = noted
    when = datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="milliseconds")
    line = {"time": when, "client": client, "method": method, "path": path, "status": status, "bytes": sent}
    return json.dumps({**line, "ms": round(seconds * 1000, 2), "agent": agent}) + "\n"


class AccessLog:
    """Writes what was answered to a file; nothing where there is none."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self._lines: list[_Noted] = []
        self._planned = False

    def write(self, *, client: str, method: str, path: str, status: int, sent: int, seconds: float, agent: str) -> None:
        """Note a request."""
        if self._file is None:
            return
        self._lines.append((time.time(), client, method, path[:_MOST], status, sent, seconds, agent[:_MOST]))
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_later(_EVERY, self.flush)

    def flush(self) -> None:
        """Write what waits."""
        self._planned = False
        if self._lines and self._file is not None:
            text = "".join(map(_line, self._lines))
            self._lines.clear()
            try:
                self._file.write(text)
                self._file.flush()
            except (OSError, ValueError):
                self._file = None  # whoever read the log has gone; the server goes on
