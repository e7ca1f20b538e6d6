"""Canned queries as an API, its description, and what harvesters ask for."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import rdflib
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from kzlod.api import open as open_dataset
from kzlod.web.kept_answers import KeptAnswers
from kzlod.web.messages import Answer
from tests.serving import Served


def test_the_description_is_openapi(live: Served) -> None:
    described = live.get("/openapi.json").json()
    validate(described, cls=OpenAPIV31SpecValidator)
    assert live.get("/api", accept="application/json").json() == described
    assert "trade-by-year" in live.get("/api", accept="text/html").text
    names = {path.rpartition("/")[2] for path in described["paths"]}
    assert names == {query.name for query in open_dataset().queries()}
    (year,) = [p for p in described["paths"]["/api/trade-by-year"]["get"]["parameters"] if p["name"] == "year"]
    assert year["schema"] == {"type": "integer"}


def test_a_query_answers_in_every_format(live: Served) -> None:
    expected = open_dataset().query("trade-by-year", year=2024)
    rows = live.get("/api/trade-by-year?year=2024").json()["results"]["bindings"]
    assert len(rows) == len(expected) == 4
    assert {row["value"]["value"] for row in rows} == {str(row.value) for row in expected}
    for answer in (
        live.get("/api/trade-by-year.csv?year=2024"),
        live.get("/api/trade-by-year?year=2024", accept="text/csv"),
    ):
        assert answer.headers["content-type"].startswith("text/csv")
        assert len(list(csv.reader(io.StringIO(answer.text)))) == 5
    assert len(live.get("/api/trade-by-year?year=2024&format=tsv").text.splitlines()) == 5
    xml = ElementTree.fromstring(live.get("/api/trade-by-year.xml?year=2024").content)
    assert len(xml.findall(".//{*}result")) == 4
    page = live.get("/api/trade-by-year?year=2024", accept="text/html")
    assert (page.status_code, page.headers["location"]) == (303, "../queries/trade-by-year.html?year=2024")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/nothing", 404, "no query 'nothing'"),
        ("/api/trade-by-year?year=soon", 400, "a whole number"),
        ("/api/trade-by-year?month=1", 400, "no parameter 'month'"),
        ("/api/trade-by-year?year=2023&year=2024", 400, "twice"),
        ("/api/trade-by-year?format=png", 400, "no format 'png'"),
        ("/api/trade-by-year.ttl", 406, "rows"),
        ("/api/trade-by-year?year=2024%20}%20%23", 400, "a whole number"),
    ],
)
def test_what_is_wrong_is_said(live: Served, path: str, status: int, said: str) -> None:
    answer = live.get(path)
    assert answer.status_code == status
    assert said in answer.text


def test_what_harvesters_ask_for(live: Served, reference_release: Path) -> None:
    void = rdflib.Graph().parse(data=live.get("/.well-known/void").text, format="turtle")
    assert (None, rdflib.RDF.type, rdflib.VOID.Dataset) in void
    catalogue = rdflib.Graph().parse(reference_release / "catalog.ttl")
    for media_type, name in (
        ("text/turtle", "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/n-triples", "nt"),
    ):
        answer = live.get("/catalog", accept=media_type)
        assert answer.status_code == 303
        document = live.get(f"/{answer.headers['location'].removeprefix('./')}")
        assert set(rdflib.Graph().parse(data=document.text, format=name)) == set(catalogue)
    assert f"Sitemap: {live.base}sitemap.xml" in live.get("/robots.txt").text
    sitemap = ElementTree.fromstring(live.get("/sitemap.xml").content)
    pages = [node.text or "" for node in sitemap.findall(".//{*}loc")]
    assert f"{live.base}thing/kazakhstan.html" in pages
    assert len(pages) > 2000
    for page in pages[::97]:
        assert live.get(f"/{page.removeprefix(live.base)}").status_code == 200
    assert live.get("/health").json()["status"] == "ok"


def test_signposts(live: Served) -> None:
    """FAIR Signposting, level 1: what a page is about, how to cite it, what describes it, its parts, its licence."""

    def signs(path: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for target, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', live.get(path, accept="text/html").headers["link"]):
            found.setdefault(rel, []).append(target)
        return found

    landing = signs("/")
    assert landing["cite-as"] == [f"{live.base}release/kazakhstan-china/0.1.0"]
    assert {"describedby", "item", "license", "type"} <= landing.keys()
    for target in (*landing["item"], *landing["describedby"]):
        assert live.client.head(f"{live.url}/{target.removeprefix('./')}").status_code == 200
    thing = signs("/thing/china.html")
    assert thing["cite-as"] == [f"{live.base}thing/china"]
    assert "./china.ttl" in thing["describedby"]
    assert signs("/thing/china.ttl")["describes"] == [f"{live.base}thing/china"]


def test_dumps_come_in_ranges(live: Served, reference_release: Path) -> None:
    path = "/release/kazakhstan-china/0.1.0/kazakhstan-china.nt"
    whole = (reference_release / "kazakhstan-china.nt").read_bytes()
    answer = live.get(path)
    assert answer.content == whole
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "application/n-triples"
    part = live.get(path, range="bytes=1000-1999")
    assert (part.status_code, part.content) == (206, whole[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert live.get(path, range="bytes=-10").content == whole[-10:]
    assert live.get(path, range=f"bytes={len(whole) + 5}-").status_code == 416
    again = live.get(path, range="bytes=0-9", if_range='"other"')
    assert (again.status_code, len(again.content)) == (200, len(whole))
    tagged = live.get(path, range="bytes=0-9", if_range=answer.headers["etag"])
    assert (tagged.status_code, tagged.content) == (206, whole[:10])


def test_kzlod_get_fetches_the_release(live: Served, tmp_path: Path, kzlod) -> None:  # type: ignore[no-untyped-def]
    """The dataset that is served is one that `kzlod get` fetches, each file as the catalogue states."""
    url = f"{live.url}/release/kazakhstan-china/0.1.0/catalog.ttl"
    result = kzlod("get", url, "--format", "nt", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert list(tmp_path.rglob("*.nt"))


def test_kept_answers_count_what_was_asked_too() -> None:
    kept = KeptAnswers(most=16_000)
    for number in range(40):
        kept.put(("GET", f"{number}" * 400, b""), Answer(200, (), b"x"))
    found = [number for number in range(40) if kept.get(("GET", f"{number}" * 400, b""))]
    assert found == list(range(21, 40))


def test_queries_are_answered_from_what_is_kept(live: Served) -> None:
    first, second = (live.get("/api/risks.json") for _ in range(2))
    assert first.headers["etag"] == second.headers["etag"]
    assert json.loads(first.text) == json.loads(second.text)
