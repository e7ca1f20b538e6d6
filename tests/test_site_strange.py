"""Pages of what is hard to show: long and foreign labels, many facts, figures without a unit, queries that fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from kzlod.web import pages
from kzlod.web.documents import document
from kzlod.web.opened import OpenRelease
from kzlod.web.written import Written, write
from tests import crawling
from tests.validity import invalid

BASE = "https://strange.example/"
LONG = "Länge " * 200
ARABIC = "جسر المشاة \u202eevil\u202c"
COMBINING = "Z" + "\u0310\u0311\u0312\u0313" * 40 + "algo"
MANY = 10_000
QUERIES = {
    "undrawn": "#+ summary: Undrawn\n#+ plot: {kind: bar, y: s, x: o}\nSELECT ?s ?o { VALUES (?s ?o) { (1 <urn:o>) } }",
    "nothing": "#+ summary: Nothing\n#+ plot: {kind: bar, y: s, x: o}\nSELECT ?s ?o { ?s <urn:none> ?o }",
    "one": '#+ summary: One\n#+ plot: {kind: line, x: y, y: v}\nSELECT ?y ?v { VALUES (?y ?v) { ("2020" 5.5) } }',
    "curve": (
        "#+ summary: Some\n#+ plot: {kind: line, x: y, y: v, series: s}\n#+ featured: 1\n"
        'SELECT ?y ?v ?s { VALUES (?y ?v ?s) { ("2020" 5.5 "<b>") ("2021" -3 "<b>") ("2022" 7e300 "c") } }'
    ),
    "wrong": "#+ summary: Wrong\n#+ featured: 2\n#+ plot: {kind: bar, y: s}\nSELECT ?s { ?s",
    "triples": "#+ summary: Triples\nCONSTRUCT { ?s a ?o } WHERE { ?s a ?o }",
    "true": "#+ summary: Truth\nASK { ?s ?p ?o }",
}


def _statements() -> Iterator[str]:
    label, type_ = "<http://www.w3.org/2000/01/rdf-schema#label>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    for name, text, language in (("long", LONG, "de"), ("arabic", ARABIC, "ar"), ("combining", COMBINING, "en")):
        yield f'<{BASE}thing/{name}> {label} "{text}"@{language} .\n'
    yield f'<{BASE}thing/blank> {label} "  "@en .\n'
    yield f'<{BASE}thing/{"x" * 300}> {label} "too long for the name of a file"@en .\n'
    kz, value = "https://w3id.org/kzlod/ns#", "<http://purl.org/linked-data/sdmx/2009/measure#obsValue>"
    for name, number in (("bare", '"7"^^<http://www.w3.org/2001/XMLSchema#decimal>'), ("words", '"many"')):
        figure = f"<{BASE}figure/{name}>"
        yield f"{figure} <{kz}about> <{BASE}thing/long> .\n"
        yield f"{figure} {value} {number} .\n"
        yield f"{figure} <{kz}evidence> <{BASE}passage/001-02> .\n"
        yield f"{figure} {type_} <http://purl.org/linked-data/cube#Observation> .\n"
        yield f"<{BASE}conflict/one> <http://www.w3.org/ns/prov#hadMember> {figure} .\n"
    yield f"<{BASE}conflict/one> {type_} <{kz}ConflictSet> .\n"


def _many() -> Iterator[str]:
    kz = "https://w3id.org/kzlod/ns#"
    yield f'<{BASE}thing/many> <http://www.w3.org/2000/01/rdf-schema#label> "many"@en .\n'
    for number in range(MANY):
        yield f"<{BASE}claim/n{number:05}> <{kz}about> <{BASE}thing/many> .\n"
        yield f"<{BASE}claim/n{number:05}> <{kz}evidence> <{BASE}passage/001-02> .\n"


def _release(folder: Path, lines: Iterator[str]) -> Path:
    root = init(folder / "project", base=BASE).root
    (root / "data" / "strange.nt").write_text("".join(lines), "utf-8")
    with Dataset.open(Project.read(root)) as dataset:
        return build(dataset, folder / "dist").path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The site of such a dataset, with queries that a release was not checked with."""
    folder = tmp_path_factory.mktemp("odd")
    release = shutil.copytree(_release(folder, _statements()), folder / "release")
    for name, text in QUERIES.items():
        (release / "queries" / f"{name}.rq").write_text(text, "utf-8")
    return write(release, folder / "site", cache=folder / "cache", url=crawling.AT)


def _text(site: Written, name: str) -> str:
    return (site.path / f"{name}.html").read_text("utf-8")


def test_all_pages_are_whole(site: Written) -> None:
    assert crawling.problems(site.path) == []
    pages = crawling.pages(site.path)
    for page in pages:
        html5lib.HTMLParser(strict=True).parse(page.text)
    assert invalid({page.url: page.text for page in pages}) == []


def test_what_cannot_be_a_file_is_counted(site: Written) -> None:
    assert site.without == 1


def test_a_long_label_is_cut_where_it_is_a_heading(site: Written) -> None:
    page = _text(site, "thing/long")
    heading = re.search("<h1[^>]*>(.*?)</h1>", page)
    assert heading is not None
    assert len(heading[1]) <= 200
    assert LONG.strip() in (site.path / "thing/long.ttl").read_text("utf-8")


def test_text_of_another_direction_is_set_apart(site: Written) -> None:
    assert f'<h1 lang="ar"><bdi>{ARABIC}</bdi></h1>' in _text(site, "thing/arabic")


def test_combining_characters_stay(site: Written) -> None:
    assert f">{COMBINING}</h1>" in _text(site, "thing/combining")


def test_a_blank_label_is_none(site: Written) -> None:
    assert ">thing:blank</h1>" in _text(site, "thing/blank")


def test_a_figure_without_a_unit_says_so(site: Written) -> None:
    page = _text(site, "thing/long")
    assert "no unit given" in page
    assert "many" in page
    assert page.count('<rect class="fill"') == 0  # one number compares with nothing


def test_figures_of_one_source_conflict_with_that_source(site: Written) -> None:
    page = _text(site, "thing/long")
    assert page.count("conflicts with other figures of the same source") == 2
    assert "another source" not in page


def test_queries_with_little_to_show_say_so(site: Written) -> None:
    nothing = _text(site, "queries/nothing")
    assert "The answer is empty: there are no rows." in nothing
    assert "There is nothing to draw in this answer." not in nothing
    assert "<table" not in nothing
    assert "There is nothing to draw in this answer." in _text(site, "queries/undrawn")
    one = _text(site, "queries/one")
    assert "<polyline" not in one
    assert one.count('<li><span class="label">2020</span>') == 1
    assert "&lt;b&gt;" in _text(site, "queries/curve")
    assert "<td>true</td>" in _text(site, "queries/true")
    assert (site.path / "api/triples.ttl").is_file()
    assert (site.path / "api/true.json").is_file()


def test_a_query_that_fails_leaves_the_others(site: Written) -> None:
    wrong = _text(site, "queries/wrong")
    assert "No answer" in wrong
    assert "is not SPARQL" in wrong
    assert not (site.path / "api/wrong.json").exists()
    first = _text(site, "index")
    assert 'class="chart curve"' in first
    assert "queries/wrong.html" in first


def test_ten_thousand_facts_are_paged(tmp_path: Path) -> None:
    release = OpenRelease.open(_release(tmp_path, _many()), cache=tmp_path / "cache")
    seen, number, last = set[str](), 1, 1
    while number <= last:
        found = document(release, f"{BASE}thing/many", number)
        assert found is not None
        last = found.pages
        if number in (1, 2, last):
            page = pages.document_page(pages.Site(release), found, "en").decode()
            html5lib.HTMLParser(strict=True).parse(page)
            assert len(page) < 150_000
            assert f"Page {number} of {last}" in page
            assert ("Next page" in page) == (number < last)
        seen |= {fact.iri for fact in found.facts}
        number += 1
    assert len(seen) == MANY
