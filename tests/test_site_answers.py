"""Answers of canned queries in pages: on the server and as files, whole, with what was asked."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urlencode, urljoin

import pytest
from playwright.sync_api import expect

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from kzlod.web.answered import ROWS, WHOLE
from kzlod.web.written import write
from tests import crawling
from tests.browsing import chromium, hosted
from tests.serving import Served, serving
from tests.validity import invalid

COUNT = 640
GIVEN = {"least": "341", "said": 'Ø & "b"=c'}
_FILTER = "FILTER(!BOUND(?least) || ?number >= ?least)"
_VALUES = " ".join(f'({n} {-n % 7} "row {n} of <b>")' for n in range(1, COUNT + 1))
_SLOTS = "VALUES ?least { UNDEF } VALUES ?said { UNDEF }"
QUERIES = {
    "many": (
        "#+ summary: Many\n#+ plot: {kind: line, x: number, y: value}\n"
        "#+ parameters: {least: {type: integer}, said: {type: string}}\n"
        f"SELECT ?number ?value ?text {{ {_SLOTS} VALUES (?number ?value ?text) {{ {_VALUES} }} {_FILTER} }}"
        " ORDER BY ?number"
    ),
    "exact": f"#+ summary: Exact\nSELECT ?n {{ VALUES ?n {{ {' '.join(map(str, range(ROWS)))} }} }} ORDER BY ?n",
    "triples": f"#+ summary: T\nCONSTRUCT {{ ?n a <urn:c> }} {{ VALUES ?i {{ {' '.join(map(str, range(COUNT)))} }}"
    ' BIND(IRI(CONCAT("urn:n:", STR(?i))) AS ?n) }',
    "none": "#+ summary: None\nSELECT ?s { ?s <urn:none> ?o }",
    "true": "#+ summary: Truth\nASK {}",
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release in two languages, with queries of many rows."""
    folder = tmp_path_factory.mktemp("long")
    root = init(folder / "project").root
    settings = root / "kzlod.toml"
    settings.write_text(settings.read_text("utf-8").replace("[dataset.title]", '[dataset.title]\nru = "М"'), "utf-8")
    with Dataset.open(Project.read(root)) as dataset:
        made = shutil.copytree(build(dataset, folder / "dist").path, folder / "release")
    for name, text in QUERIES.items():
        (made / "queries" / f"{name}.rq").write_text(text, "utf-8")
    return made


@pytest.fixture(scope="module")
def server(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The release, served."""
    with serving(release, tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture(scope="module")
def site(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release as files."""
    folder = tmp_path_factory.mktemp("files")
    return write(release, folder / "site", cache=folder / "cache", url=crawling.AT).path


def cells(page: str) -> list[list[str]]:
    """The texts of an answer's rows."""
    table = page.partition('<table class="answer">')[2].partition("</table>")[0]
    rows = (re.findall("<td[^>]*>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", table)[1:])
    return [[unescape(re.sub("<[^>]+>", "", one)) for one in row] for row in rows]


def turned(page: str, rel: str) -> str:
    """Where the link to the page before or after leads, to the answer there; nothing where there is none."""
    found = re.search(f'<a rel="{rel}" href="([^"]+)#answer"', page)
    return unescape(found[1]) if found else ""


def all_pages(first: str, get: Callable[[str], str]) -> list[str]:
    """The pages of an answer, as their links lead from the first on and back again."""
    found, address = [get(first)], first
    while after := turned(found[-1], "next"):
        address, before = urljoin(address, after), address
        found.append(get(address))
        assert urljoin(address, turned(found[-1], "prev")) == before
    assert turned(found[0], "prev") == ""
    for number, page in enumerate(found, 1):
        said = re.findall('<nav class="pages".*?<span>(.*?)</span>', page, re.DOTALL)
        assert [re.findall(r"\d+", one) for one in said] == ([[str(number), str(len(found))]] if len(found) > 1 else [])
    return found


def of(served: Served) -> Callable[[str], str]:
    """Gets pages of a server."""

    def get(address: str) -> str:
        answer = served.get(f"/{address}", accept="text/html")
        assert answer.status_code == 200, address
        return answer.text

    return get


def rows(text: str) -> list[list[str]]:
    """The rows of a CSV file, without its head."""
    return list(csv.reader(text.splitlines()))[1:]


@pytest.mark.parametrize("name", ["assessments", "names", "plans"])
def test_all_rows_are_on_the_pages_once_and_in_order(live: Served, name: str) -> None:
    expected = rows(live.get(f"/api/{name}.csv").text)
    found = all_pages(f"queries/{name}.html", of(live))
    assert len(found) == -(-len(expected) // ROWS)
    assert [len(cells(page)) for page in found[:-1]] == [ROWS] * (len(found) - 1)
    # A page parts the thousands of a number, as the CSV does not; these queries have none but years.
    assert [row for page in found for row in cells(page)] == [
        [" ".join(one.split()) for one in row] for row in expected
    ]
    if len(found) > 1:
        for tag in ("kk/", "ru/", "zh/"):
            counts = [len(cells(page)) for page in all_pages(f"{tag}queries/{name}.html", of(live))]
            assert counts == [len(cells(page)) for page in found]


def test_what_was_asked_is_asked_on_every_page(server: Served) -> None:
    query = urlencode(GIVEN)
    expected = rows(server.get(f"/api/many.csv?{query}").text)
    assert len(expected) == 300
    found = all_pages(f"ru/queries/many.html?{query}", of(server))
    assert [row for page in found for row in cells(page)] == expected
    assert turned(found[0], "next").endswith(f"queries/many.page-2.html?{query}")
    for number, page in enumerate(found, 1):
        name = f"queries/many{f'.page-{number}' if number > 1 else ''}.html?{query}"
        links = {unescape(one) for one in re.findall('href="([^"]+)"', page)}
        assert {
            f"../../{name}",
            f"../../ru/{name}",
            f"../../api/many.csv?{query}",
            f"../queries/many.html?{query}",
        } <= links
        assert 'value="341"' in page
        assert "VALUES ?least { UNDEF }" in page
        assert '<form class="ask" method="get" action="../queries/many.html">' in page
        for link in links:
            target, _ = urldefrag(urljoin(f"{server.url}/ru/{name}", link))
            if target.startswith(server.url):
                assert server.get(target.removeprefix(server.url), accept="text/html").status_code in (200, 303), link


def test_charts_are_whole_and_on_the_first_page(server: Served, site: Path) -> None:
    for least, drawn in ((341, 300), (COUNT - WHOLE + 1, WHOLE), (1, WHOLE)):
        first, second, *_ = all_pages(f"queries/many.html?least={least}", of(server))
        assert first.count("<circle") == drawn
        [line] = re.findall('<polyline[^>]* points="([^"]+)"', first)
        assert len(line.split()) == drawn
        assert "<figure" not in second
        assert "There is nothing to draw" not in second
    files = [(site / f"ru/queries/many{page}.html").read_text("utf-8") for page in ("", ".page-2")]
    assert [page.count("<circle") for page in files] == [WHOLE, 0]


@pytest.mark.parametrize(
    "path",
    [
        *("many.page-8.html", "many.page-0.html", "many.page-02.html", "many.page-999999.html", "many.page-2.csv"),
        *("many.page-4.html?least=341", "exact.page-2.html", "none.page-2.html", "true.page-2.html"),
        *("triples.page-2.html", "nothing.page-2.html", "many.page-2", "many.ttl"),
    ],
)
def test_a_page_that_there_is_not(server: Served, site: Path, path: str) -> None:
    for tag in ("", "ru/"):
        assert server.get(f"/{tag}queries/{path}", accept="text/html").status_code == 404
    assert not (site / "queries" / path).exists()


def test_what_is_asked_wrongly_is_told_on_any_page(server: Served) -> None:
    for page in ("", ".page-2", ".page-9"):
        answer = server.get(f"/queries/many{page}.html?least=soon", accept="text/html")
        assert answer.status_code == 400
        assert "a whole number" in answer.text
        assert 'value="soon"' in answer.text
        assert 'class="pages"' not in answer.text
        assert '../ru/queries/many.html"' in answer.text


def test_files_have_the_answers_of_the_server(server: Served, site: Path) -> None:
    expected = rows(server.get("/api/many.csv").text)
    for tag in ("", "ru/"):
        there = all_pages(f"{tag}queries/many.html", of(server))
        here = all_pages(f"{tag}queries/many.html", lambda address: (site / address).read_text("utf-8"))
        assert [cells(page) for page in here] == [cells(page) for page in there]
        assert [row for page in here for row in cells(page)] == expected
        assert len(here) == 7
    assert crawling.problems(site) == []
    files = sorted((site / "ru" / "queries").glob("*.html"))
    assert invalid({file.name: file.read_text("utf-8") for file in files}) == []


def test_triples_and_the_answer_to_any_query_are_cut_and_say_so(server: Served) -> None:
    said = f"And {COUNT - WHOLE} more, which the other formats hold."
    triples = server.get("/queries/triples.html", accept="text/html").text
    assert triples.count("urn:n:") == WHOLE + 1  # in its SPARQL too
    asked = urlencode({"query": re.sub("(?m)^#.*\n", "", QUERIES["many"])})
    own = server.get(f"/sparql?{asked}", accept="text/html").text
    assert len(cells(own)) == WHOLE
    for page in (triples, own):
        assert said in page
        assert 'class="pages"' not in page


def test_the_form_of_a_further_page_asks_at_the_first(server: Served, site: Path) -> None:
    with chromium() as browser, hosted(site) as host:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(f"{server.url}/queries/many.html?least=100")
        page.get_by_role("link", name="Next page").click()
        assert page.url == f"{server.url}/queries/many.page-2.html?least=100#answer"
        page.get_by_label("least").fill("341")
        page.get_by_role("button", name="Ask").click()
        assert page.url == f"{server.url}/queries/many.html?least=341&said="
        expect(page.get_by_role("cell", name="row 341 of <b>")).to_be_visible()
        page.goto(f"{host}/queries/many.html")
        page.get_by_role("link", name="Next page").click()
        expect(page.get_by_role("cell", name="row 101 of <b>")).to_be_visible()
        page.get_by_role("link", name="Русский").click()
        assert page.url == f"{host}/ru/queries/many.page-2.html"
