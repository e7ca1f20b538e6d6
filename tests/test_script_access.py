"""What the scripts add to pages is within everyone's reach: by axe-core, in both themes, on a phone too."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.scripted import browser, static, unreachable, visiting
from tests.serving import Served

__all__ = ["browser", "static"]
THEMES = ["light", "dark"]


@pytest.mark.parametrize("theme", THEMES)
def test_the_sparql_page(browser: Browser, live: Served, theme: str) -> None:
    with visiting(browser, live.url, "/sparql.html", bypass_csp=True, color_scheme=theme) as visit:
        visit.expected = ("400",)
        page = visit.page
        visit.ask("SELECT ?thing ?where ?n { ?thing geo:hasGeometry/geo:asWKT ?where BIND(1 AS ?n) } # 'a' 1.5")
        page.get_by_text("Past queries").click()
        assert unreachable(visit) == []
        for name in ("Chart", "Map"):
            page.get_by_role("button", name=name).click()
            assert unreachable(visit) == []
        visit.write("SELECT ?s { ?s a kz:")
        page.keyboard.type("S")
        expect(page.get_by_role("option", name="kz:Source").first).to_be_visible()
        assert unreachable(visit) == []
        visit.ask("SELECT * {")
        assert unreachable(visit) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_search(browser: Browser, static: tuple[Path, str], theme: str) -> None:
    with visiting(browser, static[1], "/large.html", bypass_csp=True, color_scheme=theme) as visit:
        visit.page.get_by_label("Search").press_sequentially("khorgos")
        visit.page.locator("#search-results [role=option]").first.wait_for()
        visit.page.keyboard.press("ArrowDown")
        assert unreachable(visit) == []


def test_a_phone_scrolls_in_one_direction(browser: Browser, live: Served) -> None:
    with visiting(browser, live.url, "/sparql.html", viewport={"width": 360, "height": 640}) as visit:
        visit.ask("SELECT ?thing ?where ?p ?o { ?thing geo:hasGeometry/geo:asWKT ?where ; ?p ?o }")
        for name in ("Table", "Chart", "Map"):
            visit.page.get_by_role("button", name=name).click()
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360, name
