"""Queries in the visitor's browser, with no server behind them: the answers are those of `kzlod sparql`."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kzlod.project import Project
from kzlod.query import catalog
from kzlod.query.engine import Engine
from kzlod.query.forms import render
from tests.scripted import HOSTILE, browser, static, visiting

__all__ = ["browser", "static"]
Static = tuple[Path, str]
COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


def rows(text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    """The header and the rows of a CSV, each as often as it is there."""
    header, *others = csv.reader(io.StringIO(text))
    return header, Counter(map(tuple, others))


def test_canned_queries_have_the_rows_of_kzlod_sparql(browser: Browser, static: Static) -> None:
    folder, url = static
    project = Project.reference()
    ask = Engine(folder / "dump.nq", project.prefixes).ask
    queries = [query.text for query in catalog(project)]
    assert len(queries) > 50
    queries.append("SELECT ?s { ?s a kz:Source } ORDER BY ?s")
    queries.append("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    with visiting(browser, url, "/dump.nq.zst.html") as visit:
        for query in queries:
            visit.ask(query)
            answer = ask(query)
            if not len(answer):
                expect(visit.page.get_by_text("there are no rows")).to_be_visible()
                continue
            assert rows(visit.saved("CSV")) == rows(render(answer, "csv")), query
        assert [url for url in visit.requests if "dump" in url and not url.endswith(".html")] == [f"{url}/dump.nq.zst"]


def test_a_query_that_names_graphs_is_answered_from_them(browser: Browser, static: Static) -> None:
    folder, url = static
    graph = "<https://w3id.org/kzlod/ontology>"
    count = sum(line.endswith(f" {graph} .") for line in (folder / "dump.nq").read_text("utf-8").splitlines())
    with visiting(browser, url, "/dump.nq.zst.html") as visit:
        for query, expected in (
            (f"SELECT (COUNT(*) AS ?from) FROM {graph} {{ ?s ?p ?o }}", count),
            (f"SELECT (COUNT(*) AS ?from) {{ GRAPH {graph} {{ ?s ?p ?o }} }}", count),
        ):
            visit.ask(query)
            expect(visit.page.get_by_role("cell", name=str(expected), exact=True)).to_be_visible()


@pytest.mark.parametrize("name", ["dump.nq", "dump.nq.gz", "dump.nq.zst"])
def test_a_dump_is_read_however_it_is_packed(browser: Browser, static: Static, name: str) -> None:
    folder, url = static
    said = "new MutationObserver(() => (globalThis.said ??= []).push(document.querySelector('.status')?.textContent))"
    before = f"{said}.observe(document, {{ subtree: true, childList: true }})"
    with visiting(browser, url, f"/{name}.html", before=before) as visit:
        visit.ask(COUNT)
        lines = (folder / "dump.nq").read_bytes().count(b"\n")
        expect(visit.page.get_by_role("cell", name=str(lines), exact=True)).to_be_visible()
        told = "\n".join(visit.page.evaluate("said.filter(Boolean)"))
        size = f"{(folder / name).stat().st_size / 1e6:.1f}"
        assert f"is being fetched: {size} of {size} MB" in told
        assert "is being indexed" in told


def test_what_is_wrong_with_a_query_is_said(browser: Browser, static: Static) -> None:
    folder, url = static
    with visiting(browser, url, "/dump.nq.zst.html") as visit:
        alert = visit.page.get_by_role("alert")
        visit.ask("SELECT *\n{ ?s ?p }")
        expect(alert).to_contain_text("error at 2:")
        assert "expected one of" not in alert.inner_text()
        visit.ask("SELECT * { SERVICE <https://elsewhere.example/> { ?s ?p ?o } }")
        expect(alert).to_contain_text("service")
        visit.ask("DELETE WHERE { ?s ?p ?o }")
        expect(alert).to_contain_text("error at")
        visit.ask(COUNT)
        expect(alert).to_have_count(0)
        expect(visit.page.get_by_role("cell", name=str((folder / "dump.nq").read_bytes().count(b"\n")))).to_be_visible()


def test_a_query_that_is_too_deep_breaks_nothing(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.zst.html") as visit:
        visit.ask("SELECT * " + "{" * 9000 + "}" * 9000)
        expect(visit.page.get_by_role("alert")).to_be_visible()
        visit.ask("ASK { ?s a kz:Source }")
        expect(visit.page.get_by_text("Yes", exact=True)).to_be_visible()


def test_a_query_without_end_is_stopped_and_the_next_is_answered(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.zst.html") as visit:
        visit.ask(COUNT)
        visit.write("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }")
        visit.page.keyboard.press("Control+Enter")
        visit.page.wait_for_timeout(500)
        expect(visit.page.locator(".status")).to_have_text("The query is running …")
        visit.page.get_by_role("button", name="Stop").click()
        expect(visit.page.get_by_role("alert")).to_have_text("The query was stopped.")
        visit.ask("ASK { ?s a kz:Source }")
        expect(visit.page.get_by_text("Yes", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("name", "said", "complaint"),
    [
        ("missing.nq", "cannot be fetched (404)", "404"),
        ("broken.nq", "file is broken (", ""),
        ("bomb.nq.gz", "too large for a browser", ""),
        ("huge.nq", "too large for a browser", ""),
        ("short.nq.zst", "file is broken", ""),
    ],
)
def test_what_is_wrong_with_a_dump_is_said(
    browser: Browser, static: Static, name: str, said: str, complaint: str
) -> None:
    _, url = static
    with visiting(browser, url, f"/{name}.html") as visit:
        visit.expected = (complaint,) if complaint else ()
        for _ in range(2):
            visit.ask(COUNT)
            expect(visit.page.get_by_role("alert")).to_contain_text(said)


def test_a_dump_too_large_and_a_browser_without_web_assembly_are_told(browser: Browser, static: Static) -> None:
    _, url = static
    for path, before, said in (
        ("/large.html", "", "200 MB, too much for a browser"),
        ("/dump.nq.html", "delete globalThis.WebAssembly", "no WebAssembly"),
    ):
        with visiting(browser, url, path, before=before) as visit:
            note = visit.page.get_by_role("note")
            expect(note).to_contain_text(said)
            expect(note.get_by_role("link")).to_have_attribute("href", "dump.nq")
            expect(visit.page.get_by_role("button", name="Ask")).to_be_disabled()
            assert not [one for one in visit.requests if one.endswith((".wasm", "dump.nq"))]


def test_what_the_data_says_stays_text(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/hostile.nt.html") as visit:
        visit.ask("SELECT ?s ?o ?value ?wkt { ?s <http://e/value> ?value ; <http://e/wkt> ?wkt ; ?p ?o }")
        page = visit.page
        expect(page.get_by_role("link", name=HOSTILE).first).to_have_attribute("href", "http://e/a")
        assert page.locator("a[href^='javascript']").count() == 0
        expect(page.get_by_text("javascript:document.title=1")).to_be_visible()
        page.get_by_role("button", name="Chart").click()
        expect(page.get_by_role("img", name="Chart")).to_be_visible()
        page.get_by_role("button", name="Map").click()
        expect(page.get_by_role("img", name="Map")).to_contain_text("<img src=x")
        visit.ask("CONSTRUCT WHERE { ?s ?p ?o }")
        expect(page.locator("pre")).to_contain_text("<script>")
        visit.ask(f"#{HOSTILE}\nSELECT")
        page.get_by_text("Past queries").click()
        expect(page.get_by_role("button", name="<script>")).to_be_visible()
        assert page.title() == "t"
        assert page.locator("img, script:not([type]):not([src])").count() == 0


def test_it_speaks_the_language_of_the_page(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/russian.html") as visit:
        visit.ask("SELECT ?place { VALUES ?place { thing:kazakhstan } }")
        expect(visit.page.get_by_role("button", name="Таблица")).to_be_visible()
        expect(visit.page.get_by_role("link", name="Казахстан", exact=True)).not_to_have_attribute("lang", "ru")
        visit.ask("SELECT ?name { thing:kazakhstan rdfs:label ?name FILTER(LANG(?name) = 'kk') }")
        expect(visit.page.get_by_role("cell", name="Қазақстан", exact=True)).to_have_attribute("lang", "kk")


def test_a_query_in_the_address_is_asked(browser: Browser, static: Static) -> None:
    _, url = static
    with visiting(browser, url, "/dump.nq.zst.html?query=ASK%20{%20?s%20a%20kz:Source%20}") as visit:
        expect(visit.page.get_by_text("Yes", exact=True)).to_be_visible()
        href = visit.page.get_by_role("link", name="Link to this answer").get_attribute("href")
        assert href == f"{url}/dump.nq.zst.html?query=ASK+%7B+%3Fs+a+kz%3ASource+%7D"
        expect(visit.page.get_by_label("Format")).to_be_hidden()
