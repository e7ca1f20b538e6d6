"""A web server on this machine: it serves a folder, with ranges and entity tags, and misbehaves where it is told to."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

Behaviour = Callable[["Handler", bytes], None]


@dataclass
class Site:
    """What is served, how it misbehaves (by path: the first requests get these answers), what was asked for."""

    folder: Path
    url: str = ""
    behaviours: dict[str, list[Behaviour]] = field(default_factory=lambda: defaultdict(list))
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    questions: list[tuple[str, str]] = field(default_factory=list)
    """The method of each request, and its query string or body."""
    waiting: threading.Event = field(default_factory=threading.Event)
    """Set when the test ends, so that answers that stall do so no longer."""

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of the requests for a path."""
        return [headers for asked, headers in self.requests if asked == path]


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.respond("")

    def do_POST(self) -> None:
        self.respond(self.rfile.read(int(self.headers["content-length"])).decode())

    def respond(self, body: str) -> None:
        whole, (path, _, query) = unquote(self.path).removeprefix("/"), self.path.partition("?")
        path = whole if whole in self.site.behaviours else unquote(path).removeprefix("/")
        self.site.questions.append((self.command, body or query))
        self.site.requests.append((path, {name.lower(): value for name, value in self.headers.items()}))
        file = self.site.folder / path
        data = file.read_bytes() if file.is_file() else b""
        if self.site.behaviours[path]:
            self.site.behaviours[path].pop(0)(self, data)
        elif file.is_file():
            self.serve(data)
        else:
            self.answer(404, b"")

    def serve(self, data: bytes) -> None:
        """The file, or the part of it that is asked for if it is still the same."""
        tag = f'"{hashlib.md5(data).hexdigest()}"'
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        if match and self.headers.get("if-range", tag) == tag:
            start = int(match[1])
            extra = {"content-range": f"bytes {start}-{len(data) - 1}/{len(data)}", "etag": tag}
            self.answer(206, data[start:], extra)
        else:
            self.answer(200, data, {"etag": tag})

    def answer(
        self, status: int, data: bytes, headers: dict[str, str] | None = None, *, length: int | None = None
    ) -> None:
        """An answer whose length may be a lie; then the connection ends with it."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data) if length is None else length))
        if length is not None:
            self.send_header("connection", "close")
        self.end_headers()
        try:
            self.wfile.write(data)
        except ConnectionError:
            pass

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a folder while the context lasts."""
    site = Site(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (Handler,), {"site": site}))
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.waiting.set()
        server.shutdown()
        server.server_close()
        thread.join()
