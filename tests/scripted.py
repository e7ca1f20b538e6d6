"""Pages with their scripts, in Chromium: nothing may be asked of another host, and nothing may complain."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kzlod.project import Project
from kzlod.web.bundle import bundle
from kzlod.web.pages import ICON, POLICY
from tests.browsing import AXE, chromium, hosted

_GRAVE = ("serious", "critical")
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
PLACES = {
    "thing/khorgos.html": {"en": "Khorgos", "kk": "Қорғас", "ru": "Хоргос", "zh": ["霍尔果斯", "霍城"]},
    "thing/oslo.html": {"en": "Oslo", "ru": "Осло"},
    "thing/sao-paulo.html": {"pt": "São Paulo", "en": f"Sao Paulo {HOSTILE}"},
    "thing/old-khorgos.html": {"en": "Old Khorgos road"},
}


@dataclass
class Visit:
    """A page that was opened, and what went wrong on it; `expected` are parts of complaints that a test provokes."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def write(self, query: str) -> None:
        """Put a query into the editor."""
        self.page.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(query)

    def ask(self, query: str) -> None:
        """Ask a query by the keyboard, and wait until it has ended."""
        self.write(query)
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_selector("form[data-sparql]:not([aria-busy])")

    def saved(self, name: str) -> str:
        """What a button saves as a file."""
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=name, exact=True).click()
        return Path(download.value.path()).read_bytes().decode()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, and the scripts."""
    if not bundle():
        pytest.skip("the scripts are not bundled: make web")
    with chromium() as browser:
        yield browser


@contextmanager
def visiting(browser: Browser, home: str, path: str, *, before: str = "", **options: Any) -> Iterator[Visit]:
    """Open a page; `before` is a script that runs before those of the page. At the end nothing may have complained."""
    with browser.new_context(**options) as context:
        if before:
            context.add_init_script(before)
        page = context.new_page()
        page.set_default_timeout(15_000)
        visit = Visit(page, home)
        page.on("request", lambda request: visit.requests.append(request.url))
        page.on("console", lambda message: visit.complaints.append(message.text))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.goto(home + path)
        yield visit
        assert [one for one in visit.complaints if not any(part in one for part in visit.expected)] == []
        assert [one for one in visit.requests if not one.startswith((home, "blob:", "data:"))] == []


def unreachable(visit: Visit) -> list[str]:
    """What axe-core finds that keeps people from a page, or makes it hard; the page is visited with `bypass_csp`."""
    visit.page.add_script_tag(path=AXE)
    found = visit.page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {node['html']}" for one in found if one["impact"] in _GRAVE for node in one["nodes"]]


_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>t</title><link rel="icon" href="icon.svg">
<script type="module" src="-/script.js"></script></head><body>
<form role="search" data-search data-index="search.json" action="found.html" hidden><label for="q">Search</label>
<input id="q" type="search" name="q"></form>
<form data-sparql data-endpoint="" data-dump="{dump}" data-dump-bytes="{size}"><p>
<label for="query">Query</label>
<textarea id="query" name="query" rows="8"></textarea></p><p><label for="format">Format</label>
<select id="format" name="format"><option value="html">here</option><option>csv</option></select>
<button>Ask</button></p></form>{found}
<script type="application/json" id="sparql-context">{context}</script>
</body></html>
"""


def static_page(folder: Path, name: str, dump: str, *, size: int = 0, language: str = "en", found: str = "") -> None:
    """Write a page that answers queries from a dump."""
    project = Project.reference()
    examples = [{"title": "All", "query": "SELECT * { ?s ?p ?o }"}]
    context = json.dumps({"base": project.base, "root": "./", "prefixes": project.prefixes, "examples": examples})
    text = _PAGE.format(language=language, dump=dump, size=size, context=context, found=found)
    (folder / f"{name}.html").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def static(reference_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with the bundle, the dump of the reference dataset in three packings and an index; its address."""
    if not bundle():
        pytest.skip("the scripts are not bundled: make web")
    folder = tmp_path_factory.mktemp("static")
    (folder / "-").mkdir()
    for address, file in bundle().items():
        (folder / address).write_bytes(file.read_bytes())
    (folder / ICON).write_bytes((files("kzlod.web") / ICON).read_bytes())
    quads = (reference_release / "kazakhstan-china.nq").read_bytes()
    (folder / "dump.nq").write_bytes(quads)
    (folder / "dump.nq.gz").write_bytes(gzip.compress(quads, 1))
    shutil.copy(reference_release / "kazakhstan-china.nq.zst", folder / "dump.nq.zst")
    (folder / "broken.nq").write_text("<http://e/a> <http://e/b> .\n", "utf-8")
    (folder / "short.nq.zst").write_bytes((folder / "dump.nq.zst").read_bytes()[:50_000])
    with (folder / "huge.nq").open("wb") as file:
        file.truncate(100_000_001)
    with gzip.open(folder / "bomb.nq.gz", "wb", 1) as packed:
        for _ in range(301):
            packed.write(bytes(1_000_000))
    (folder / "hostile.nt").write_text(_hostile(), "utf-8")
    names = (
        "bomb.nq.gz",
        "dump.nq",
        "dump.nq.gz",
        "dump.nq.zst",
        "broken.nq",
        "short.nq.zst",
        "huge.nq",
        "hostile.nt",
        "missing.nq",
    )
    for name in names:
        static_page(folder, name, name)
    static_page(folder, "large", "dump.nq", size=200_000_000)
    static_page(folder, "found", "dump.nq.zst", found="<ul data-found></ul>")
    static_page(folder, "russian", "dump.nq.zst", language="ru")
    entries = [{"href": href, "kind": "Place", "labels": labels} for href, labels in PLACES.items()]
    (folder / "search.json").write_text(json.dumps(entries), "utf-8")
    (folder / "thing").mkdir()
    for href in PLACES:
        (folder / href).write_text(f"<!DOCTYPE html><title>{href}</title><link rel=icon href=../icon.svg>", "utf-8")
    # Under the policy of the live server.
    with hosted(folder, {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}) as url:
        yield folder, url


def _hostile() -> str:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    escaped = HOSTILE.replace('"', '\\"')
    return (
        f'<http://e/a> {label} "{escaped}"@en .\n'
        f"<http://e/a> <http://e/see> <javascript:document.title=1> .\n"
        f'<http://e/a> <http://e/wkt> "POINT(1 2)" .\n<http://e/a> <http://e/value> 1 .\n'.replace(
            " 1 .", ' "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'
        )
    )
