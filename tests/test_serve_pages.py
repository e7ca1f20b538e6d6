"""Pages: valid HTML, links that lead somewhere, harmless whatever the data says, usable in a browser without script."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.kinds import KINDS
from tests.serving import SCRIPT, Served
from tests.validity import invalid

PAGES = [
    "/",
    "/ru/index.html",
    "/queries.html",
    "/disputes.html",
    "/zh/disputes/disagreements.page-2.html",
    "/disputes/checks.html",
    "/vocabularies.html",
    "/search.html?q=Qazaq%20stan",
    "/kk/search.html?q=khorgos",
    "/sparql.html",
    "/sparql",
    "/api.html",
    "/downloads.html",
    "/thing/kazakhstan.html",
    "/thing/kazakhstan.page-2.html",
    "/source/002.html",
    "/passage/002-19.html",
    "/ns.html",
    "/ontology",
    "/dataset/kazakhstan-china",
    "/queries/trade-by-year.html?year=2024",
    "/queries/trade-by-year.html?year=soon",
    "/queries/risks.html",
    "/sparql?query=SELECT%20*%20{?s%20a%20kz:Source}",
    "/sparql?query=CONSTRUCT%20WHERE{?s%20a%20kz:Source}",
    "/sparql?query=nonsense",
    "/nothing/here",
]


HOSTILE = ["thing/millbrook", "thing/odd", "index", "queries", "observation/length-alder-footbridge-001"]
STRANGE = [
    *("thing/a%3Fb=1&c=%253Cscript%253E", "thing/%C3%98resund", "thing/odd.ttl", "javascript:alert(1)"),
    *(
        "thing/many",
        "thing/many.page-2",
        "thing/part-00001",
        "thing/old",
        "queries/figures",
        "disputes",
        "disputes/checks",
        "downloads",
    ),
    *("vocabularies", "sparql", "search"),
]


class _Links(HTMLParser):
    """The links, ids and labels of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.controls: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.links += [found[name] for name in ("href", "src", "action") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        self.labelled += [found["for"]] if tag == "label" else []
        self.controls += (
            [found.get("id", "")] if tag in ("input", "select", "textarea") and found.get("type") != "hidden" else []
        )
        assert not [name for name in found if name.startswith("on") or name == "style"]
        assert tag != "script" or found.get("type") == "application/json" or "src" in found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_and_its_links_lead_somewhere(live: Served, path: str) -> None:
    answer = live.get(path, accept="text/html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    html5lib.HTMLParser(strict=True).parse(answer.text)
    found = _Links(answer.text)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.controls) == set(found.labelled)
    here = f"{live.url}{path}"
    for link in {link for link in found.links if not link.startswith("#")}:
        target, _ = urldefrag(urljoin(here, link))
        if target.startswith(live.url):
            status = live.get(target.removeprefix(live.url), accept="text/html").status_code
            assert status in (200, 303), (path, link, status)
        else:
            assert urlsplit(target).scheme in ("http", "https")


def test_pages_conform(live: Served) -> None:
    assert (
        invalid({path: live.get(path, accept="text/html").text for path in {*PAGES, *(f"/{kind}" for kind in KINDS)}})
        == []
    )


def test_pages_of_what_is_hard_to_show_conform(strange: Served) -> None:
    paths = [f"/{name}.html" for name in (*HOSTILE, *STRANGE)]
    assert invalid({path: strange.get(path, accept="text/html").text for path in paths}) == []


def test_a_query_page_shows_the_answer_and_the_sparql(live: Served) -> None:
    page = live.get("/queries/trade-by-year.html?year=2024").text
    assert "<caption>Rows: 4</caption>" in page
    assert "$30.05 billion" in page
    assert "VALUES ?year { UNDEF }" in page
    assert 'value="2024"' in page
    wrong = live.get("/queries/trade-by-year.html?year=soon")
    assert wrong.status_code == 400
    assert "a whole number" in wrong.text


def test_a_source_page_lists_its_paragraphs(live: Served) -> None:
    page = live.get("/source/002.html").text
    assert "what each gave rise to" in page
    assert "passage/002-19.html" in page


@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_data_says_stays_text(strange: Served, name: str) -> None:
    path = f"/{name}.html"
    answer = strange.get(path, accept="text/html")
    assert answer.status_code == 200
    html5lib.HTMLParser(strict=True).parse(answer.text)
    found = _Links(answer.text)
    assert SCRIPT not in answer.text
    for link in found.links:
        target = urlsplit(urljoin(f"{strange.url}{path}", link))
        assert target.scheme in ("http", "https"), link
    assert not re.search(r"(?i)set-cookie", str(answer.headers))


def test_what_the_data_says_stays_text_in_answers_too(strange: Served) -> None:
    query = "SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'script') || CONTAINS(STR(?o), 'javascript')) }"
    answer = strange.get("/sparql", accept="text/html")
    assert answer.status_code == 200
    asked = {"query": f"{query} #{SCRIPT}", "format": "html"}
    page = strange.client.get(f"{strange.url}/sparql", params=asked)
    assert "millbrook" in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)
    _Links(page.text)
    assert SCRIPT not in page.text
    assert SCRIPT.replace("<", "&lt;").replace(">", "&gt;") in page.text
    missing = strange.get(f"/{SCRIPT}", accept="text/html")
    assert missing.status_code == 404
    assert SCRIPT not in missing.text


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".nt", ".rdf"])
def test_rdf_names_no_context_from_elsewhere(strange: Served, live: Served, suffix: str) -> None:
    """A reader needs no connection: a JSON-LD document has no context to look up, RDF/XML no document type."""
    for answer in (strange.get(f"/thing/millbrook{suffix}"), live.get(f"/thing/china{suffix}")):
        assert answer.status_code == 200
        assert '"@context": "' not in answer.text
        assert "<!DOCTYPE" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of Chromium, with script switched off."""
    binary = shutil.which("chromium")
    if binary is None:
        pytest.skip("Chromium is not here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False)
        yield context.new_page()
        browser.close()


def test_in_a_browser_without_script(live: Served, page: Page) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(f"{live.url}/")
    page.get_by_role("link", name="Queries", exact=True).click()
    page.get_by_role("link", name="Bilateral trade over time").click()
    page.get_by_label("year").fill("2023")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("cell", name="more than $41 billion").count() == 1
    page.goto(f"{live.url}/thing/kazakhstan")
    assert page.url == f"{live.url}/thing/kazakhstan.html"
    assert page.get_by_role("heading", level=1).inner_text() == "Kazakhstan"
    page.get_by_role("link", name="Next page").click()
    assert page.url.endswith(".page-2.html")
    page.get_by_role("link", name="SPARQL", exact=True).click()
    page.get_by_label("Query").fill("SELECT (COUNT(*) AS ?people) { ?s a kzo:Person }")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("cell", name="8", exact=True).count() == 1
    assert not errors
    assert all(url.startswith(live.url) for url in asked)
