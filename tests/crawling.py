"""Reading a static site as a browser would: what its pages link to and load, resolved as URLs, as files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

HOST = "https://user.example"
AT = f"{HOST}/some/repository/"
_TAG = re.compile(r"<(a|link|script|img|form|input|iframe|source|object)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'\b(href|src|action|srcset|data-index|data-dump)="([^"]*)"')
_ID = re.compile(r'\bid="([^"]*)"')
_NAVIGATED = ("a", "form")


@dataclass(frozen=True)
class Page:
    """A page of a site: its file, its text."""

    site: Path
    file: Path

    @cached_property
    def text(self) -> str:
        """The HTML."""
        return self.file.read_text("utf-8")

    @property
    def url(self) -> str:
        """Where a browser sees it."""
        return AT + self.file.relative_to(self.site).as_posix()

    def links(self) -> list[tuple[str, str, str]]:
        """The element, its attributes and the whole URL of each link."""
        found = []
        for tag, attributes in _TAG.findall(self.text):
            for _, value in _ATTRIBUTE.findall(attributes):
                if value or tag != "form":
                    found.append((tag, attributes, urljoin(self.url, unescape(value))))
        return found

    def ids(self) -> set[str]:
        """The fragments that the page has."""
        return {unescape(one) for one in _ID.findall(self.text)}


def pages(site: Path) -> list[Page]:
    """All pages of a site."""
    return [Page(site, file) for file in sorted(site.rglob("*.html"))]


def problems(site: Path) -> list[str]:
    """What is wrong with the links of a site: broken ones, and what would be loaded from another host."""
    found, ids = [], dict[Path, set[str]]()
    files = {file for file in site.rglob("*") if file.is_file()}
    for page in pages(site):
        for tag, attributes, url in set(page.links()):
            whole = urlsplit(url)
            if f"{whole.scheme}://{whole.netloc}" != HOST:
                loaded = tag not in _NAVIGATED and 'rel="license"' not in attributes
                if loaded or whole.scheme not in ("http", "https"):
                    found.append(f"{page.file}: {tag} to {url}")
                continue
            if not whole.path.startswith(urlsplit(AT).path):
                found.append(f"{page.file}: leaves the site: {url}")
                continue
            target = site / unquote(whole.path.removeprefix(urlsplit(AT).path))
            target = target / "index.html" if whole.path.endswith("/") else target
            if target not in files:
                found.append(f"{page.file}: broken: {url}")
            elif whole.fragment:
                if target not in ids:
                    ids[target] = Page(site, target).ids()
                if ids[target].isdisjoint((whole.fragment, unquote(whole.fragment))):
                    found.append(f"{page.file}: no such fragment: {url}")
    return found
