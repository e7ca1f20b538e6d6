"""What describes a release: DCAT-AP by pySHACL, every VoID figure against SPARQL, every file against the disk."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import yaml
from rdflib.namespace import DCTERMS, PROV, RDF, SH

from kzlod.dataset import Dataset
from kzlod.errors import ProjectError, ReleaseError
from kzlod.formats import FORMATS
from kzlod.project import Project
from kzlod.quads.write import write
from kzlod.release.catalogue import describe
from kzlod.release.citation import citation
from kzlod.release.coverage import Coverage
from kzlod.release.description import file_iri
from kzlod.release.files import listed
from kzlod.release.void import LINKS, statistics
from tests.conftest import ROOT, SHARED

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
DESCRIPTIONS = (".well-known/void", "CITATION.cff", "catalog.ttl", "schema.jsonld", "service.ttl", "void.ttl")
PREVIOUS = "0.0.9"

# What the lists of the EU would have otherwise, and why it is as it is.
KNOWN = {
    ("Violation", "algorithm"): "asks for an IRI that begins with https://spdx.org; SPDX's own begins with http",
    ("Warning", "publisher"): "asks for an institution of the EU",
    ("Warning", "spatial"): "asks for an entry of the EU's tables; the places are things of the dataset",
}


def released(dataset: Dataset, folder: Path, *, previous: str = PREVIOUS) -> Path:
    """A release's folder with the dumps, something of each other kind of file, and the descriptions."""
    for format_ in FORMATS:
        name = f"{dataset.project.id}{format_.suffix}"
        write(dataset.table, format_, folder / name, prefixes=dataset.project.prefixes)
    for path in ("tables/a b.csv", "tables/things.parquet", "tables/csvw.json", "facts.csv", "subsets/source-é.nt"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(path)
    for path in (
        *("shapes/thing.ttl", "queries/things.rq", "queries/columns.toml", "vocabulary/ns.ttl"),
        *("changes.rdfp", "changes.md", "odd.bin"),
    ):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("")
    (folder / f"{dataset.project.id}.nt.zst").write_bytes(b"")
    written = describe(dataset, folder, tuple(listed(folder)), previous=previous)
    assert tuple(file.path for file in written) == DESCRIPTIONS
    assert [file for file in listed(folder) if file.path in DESCRIPTIONS] == list(written)
    return folder


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return Dataset.open(Project.reference())


@pytest.fixture(scope="module")
def release(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(dataset, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def catalogue(release: Path) -> rdflib.Graph:
    return graph(release / "catalog.ttl")


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Dataset]:
    """Makes a dataset of one RDF file."""

    def make(nquads: str, *, settings: str = "") -> Dataset:
        root = tmp_path / "small"
        shutil.rmtree(root, ignore_errors=True)
        (root / "data").mkdir(parents=True)
        head = (
            'id = "small"\nversion = "2"\ndate = 2026-03-01\nbase = "http://e.org/"\nlicense = "http://e.org/licence"\n'
        )
        (root / "kzlod.toml").write_text(f"[dataset]\n{head}{settings}")
        (root / "data" / "facts.nq").write_text(nquads)
        return Dataset.open(Project.read(root))

    return make


def graph(path: Path) -> rdflib.Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rdflib.Graph().parse(path)


def findings(data: rdflib.Graph, *shapes: str) -> Counter[tuple[str, str]]:
    """What DCAT-AP finds: severity and the path's local name, with how often."""
    folder = SHARED / "conformance" / "dcat-ap"
    if not folder.is_dir():
        pytest.skip("the shapes of DCAT-AP are not here: ../shared/conformance/dcat-ap")
    shapes_graph = rdflib.Graph()
    for name in shapes:
        shapes_graph.parse(folder / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph, do_owl_imports=False)
    assert isinstance(report, rdflib.Graph)
    return Counter(
        (
            str(severity).rpartition("#")[2],
            str(report.value(result, SH.resultPath)).rpartition("/")[2].rpartition("#")[2],
        )
        for result, severity in report.subject_objects(SH.resultSeverity)
        if (None, SH.result, result) in report
    )


def test_dcat_ap_finds_nothing(catalogue: rdflib.Graph) -> None:
    assert findings(catalogue, "shapes.ttl", "range.ttl") == {}


@pytest.mark.parametrize(
    ("predicate", "found"),
    [(DCTERMS.publisher, "publisher"), (RDF.type, "language"), (SPDX.checksumValue, "checksumValue")],
)
def test_dcat_ap_is_really_asked(catalogue: rdflib.Graph, predicate: rdflib.URIRef, found: str) -> None:
    broken = rdflib.Graph()
    linguistic = DCTERMS.LinguisticSystem
    broken += (t for t in catalogue if t[1] != predicate or (predicate == RDF.type and t[2] != linguistic))
    assert ("Violation", found) in findings(broken, "shapes.ttl", "range.ttl")


def test_the_lists_of_the_eu(catalogue: rdflib.Graph, capsys: pytest.CaptureFixture[str]) -> None:
    """Reported, not asked for; what is not in KNOWN is news."""
    found = findings(catalogue, "mdr-vocabularies.shape.ttl")
    with capsys.disabled():
        for (severity, path), count in sorted(found.items()):
            why = KNOWN.get((severity, path), "not known")
            sys.stdout.write(f"\n  DCAT-AP's controlled vocabularies: {severity}, {path}, {count} times: {why}")
    assert found.keys() <= KNOWN.keys()


@pytest.mark.parametrize("previous", ["", "1"])
def test_dcat_ap_with_the_least_and_the_most(small: Callable[..., Dataset], tmp_path: Path, previous: str) -> None:
    facts = """
    <http://e.org/fish> <http://www.w3.org/2004/02/skos/core#prefLabel> "Fish"@en .
    <http://e.org/p> <http://www.w3.org/ns/dcat#startDate> "1999"^^<http://www.w3.org/2001/XMLSchema#gYear> .
    """
    most = """
    languages = ["ckb", "zh-Hans"]
    themes = ["http://e.org/fish", "http://e.org/birds"]
    spatial = ["http://e.org/pond"]
    title = { de = "Fische" }
    publisher = { name = "Ponds & Co" }
    contact = { email = "fish at pond@e.org" }
    """
    for number, settings in enumerate(("", most)):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = small(facts, settings=settings)
        found = graph(released(made, folder, previous=previous) / "catalog.ttl")
        assert findings(found, "shapes.ttl", "range.ttl") == {}
        versions = set(map(str, found.objects(rdflib.URIRef(made.project.dataset_iri), DCAT.hasVersion)))
        assert versions == {made.project.release_iri(version) for version in ["2", *filter(None, [previous])]}


def test_the_version_before(catalogue: rdflib.Graph, dataset: Dataset) -> None:
    project = dataset.project
    release, before = rdflib.URIRef(project.release_iri()), rdflib.URIRef(project.release_iri(PREVIOUS))
    assert catalogue.value(release, DCAT.previousVersion) == before == catalogue.value(release, PROV.wasRevisionOf)
    assert catalogue.value(release, DCAT.inSeries) == rdflib.URIRef(project.series_iri)
    assert str(catalogue.value(release, DCTERMS.bibliographicCitation)) == citation(project)


def test_every_file_is_listed_once_with_true_size_and_hash(
    catalogue: rdflib.Graph, release: Path, dataset: Dataset
) -> None:
    version = rdflib.URIRef(dataset.project.release_iri())
    of_version = set(catalogue.objects(version, DCAT.distribution))
    assert of_version == set(catalogue.subjects(RDF.type, DCAT.Distribution))
    seen = Counter()
    for path in (path for path in release.rglob("*") if path.is_file() and path.name != "catalog.ttl"):
        url = rdflib.URIRef(file_iri(dataset.project, path.relative_to(release).as_posix()))
        [node] = catalogue.subjects(DCAT.downloadURL, url)
        seen[node] += 1
        assert node == url + "#distribution"
        assert [int(size) for size in catalogue.objects(node, DCAT.byteSize)] == [path.stat().st_size]
        checksum = catalogue.value(node, SPDX.checksum)
        assert catalogue.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        [value] = catalogue.objects(checksum, SPDX.checksumValue)
        assert str(value).lower() == hashlib.sha256(path.read_bytes()).hexdigest()
        compressed = catalogue.value(node, DCAT.compressFormat)
        assert (str(compressed).rpartition("/")[2] == "zstd") == (path.suffix == ".zst")
    assert seen == Counter(of_version)


def test_the_inputs_are_named_by_their_digests(catalogue: rdflib.Graph, dataset: Dataset) -> None:
    [build] = catalogue.subjects(RDF.type, PROV.Activity)
    used = {}
    for entity in catalogue.objects(build, PROV.used):
        value = catalogue.value(catalogue.value(entity, SPDX.checksum), SPDX.checksumValue)
        used[str(catalogue.value(entity, rdflib.RDFS.label))] = str(value).lower()
    files = [*ROOT.glob("data/*.csv"), ROOT / "data/links/wikidata.sssom.tsv"]
    files += [ROOT / "kzlod.toml", ROOT / "data/csvw.json"]
    files += [path for folder in ("ontology", "shapes", "queries") for path in (ROOT / folder).iterdir()]
    assert used == {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    sources = set(map(str, catalogue.objects(rdflib.URIRef(dataset.project.release_iri()), PROV.wasDerivedFrom)))
    assert sources == {
        s[1:-1] for (s,) in dataset.table.rows("SELECT DISTINCT s FROM quads WHERE o LIKE '%ns#Source>'")
    }


def test_no_blank_nodes(release: Path) -> None:
    for name in ("catalog.ttl", "void.ttl", "service.ttl", "schema.jsonld"):
        quads = list(ox.parse(path=release / name))
        assert quads
        assert not [q for q in quads if ox.BlankNode in (type(q.subject), type(q.object))], name


def test_the_same_bytes_again(release: Path, dataset: Dataset, tmp_path: Path) -> None:
    files = [file for file in listed(release) if file.path not in DESCRIPTIONS]
    describe(Dataset.open(dataset.project), tmp_path, files[::-1], previous=PREVIOUS)
    for name in DESCRIPTIONS:
        assert (tmp_path / name).read_bytes() == (release / name).read_bytes(), name
    assert (release / "void.ttl").read_bytes() == (release / ".well-known/void").read_bytes()


class Sparql:
    """Counts over the union of the graphs of a store; a triple of two graphs counts once.

    Oxigraph's store makes one term of "1"^^xsd:positiveInteger and "1"^^xsd:integer, or of "1.50" and "1.5", which RDF
    tells apart; it leaves alone what has another datatype.
    """

    def __init__(self, nquads: Path) -> None:
        self._store = ox.Store()
        renamed = nquads.read_bytes().replace(b"^^<http://www.w3.org/2001/XMLSchema#", b"^^<urn:type:")
        self._store.bulk_load(renamed, format=ox.RdfFormat.N_QUADS)

    def count(self, variables: str, pattern: str) -> int:
        query = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT {variables} {{ {pattern} }} }}"
        solutions = self._store.query(query, use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        return int(next(iter(solutions))["n"].value)  # type: ignore[union-attr]


def assert_void(path: Path, nquads: Path, dataset: Dataset) -> None:
    """Every figure of a VoID file is what SPARQL counts, and nothing is left out."""
    void, sparql = graph(path), Sparql(nquads)
    node = rdflib.URIRef(dataset.project.release_iri())
    checked = 0

    def same(subject: object, figure: str, variables: str, pattern: str) -> None:
        nonlocal checked
        [stated] = void.objects(subject, VOID[figure])  # type: ignore[arg-type]
        assert int(stated) == sparql.count(variables, pattern), (subject, figure)
        checked += 1

    same(node, "triples", "?s ?p ?o", "?s ?p ?o")
    same(node, "distinctSubjects", "?s", "?s ?p ?o")
    same(node, "distinctObjects", "?o", "?s ?p ?o")
    same(node, "properties", "?p", "?s ?p ?o")
    same(node, "classes", "?c", "?s a ?c")
    same(node, "entities", "?s", "?s a ?c")
    for part in void.objects(node, VOID.propertyPartition):
        p = f"<{void.value(part, VOID.property)}>"
        same(part, "triples", "?s ?o", f"?s {p} ?o")
        same(part, "distinctSubjects", "?s", f"?s {p} ?o")
        same(part, "distinctObjects", "?o", f"?s {p} ?o")
    for part in void.objects(node, VOID.classPartition):
        same(part, "entities", "?s", f"?s a <{void.value(part, VOID['class'])}>")
    for part in void.subjects(RDF.type, VOID.Linkset):
        p, space = void.value(part, VOID.linkPredicate), void.value(void.value(part, VOID.objectsTarget), VOID.uriSpace)
        assert (node, VOID.subset, part) in void
        same(part, "triples", "?s ?o", f"?s <{p}> ?o FILTER(isIRI(?o) && STRSTARTS(STR(?o), '{space}'))")
    links = " ".join(f"<{link}>" for link in LINKS)
    foreign = f"FILTER(isIRI(?o) && !STRSTARTS(STR(?o), '{dataset.project.base}'))"
    linked = sum(int(void.value(part, VOID.triples)) for part in void.subjects(RDF.type, VOID.Linkset))
    assert linked == sparql.count("?s ?p ?o", f"VALUES ?p {{ {links} }} ?s ?p ?o {foreign}")
    assert len(set(void.objects(node, VOID.propertyPartition))) == sparql.count("?p", "?s ?p ?o")
    assert len(set(void.objects(node, VOID.classPartition))) == sparql.count("?c", "?s a ?c")
    for example in void.objects(node, VOID.exampleResource):
        assert sparql.count("?p ?o", f"<{example}> ?p ?o")
    figures = [p for p in void.predicates() if str(p).removeprefix(str(VOID)) in FIGURES]
    assert checked == len(figures)


FIGURES = ("triples", "distinctSubjects", "distinctObjects", "properties", "classes", "entities")


def test_void_is_what_sparql_counts(release: Path, dataset: Dataset) -> None:
    assert_void(release / "void.ttl", release / f"{dataset.project.id}.nq", dataset)


def test_void_counts_terms_as_rdf_tells_them_apart(release: Path, dataset: Dataset) -> None:
    """A store that keeps each literal as it is needs no detour: rdflib's, asked in SPARQL too."""
    data, void = graph(release / f"{dataset.project.id}.nt"), graph(release / "void.ttl")
    for figure, variable in (("triples", "*"), ("distinctObjects", "DISTINCT ?o"), ("distinctSubjects", "DISTINCT ?s")):
        [row] = data.query(f"SELECT (COUNT({variable}) AS ?n) {{ ?s ?p ?o }}")
        stated = void.value(rdflib.URIRef(dataset.project.release_iri()), VOID[figure])
        assert int(stated) == int(row[0]), figure


OVERLAP = """
<http://e.org/a> <http://e.org/p> "1" <http://e.org/g> .
<http://e.org/a> <http://e.org/p> "1" <http://e.org/h> .
<http://e.org/a> <http://e.org/p> "1"@en <http://e.org/h> .
<http://e.org/b> <http://e.org/p> "1" <http://e.org/h> .
<http://e.org/b> <http://e.org/q> <http://e.org/a> <http://e.org/h> .
<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/C> <http://e.org/g> .
<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/C> <http://e.org/h> .
<http://e.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://other.org/D#d> .
<http://e.org/a> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://other.org/1> .
<http://e.org/a> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://other.org/deep/1> .
<http://e.org/b> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://other.org/deep/1> .
<http://e.org/b> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://e.org/a> .
<http://e.org/b> <http://www.w3.org/2004/02/skos/core#closeMatch> <http://other.org/deep/2> .
<http://e.org/b> <http://www.w3.org/2002/07/owl#sameAs> <https://third.org/x#1> <http://e.org/g> .
<http://e.org/b> <http://www.w3.org/2002/07/owl#sameAs> <https://third.org/x#1> <http://e.org/h> .
"""


def test_void_of_graphs_that_overlap(small: Callable[..., Dataset], tmp_path: Path) -> None:
    made = small(OVERLAP)
    folder = released(made, tmp_path)
    assert_void(folder / "void.ttl", folder / "small.nq", made)
    links = {
        (each.predicate.rpartition("#")[2], each.target): each.triples
        for each in statistics(made.table, base="http://e.org/").linksets
    }
    assert links == {
        ("exactMatch", "http://other.org/"): 3,
        ("closeMatch", "http://other.org/deep/"): 1,
        ("sameAs", "https://third.org/x#"): 1,
    }


def test_void_of_one_graph_of_many_objects(small: Callable[..., Dataset], tmp_path: Path) -> None:
    made = small("".join(f'<http://e.org/{n % 70}> <http://e.org/p{n % 7}> "{n % 999}" .\n' for n in range(5000)))
    folder = released(made, tmp_path)
    assert_void(folder / "void.ttl", folder / "small.nq", made)


def test_the_service_says_which_graphs_there_are(release: Path, dataset: Dataset) -> None:
    service = graph(release / "service.ttl")
    found = {}
    for named in service.objects(None, SD.namedGraph):
        found[str(service.value(named, SD.name))] = int(service.value(service.value(named, SD.graph), VOID.triples))
    counted = dataset.table.rows("SELECT g, count(DISTINCT (s, p, o)) FROM quads GROUP BY g")
    assert found == {g[1:-1]: count for g, count in counted}
    [default] = service.objects(None, SD.defaultGraph)
    union = int(service.value(default, VOID.triples))
    assert union == Sparql(release / f"{dataset.project.id}.nq").count("?s ?p ?o", "?s ?p ?o")


def test_schema_org_needs_no_connection(release: Path, dataset: Dataset) -> None:
    document = json.loads((release / "schema.jsonld").read_text("utf-8"))
    assert document["@type"] == "Dataset" and len(document["description"]) >= 50
    assert document["temporalCoverage"] == f"{Coverage(dataset).start}/{Coverage(dataset).end}"
    quads = list(ox.parse(path=release / "schema.jsonld"))
    urls = {q.object.value for q in quads if q.predicate.value == "http://schema.org/contentUrl"}
    assert {type(q.object) for q in quads if q.predicate.value == "http://schema.org/license"} == {ox.NamedNode}
    assert file_iri(dataset.project, "tables/a b.csv") in urls and len(urls) == len(document["distribution"])
    by_path = {file_iri(dataset.project, file.path): file for file in listed(release)}
    for item in document["distribution"]:
        file = by_path[item["contentUrl"]]
        assert (item["contentSize"], item["sha256"]) == (f"{file.size} B", file.sha256)


def test_the_citation(release: Path, dataset: Dataset) -> None:
    fields = yaml.safe_load((release / "CITATION.cff").read_text("utf-8"))
    # Citation File Format 1.2.0: what is required, and the types of what is here.
    assert {"authors", "cff-version", "message", "title"} <= fields.keys()
    assert fields["cff-version"] == "1.2.0" and fields["type"] == "dataset"
    assert fields["license"] == "CC-BY-4.0"
    assert all(isinstance(fields[key], str) for key in ("version", "date-released", "abstract", "url"))
    assert fields["date-released"] == dataset.project.date.isoformat()
    assert citation(dataset.project) in fields["message"]


def test_coverage_of_years_and_months(small: Callable[..., Dataset]) -> None:
    def fact(node: str, which: str, value: str, type_: str) -> str:
        xsd = "http://www.w3.org/2001/XMLSchema#"
        return f'<http://e.org/{node}> <http://www.w3.org/ns/dcat#{which}> "{value}"^^<{xsd}{type_}> .\n'

    made = small(
        fact("1", "startDate", "1999", "gYear")
        + fact("2", "startDate", "1999-01-02", "date")
        + fact("1", "endDate", "2024-02", "gYearMonth")
        + fact("2", "endDate", "2024-02-10T00:00:00Z", "dateTime")
        + fact("3", "endDate", "unknown", "string")
    )
    assert (Coverage(made).start, Coverage(made).end) == ("1999-01-01", "2024-02-29")
    none = Coverage(small(""))
    assert (none.start, none.end, none.sources, none.labels) == ("", "", {}, {})


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("dataset.themes", 'themes = ["fish"]'),
        ("dataset.spatial", 'spatial = ["http://e.org/a b"]'),
        ("dataset.publisher.iri", 'publisher = { iri = "nobody" }'),
    ],
)
def test_settings_that_are_no_iris(small: Callable[..., Dataset], key: str, settings: str) -> None:
    with pytest.raises(ProjectError, match=f"{key}.*is no IRI"):
        small("", settings=settings)


def test_a_folder_that_cannot_be_written(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / ".well-known").write_text("in the way")
    with pytest.raises(ReleaseError, match="cannot be written"):
        describe(dataset, tmp_path, ())
    with pytest.raises(ReleaseError, match="cannot be written"):
        describe(dataset, tmp_path / "nowhere", ())
