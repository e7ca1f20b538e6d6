"""Chromium, and hosts of files for it: what tests of pages with and without scripts share."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.editing import ROOT

AXE = ROOT / "src" / "kzlod" / "web" / "script" / "node_modules" / "axe-core" / "axe.min.js"
"""What tells barriers of a page, where `make web` has brought it."""
_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; skips the test where it is not installed."""
    binary = shutil.which("chromium")
    if binary is None:
        pytest.skip("Chromium is not here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_ARGUMENTS)
        yield browser
        browser.close()


class _Handler(SimpleHTTPRequestHandler):
    """Sends the page of an address that leaves out its suffix too, as most hosts do."""

    def __init__(self, *given: Any, more: Mapping[str, str], **options: Any) -> None:
        self._more = more
        super().__init__(*given, **options)

    def end_headers(self) -> None:
        for name, value in self._more.items():
            self.send_header(name, value)
        super().end_headers()

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path)
        return found if Path(found).exists() or Path(found).suffix else f"{found}.html"

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def hosted(folder: Path, headers: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """A static host of a folder, with some headers in each answer: its address without the last slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder), more=headers))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
