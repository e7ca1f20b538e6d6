"""`kzlod validate` and `kzlod.shacl.validate`: anyone's files, reports that other tools read, bad input."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import zstandard
from click.testing import Result as Ran
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl.helper.path_helper import shacl_path_to_sparql_path
from rdflib import RDF, SH, XSD
from rdflib.compare import isomorphic

from kzlod import shacl
from kzlod.errors import InputError
from kzlod.quads import QuadTable
from kzlod.quads.scan import Scan
from kzlod.shacl.paths import Path as Route
from kzlod.shacl.paths import parse_path
from kzlod.shacl.sql_work import Work

Kzlod = Callable[..., Ran]
PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SHAPES = """ex:Bridge a sh:NodeShape ; sh:targetClass ex:Bridge ; sh:nodeKind sh:IRI ;
    sh:property [ sh:path ex:length ; sh:minCount 1 ; sh:datatype xsd:decimal ] ;
    sh:property [ sh:path ex:name ; sh:uniqueLang true ; sh:severity sh:Warning ] ;
    sh:property [ sh:path ( ex:part [ sh:zeroOrMorePath [ sh:alternativePath ( ex:part [ sh:inversePath ex:of ] ) ] ] ) ;
        sh:class ex:Part ; sh:message "is no part"@en, "ist kein Teil"@de ] ;
    sh:sparql [ sh:message "is its own part" ; sh:select "SELECT $this ?value { $this <http://example.org/part> ?value . FILTER(?value = $this) }" ] .
"""  # noqa: E501
DATA = """ex:a a ex:Bridge ; ex:length "12.5"^^xsd:decimal ; ex:part ex:arch . ex:arch a ex:Part ; ex:part ex:stone .
ex:mortar ex:of ex:arch . ex:stone a ex:Part .
ex:b a ex:Bridge ; ex:length "long" ; ex:name "x"@en, "y"@en ; ex:part ex:b .
[] a ex:Bridge ; ex:length "abc"^^xsd:decimal .
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes Turtle files with the prefixes before them, into the folder that commands then run in."""
    monkeypatch.chdir(tmp_path)

    def write(**texts: str) -> None:
        for name, text in texts.items():
            Path(f"{name}.ttl").write_text(PREFIXES + text, "utf-8")

    return write


def graph(turtle: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=PREFIXES + turtle, format="turtle")


def store(turtle: str) -> ox.Store:
    made = ox.Store()
    made.load(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return made


def found(report: shacl.Report) -> Counter[tuple[str, ...]]:
    """What the results say, without the labels of blank nodes."""
    said = [(r.focus, r.path, r.value, r.component, r.severity, *r.messages) for r in report.results]
    return Counter(tuple(re.sub(r"_:\w+", "_:", text) for text in one) for one in said)


# What may be given.


def test_every_form_of_data_gives_the_same_report(files: Callable[..., None]) -> None:
    files(data=DATA, shapes=SHAPES)
    plain, quads = graph(DATA), store(DATA)
    for suffix in ("nt", "rdf", "jsonld"):
        written = ox.serialize((q.triple for q in quads), format=ox.RdfFormat.from_extension(suffix))
        Path(f"data.{suffix}").write_bytes(written or b"")
    dataset, named = rdflib.Dataset(), ox.Dataset()
    for n, triple in enumerate(plain):
        dataset.graph(rdflib.URIRef(f"http://example.org/g{n % 3}")).add(triple)
    for n, quad in enumerate(quads):
        named.add(ox.Quad(*quad.triple, ox.NamedNode(f"http://example.org/g{n % 3}")))
    Path("data.nq").write_bytes(ox.serialize(named, format=ox.RdfFormat.N_QUADS) or b"")
    Path("data.ttl.gz").write_bytes(gzip.compress(Path("data.ttl").read_bytes()))
    Path("data.nt.zst").write_bytes(zstandard.compress(Path("data.nt").read_bytes()))
    Path("release").mkdir()
    Path("release/towns.nq").write_bytes(Path("data.nq").read_bytes())
    expected = found(shacl.validate("data.ttl", "shapes.ttl"))
    assert sum(expected.values()) == 7
    names = ("data.nt", "data.rdf", "data.jsonld", "data.nq", "data.ttl.gz", "data.nt.zst", "release", Path("data.nt"))
    for given_ in (*names, plain, dataset, named, quads, list(quads), iter(quads)):
        assert found(shacl.validate(given_, "shapes.ttl")) == expected, given_
    for shapes in (["shapes.ttl"], graph(SHAPES), store(SHAPES), list(store(SHAPES))):
        assert found(shacl.validate("data.ttl", shapes)) == expected, shapes


def test_files_add_up_and_their_blank_nodes_do_not_meet(files: Callable[..., None]) -> None:
    files(shapes="ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    for name in ("a.nt", "b.nt"):
        Path(name).write_text(f'_:x <http://example.org/p> "{name}" .\n')
    Path("c.ttl").write_text('_:x <http://example.org/p> "c", "d" .')
    report = shacl.validate(["a.nt", "b.nt", "c.ttl", graph('[] ex:p "e" .')], "shapes.ttl")
    assert [result.place for result in report.results] == ["c.ttl"]
    files(more="ex:T sh:targetObjectsOf ex:p ; sh:in ( 'a.nt' 'b.nt' ) .")
    assert shacl.validate(["a.nt", "c.ttl"], ["shapes.ttl", "more.ttl"]).count == 3


def test_ontology_adds_the_axioms_that_are_needed_alone(files: Callable[..., None]) -> None:
    files(
        data="ex:a a ex:Footbridge . ex:b a ex:Road .",
        shapes="ex:S sh:targetClass ex:Bridge ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;"
        " sh:property [ sh:path ex:name ; sh:minCount 1 ] . ex:T sh:targetSubjectsOf rdfs:label ; sh:in () .",
        ontology="ex:Footbridge rdfs:subClassOf ex:SmallBridge ; rdfs:label 'footbridge' ."
        " ex:SmallBridge rdfs:subClassOf ex:Bridge . ex:Road rdfs:subClassOf ex:Way ; rdfs:seeAlso ex:Bridge .",
    )
    assert shacl.validate("data.ttl", "shapes.ttl").conforms
    for engine in ("duckdb", "pyshacl"):
        report = shacl.validate("data.ttl", "shapes.ttl", ontology="ontology.ttl", engine=engine)  # type: ignore[arg-type]
        assert [result.focus for result in report.results] == ["<http://example.org/a>"]


# Files that are scanned.

TERMS = [
    "<http://example.org/é>",
    "_:b1",
    '"a b . <c> "',
    '"\\"q\\" \\\\"',
    '"a"@en-gb',
    '"x <http://e/y>"',
    '"1"^^<http://e/t>',
]
LINES = st.tuples(st.sampled_from(TERMS[:2]), st.just("<http://example.org/p>"), st.sampled_from(TERMS))
ODD = [
    "",
    "# note",
    '  <http://e/s>\t<http://e/p> "caf\\u00e9"@EN.',
    '<http://e/s> <http://e/p> "x"^^<http://www.w3.org/2001/XMLSchema#string> . # no',
]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(LINES.map(lambda t: " ".join((*t, "."))), st.sampled_from(ODD)), min_size=1), st.booleans())
def test_what_is_scanned_is_what_a_parser_reads(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], named: bool
) -> None:
    from kzlod.quads.load import load_lines
    from kzlod.quads.read import token

    path = tmp_path_factory.mktemp("scan") / ("a[1].nq" if named else "a*.nt")
    graph_ = " <http://e/g> ." if named else " ."
    path.write_text(
        "".join(line.removesuffix(" .") + (graph_ if line.endswith(" .") else "") + "\n" for line in lines), "utf-8"
    )
    parsed = ox.parse(path.read_bytes(), format=ox.RdfFormat.N_QUADS)
    expected = Counter((token(q.subject), token(q.predicate), token(q.object)) for q in parsed)
    with QuadTable() as table:
        load_lines(table, Scan(path))
        assert Counter(table.sql.execute("SELECT s, p, o FROM quads").fetchall()) == expected
        if not set(lines) & set(ODD):
            for query in (Scan(path).query(), Scan(path).checked(["<http://example.org/p>"]), Scan(path).checked([])):
                assert Counter(table.sql.execute(f"SELECT s, p, o FROM ({query})").fetchall()) == expected


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('<http://e/s> <http://example.org/p> "a b"^^<http://www.w3.org/2001/XMLSchema#string> .', '"a b"'),
        ('<http://e/s> <http://example.org/p> "ab"^^<http://www.w3.org/2001/XMLSchema#string> .', '"ab"'),
        ('<http://e/s> <http://example.org/p> "caf\\u00e9" .', '"café"'),
        ('<http://e/s> <http://example.org/p> "a"@EN .', '"a"@en'),
        ("<http://\\u0065/s> <http://example.org/p> 'x' .".replace("'", '"'), '"x"'),
    ],
)
def test_one_term_has_one_form(files: Callable[..., None], line: str, value: str) -> None:
    files(shapes=f"ex:S sh:targetNode <http://e/s> ; sh:property [ sh:path ex:p ; sh:hasValue {value} ] .")
    Path("a.nt").write_text(f"<http://e/t> <http://example.org/p> <http://e/o> .\n{line}\n")
    assert shacl.validate("a.nt", "shapes.ttl").conforms


@pytest.mark.parametrize(
    "line",
    [
        "<http://e/a b> <http://example.org/p> <http://e/o> .",
        "<http://e/s> <http://example.org/p> <http://e/o>",
        '<http://e/s> <http://example.org/p> "a" "b" .',
        '<http://e/s> <http://example.org/p> "a"^^<b> .',
        "<rel> <http://example.org/p> <http://e/o> .",
        "<http://e/s> <http://example.org/p> .",
        "nonsense",
    ],
)
def test_a_wrong_line_is_named(files: Callable[..., None], line: str) -> None:
    files(shapes="ex:S sh:targetSubjectsOf ex:p ; sh:nodeKind sh:IRI .", node="ex:T sh:targetNode ex:n ; sh:in () .")
    first = "<http://e/s> <http://example.org/p> <http://e/o> .\n"
    Path("a.nt").write_text(f"{first}# note\n\n{line}\n")
    Path("b.nt").write_text(f"{first}{line}\n")
    for data, shapes, engine in (
        ("a.nt", "shapes.ttl", "auto"),
        ("b.nt", "shapes.ttl", "duckdb"),
        ("b.nt", "node.ttl", "auto"),
        ("b.nt", "shapes.ttl", "pyshacl"),
    ):
        with pytest.raises(InputError, match=rf"^{data}:{4 if data == 'a.nt' else 2}: does not parse as N-Triples"):
            shacl.validate(data, shapes, engine=engine)  # type: ignore[arg-type]


STRICT = {
    "one of a list": "sh:property [ sh:path ex:p ; sh:in ( 'a' ex:o ) ] .",
    "a number": "sh:property [ sh:path ex:p ; sh:datatype xsd:decimal ; sh:minInclusive 0.0 ] .",
    "a year": "sh:property [ sh:path ex:p ; sh:datatype xsd:gYear ] .",
    "an IRI": "sh:property [ sh:path ex:p ; sh:nodeKind sh:IRI ; sh:pattern '/o$' ; sh:maxCount 1 ] .",
    "one value": "sh:property [ sh:path ex:p ; sh:hasValue 'a' ] .",
}


@pytest.mark.parametrize("shape", STRICT.values(), ids=STRICT)
@pytest.mark.parametrize(
    "value",
    [
        '"1"x"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"2000"x"^^<http://www.w3.org/2001/XMLSchema#gYear>',
        '"1"^^<http://a"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        'x12"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"a\\q"',
        '"a',
        "<o>",
        "<http://e/%zz/o>",
        "<http://e/{x}/o>",
    ],
)
def test_what_constraints_ask_lets_no_wrong_value_pass(files: Callable[..., None], value: str, shape: str) -> None:
    files(shapes=f"ex:S sh:targetSubjectsOf ex:p, ex:q ; sh:targetClass ex:C ; {shape}")
    start = "<http://e/s> <http://example.org/p> <http://example.org/o> .\n"
    Path("a.nt").write_text(f"{start}<http://e/t> <http://example.org/p> {value} .\n")
    with pytest.raises(InputError, match=r"^a\.nt:2: does not parse as N-Triples"):
        shacl.validate("a.nt", "shapes.ttl")


LONG = [  # forms that are allowed and not canonical, of terms that shapes ask for
    ('"a"^^<http://www.w3.org/2001/XMLSchema#string>', "one of a list", 0),
    ('"\\u0061"', "one of a list", 0),
    ('"a"^^<http://www.w3.org/2001/XMLSchema#string>', "one value", 0),
    ("<http://example.org/\\u006F>", "an IRI", 0),
    ('"\\u0031"^^<http://www.w3.org/2001/XMLSchema#decimal>', "a number", 0),
    ('"-1"^^<http://www.w3.org/2001/XMLSchema#decimal>', "a number", 1),
    ('"\\u0032000"^^<http://www.w3.org/2001/XMLSchema#gYear>', "a year", 0),
]


@pytest.mark.parametrize(("value", "shape", "count"), LONG)
def test_values_in_other_forms_are_the_same_values(
    files: Callable[..., None], value: str, shape: str, count: int
) -> None:
    files(shapes=f"ex:S sh:targetSubjectsOf ex:p ; {STRICT[shape]}")
    Path("a.nt").write_text(f"<http://e/t> <http://example.org/p> {value} .\n")
    assert shacl.validate("a.nt", "shapes.ttl").count == count


def test_what_satisfies_all_tests_is_looked_at_once(
    files: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    keep = Work._keep

    def kept(work: Work, sure: str, linked: str, some: str, *, plural: bool) -> None:
        looks.append(some)
        keep(work, sure, linked, some, plural=plural)

    monkeypatch.setattr(Work, "_keep", kept)
    files(
        shapes="ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:maxCount 1 ; sh:datatype xsd:integer ] ;"
        " sh:property [ sh:path ex:q ; sh:minLength 1 ; sh:minCount 1 ] ."
    )
    clean = 'ex:a a ex:C, ex:D ; ex:p 1 ; ex:q "x" . ex:b ex:q "" .'
    for more, results, again in (
        ("", 0, 1),  # of ex:b's value nobody asks, but that is not known before
        ("ex:c a ex:C ; ex:p 'x' ; ex:q 'y' .", 1, 1),
        ("ex:D rdfs:subClassOf ex:C . ex:b a ex:D .", 1, 1),
        ("ex:a ex:p 2 .", 1, 1),
    ):
        files(data=clean + more)
        looks.clear()
        assert (shacl.validate("data.ttl", "shapes.ttl").count, len(looks)) == (results, again)
    files(data=clean.replace('ex:b ex:q "" .', ""))
    looks.clear()
    assert (shacl.validate("data.ttl", "shapes.ttl").count, looks) == (0, [])


def test_terms_that_share_a_number_are_told_apart(files: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    files(data=DATA, shapes=SHAPES)
    files(one="ex:one a ex:C ; ex:p 1 . ex:two a ex:C .", least="ex:S sh:targetClass ex:C ; sh:property ex:T .")
    files(more="ex:T sh:path ex:p ; sh:minCount 1 .")
    given = (("data.ttl", ["shapes.ttl"]), ("one.ttl", ["least.ttl", "more.ttl"]))
    expected = [found(shacl.validate(*one)) for one in given]
    assert all(expected)
    number = Work.number
    monkeypatch.setattr(Work, "number", lambda work, x: number(work, x) if work._salt else f"length({x})")
    assert [found(shacl.validate(*one)) for one in given] == expected


# Reports.


@pytest.mark.filterwarnings("ignore:Serializing weird numerical")
def test_turtle_is_the_report_that_pyshacl_gives(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(data=DATA, shapes=SHAPES)
    _, theirs, _ = pyshacl.validate(graph(DATA), shacl_graph=graph(SHAPES))
    for engine in ("duckdb", "pyshacl"):
        options = ("--format", "turtle", "--out", "report.ttl", "--engine", engine)
        ran = kzlod("validate", "data.ttl", "--shapes", "shapes.ttl", *options)
        assert (ran.exit_code, ran.stdout) == (1, "")
        mine = rdflib.Graph().parse("report.ttl")
        assert len(list(mine.subjects(RDF.type, SH.ValidationReport))) == 1
        assert isomorphic(kept(mine), kept(theirs))


OF_SHAPES = {
    rdflib.Literal("is no part", "en"),
    rdflib.Literal("ist kein Teil", "de"),
    rdflib.Literal("is its own part"),
}


def kept(report: rdflib.Graph) -> rdflib.Graph:
    """A report without the shapes that pySHACL adds, with the messages of shapes; paths as pySHACL reads them."""
    made = rdflib.Graph()
    todo = list(report.subjects(RDF.type, SH.ValidationReport))
    about = {SH.conforms, SH.result, SH.focusNode, SH.value, SH.resultPath, SH.resultSeverity, SH.sourceShape}
    about |= {SH.sourceConstraintComponent, SH.sourceConstraint, RDF.type}
    while todo:
        node = todo.pop()
        for s, p, o in report.triples((node, None, None)):
            if p in about or (p == SH.resultMessage and o in OF_SHAPES):
                path = p == SH.resultPath
                said = (
                    shacl_path_to_sparql_path(SimpleNamespace(graph=report, objects=report.objects), o) if path else ""
                )
                made.add((s, p, rdflib.Literal(said) if path else o))
            if p == SH.result:
                todo.append(o)
    return made


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.sampled_from([Route("predicate", f"<http://e/{name}>") for name in ("p", "q?*(", "r|/")]),
        lambda inner: st.one_of(
            st.builds(lambda kind, one: Route(kind, parts=(one,)), st.sampled_from(["inverse", "*", "+", "?"]), inner),
            st.builds(
                lambda kind, many: Route(kind, parts=tuple(many)),
                st.sampled_from(["sequence", "alternative"]),
                st.lists(inner, min_size=2, max_size=3),
            ),
        ),
        max_leaves=5,
    )
)
def test_a_path_is_read_from_its_text(path: Route) -> None:
    assert parse_path(str(path)) == path


def test_json_has_all_that_turtle_has(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(data=DATA, shapes=SHAPES)
    said = json.loads(kzlod("validate", "data.ttl", "--shapes", "shapes.ttl", "--format", "json").stdout)
    report = shacl.validate("data.ttl", "shapes.ttl")
    assert said["conforms"] is False
    assert said["counts"] == {"violation": 6, "warning": 1, "info": 0}
    assert [result.pop("message") for result in said["results"]] == [result.message for result in report.results]
    read = [{"path": "", "value": "", **result, "messages": tuple(result["messages"])} for result in said["results"]]
    assert [shacl.Result(**result) for result in read] == list(report.results)
    assert ('"is no part"@en', '"ist kein Teil"@de') in {result["messages"] for result in read}
    assert sum(group["count"] for group in said["groups"]) == 7


def test_text(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(shapes="ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:datatype xsd:date ] .")
    is_c = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/C>"
    Path("a.nt").write_text("".join(f"<http://example.org/n{n}> {is_c} .\n" for n in range(5)))
    Path("b.nt").write_text(f'<http://example.org/m> {is_c} .\n<http://example.org/m> <http://example.org/p> "x" .\n')
    ran = kzlod("validate", "a.nt", "b.nt", "--shapes", "shapes.ttl", "--max-results", 2)
    assert ran.exit_code == 1
    assert ran.stdout == (
        "5 violations: ex:S ex:p, MinCount: has fewer values than 1\n"
        "    ex:n0  (a.nt:1)\n"
        "    ex:n1  (a.nt:2)\n"
        "    … and 3 more\n"
        "\n"
        "1 violation: ex:S ex:p, Datatype: is no well-formed literal of xsd:date\n"
        '    ex:m  "x"  (b.nt:2)\n'
        "\n"
        "does not conform: 6 violations\n"
    )


def test_html_is_escaped_and_stands_alone(files: Callable[..., None], kzlod: Kzlod) -> None:
    nasty = "<script>alert(1)</script>"
    files(
        data=f'ex:a ex:p "{nasty}" .',
        shapes=f'ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxLength 1; sh:message "{nasty}" ] .',
    )
    page = kzlod("validate", "data.ttl", "--shapes", "shapes.ttl", "--format", "html").stdout
    assert nasty not in page
    assert page.count("&lt;script&gt;") >= 2
    assert "src=" not in page
    assert '<html lang="en">' in page and '<th scope="col">' in page and "<h1>" in page


@pytest.mark.parametrize(
    ("severity", "fail_on", "status"),
    [
        ("Violation", "violation", 1),
        ("Warning", "violation", 0),
        ("Warning", "warning", 1),
        ("Info", "warning", 0),
        ("Info", "info", 1),
    ],
)
def test_fail_on(files: Callable[..., None], kzlod: Kzlod, severity: str, fail_on: str, status: int) -> None:
    files(data="ex:a ex:p 1 .", shapes=f"ex:S sh:targetSubjectsOf ex:p ; sh:severity sh:{severity} ; sh:class ex:C .")
    ran = kzlod("validate", "data.ttl", "--shapes", "shapes.ttl", "--fail-on", fail_on)
    assert ran.exit_code == status
    assert ran.stdout.endswith(f"does not conform: 1 {severity.lower()}\n")


def test_many_violations_are_counted_not_held(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(shapes="ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    is_c = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/C>"
    Path("a.nt").write_text("".join(f"<http://example.org/{n}> {is_c} .\n" for n in range(30_000)))
    text = kzlod("validate", "a.nt", "--shapes", "shapes.ttl").stdout
    assert text.startswith("30,000 violations: ")
    assert len(text.splitlines()) == 7
    report = shacl.validate("a.nt", "shapes.ttl")
    assert not isinstance(report.results, tuple)
    focuses = [result.focus for result in report.results]
    assert focuses == sorted(focuses)
    assert (report.results[-1].focus, len(report.results[5:8])) == (focuses[-1], 3)
    assert [r.place for r in report.results[:2]] == ["a.nt:1", "a.nt:10001"]
    one = shacl.validate("a.nt", "shapes.ttl", max_results=1)
    assert (one.count, len(one.results), one.groups[0].count) == (30_000, 1, 30_000)


# Bad input.

OF_C = "ex:S sh:targetClass ex:C ; "


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (OF_C + 'sh:property [ sh:path "x" ; sh:minCount 1 ] .', 'the literal "x" as sh:path'),
        (OF_C + "sh:node ex:T . ex:T sh:node ex:S .", "refers to itself"),
        (OF_C + 'sh:pattern "(" .', "does not compile"),
        (OF_C + 'sh:property [ sh:path ex:p ; sh:minCount "x" ] .', "where a whole number is needed"),
        (OF_C + "sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .", "needs a list"),
        (OF_C + 'sh:sparql [ sh:select "SELECT nonsense" ] .', "SPARQL"),
        (OF_C + f"sh:property [ sh:path {'[ sh:inversePath ' * 200} ex:p {']' * 200} ] .", "nested too deeply"),
        (OF_C + "; ; [ .", "shapes.ttl:6: does not parse as Turtle"),
    ],
)
def test_shapes_that_are_none(files: Callable[..., None], kzlod: Kzlod, shapes: str, said: str) -> None:
    files(data="ex:a a ex:C .", shapes=shapes)
    ran = kzlod("validate", "data.ttl", "--shapes", "shapes.ttl")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("kzlod: shapes.ttl")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.ttl", None, "gone.ttl: is not there"),
        ("a.ttl", b"", "the data holds no triple"),
        ("a.ttl", b"@prefix a: <http://a/> .", "the data holds no triple"),
        ("a.nt", b"# nothing\n\n", "the data holds no triple"),
        ("a.nt.gz", gzip.compress(b"", mtime=0), "the data holds no triple"),
        ("a.ttl", b"<http://e/s> <http://e/p>\n<a b> .", "a.ttl:2: does not parse as Turtle: "),
        ("a.nt", b"<http://e/s> <http://e/p> <http://e/o> .\n\xff\n", "a.nt:2: does not parse as N-Triples: "),
        (
            "a.nt",
            b"<http://e/s> <http://e/p> <<( <http://e/s> <http://e/p> <http://e/o> )>> .",
            "a.nt:1: holds a triple",
        ),
        ("a.ttl", b"<http://e/s> <http://e/p> <<( <http://e/s> <http://e/p> 1 )>> .", "a.ttl:1: holds a triple"),
        ("a.nq", b'<http://e/s> <http://e/p> "a"@ar--rtl <http://e/g> .\n', "a.nq:1: holds a text with a direction"),
        ("a.txt", b"", "its name says no RDF format"),
        ("a.ttl.gz", b"plain", "a.ttl.gz: does not unpack"),
        ("a.nt.zst", zstandard.compress(b"x" * 99)[:-3], "a.nt.zst: is cut short"),
    ],
)
def test_data_that_is_none(
    files: Callable[..., None], kzlod: Kzlod, name: str, content: bytes | None, said: str
) -> None:
    files(shapes=OF_C + "sh:nodeKind sh:IRI .")
    if content is not None:
        Path(name).write_bytes(content)
    ran = kzlod("validate", name, "--shapes", "shapes.ttl")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_what_validates_nothing_is_said(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(
        data="ex:a ex:p 1 .",
        untargeted="ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .",
        shapes=OF_C + "sh:nodeKind sh:IRI .",
    )
    for data, shapes, said in (
        ("data", "untargeted", "no shape has a target"),
        ("data", "shapes", "the data has nothing that a shape targets"),
        ("shapes", "shapes", "the data has nothing that a shape targets"),
        ("shapes", "data", "no shape has a target"),
    ):
        ran = kzlod("validate", f"{data}.ttl", "--shapes", f"{shapes}.ttl")
        assert (ran.exit_code, ran.stdout) == (0, "conforms: no results\n")
        assert ran.stderr.startswith("warning: ") and said in ran.stderr


def test_terms_of_megabytes_and_ill_typed_literals(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(shapes=OF_C + "sh:property [ sh:path ex:p ; sh:datatype xsd:decimal ] .")
    name, is_c = "a" * 1_000_000, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/C>"
    for size in (1_000_000, 3_000_000):
        node = f"<http://example.org/{name}>"
        long = f'{node} {is_c} .\n{node} <http://example.org/p> "{"x" * size}" .\n'
        Path("a.nt").write_text(f'{long}_:b {is_c} .\n_:b <http://example.org/p> "abc"^^<{XSD.decimal}> .\n')
        ran = kzlod("validate", "a.nt", "--shapes", "shapes.ttl")
        assert ran.stdout.endswith("does not conform: 2 violations\n")
        assert len(ran.stdout) < 2_000
        assert f"({size:,} characters)" in ran.stdout


def test_an_rdflib_graph_with_what_is_no_iri_is_refused(files: Callable[..., None]) -> None:
    files(shapes=OF_C + "sh:nodeKind sh:IRI .")
    made = rdflib.Graph()
    made.add((rdflib.URIRef("http://example.org/a> b"), RDF.type, rdflib.URIRef("http://example.org/C")))
    with pytest.raises(InputError, match="is no IRI"):
        shacl.validate(made, "shapes.ttl")


def test_a_message_cannot_move_the_cursor(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(data="ex:a a ex:C .", shapes=OF_C + 'sh:nodeKind sh:Literal ; sh:message "a\\u001B[2J\\u009Bb\\nc" .')
    assert kzlod("validate", "data.ttl", "--shapes", "shapes.ttl").stdout.splitlines()[0].endswith("NodeKind: a[2Jb c")


def test_duckdb_alone_refuses_what_does_not_compile(files: Callable[..., None], kzlod: Kzlod) -> None:
    files(data='ex:a ex:p "aa" , "ab" .', shapes='ex:S sh:targetObjectsOf ex:p ; sh:pattern "^(.)\\\\1$" .')
    ran = kzlod("validate", "data.ttl", "--shapes", "shapes.ttl", "--engine", "duckdb")
    assert ran.exit_code == 2
    assert "RE2" in ran.stderr
    for engine in ("auto", "pyshacl"):
        ran = kzlod("validate", "data.ttl", "--shapes", "shapes.ttl", "--engine", engine)
        assert ran.stdout.endswith("does not conform: 1 violation\n")
