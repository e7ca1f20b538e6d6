"""The site in a browser: every kind of page in both themes and at two widths, by keyboard, by language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from kzlod.web.written import write
from tests.browsing import AXE, chromium, hosted
from tests.kinds import KINDS
from tests.phone import load
from tests.serving import Served

_PAPER = 680  # A4 between margins of 15 mm, in CSS pixels
_INK = """() => [...new Set([...document.querySelectorAll("body, h1, main p:not([class]), td:not([class]), svg text")]
  .map((one) => getComputedStyle(one)).map((style) => style.fill === "rgb(0, 0, 0)" ? style.color : style.fill))]"""
_CUT = """(width) => [...document.querySelectorAll("main *:not(svg *)")].filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right > width + 1).map((one) => one.outerHTML.slice(0, 120))"""
_CLOSED = """() => [...document.querySelectorAll("details *")].filter((one) => !one.checkVisibility())
  .filter((one) => one.closest("details").checkVisibility()).length"""
_OPEN = """() => document.querySelectorAll("details").forEach((one) => { one.open = true; })"""
SHIFT = """() => new Promise((done) => {
  let shift = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(shift), 100);
})"""


@pytest.fixture(scope="module")
def host(live: Served) -> str:
    """Where the pages of the reference dataset are: `test_site` compares them with the static ones."""
    return f"{live.url}/"


@pytest.fixture(scope="module")
def files(tiny_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a static site stands: below a path of its own."""
    folder = tmp_path_factory.mktemp("hosted")
    site = write(tiny_release, folder / "site", cache=folder / "cache").path
    with hosted(site.parent) as url:
        yield f"{url}/{site.name}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


@dataclass
class Watched:
    """A page, and what it asked for and complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def watched(
    browser: Browser, *, width: int = 1280, scheme: str = "light", locale: str = "en", scripts: bool = True
) -> Iterator[Watched]:
    """A new page in a theme, at a width."""
    size = {"width": width, "height": 800}
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=locale,
        java_script_enabled=scripts,
    )
    seen = Watched(context.new_page())
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("console", lambda message: seen.errors.append(message.text))
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))

    def failed(request: Request) -> None:
        # The browser gives up what a page that is left still waits for, and, without scripts, the modules it announces.
        is_announced = not scripts and request.resource_type == "script"
        if not is_announced and request.failure != "net::ERR_ABORTED":
            seen.errors.append(request.url)

    seen.page.on("requestfailed", failed)
    yield seen
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_kind_of_page(host: str, browser: Browser, width: int, scheme: str) -> None:
    """Nothing is loaded from elsewhere, nothing is wrong, nothing is wider than the screen, nothing moves."""
    with watched(browser, width=width, scheme=scheme) as seen:
        for kind in KINDS:
            seen.page.goto(host + kind)
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, kind
            assert seen.page.evaluate(SHIFT) < 0.01, kind
            paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, paper[4:-1].split(","))) < 300) == (scheme == "dark"), kind
        assert seen.errors == []
        assert [url for url in seen.asked if not url.startswith(host)] == []


@pytest.mark.parametrize(
    "path",
    ["index.html", "zh/disputes/disagreements.html", "thing/kazakhstan.html", "sparql.html", "kk/downloads.html"],
)
def test_nothing_moves_while_a_slow_phone_loads_a_page(host: str, browser: Browser, path: str) -> None:
    loaded = load(browser, host + path)
    assert loaded.shift == 0
    assert 0 < loaded.size < 150_000


@pytest.mark.parametrize("path", ["index.html", "sparql.html", "search.html?q=a"])
def test_nothing_moves_where_a_static_host_compresses_nothing(files: str, browser: Browser, path: str) -> None:
    loaded = load(browser, files + path)
    assert loaded.shift == 0
    assert 0 < loaded.size < 150_000


def test_a_static_site_stands_below_any_path(files: str, browser: Browser) -> None:
    with watched(browser, width=390, scripts=False) as seen:
        seen.page.goto(files)
        seen.page.get_by_role("link", name="Queries", exact=True).click()
        seen.page.get_by_role("link", name="Where documents differ").click()
        assert seen.page.get_by_role("cell", name="more than 190 meters").count() == 1
        assert seen.page.url == f"{files}queries/conflicts.html"
        seen.page.goto(f"{files}queries/figures.html")
        assert seen.page.get_by_role("button", name="Ask").count() == 0
        assert "a site without a server" in seen.page.locator("main").inner_text()
        seen.page.get_by_role("link", name="SPARQL", exact=True).click()
        assert "no server that answers queries" in seen.page.locator("main").inner_text()
        assert not seen.page.locator("textarea").is_visible()
        assert seen.errors == []
        assert [url for url in seen.asked if not url.startswith(files)] == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_nothing_is_a_barrier(host: str, browser: Browser, width: int, scheme: str) -> None:
    """axe-core finds nothing against WCAG 2.2 AA."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: make dev")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = []
    with watched(browser, width=width, scheme=scheme) as seen:
        for kind in KINDS:
            seen.page.goto(host + kind)
            seen.page.evaluate(_OPEN)
            seen.page.evaluate(AXE.read_text("utf-8"))
            result = seen.page.evaluate("(rules) => axe.run(document, rules)", rules)
            for one in result["violations"]:
                nodes = [node["html"][:160] for node in one["nodes"][:3]]
                found.append((kind, one["id"], one["impact"], nodes))
    assert "\n".join(map(str, found)) == ""


def test_a_printed_page_is_for_paper(host: str, browser: Browser) -> None:
    """Ink on white in any theme, no navigation, nothing beyond the edges of A4, nothing closed."""
    with watched(browser, width=_PAPER, scheme="dark") as seen:
        seen.page.emulate_media(media="print")
        for kind in KINDS:
            seen.page.goto(host + kind)
            assert (
                seen.page.locator("nav:visible, button:visible, form[role=search]:visible, .skip:visible").count() == 0
            )
            assert seen.page.evaluate(_INK) == ["rgb(0, 0, 0)"], kind
            assert seen.page.evaluate(_CUT, _PAPER) == [], kind
            assert seen.page.evaluate(_CLOSED) == 0, kind


def test_the_keyboard_reaches_the_content(host: str, browser: Browser) -> None:
    with watched(browser) as seen:
        seen.page.goto(host + "thing/kazakhstan.html")
        seen.page.keyboard.press("Tab")
        focused = seen.page.locator(":focus")
        assert focused.inner_text() == "Skip to the content"
        assert focused.bounding_box()["x"] >= 0  # type: ignore[index]
        assert focused.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"
        seen.page.keyboard.press("Enter")
        assert seen.page.url.endswith("#main")


def test_the_language_is_switched_by_hand(host: str, browser: Browser) -> None:
    with watched(browser) as seen:
        seen.page.goto(host + "thing/kazakhstan.html")
        for name, language, label in (
            ("Русский", "ru", "Казахстан"),
            ("中文", "zh", "哈萨克斯坦"),
            ("English", "en", "Kazakhstan"),
        ):
            seen.page.get_by_role("link", name=name).click()
            assert seen.page.locator("html").get_attribute("lang") == language
            assert seen.page.get_by_role("heading", level=1).inner_text() == label
        assert seen.page.url == host + "thing/kazakhstan.html"
        assert seen.errors == []


def test_the_language_is_that_of_the_browser(live: Served, browser: Browser) -> None:
    with watched(browser, locale="ru-RU") as seen:
        seen.page.goto(f"{live.url}/")
        assert seen.page.url == f"{live.url}/ru/"
        assert seen.page.get_by_role("heading", name="Основные показатели").count() == 1
        seen.page.goto(f"{live.url}/thing/khorgos-dry-port")
        assert seen.page.url == f"{live.url}/ru/thing/khorgos-dry-port.html"
        fallback = seen.page.get_by_role("heading", level=1)
        assert fallback.get_attribute("lang") == "en"
        assert fallback.evaluate("(one) => getComputedStyle(one, '::after').content") == '"en"'
        seen.page.get_by_role("link", name="English").click()
        assert seen.page.url == f"{live.url}/thing/khorgos-dry-port.html"


def test_a_query_is_asked_by_its_form(live: Served, browser: Browser) -> None:
    with watched(browser) as seen:
        seen.page.goto(f"{live.url}/ru/queries/trade-by-year.html")
        seen.page.get_by_label("год").fill("2023")
        seen.page.get_by_role("button", name="Спросить").click()
        assert seen.page.get_by_role("cell", name="more than $41 billion").count() == 1
        assert seen.page.locator("figure.chart li").count() == 1
        link = seen.page.get_by_role("link", name="Ссылка на этот ответ").get_attribute("href")
        assert link is not None
        assert link.endswith("?year=2023")
        seen.page.goto(f"{live.url}/queries/trade-by-year.html?year=soon")
        assert seen.page.get_by_role("alert").count() == 1
        seen.page.goto(f"{live.url}/queries/trade-by-year.html?year=1900")
        assert "The answer is empty" in seen.page.locator("main").inner_text()
        assert [error for error in seen.errors if "400" not in error] == []


def test_an_answer_to_any_query_leads_on_in_its_language(live: Served, browser: Browser) -> None:
    with watched(browser, scripts=False) as seen:
        seen.page.goto(f"{live.url}/ru/sparql.html")
        seen.page.locator("textarea").fill("SELECT ?place { ?place schema:latitude ?north } ORDER BY ?place")
        seen.page.get_by_role("button", name="Спросить").click()
        assert seen.page.locator("html").get_attribute("lang") == "ru"
        seen.page.get_by_role("cell", name="Алматы").get_by_role("link").click()
        assert seen.page.url == f"{live.url}/ru/thing/almaty.html"
        assert seen.errors == []


def test_names_are_found_in_any_language(live: Served, browser: Browser) -> None:
    with watched(browser) as seen:
        for letters in ("Kazakhst", "Казахстан", "哈萨克"):
            seen.page.goto(f"{live.url}/search.html?q={letters}")
            assert seen.page.get_by_role("main").get_by_role("link", name="Kazakhstan", exact=True).count() == 1
        seen.page.goto(f"{live.url}/search.html?q=zzzz")
        assert "Nothing has a name" in seen.page.locator("main").inner_text()
