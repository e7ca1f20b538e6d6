"""The forms of answers: of rows and of triples, for people and for programs, read back by parsers that are not ours."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.plugins.sparql.results.jsonresults import JSONResultParser
from rdflib.plugins.sparql.results.tsvresults import TSVResultParser
from rdflib.plugins.sparql.results.xmlresults import XMLResultParser

from kzlod.errors import QueryError
from kzlod.query import READABLE, Engine, Graph, Table, labelled, render
from kzlod.query.answers import read
from kzlod.query.forms import FORMATS, ROWS, TRIPLES
from kzlod.query.forms.html import html_table
from kzlod.query.results import Node, first
from tests.markup import Markup

Run = Callable[..., Result]
XSD = "http://www.w3.org/2001/XMLSchema#"
DATA = """
@prefix : <http://e/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:a rdfs:label "Aa"@en, "Аа"@ru, "plain" ; :near :b ; :size 12 .
:b rdfs:label "Bb"@kk, "Бб"@ru ; :near :c ; :size 7.5 .
:c rdfs:label "啊"@zh-hans, "nothing" ; skos:prefLabel "Cc"@de ; :near :twin, :d .
:twin rdfs:label "Dd"@en-gb .
:d rdfs:label "Dd"@en, "Дд"@ru ; :near :bare .
:e skos:prefLabel "Pref"@en ; rdfs:label "Label"@en, "Aufschrift"@de .
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    """A few things, each with labels in other languages."""
    quads = ox.serialize(ox.parse(DATA, format=ox.RdfFormat.TURTLE), format=ox.RdfFormat.N_QUADS)
    assert quads is not None
    return Engine(quads, {"": "http://e/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "unused": "http://u/"})


# Terms, whatever is in them. What XML cannot hold stays out, as do names that are no NCName.

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8)
IRIS = st.sampled_from(["http://e/a", "http://e/?q=1&r='2'", "urn:x:é磨", "mailto:a@e"]).map(ox.NamedNode)
LITERALS = st.one_of(
    TEXT.map(ox.Literal),
    TEXT.map(lambda text: ox.Literal(text, language="kk")),
    st.integers().map(ox.Literal),
    st.sampled_from(["01.50", "x"]).map(lambda text: ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))),
)
TERMS: st.SearchStrategy[Node | None] = st.one_of(st.none(), IRIS, LITERALS)
TABLES = st.lists(st.tuples(TERMS, TERMS), max_size=5).map(lambda rows: Table(("a", "b"), tuple(rows), {}))


def as_rdflib(term: Node | None) -> rdflib.term.Node | None:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == XSD + "string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value))


@given(TABLES)
def test_json_and_xml_read_back(table: Table) -> None:
    expected = [tuple(map(as_rdflib, row)) for row in table.rows]
    for form, parser in (("json", JSONResultParser()), ("xml", XMLResultParser())):
        result = parser.parse(io.BytesIO(render(table, form).encode()))
        assert result.vars is not None
        got = [tuple(row.get(variable) for variable in result.vars) for row in result.bindings]
        assert [[repr(term) for term in row] for row in got] == [[repr(term) for term in row] for row in expected]


@given(TABLES)
def test_csv_and_tsv_read_back(table: Table) -> None:
    rows = list(csv.reader(io.StringIO(render(table, "csv"), newline="")))
    assert rows == [["a", "b"], *(["" if term is None else term.value for term in row] for row in table.rows)]  # type: ignore[union-attr]
    lines = render(table, "tsv").split("\n")
    assert lines[0] == "?a\t?b"
    assert len(lines) == len(table) + 2
    for line, row in zip(lines[1:], table.rows, strict=False):
        for cell, term in zip(line.split("\t"), row, strict=True):
            assert (cell == "") == (term is None)
            if term is not None:
                [triple] = ox.parse(f"<http://e/> <http://e/> {cell} .", format=ox.RdfFormat.TURTLE)
                assert triple.object == term


def test_tsv_is_read_by_another_parser(engine: Engine) -> None:
    table = engine.select("SELECT ?s ?o { ?s :near ?o } ORDER BY ?s ?o")
    result = TSVResultParser().parse(io.BytesIO(render(table, "tsv").encode()))
    assert len(list(result)) == len(table)


@given(TABLES)
def test_html_shows_what_is_there_and_nothing_else(table: Table) -> None:
    page = Markup(render(table, "html"))
    assert page.open == []
    assert page.cells == [table.shown(term) for row in table.rows for term in row]
    assert set(page.seen) <= set("html head meta title style body main table caption thead tr th tbody td a".split())


def test_html_can_be_read_by_everybody() -> None:
    rows: tuple[tuple[Node, ...], ...] = (
        (ox.NamedNode("http://e/?a=1&b="), ox.Literal(12), ox.Literal("Аа", language="ru")),
        (ox.NamedNode("javascript:alert(1)"), ox.Literal(3), ox.Literal("</td><script>", language="en")),
    )
    table = Table(("iri", "number", "text"), rows, {})
    page = render(table, "html")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    assert "<title>Answer: 2 rows</title>" in page
    assert '<th scope="col">iri</th><th scope="col" style="text-align: right">number</th>' in page
    assert '<td><a href="http://e/?a=1&amp;b=">http://e/?a=1&amp;b=</a></td>' in page
    assert '<td>javascript:alert(1)</td><td style="text-align: right">3</td>' in page
    assert '<td lang="en">&lt;/td&gt;&lt;script&gt;</td>' in page
    assert html_table(table) in page


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's parser of JSON-LD uses its own
@pytest.mark.parametrize("form", TRIPLES)
def test_triples_read_back(form: str, engine: Engine) -> None:
    for query in ("CONSTRUCT { ?s ?p ?o . ?s :is [] } WHERE { ?s ?p ?o }", "DESCRIBE :a"):
        answer = engine.ask(query)
        assert isinstance(answer, Graph)
        assert len(answer) > 2
        expected = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in answer.triples), format="nt")
        names = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt"}
        assert isomorphic(expected, rdflib.Graph().parse(data=render(answer, form), format=names[form]))


def test_turtle_declares_what_it_uses(engine: Engine) -> None:
    assert render(engine.ask("DESCRIBE :twin"), "turtle").count("@prefix") == 2
    empty = engine.ask("CONSTRUCT { ?s a ?s } WHERE { ?s a :Nothing }")
    assert render(empty, "turtle") == ""
    assert json.loads(render(empty, "jsonld")) == []


def test_a_graph_holds_a_triple_once_and_in_order(engine: Engine) -> None:
    answer = engine.ask("CONSTRUCT { :x :y ?o } WHERE { ?s :near|:size ?o . ?t ?p ?q }")
    lines = render(answer, "ntriples").splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == 7


@pytest.mark.parametrize("form", FORMATS)
def test_each_form_fits_or_says_which_do(form: str, engine: Engine) -> None:
    rows, triples = engine.ask("SELECT * { ?s ?p ?o }"), engine.ask("DESCRIBE :a")
    for answer, fitting in ((rows, {*ROWS}), (triples, {*READABLE, *TRIPLES})):
        if form in fitting:
            assert render(answer, form)
        else:
            with pytest.raises(QueryError) as raised:
                render(answer, form)
            assert set(re.findall(r"[a-z]+", raised.value.remedy)) - {"use", "or"} == fitting


@pytest.mark.parametrize("truth", [True, False])
def test_ask(truth: bool, engine: Engine) -> None:
    answer = engine.ask(f"ASK {{ FILTER({str(truth).lower()}) }}")
    said = str(truth).lower()
    assert json.loads(render(answer, "json")) == {"head": {}, "boolean": truth}
    root = ElementTree.fromstring(render(answer, "xml"))
    assert root.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == said
    assert render(answer, "csv").split() == ["result", said]
    assert render(answer, "table").splitlines()[2] == said


def test_a_triple_as_a_term(engine: Engine) -> None:
    """RDF 1.2: a store may give triples as terms; every form of rows can say them."""
    answer = engine.ask("SELECT (TRIPLE(:a, :b, 1) AS ?t) {}")
    value = json.loads(render(answer, "json"))["results"]["bindings"][0]["t"]["value"]
    assert value["predicate"] == {"type": "uri", "value": "http://e/b"}
    assert all("http://e/b" in render(answer, form) for form in ROWS)


def test_a_text_with_a_direction(engine: Engine) -> None:
    """RDF 1.2 too, where a form of rows has a place for it; and an endpoint's is read."""
    answer = engine.ask("SELECT ?t { VALUES ?t { 'a'@ar--rtl } }")
    document = render(answer, "json")
    assert json.loads(document)["results"]["bindings"] == [
        {"t": {"type": "literal", "value": "a", "xml:lang": "ar", "its:dir": "rtl"}}
    ]
    assert render(answer, "tsv").splitlines()[1] == '"a"@ar--rtl'
    for media_type, form in (("application/sparql-results+json", "json"), ("application/sparql-results+xml", "xml")):
        assert read(media_type, render(answer, form).encode(), rows=True, prefixes=answer.prefixes, where="") == answer


# Labels.


def shown(engine: Engine, query: str, language: str | None = None) -> list[str]:
    table = labelled(engine.select(query), engine.ask, language)
    return [table.shown(term) for row in table.rows for term in row]


THINGS = "SELECT ?t { VALUES ?t { :a :b :c :d :e :bare } }"


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        (None, ["Aa", "Bb", "Cc", "Dd", "Label", ":bare"]),
        ("en", ["Aa", "Bb", "Cc", "Dd", "Label", ":bare"]),
        ("ru", ["Аа", "Бб", "Cc", "Дд", "Label", ":bare"]),
        ("zh", ["Aa", "Bb", "啊", "Dd", "Label", ":bare"]),
        ("ZH-Hans", ["Aa", "Bb", "啊", "Dd", "Label", ":bare"]),
        ("kk", ["Aa", "Bb", "Cc", "Dd", "Label", ":bare"]),
    ],
)
def test_labels_and_what_stands_in_for_them(language: str | None, labels: list[str], engine: Engine) -> None:
    """Asked for, a variety of it, English, the others by their tags, none; and no label at all."""
    assert shown(engine, THINGS, language) == labels


def test_two_things_of_one_label_are_told_apart(engine: Engine) -> None:
    assert shown(engine, "SELECT ?t { VALUES ?t { :d :twin :a } }") == ["Dd (:d)", "Dd (:twin)", "Aa"]
    assert shown(engine, "SELECT ?t { VALUES ?t { :d :twin :a } }", "ru") == ["Дд", "Dd", "Аа"]


def test_a_column_in_one_language_is_shown_in_the_one_asked_for(engine: Engine) -> None:
    query = 'SELECT ?l { ?s rdfs:label ?l FILTER(LANG(?l) = "en") } ORDER BY ?l'
    assert shown(engine, query) == shown(engine, query, "en") == ["Aa", "Dd", "Label"]
    assert shown(engine, query, "ru") == ["Аа", "Дд", "Label"]
    every = query.replace('FILTER(LANG(?l) = "en")', "")
    assert shown(engine, every, "ru") == shown(engine, every)


def test_a_label_of_two_things_is_translated_only_where_both_agree() -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    one = f'<http://e/1> {label} "Port"@en .\n<http://e/1> {label} "Порт"@ru .\n<http://e/2> {label} "Port"@en .\n'
    query = f'SELECT ?l {{ ?s {label} ?l FILTER(LANG(?l) = "en") }} LIMIT 1'
    assert shown(Engine(one.encode(), {}), query, "ru") == ["Port"]
    both = one + f'<http://e/2> {label} "Порт"@ru .'
    assert shown(Engine(both.encode(), {}), query, "ru") == ["Порт"]


def test_labels_of_many_things_take_few_questions(engine: Engine) -> None:
    asked: list[str] = []

    def ask(sparql: str) -> Table:
        asked.append(sparql)
        return engine.select(sparql)

    rows = tuple((ox.NamedNode(f"http://e/{n}"),) for n in range(500))
    labelled(Table(("t",), rows, {}), ask)
    assert len(asked) == 3
    labelled(engine.select("SELECT ?n { ?s :size ?n }"), ask)
    assert len(asked) == 3, "an answer without IRIs needs no labels"


@pytest.mark.parametrize("language", ["english", "e", "en_US", "", 'en"', "ru-"])
def test_what_is_no_language(language: str, engine: Engine) -> None:
    with pytest.raises(QueryError, match="no language tag"):
        labelled(engine.select(THINGS), engine.ask, language or " ")


# Text for people.


def test_numbers_are_aligned_and_wide_letters_counted(engine: Engine) -> None:
    rows: tuple[tuple[Node, ...], ...] = ((ox.Literal("磨溪"), ox.Literal(5)), (ox.Literal("abc"), ox.Literal(1234)))
    lines = render(Table(("t", "n"), rows, {}), "table").splitlines()
    width = [sum(2 if unicodedata.east_asian_width(char) == "W" else 1 for char in line) for line in lines[:4]]
    assert len(set(width)) == 1
    assert lines[2].endswith("    5")
    assert render(Table(("t", "n"), rows, {}), "markdown").splitlines()[1] == "| --- | --: |"


def test_first(engine: Engine) -> None:
    rows = engine.ask("SELECT * { ?s :near ?o }")
    assert (len(first(rows, 2)[0]), first(rows, 2)[1]) == (2, 3)
    assert first(rows, 99) == (rows, 0)
    assert len(first(engine.ask("DESCRIBE :a"), 1)[0]) == 1


# Through the command line.


def test_limit_says_how_many_more_there_are(tiny: Path, kzlod: Run) -> None:
    for form in ROWS:
        result = kzlod("query", "figures", "--project", tiny, "--limit", 1, "-f", form)
        assert (result.exit_code, result.stderr) == (0, "kzlod: 3 more, beyond --limit 1\n")
    assert kzlod("query", "figures", "--project", tiny, "--limit", 4).stderr == ""
    triples = kzlod("sparql", "CONSTRUCT WHERE { ?s a ?c }", "--project", tiny, "--limit", 2, "-f", "ntriples")
    assert len(triples.stdout.splitlines()) == 2
    assert kzlod("query", "figures", "--project", tiny, "--limit", -1).exit_code == 2


def test_labels_or_iris(tiny: Path, kzlod: Run) -> None:
    query = ("sparql", "SELECT ?t { ?t a ont:Place }", "--project", tiny)
    assert kzlod(*query).stdout.splitlines()[2] == kzlod(*query, "--labels").stdout.splitlines()[2] == "Millbrook"
    assert kzlod(*query, "--iris").stdout.splitlines()[2] == "thing:millbrook"
    for form in ("csv", "tsv", "json", "xml"):
        assert "https://example.org/tiny/thing/millbrook" in kzlod(*query, "--format", form, "--lang", "en").stdout
    assert kzlod(*query, "--lang", "english").exit_code == 2


def test_describe_gives_turtle_and_misfits_say_what_fits(tiny: Path, kzlod: Run) -> None:
    query = ("sparql", "DESCRIBE thing:millbrook", "--project", tiny)
    assert "thing:millbrook a ont:Place" in re.sub(r"\s+", " ", kzlod(*query).stdout)
    assert kzlod(*query, "--format", "table").stdout.splitlines()[0].split() == ["subject", "predicate", "object"]
    wrong = kzlod(*query, "--format", "csv")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr == (
        "kzlod: csv is a form of rows, this query gives triples; "
        "use table, markdown, html, turtle, jsonld or ntriples\n"
    )


def on_a_terminal(*arguments: str, **env: str) -> str:
    """What a command prints on a terminal of 24 lines."""
    main, terminal = pty.openpty()
    environment = os.environ | {"LINES": "24", "COLUMNS": "80"} | env
    command = [sys.executable, "-c", "from kzlod.cli import main; main()", *arguments]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment):
        os.close(terminal)
        return b"".join(_read(main)).decode()


def _read(file: int) -> Iterator[bytes]:
    try:
        while piece := os.read(file, 65536):
            yield piece
    except OSError:
        pass  # The terminal was closed at the other end.
    finally:
        os.close(file)


def test_a_long_answer_is_paged_on_a_terminal(tiny: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n", "utf-8")
    pager.chmod(0o755)
    everything = ("sparql", "SELECT ?s ?p ?o { ?s ?p ?o }", "--project", str(tiny))
    assert "PAGED" in on_a_terminal(*everything, PAGER=str(pager))
    assert "PAGED" not in on_a_terminal(*everything, "--no-pager", PAGER=str(pager))
    assert "PAGED" not in on_a_terminal(*everything, "--limit", "3", PAGER=str(pager))
