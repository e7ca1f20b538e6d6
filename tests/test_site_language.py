"""The language of a static site: the browser's at an address that names none, else that of the address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from kzlod.web.bundle import bundle
from kzlod.web.written import write
from tests.browsing import hosted
from tests.serving import serving
from tests.test_site_browser import browser, watched

__all__ = ["browser"]
TITLES = '[dataset.title]\nkk = "Көпір"\nru = "Мостик"\nzh = "人行桥"'
PICKED = "Object.defineProperty(Navigator.prototype, 'languages', {{ get: () => {tags} }})"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small release whose pages are in four languages."""
    folder = tmp_path_factory.mktemp("tongues")
    toml = init(folder / "footbridge").root / "kzlod.toml"
    toml.write_text(toml.read_text("utf-8").replace("[dataset.title]", TITLES), "utf-8")
    with Dataset.open(Project.read(toml.parent)) as dataset:
        return build(dataset, folder / "dist").path


@pytest.fixture(scope="module")
def site(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where its site stands."""
    if not bundle():
        pytest.skip("the scripts are not bundled: make web")
    folder = tmp_path_factory.mktemp("hosted")
    made = write(release, folder / "site", cache=folder / "cache").path
    with hosted(made.parent) as url:
        yield f"{url}/{made.name}/"


@contextmanager
def visiting(browser: Browser, *tags: str, scripts: bool = True) -> Iterator[Page]:
    """A page of a browser that prefers some languages; at the end nothing may have complained."""
    with watched(browser, scripts=scripts) as seen:
        seen.page.add_init_script(PICKED.format(tags=list(tags)))
        yield seen.page
        # What a page had begun to load when it was left is no complaint.
        assert [error for error in seen.errors if not error.startswith("http")] == []


def opened(page: Page, url: str) -> str:
    """Where a page is when the address that it was sent to has settled."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page.url


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("ru-RU", "en"), "ru/index.html"),
        (("de", "zh-Hant-TW", "ru"), "zh/index.html"),
        (("KK",), "kk/index.html"),
        (("en-GB", "ru"), ""),
        (("de", "fr"), ""),
        ((), ""),
        (("constructor", "<b>"), ""),
    ],
)
def test_the_first_language_of_the_browser_that_there_is(
    site: str, browser: Browser, tags: tuple[str, ...], expected: str
) -> None:
    with visiting(browser, *tags) as page:
        assert opened(page, site) == site + expected
        assert page.locator("html").get_attribute("lang") == (expected[:2] or "en")


def test_the_server_chooses_the_same(release: Path, tmp_path: Path, browser: Browser, site: str) -> None:
    with serving(release, tmp_path) as served:
        for tags in (("de", "ru-RU", "zh"), ("fr",), ("kk", "en")):
            header = ", ".join(f"{tag};q={1 - number / 10}" for number, tag in enumerate(tags))
            for path in ("", "thing/millbrook"):
                answer = served.get(f"/{path}", accept="text/html", accept_language=header)
                if answer.status_code == 303:
                    answer = served.client.get(str(answer.next_request.url))  # type: ignore[union-attr]
                with visiting(browser, *tags) as page:
                    opened(page, site + path)
                    assert f'<html lang="{page.locator("html").get_attribute("lang")}">' in answer.text


def test_an_address_that_names_its_language_stays(site: str, browser: Browser) -> None:
    paths = ("index.html", "zh/", "zh/index.html", "thing/millbrook.html", "kk/thing/millbrook", "vocabularies")
    with visiting(browser, "ru") as page:
        for path in paths:
            assert opened(page, site + path) == site + path
        assert opened(page, f"{site}thing/millbrook?a=1#main") == f"{site}ru/thing/millbrook.html?a=1#main"


def test_what_was_chosen_by_hand_is_kept(site: str, browser: Browser) -> None:
    with visiting(browser, "ru") as page:
        assert opened(page, site) == f"{site}ru/index.html"
        page.get_by_role("link", name="English").click()
        assert page.url == f"{site}index.html"
        assert opened(page, site) == site
        assert opened(page, f"{site}thing/millbrook") == f"{site}thing/millbrook"
        assert opened(page, f"{site}zh/thing/millbrook.html") == f"{site}zh/thing/millbrook.html"
        assert opened(page, site) == site
        page.get_by_role("link", name="中文").press("Enter")
        assert page.url == f"{site}zh/index.html"
        assert opened(page, site) == f"{site}zh/index.html"


def test_going_back_leads_to_where_one_came_from(site: str, browser: Browser) -> None:
    with visiting(browser, "ru") as page:
        opened(page, f"{site}downloads.html")
        opened(page, site)
        assert page.url == f"{site}ru/index.html"
        page.get_by_role("link", name="English").click()
        page.go_back()
        assert page.url == f"{site}ru/index.html"
        page.go_back()
        assert page.url == f"{site}downloads.html"


def test_without_storage_or_script(site: str, browser: Browser) -> None:
    with visiting(browser, "ru") as page:
        page.add_init_script(
            "delete window.localStorage; Object.defineProperty(window, 'localStorage', { get() { throw 1 } })"
        )
        assert opened(page, site) == f"{site}ru/index.html"
        page.get_by_role("link", name="中文").click()
        assert page.url == f"{site}zh/index.html"
    with visiting(browser, "ru", scripts=False) as page:
        assert opened(page, site) == site
