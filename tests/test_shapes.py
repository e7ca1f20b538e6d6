"""The vocabularies, the cube and the shapes: each term documented, each shape with fixtures that pass and fail it.

A fixture is `tests/shapes/<shape file>/pass*.ttl` or `fail*.ttl`. It is validated together with the vocabularies and
`tests/shapes/base.ttl` against that one shape file. A failing fixture lists, in lines `# expect: <component> <path>`,
exactly the results that it must have.
"""

from __future__ import annotations

import warnings
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef
from rdflib.namespace import NamespaceManager
from rdflib.term import Node

ROOT = Path(__file__).parent.parent
SHAPES = sorted((ROOT / "shapes").glob("*.ttl"))
FIXTURES = Path(__file__).parent / "shapes"
VOCABULARIES = [ROOT / "src/kzlod/ns.ttl", ROOT / "ontology/ontology.ttl"]
CUBE = ROOT / "ontology/cube.ttl"
LANGUAGES = {"en", "kk", "ru", "zh"}
EXPECT = "# expect: "


@cache
def graph(*paths: Path) -> Graph:
    """The union of some Turtle files."""
    union = Graph(bind_namespaces="none")
    for path in paths:
        union.parse(path, format="turtle")
    return union


def validate(data: Graph, shapes: Path) -> Graph:
    """The validation report of pySHACL, whose own dependencies may warn of deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import pyshacl

        return pyshacl.validate(data, shacl_graph=graph(shapes))[1]


def shown(report: Graph, result: Node) -> str:
    """A validation result as an `expect` line has it: the component's name and the path, `-` for none."""
    manager = NamespaceManager(graph(*VOCABULARIES, *SHAPES), bind_namespaces="none")
    component = str(report.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH))
    path = report.value(result, SH.resultPath)
    if path is None:
        return f"{component} -"
    inverse = report.value(path, SH.inversePath) if isinstance(path, BNode) else None
    return f"{component} {'^' if inverse else ''}{manager.curie(str(inverse or path))}"


def results(fixture: Path, shapes: Path) -> tuple[Counter[str], set[str]]:
    """What a fixture violates, and the messages that say so."""
    report = validate(graph(*VOCABULARIES, FIXTURES / "base.ttl") + graph(fixture), shapes)
    found = list(report.objects(None, SH.result))
    messages = {str(text) for result in found for text in report.objects(result, SH.resultMessage)}
    return Counter(shown(report, result) for result in found), messages


def expected(fixture: Path) -> Counter[str]:
    """What a fixture says that it violates."""
    lines = fixture.read_text(encoding="utf-8").splitlines()
    return Counter(line.removeprefix(EXPECT) for line in lines if line.startswith(EXPECT))


def fixtures(kind: str) -> list[object]:
    return [
        pytest.param(fixture, shapes, id=f"{shapes.stem}/{fixture.stem}")
        for shapes in SHAPES
        for fixture in sorted((FIXTURES / shapes.stem).glob(f"{kind}*.ttl"))
    ]


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: path.stem)
def test_shape_has_fixtures(shapes: Path) -> None:
    for kind in ("pass", "fail"):
        folder = FIXTURES / shapes.stem
        assert list(folder.glob(f"{kind}*.ttl")), f"write tests/shapes/{shapes.stem}/{kind}.ttl"


def test_fixtures_have_a_shape() -> None:
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} == {path.stem for path in SHAPES}


@pytest.mark.parametrize(("fixture", "shapes"), fixtures("pass"))
def test_passes(fixture: Path, shapes: Path) -> None:
    assert results(fixture, shapes) == (Counter(), set())


@pytest.mark.parametrize(("fixture", "shapes"), fixtures("fail"))
def test_fails_as_expected(fixture: Path, shapes: Path) -> None:
    found, _ = results(fixture, shapes)
    assert expected(fixture), f"list the expected results of {fixture} in lines `{EXPECT}<component> <path>`"
    assert found == expected(fixture)


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: path.stem)
def test_every_message_is_seen(shapes: Path) -> None:
    """Each thing that a shape can say is said of some fixture."""
    seen = set()
    for fixture in (FIXTURES / shapes.stem).glob("fail*.ttl"):
        seen |= results(fixture, shapes)[1]
    assert {str(text) for text in graph(shapes).objects(None, SH.message)} <= seen


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda path: path.stem)
def test_messages_say_what_to_do(shapes: Path) -> None:
    """Every property shape has a message: what is wrong; and after the semicolon, what to do."""
    shape = graph(shapes)
    for node in shape.objects(None, SH.property):
        nested = (None, SH.property, node) in shape and not any(
            isinstance(owner, URIRef) for owner in shape.subjects(SH.property, node)
        )
        constraint = shape.value(node, SH.sparql) or node
        assert nested or shape.value(constraint, SH.message), shape.value(node, SH.path)
    for text in shape.objects(None, SH.message):
        assert "; " in text or ": " in text, text


def own_terms() -> list[object]:
    return [
        pytest.param(path, term, id=str(term).rsplit("/", 1)[1])
        for path in VOCABULARIES
        for term in sorted(set(graph(path).subjects(RDFS.isDefinedBy)))
    ]


@pytest.mark.parametrize(("path", "term"), own_terms())
def test_term_is_documented(path: Path, term: URIRef) -> None:
    vocabulary = graph(path)
    types = set(vocabulary.objects(term, RDF.type))
    assert types & {RDFS.Class, RDF.Property}
    labels = [label.language for label in vocabulary.objects(term, RDFS.label) if isinstance(label, Literal)]
    assert sorted(map(str, labels)) == sorted(LANGUAGES)
    for property_ in (RDFS.comment, SKOS.example):
        (text,) = vocabulary.objects(term, property_)
        assert isinstance(text, Literal) and text.language == "en" and text.strip()
    if RDF.Property in types:
        assert vocabulary.value(term, RDFS.range), "a property has a range"
    else:
        assert vocabulary.value(term, RDFS.subClassOf), "a class stands under a borrowed one"


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_every_term_is_declared(path: Path) -> None:
    """What is in a vocabulary's namespace is declared in it, and it has a licence and a version."""
    vocabulary = graph(path)
    (ontology,) = vocabulary.subjects(RDF.type, OWL.Ontology)
    declared = set(vocabulary.subjects(RDFS.isDefinedBy, ontology))
    used = {t for triple in vocabulary for t in triple if isinstance(t, URIRef) and t.startswith(str(ontology))}
    assert used - {ontology} == declared
    assert vocabulary.value(ontology, OWL.versionInfo)
    assert vocabulary.value(ontology, URIRef("http://purl.org/dc/terms/license"))


@pytest.mark.parametrize("path", [*VOCABULARIES, CUBE], ids=lambda path: path.stem)
def test_no_blank_nodes(path: Path) -> None:
    assert not [node for triple in graph(path) for node in triple if isinstance(node, BNode)]


def test_vocabularies_stay_small() -> None:
    both = graph(*VOCABULARIES)
    own = set(both.subjects(RDFS.isDefinedBy))
    assert len(own & set(both.subjects(RDF.type, RDFS.Class))) <= 22
    assert len(own & set(both.subjects(RDF.type, RDF.Property))) <= 38


def test_cube_uses_declared_components() -> None:
    """Each component of the structure is a property of its sort with a range; a coded dimension has its list."""
    qb = "http://purl.org/linked-data/cube#"
    cube = graph(*VOCABULARIES, CUBE)
    for role, sort in (("dimension", "Dimension"), ("measure", "Measure"), ("attribute", "Attribute")):
        components = set(cube.objects(None, URIRef(f"{qb}{role}")))
        assert components
        for component in components:
            assert (component, RDF.type, URIRef(f"{qb}{sort}Property")) in cube
            assert cube.value(component, RDFS.range)
            if cube.value(component, RDFS.range) == SKOS.Concept:
                assert (component, RDF.type, URIRef(f"{qb}CodedProperty")) in cube
                assert cube.value(component, URIRef(f"{qb}codeList"))
