"""Every IRI answers: negotiation, documents in all forms, pages of documents, what is withdrawn."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urljoin

import pyoxigraph as ox
import pytest
import rdflib

from kzlod.web.negotiation import negotiate
from tests.serving import MANY, STRANGE, Served

FORMS = {
    "text/html": ".html",
    "text/turtle": ".ttl",
    "application/ld+json": ".jsonld",
    "application/n-triples": ".nt",
    "application/rdf+xml": ".rdf",
}
OFFERED = list(FORMS)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
RDFLIB = "text/turtle;q=1.0, application/rdf+xml;q=0.9, application/n-triples;q=0.8, text/html;q=0.1"

ACCEPTS = [
    ("", "text/html"),
    ("*/*", "text/html"),
    (BROWSER, "text/html"),
    (RDFLIB, "text/turtle"),
    ("text/turtle", "text/turtle"),
    ("TEXT/Turtle", "text/turtle"),
    ("text/turtle;charset=utf-8", "text/turtle"),
    ('text/turtle;profile="a,b;q=0"', "text/turtle"),
    ("application/ld+json", "application/ld+json"),
    ("application/n-triples, */*;q=0.1", "application/n-triples"),
    ("application/rdf+xml;q=0.5, text/turtle;q=0.4", "application/rdf+xml"),
    ("text/*", "text/html"),
    ("application/*", "application/ld+json"),
    ("text/*;q=0.3, application/ld+json;q=0.5", "application/ld+json"),
    ("text/html;q=0, text/*", "text/turtle"),
    ("text/html;q=0, */*", "text/turtle"),
    ("*/*;q=0.1, text/turtle;q=0.2", "text/turtle"),
    ("text/turtle;q=0.001, image/png", "text/turtle"),
    ("text/turtle;q=1.000", "text/turtle"),
    ("text/turtle ; q=0.5 , text/html ; q=0.4", "text/turtle"),
    ("image/png", None),
    ("text/turtle;q=0", None),
    ("*/*;q=0", None),
    ("nonsense", None),
]


@pytest.mark.parametrize(("accept", "expected"), ACCEPTS)
def test_negotiation(accept: str, expected: str | None) -> None:
    assert negotiate(accept, OFFERED) == expected


@pytest.mark.parametrize(("accept", "expected"), ACCEPTS)
def test_a_thing_sends_to_its_document(live: Served, accept: str, expected: str | None) -> None:
    answer = live.get("/thing/kazakhstan", accept=accept)
    assert "accept" in answer.headers["vary"].lower()
    alternates = re.findall(r'<(\S+)>; rel="alternate"; type="([^"]+)"', answer.headers["link"])
    assert {kind: f"./kazakhstan{suffix}" for kind, suffix in FORMS.items()} == {kind: to for to, kind in alternates}
    if expected is None:
        assert answer.status_code == 406
        return
    assert answer.status_code == 303
    assert answer.headers["location"] == f"./kazakhstan{FORMS[expected]}"
    document = live.get(urljoin("/thing/kazakhstan", answer.headers["location"]))
    assert document.status_code == 200
    assert document.headers["content-type"].partition(";")[0] == expected


def triples(content: bytes, media_type: str) -> set[str]:
    format_ = ox.RdfFormat.from_media_type(media_type)
    assert format_ is not None
    return {str(quad.triple) for quad in ox.parse(content, format=format_)}


@pytest.mark.parametrize(
    "path",
    ["thing/kazakhstan", "source/001", "passage/002-19", "ns", "ontology", "dataset/kazakhstan-china", "sparql-x"],
)
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
def test_all_forms_hold_the_same_triples(live: Served, path: str) -> None:
    held = []
    for media_type, suffix in list(FORMS.items())[1:]:
        answer = live.get(f"/{path}{suffix}")
        if path == "sparql-x":
            assert answer.status_code == 404
            return
        held.append(triples(answer.content, media_type))
        with_rdflib = rdflib.Graph().parse(
            data=answer.content, format={".rdf": "xml", ".jsonld": "json-ld"}.get(suffix, suffix[1:])
        )
        assert len(with_rdflib) == len(held[-1])
    assert held[0]
    assert all(one == held[0] for one in held)


def test_a_document_has_the_literals_of_the_dump(live: Served, reference_release) -> None:  # type: ignore[no-untyped-def]
    dump = set((reference_release / "kazakhstan-china.nt").read_text("utf-8").splitlines())
    served = set(live.get("/source/002.nt").text.splitlines())
    own = {line for line in dump if line.startswith("<https://w3id.org/kzlod/source/002> ")}
    assert own < served <= dump


def test_facts_about_a_thing_are_in_its_document(live: Served) -> None:
    """What the store finds by a query, page by page."""
    query = """PREFIX kz: <https://w3id.org/kzlod/ns#>
        SELECT ?fact { ?fact ?p <https://w3id.org/kzlod/thing/khorgos-dry-port> ; kz:evidence ?evidence }"""
    facts = {row["fact"]["value"] for row in live.sparql(query).json()["results"]["bindings"]}
    subjects = {line.split()[0][1:-1] for line in live.get("/thing/khorgos-dry-port.nt").text.splitlines()}
    assert facts
    assert facts <= subjects


def test_every_iri_of_the_dataset_answers(live: Served, reference_release) -> None:  # type: ignore[no-untyped-def]
    base = live.base
    text = (reference_release / "kazakhstan-china.nq").read_text("utf-8")
    text += (reference_release / "catalog.ttl").read_text("utf-8")
    found = {iri for iri in re.findall(rf"<({base}[^<>\s]*)>", text) if not iri.startswith(f"{base}release/")}
    prefixes = set(re.findall(r"@prefix \S+ <([^>]*)>", text))
    paths = {iri[len(base) :].partition("#")[0] for iri in found - prefixes} - {""}
    assert len(paths) > 2000

    def ask(path: str) -> tuple[str, int]:
        return path, live.get(f"/{path}", accept="application/n-triples").status_code

    with ThreadPoolExecutor(4) as pool:
        answers = dict(pool.map(ask, sorted(paths)))
    wrong = {path: status for path, status in answers.items() if status not in (200, 303)}
    # The endpoint's IRI asks for a query; without one it describes itself.
    assert not wrong


def test_files_answer_at_the_addresses_of_the_catalogue(live: Served, reference_release) -> None:  # type: ignore[no-untyped-def]
    graph = rdflib.Graph().parse(reference_release / "catalog.ttl")
    urls = [str(url) for url in graph.objects(None, rdflib.URIRef("http://www.w3.org/ns/dcat#downloadURL"))]
    assert len(urls) > 100
    for url in urls:
        path = url.removeprefix(live.base)
        assert live.client.head(f"{live.url}/{path}").status_code == 200, path


def test_vocabulary_terms_have_a_document(live: Served) -> None:
    answer = live.get("/ns", accept="text/turtle")
    assert answer.status_code == 200
    assert answer.headers["content-location"] == "./ns.ttl"
    assert answer.content == live.get("/ns.ttl").content
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    assert (rdflib.URIRef(f"{live.base}ns#Claim"), None, None) in graph
    assert 'id="Claim"' in live.get("/ns.html").text


def test_a_client_that_has_it_is_told_so(live: Served) -> None:
    for path in ("/thing/china.ttl", "/", "/style.css", "/ns", "/release/kazakhstan-china/0.1.0/void.ttl"):
        answer = live.get(path)
        tag = answer.headers["etag"]
        for tags in (tag, f'"x", W/{tag}', "*"):
            again = live.get(path, if_none_match=tags)
            assert (again.status_code, again.content) == (304, b""), (path, tags)
            assert again.headers["etag"] == tag
        assert live.get(path, if_none_match='"other"').status_code == 200


@pytest.mark.parametrize(
    "path", ["/index.html", "/thing/china.ttl", "/style.css", "/api/sources.csv", "/sparql?query=SELECT*{?s%20a%20?o}"]
)
def test_who_accepts_it_is_answered_in_gzip(live: Served, path: str) -> None:
    plain = live.get(path, accept_encoding="br, gzip;q=0")
    for header in ("gzip, deflate, br, zstd", "GZIP;q=0.5", "*"):
        answer = live.get(path, accept_encoding=header)
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.content == plain.content
        assert int(answer.headers["content-length"]) < 0.6 * len(plain.content)
        # Caches keep the two apart.
        assert "accept-encoding" in answer.headers["vary"] and "accept-encoding" in plain.headers["vary"]
        assert answer.headers["etag"] != plain.headers["etag"]
        tag = answer.headers["etag"]
        assert live.get(path, accept_encoding=header, if_none_match=tag).status_code == 304
        assert live.get(path, accept_encoding="identity", if_none_match=tag).status_code == 200
    assert "content-encoding" not in plain.headers
    assert len(plain.content) == int(plain.headers["content-length"])


def test_what_is_packed_or_short_is_sent_as_it_is(live: Served) -> None:
    for path in ("/health", "/icon.svg", "/release/kazakhstan-china/0.1.0/kazakhstan-china.nq.zst"):
        assert "content-encoding" not in live.get(path, accept_encoding="gzip").headers


@pytest.mark.parametrize("path", ["/", "/thing/china", "/thing/china.ttl", "/sparql", "/health", "/api/sources.csv"])
def test_head_is_get_without_a_body(live: Served, path: str) -> None:
    get, head = live.get(path), live.client.head(live.url + path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


def test_a_kept_answer_is_for_its_method_alone(live: Served) -> None:
    for _ in range(2):
        assert live.get("/thing/china").status_code == 303
        assert live.client.post(f"{live.url}/thing/china").status_code == 405
        assert live.client.options(f"{live.url}/thing/china").status_code == 204


def test_a_document_comes_in_pages(strange: Served) -> None:
    url, seen, numbers = "/thing/many.nt", set[str](), 0
    while url:
        answer = strange.get(url)
        assert answer.status_code == 200
        assert len(answer.text.splitlines()) <= 1100
        seen |= set(answer.text.splitlines())
        numbers += 1
        following = re.search(r'<([^>]*)>; rel="next"', answer.headers["link"])
        url = urljoin(url, following[1]) if following else ""
    assert numbers == MANY / 50
    assert len(seen) == 2 * MANY
    assert strange.get(f"/thing/many.page-{numbers + 1}.nt").status_code == 404
    page = strange.get("/thing/many.page-3.html")
    assert 'rel="prev" href="../thing/many.page-2.html"' in page.text
    assert len(page.content) < 400_000


def test_what_is_withdrawn_is_gone_and_says_where_to_go(strange: Served) -> None:
    for path, accept in (
        ("/thing/old", ""),
        ("/thing/old", "text/turtle"),
        ("/thing/old.nt", ""),
        ("/thing/old.html", ""),
    ):
        answer = strange.get(path, accept=accept)
        assert answer.status_code == 410
        assert "It was two things." in answer.text
        assert "millbrook" in answer.text


def test_iris_outside_ascii_and_iris_like_documents(strange: Served) -> None:
    for path in ("/thing/Øresund", quote("/thing/Øresund")):
        answer = strange.get(path, accept="text/turtle")
        assert (answer.status_code, answer.headers["location"]) == (303, "./%C3%98resund.ttl")
        assert "Øresund" in strange.get("/thing/%C3%98resund.ttl").text
    assert strange.get("/thing/odd.ttl", accept="text/turtle").headers["location"] == "./odd.ttl.ttl"
    assert "named like a document" in strange.get("/thing/odd.ttl.ttl").text
    question = "/thing/a%3Fb=1&c=%3Cscript%3E"
    assert strange.get(f"{question}.nt").status_code == 404  # percent-encoded differently, it is another IRI
    assert strange.get("/thing/a%3Fb=1&c=%253Cscript%253E.nt").text.count("a question") == 1


def test_answers_do_not_depend_on_the_host(live: Served) -> None:
    for path in ("/thing/china", "/thing/china.html", "/", "/sitemap.xml", "/openapi.json"):
        here, there = live.get(path), live.get(path, host='evil.example"><script>')
        assert (here.status_code, here.content) == (there.status_code, there.content)
        assert "evil" not in str(there.headers)
        assert STRANGE not in here.text
