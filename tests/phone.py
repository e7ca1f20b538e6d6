"""A page as a slow phone loads it: a mid-range processor and a slow 4G network, with nothing kept from before.

The figures are Lighthouse's for mobile: the processor at a quarter of its speed, 1.6 Mbit/s down, 0.75 Mbit/s up, and
150 ms from a request to the first byte of its answer. What a connection takes to be made is not counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page

_SLOWER = 4
_LATENCY, _DOWN, _UP = 150, 1_600_000 / 8, 750_000 / 8  # ms, bytes a second
_SCREEN = {"width": 412, "height": 823}
_OBSERVER = """
globalThis.seen = { largest: 0, shift: 0, blocked: 0, ready: 0 };
const observe = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
observe("largest-contentful-paint", (one) => { seen.largest = one.startTime; });
observe("layout-shift", (one) => { seen.shift += one.value; });
observe("longtask", (one) => { seen.blocked = Math.max(seen.blocked, one.startTime + one.duration); });
"""
_SEEN = """() => new Promise((done) => setTimeout(() => {
  const [navigation] = performance.getEntriesByType("navigation");
  const [first] = performance.getEntriesByName("first-contentful-paint");
  done({ ...seen, first: first.startTime, parsed: navigation.domContentLoadedEventEnd });
}, 100))"""


_WATCHER = """
new MutationObserver(() => { if (!seen.ready && document.querySelector(%s)) seen.ready = performance.now(); })
  .observe(document, { childList: true, subtree: true });
"""
_FOCUSED = """([focused, awaited]) => new Promise((done) => {
  const start = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000)));
  new MutationObserver(() => { if (document.querySelector(awaited)) painted(); })
    .observe(document, { childList: true, subtree: true });
  document.querySelector(focused).focus();
})"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How a page was loaded: seconds from the start, the sum of its layout shifts, bytes received."""

    first_paint: float
    largest_paint: float
    usable: float
    """The first paint, the parsed document and the last long task are all over."""
    ready: float
    """The first paint is over, and the element that was waited for is there."""
    shift: float
    size: int
    """Of everything that was received, as it was sent: compressed or not, with headers."""


def load(browser: Browser, url: str, *, scheme: str = "light", ready: str = "body") -> Loaded:
    """Load a page on a slow phone, until the network is idle; `ready` selects what is waited for."""
    with _phone(browser, scheme) as (page, session):
        page.add_init_script(_OBSERVER + _WATCHER % json.dumps(ready))
        sizes = list[int]()
        session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        page.goto(url, wait_until="networkidle")
        seen = page.evaluate(_SEEN)
    names = ("first", "largest", "parsed", "blocked", "ready")
    first, largest, parsed, blocked, there = (seen[name] / 1000 for name in names)
    return Loaded(first, largest, max(first, parsed, blocked), max(first, there), seen["shift"], sum(sizes))


def focus(browser: Browser, url: str, focused: str, *, awaited: str) -> float:
    """Seconds from when an element of a loaded page is gone to until another is there, and is painted."""
    with _phone(browser) as (page, _):
        page.goto(url, wait_until="networkidle")
        return float(page.evaluate(_FOCUSED, [focused, awaited]))


@contextmanager
def _phone(browser: Browser, scheme: str = "light") -> Iterator[tuple[Page, CDPSession]]:
    with browser.new_context(
        viewport=_SCREEN,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        is_mobile=True,
        has_touch=True,
    ) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
        conditions = {"offline": False, "latency": _LATENCY, "downloadThroughput": _DOWN, "uploadThroughput": _UP}
        session.send("Network.emulateNetworkConditions", conditions)
        yield page, session
