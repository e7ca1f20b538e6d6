"""The SPARQL 1.1 Protocol at `/sparql`: what W3C's tests of the protocol ask, and the clients that people use."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

from kzlod.api import open as open_dataset
from tests.serving import Served

ROWS = "application/sparql-results+json"
DATA, ONTOLOGY = "https://w3id.org/kzlod/dataset/kazakhstan-china", "https://w3id.org/kzlod/ontology"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
GRAPHS = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/n-triples": "nt"}
UPDATES = ("DROP ALL", "INSERT DATA { <s:a> <p:b> 1 }", "LOAD <file:///etc/passwd>", "CLEAR DEFAULT")
DIRECT = {"content-type": "application/sparql-query"}


def get(live: Served, *fields: tuple[str, str], accept: str = ROWS) -> httpx.Response:
    return live.get(f"/sparql?{urlencode(fields)}", accept=accept)


def direct(live: Served, query: str | bytes, *, path: str = "/sparql", **headers: str) -> httpx.Response:
    return live.client.post(live.url + path, content=query, headers={**DIRECT, **headers})


def count(answer: httpx.Response) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def test_query_by_get_form_and_direct_post(live: Served) -> None:
    answers = [get(live, ("query", "ASK {}")), live.sparql("ASK {}"), direct(live, "ASK {}", accept=ROWS)]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == ROWS
        assert answer.json()["boolean"] is True


def test_text_beyond_ascii(live: Served) -> None:
    query = 'SELECT ?s { ?s ?p "Қазақстан"@kk }'
    form = f"{urlencode({'query': query})}".encode()
    typed = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8", "accept": ROWS}
    answers = [
        get(live, ("query", query)),
        live.client.post(f"{live.url}/sparql", content=form, headers=typed),
        direct(live, query.encode(), accept=ROWS, **{"content-type": "application/sparql-query; charset=utf-8"}),
    ]
    for answer in answers:
        assert [row["s"]["value"] for row in answer.json()["results"]["bindings"]] == [f"{live.base}thing/kazakhstan"]


def test_the_default_graph_is_the_union(live: Served, reference_release: Path) -> None:
    triples = len(rdflib.Graph().parse(reference_release / "kazakhstan-china.nt"))
    assert count(live.sparql(COUNT)) == triples


def test_dataset_parameters(live: Served) -> None:
    def counted(*fields: tuple[str, str], query: str = COUNT) -> int:
        by_get = count(get(live, ("query", query), *fields))
        by_form = count(
            live.client.post(
                f"{live.url}/sparql",
                content=urlencode([("query", query), *fields]),
                headers={"content-type": "application/x-www-form-urlencoded", "accept": ROWS},
            )
        )
        by_post = count(direct(live, query, path=f"/sparql?{urlencode(fields)}", accept=ROWS))
        assert by_get == by_form == by_post
        return by_get

    data, ontology = (counted(("default-graph-uri", graph)) for graph in (DATA, ONTOLOGY))
    assert 0 < ontology < data
    assert counted(("default-graph-uri", DATA), ("default-graph-uri", ONTOLOGY)) == data + ontology
    named = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert counted(("named-graph-uri", ONTOLOGY), query=named) == ontology
    assert counted(("named-graph-uri", ONTOLOGY)) == 0
    assert counted(("default-graph-uri", "http://nothing.example/")) == 0
    assert counted(query=f"SELECT (COUNT(*) AS ?n) FROM <{ONTOLOGY}> WHERE {{ ?s ?p ?o }}") == ontology
    # The protocol's dataset comes before that of the query (section 2.1.4).
    assert (
        counted(("default-graph-uri", DATA), query=f"SELECT (COUNT(*) AS ?n) FROM <{ONTOLOGY}> {{ ?s ?p ?o }}") == data
    )


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (ROWS, ROWS),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("*/*", ROWS),
        ("text/turtle, */*;q=0.1", ROWS),
        ("text/turtle", None),
        ("image/png", None),
    ],
)
def test_forms_of_rows(live: Served, accept: str, media_type: str | None) -> None:
    answer = live.sparql("SELECT ?s { ?s a kz:Source } ORDER BY ?s", accept=accept)
    assert answer.status_code == (200 if media_type else 406)
    if media_type:
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert "accept" in answer.headers["vary"].lower()
        assert answer.text.count("/source/00") == 5


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"]
)
def test_forms_of_triples(live: Served, media_type: str) -> None:
    for query in ("CONSTRUCT WHERE { ?s a kz:Source }", f"DESCRIBE <{live.base}source/001>"):
        answer = live.sparql(query, accept=media_type)
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert "source/001" in answer.text
    assert live.sparql("ASK {}", accept=media_type).status_code == 406


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv", "application/sparql-results+xml", "text/csv"])
def test_the_format_can_be_a_parameter(live: Served, name: str) -> None:
    answer = get(live, ("query", "SELECT (1 AS ?n) {}"), ("format", name), accept="text/html")
    assert answer.status_code == 200
    assert name.partition("+")[2] in answer.headers["content-type"] or name in answer.headers["content-type"]


def test_what_is_no_operation_is_refused(live: Served) -> None:
    """W3C's `bad_query_…` and `bad_update_…`."""
    url, form = f"{live.url}/sparql", {"content-type": "application/x-www-form-urlencoded"}
    post = live.client.post
    refused = {
        "syntax": get(live, ("query", "SELECT nothing")),
        "method": live.client.put(url, params={"query": "ASK {}"}),
        "delete": live.client.delete(url),
        "two queries": get(live, ("query", "ASK {}"), ("query", "SELECT * {}")),
        "two queries by form": post(url, content="query=ASK%20%7B%7D&query=ASK%20%7B%7D", headers=form),
        "wrong media type": post(url, content="ASK {}", headers={"content-type": "text/plain"}),
        "no media type": post(url, content=b"ASK {}"),
        "form without its type": post(url, content="query=ASK%20%7B%7D"),
        "not UTF-8": direct(live, 'ASK { ?s ?p "é" }'.encode("utf-16")),
        "not UTF-8 by form": post(url, content=b"query=ASK%20%7B%FF%7D", headers=form),
        "no query": post(url, content="", headers=form),
        "only a dataset": get(live, ("default-graph-uri", DATA)),
        "no format": get(live, ("query", "ASK {}"), ("format", "png")),
    }
    for what, answer in refused.items():
        assert 400 <= answer.status_code < 500, (what, answer.status_code)
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "update", ["DROP ALL", "INSERT DATA { <s:a> <p:b> 1 }", "LOAD <file:///etc/passwd>", "CLEAR DEFAULT"]
)
def test_updates_are_refused_with_the_reason(live: Served, update: str) -> None:
    before = count(live.sparql(COUNT))
    url = f"{live.url}/sparql"
    answers = [
        (403, live.client.post(url, data={"update": update})),
        (403, live.client.post(url, content=update, headers={"content-type": "application/sparql-update"})),
        (403, live.client.get(url, params={"update": update})),
        (400, live.client.get(url, params={"query": update})),
        (400, live.sparql(update)),
        (400, direct(live, f"# SELECT\nPREFIX select: <http://e/>\n{update}")),
    ]
    for status, answer in answers:
        assert answer.status_code == status, answer.text
        assert "update" in answer.text
    assert count(live.sparql(COUNT)) == before


def test_a_bare_get_describes_the_service(live: Served) -> None:
    for media_type, name in (
        ("text/turtle", "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/n-triples", "nt"),
    ):
        answer = live.get("/sparql", accept=media_type)
        assert answer.headers["content-type"].partition(";")[0] == media_type
        graph = rdflib.Graph().parse(data=answer.text, format=name)
        described = rdflib.URIRef("http://www.w3.org/ns/sparql-service-description#")
        assert (None, rdflib.RDF.type, described + "Service") in graph
        assert (None, described + "feature", described + "UnionDefaultGraph") in graph
    assert "<textarea" in live.get("/sparql", accept="text/html").text


def test_pages_of_other_origins_may_ask(live: Served) -> None:
    origin = {"origin": "https://elsewhere.example"}
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    asked = live.client.options(f"{live.url}/sparql", headers={**origin, **wanted})
    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "content-type" in asked.headers["access-control-allow-headers"]
    for path in ("/sparql?query=ASK%20%7B%7D", "/thing/china.ttl", "/api/sources.json", "/nothing"):
        assert live.get(path, **origin).headers["access-control-allow-origin"] == "*"


def test_every_canned_query_has_the_answer_that_this_process_gives(live: Served) -> None:
    dataset = open_dataset()
    for query in dataset.queries():
        expected = dataset.query(query.name).table
        rows = live.sparql(query.fill({})).json()
        assert tuple(rows["head"]["vars"]) == expected.variables
        assert len(rows["results"]["bindings"]) == len(expected), query.name


def test_sparqlwrapper(live: Served) -> None:
    client = SPARQLWrapper(f"{live.url}/sparql")
    client.setQuery("SELECT ?s { ?s a <https://w3id.org/kzlod/ns#Source> } ORDER BY ?s")
    client.setReturnFormat(JSON)
    assert len(client.queryAndConvert()["results"]["bindings"]) == 5
    client.setMethod(POST)
    client.setReturnFormat(XML)
    assert client.queryAndConvert().toxml().count("<uri>") == 5
    client.setRequestMethod(POSTDIRECTLY)
    client.setReturnFormat(CSV)
    assert len(client.queryAndConvert().splitlines()) == 6
    client.setQuery(f"CONSTRUCT WHERE {{ <{live.base}source/001> ?p ?o }}")
    client.setReturnFormat(TURTLE)
    assert len(rdflib.Graph().parse(data=client.queryAndConvert(), format="turtle")) > 5
    client.addDefaultGraph("http://nothing.example/")
    assert len(rdflib.Graph().parse(data=client.queryAndConvert(), format="turtle")) == 0


def test_rdflib(live: Served) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{live.url}/sparql"))
    source = rdflib.URIRef(f"{live.base}ns#Source")
    assert len(list(graph.subjects(rdflib.RDF.type, source))) == 5
    assert len(graph.query("SELECT ?s { ?s a ?c }", initBindings={"c": source})) == 5
    graph.close()
    fetched = rdflib.Graph().parse(f"{live.url}/thing/khorgos-dry-port")
    assert (rdflib.URIRef(f"{live.base}thing/khorgos-dry-port"), rdflib.RDFS.label, None) in fetched


def test_curl(live: Served, tmp_path: Path) -> None:
    def curl(*arguments: str) -> str:
        command = ["curl", "--silent", "--fail", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    (tmp_path / "ask.rq").write_text("SELECT ?s { ?s a kz:Source }")
    by_file = curl(
        "-H",
        "content-type: application/sparql-query",
        "-H",
        "accept: text/csv",
        "--data-binary",
        f"@{tmp_path / 'ask.rq'}",
        f"{live.url}/sparql",
    )
    assert len(list(csv.reader(io.StringIO(by_file)))) == 6
    by_form = curl("--data-urlencode", "query=ASK {}", "-H", "accept: application/json", f"{live.url}/sparql")
    assert json.loads(by_form)["boolean"] is True
    turtle = curl("--location", "-H", "accept: text/turtle", f"{live.url}/thing/china")
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) > 10
    xml = curl("-H", "accept: application/rdf+xml", "--location", f"{live.url}/thing/china")
    assert ElementTree.fromstring(xml).tag.endswith("RDF")
