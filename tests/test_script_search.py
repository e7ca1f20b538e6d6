"""Search over labels in all languages, as one types."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.scripted import HOSTILE, browser, static, visiting

__all__ = ["browser", "static"]
Static = tuple[Path, str]
OPTION = "#search-results:not([hidden]) [role=option]"


@pytest.mark.parametrize(
    ("typed", "href", "label"),
    [
        ("Қорғас", "thing/khorgos.html", "Қорғас"),
        ("қорғ", "thing/khorgos.html", "Қорғас"),
        ("ХОРГОС", "thing/khorgos.html", "Хоргос"),
        ("果斯", "thing/khorgos.html", "霍尔果斯"),
        ("霍城", "thing/khorgos.html", "霍城"),
        ("sao paulo", "thing/sao-paulo.html", "São Paulo"),
        ("road khor", "thing/old-khorgos.html", "Old Khorgos road"),
    ],
)
def test_a_thing_is_found_by_its_label_in_any_script(
    browser: Browser, static: Static, typed: str, href: str, label: str
) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.html") as visit:
        box = visit.page.get_by_label("Search")
        box.fill(typed)
        option = visit.page.locator(OPTION).first
        expect(option).to_contain_text(label)
        expect(option).to_contain_text("Khorgos" if "khorgos" in href else "Paulo")
        option.click()
        assert visit.page.url == f"{url}/{href}"


def test_the_best_comes_first_and_keys_choose(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.html") as visit:
        page = visit.page
        box = page.get_by_label("Search")
        box.press_sequentially("khorgos")
        options = page.locator(OPTION)
        expect(options).to_have_count(2)
        assert [text.split()[0] for text in options.all_inner_texts()] == ["Khorgos", "Old"]
        box.press("ArrowUp")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute("aria-activedescendant", "search-result-1")
        box.press("ArrowDown")
        expect(options.nth(0)).to_have_attribute("aria-selected", "true")
        box.press("Escape")
        expect(options).to_have_count(0)
        box.press_sequentially(" road")
        expect(options).to_have_count(1)
        box.press("Enter")
        page.wait_for_url("**/thing/old-khorgos.html")


def test_what_is_not_there_is_said(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.html") as visit:
        visit.page.get_by_label("Search").fill("zzz (.*[")
        expect(visit.page.get_by_text("Nothing has this name.")).to_be_visible()
    with visiting(browser, url, "/dump.nq.html") as visit:
        visit.expected = ("404",)
        visit.page.route("**/search.json", lambda route: route.fulfill(status=404, body=""))
        visit.page.get_by_label("Search").fill("oslo")
        expect(visit.page.get_by_text("The names cannot be fetched.")).to_be_visible()


def test_a_label_stays_text(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.html") as visit:
        visit.page.get_by_label("Search").fill("onerror")
        expect(visit.page.locator(OPTION)).to_contain_text(HOSTILE)
        assert visit.page.title() == "t"


def test_the_index_is_fetched_when_it_is_needed(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.html") as visit:
        visit.page.locator(".cm-content").wait_for()
        assert f"{url}/search.json" not in visit.requests
        visit.page.get_by_label("Search").focus()
        visit.page.get_by_label("Search").fill("o")
        expect(visit.page.locator(OPTION).first).to_be_visible()
        assert visit.requests.count(f"{url}/search.json") == 1


def test_a_page_lists_what_is_sent_to_it(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/found.html?q=khorgos") as visit:
        links = visit.page.locator("[data-found] a")
        expect(links).to_have_text(["Khorgos", "Old Khorgos road"])
        expect(visit.page.get_by_label("Search")).to_have_value("khorgos")
        links.first.click()
        assert visit.page.url == f"{url}/thing/khorgos.html"
    with visiting(browser, url, "/found.html?q=zzz") as visit:
        expect(visit.page.get_by_text("Nothing has this name.")).to_be_visible()
