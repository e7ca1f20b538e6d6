"""One fault for each kind of findings: what makes it in a dataset, a release or a store, and so a real message.

`PROJECT` breaks a dataset as `kzlod init` starts it; `SHAPES` gives it a shape and what violates it; `OTHER` does
what else finds something.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
import pytest

from kzlod import csvw
from kzlod.align import links
from kzlod.check import check
from kzlod.check.shape_coverage import shape_coverage
from kzlod.cube import CONSTRAINTS
from kzlod.dataset import Dataset
from kzlod.errors import FindingsError
from kzlod.findings import Finding
from kzlod.init import init
from kzlod.load import probe, target, verify
from kzlod.project import Project
from kzlod.release.build import build
from kzlod.release.verify import verify as verify_release
from tests import published
from tests.editing import ROOT, append, drop_column, put, repeat, replace
from tests.test_verify import catalogue, data, lines, removed, swap
from tests.web import served

Break = Callable[[Path], object]
BASE = "https://example.org/tiny/"
OBSERVATIONS, THINGS, METADATA = "data/observations.csv", "data/things.csv", "data/csvw.json"
FIRST = "length-alder-footbridge-001"
MAPPINGS = "data/links/wikidata.sssom.tsv"
HEADER = """# mapping_set_id: https://example.org/tiny/links/wikidata
# license: https://creativecommons.org/publicdomain/zero/1.0/
# curie_map:
#   thing: https://example.org/tiny/thing/
#   wd: http://www.wikidata.org/entity/
"""
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
BRIDGE = "thing:alder-footbridge\tskos:exactMatch\twd:Q1\tsemapv:ManualMappingCuration"


def mapping(*rows: str, header: str = HEADER, columns: str = COLUMNS) -> Break:
    """Writes a file of accepted mappings."""

    def write(project: Path) -> None:
        (project / MAPPINGS).parent.mkdir(exist_ok=True)
        (project / MAPPINGS).write_text("\n".join((header + columns, *rows)) + "\n", "utf-8")

    return write


def cell(key: str = FIRST, table: str = OBSERVATIONS, **cells: str) -> Break:
    return lambda project: put(project, table, key, **cells)


def text(file: str, old: str, new: str | bytes) -> Break:
    return lambda project: replace(project, file, old, new)


def turtle(content: str) -> Break:
    prefixes = f"@prefix thing: <{BASE}thing/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    return lambda project: append(project, "data/more.ttl", prefixes + content)


def cube(number: int) -> Break:
    """Adds a data cube that violates an integrity constraint."""
    return lambda project: shutil.copy(ROOT / f"tests/cubes/ic{number:02}-fail.ttl", project / "data/cube.ttl")


def check_row(project: Path, rule: str, first: str, result: str) -> None:
    """Declare a consistency check in RDF, as the reference dataset's tables do."""
    kz, schema = "https://w3id.org/kzlod/ns#", "http://schema.org/"
    turtle(
        f"thing:check a <{kz}ConsistencyCheck> ; <http://purl.org/dc/terms/type> <{BASE}code/check-rule/{rule}> ;\n"
        f"  <{kz}result> <{BASE}observation/{result}> ; <{schema}itemListElement> thing:one .\n"
        f"thing:one <{schema}position> 1 ; <{schema}item> <{BASE}observation/{first}> .\n"
        f"<{BASE}code/check-rule/{rule}> a <http://example.org/Rule> .\n"
        f"<{BASE}code/verdict/not-computable> a <http://example.org/Verdict> .\n"
        f"<{BASE}code/verdict/does-not-hold> a <http://example.org/Verdict> .\n"
    )(project)


PROJECT: dict[str, Break] = {
    "table.file": lambda project: (project / "data/periods.csv").unlink(),
    "table.header": lambda project: drop_column(project, OBSERVATIONS, "unit"),
    "table.titles": text(METADATA, '"name": "label", "titles": "label",', '"name": "label",'),
    "table.encoding": text(THINGS, "Alder footbridge", b"Alder f\xf6tbridge"),
    "table.quote": text(THINGS, ",Alder footbridge", ',Alder "foot" bridge'),
    "table.size": lambda project: append(project, THINGS, '"' + "x" * 17_000_000),
    "table.line-ends": lambda project: (project / THINGS).write_bytes(
        (project / THINGS).read_bytes().replace(b"\n", b"\r")
    ),
    "table.ragged": lambda project: append(project, THINGS, "willow-ford,Structure,footbridge\n"),
    "table.primary-key": lambda project: repeat(project, OBSERVATIONS, FIRST),
    "table.foreign-key": cell(about="willow-ford"),
    "table.required": cell(mention=""),
    "table.datatype": cell(value="18O"),
    "table.format": cell("001", "data/sources.csv", sha256="033F"),
    "table.length": lambda project: (
        replace(project, METADATA, '"name": "label", "titles": "label",',
                '"name": "label", "titles": "label", "datatype": {"base": "string", "maxLength": 3},')
    ),
    "table.range": cell("001-01", "data/passages.csv", number="0"),
    "table.iri": text(METADATA, f"{BASE}thing/{{author}}", "http://example.org:{author}/"),
    "table.blank-node": text(METADATA, f'"aboutUrl": "{BASE}period/{{id}}", ', ""),
    "table.stray": lambda project: append(project, "data/notes.csv", "id,note\n"),
    "metadata.property": text(METADATA, '"dc:title": "Sources"', '"tittle": "Sources"'),
    "metadata.format": text(METADATA, '"format": "^[0-9]{3}$"', '"format": "^[0-9"'),
    "metadata.template": text(METADATA, f"{BASE}thing/{{author}}", f"{BASE}thing/{{autor}}"),
    "evidence.value": cell(value="183"),
    "evidence.bound": cell(bound="about"),
    "evidence.unreadable": cell(as_written="this year"),
    "evidence.coverage": text("data/omissions.csv", "002-01,heading\n", ""),
    "evidence.document": text("documents/001-town-notice.txt", "182", "183"),
    "evidence.passage": cell("001-02", "data/passages.csv", end="161"),
    "evidence.mention": cell("001-02-2", "data/mentions.csv", start="145", end="155"),
    "figure.not-computable": lambda project: check_row(project, "sums", FIRST, "length-alder-footbridge-002"),
    "figure.does-not-hold": lambda project: check_row(project, "half", FIRST, "length-alder-footbridge-002"),
    "label.missing": turtle(f"<{BASE}period/2023> a <http://purl.org/dc/terms/PeriodOfTime> ; "
        "<http://www.w3.org/ns/dcat#startDate> '2023-01-01'^^xsd:date ; "
        "<http://www.w3.org/ns/dcat#endDate> '2023-12-31'^^xsd:date .\n"),
    "label.language": text(METADATA, '"name": "label", "titles": "label", "dc:description": "Its name.", "lang": "en"',
                           '"name": "label", "titles": "label", "dc:description": "Its name.", "lang": "fr"'),
    "label.same": cell("alder-walking-club", THINGS, label="Millbrook Council"),
    "label.two": turtle("thing:millbrook <http://xmlns.com/foaf/0.1/name> 'Mill brook'@en, 'Millbrook'@en .\n"),
    "literal.datatype": turtle("thing:millbrook <http://example.org/width> 'twelve'^^xsd:decimal .\n"),
    "rdf.blank": turtle("thing:millbrook <http://example.org/near> [] .\n"),
    "format.rdfxml": turtle("thing:millbrook <http://example.org/1> 1 .\n"),
    "query.header": lambda project: append(project, "queries/things.rq", "#+ summary: True\nASK {}\n"),
    "query.columns": lambda project: append(project, "queries/columns.toml", "[kind]\nru = 1\n"),
    "query.unknown-column": lambda project: append(project, "queries/columns.toml", '[knid]\nru = "вид"\n'),
    "check.more": lambda project: (project / "data/more.nt").write_text(
        "".join(f'<http://e/{n}> <http://e/p> "x"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n' for n in range(5711))
    ),
    "link.missing": turtle("thing:millbrook <http://example.org/near> thing:willow-ford .\n"),
    "link.term": turtle("thing:millbrook <https://w3id.org/kzlod/ns#evidense> <http://example.org/x> .\n"),
    "link.subject": mapping(BRIDGE.replace("alder-footbridge", "willow-ford")),
    "link.two": mapping(BRIDGE, BRIDGE.replace("Q1", "Q2")),
    "sssom.header": mapping(BRIDGE, header=HEADER.replace("# license:", "# licence:")),
    "sssom.table": mapping(BRIDGE + "\t" + "x" * 140_000),
    "sssom.column": mapping(BRIDGE, columns=COLUMNS.replace("\t", ",")),
    "sssom.ragged": mapping(BRIDGE + "\tmore"),
    "sssom.quote": mapping(BRIDGE + '\t"a', "b", columns=COLUMNS + "\tcomment"),
    "sssom.required": mapping(BRIDGE.replace("wd:Q1", "")),
    "sssom.curie": mapping(BRIDGE.replace("wd:Q1", "wdt:Q1")),
    "sssom.predicate": mapping(BRIDGE.replace("exactMatch", "related")),
    "sssom.justification": mapping(BRIDGE.replace("ManualMappingCuration", "Guess")),
    "sssom.modifier": mapping(BRIDGE + "\tNo", columns=COLUMNS + "\tpredicate_modifier"),
    "sssom.confidence": mapping(BRIDGE + "\t90%", columns=COLUMNS + "\tconfidence"),
    "sssom.double": mapping(BRIDGE, BRIDGE),
    **{constraint.code: cube(constraint.number) for constraint in CONSTRAINTS},
}  # fmt: skip
"""What makes a finding of `kzlod check --corpus`, by its code."""

_AB = "ex:a ex:p 1 ; ex:q 2 ."
_VALUES: dict[str, tuple[str, str]] = {
    "Class": ("sh:property [ sh:path ex:p ; sh:class ex:Town ]", "ex:a ex:p ex:b ."),
    "Datatype": ("sh:property [ sh:path ex:p ; sh:datatype xsd:date ]", _AB),
    "NodeKind": ("sh:property [ sh:path ex:p ; sh:nodeKind sh:IRI ]", _AB),
    "MinCount": ("sh:property [ sh:path ex:r ; sh:minCount 1 ]", _AB),
    "MaxCount": ("sh:property [ sh:path ex:p ; sh:maxCount 1 ]", "ex:a ex:p 1, 2 ."),
    "MinExclusive": ("sh:property [ sh:path ex:p ; sh:minExclusive 1 ]", _AB),
    "MinInclusive": ("sh:property [ sh:path ex:p ; sh:minInclusive 2 ]", _AB),
    "MaxExclusive": ("sh:property [ sh:path ex:p ; sh:maxExclusive 1 ]", _AB),
    "MaxInclusive": ("sh:property [ sh:path ex:p ; sh:maxInclusive 0 ]", _AB),
    "MinLength": ("sh:property [ sh:path ex:p ; sh:minLength 2 ]", _AB),
    "MaxLength": ("sh:property [ sh:path ex:p ; sh:maxLength 0 ]", _AB),
    "Pattern": ('sh:property [ sh:path ex:p ; sh:pattern "^[a-z]+$" ]', _AB),
    "LanguageIn": ('sh:property [ sh:path ex:p ; sh:languageIn ( "en" ) ]', 'ex:a ex:p "brug"@nl .'),
    "UniqueLang": ("sh:property [ sh:path ex:p ; sh:uniqueLang true ]", 'ex:a ex:p "a"@en, "b"@en .'),
    "Equals": ("sh:property [ sh:path ex:p ; sh:equals ex:q ]", _AB),
    "Disjoint": ("sh:property [ sh:path ex:p ; sh:disjoint ex:q ]", "ex:a ex:p 1 ; ex:q 1 ."),
    "LessThan": ("sh:property [ sh:path ex:q ; sh:lessThan ex:p ]", _AB),
    "LessThanOrEquals": ("sh:property [ sh:path ex:q ; sh:lessThanOrEquals ex:p ]", _AB),
    "Not": ("sh:not [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ]", _AB),
    "And": ("sh:and ( [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] )", _AB),
    "Or": ("sh:or ( [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] )", _AB),
    "Xone": ("sh:xone ( [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] )", _AB),
    "Node": ("sh:property [ sh:path ex:p ; sh:node [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] ]",
             "ex:a ex:p ex:b ."),
    "QualifiedMinCount": ("sh:property [ sh:path ex:p ; sh:qualifiedMinCount 1 ;"
                          " sh:qualifiedValueShape [ sh:datatype xsd:date ] ]", _AB),
    "QualifiedMaxCount": ("sh:property [ sh:path ex:p ; sh:qualifiedMaxCount 0 ;"
                          " sh:qualifiedValueShape [ sh:datatype xsd:integer ] ]", _AB),
    "Closed": ("sh:closed true ; sh:property [ sh:path ex:p ]", _AB),
    "HasValue": ("sh:property [ sh:path ex:p ; sh:hasValue 2 ]", _AB),
    "In": ("sh:property [ sh:path ex:p ; sh:in ( 2 3 ) ]", _AB),
    "SPARQL": ('sh:sparql [ sh:message "has more of p than of q; count again" ; sh:select'
               ' "SELECT $this { $this <http://example.org/p> ?p ; <http://example.org/q> ?q FILTER(?p < ?q) }" ]',
               _AB),
    "component": ('ex:most 0 . ex:Most a sh:ConstraintComponent ; sh:parameter [ sh:path ex:most ] ; sh:validator ['
                  ' sh:message "is more than it may be" ; sh:ask "ASK { FILTER(isLiteral($value)) }" ] .'
                  ' ex:Never sh:targetNode ex:never', _AB),
}  # fmt: skip
_SH = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
_EX = "@prefix ex: <http://example.org/> .\n"
SHAPES = {f"shape.{name}": given for name, given in _VALUES.items()}
"""A shape about ex:a, and data that violates it, by the code of the finding."""


def found_in_project(folder: Path, code: str) -> list[Finding]:
    """What `kzlod check --corpus documents` finds in a dataset with the fault of a code."""
    root = init(folder / "tiny").root
    if code in SHAPES:
        shape, content = SHAPES[code]
        (root / "shapes/example.ttl").write_text(f"{_SH}{_EX}ex:Shape a sh:NodeShape ; sh:targetNode ex:a ; {shape} .")
        (root / "data/example.ttl").write_text(_EX + content)
    else:
        PROJECT[code](root)
    with Dataset.open(Project.read(root)) as dataset:
        return list(check(dataset, corpus=root / "documents"))


def _raised(act: Callable[[], object]) -> list[Finding]:
    with pytest.raises(FindingsError) as raised:
        act()
    return list(raised.value.findings)


def _conversion(folder: Path) -> list[Finding]:
    (folder / "t.csv").write_text("size\n" + "x\n" * 2500)
    (folder / "t.csv-metadata.json").write_text(
        '{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",'
        ' "tableSchema": {"columns": [{"titles": "size", "datatype": "integer"}]}}'
    )
    return _raised(lambda: csvw.convert(folder / "t.csv", folder / "t.nt"))


def _no_rows(folder: Path) -> list[Finding]:
    (folder / "t.csv").write_text("size\n")
    return list(csvw.validate(csvw.load(folder / "t.csv")))


def _location(folder: Path) -> list[Finding]:
    (folder / "t.csv").write_text("size\n1\n")
    (folder / "t.csv-metadata.json").write_text('{"@context": "http://www.w3.org/ns/csvw", "url": "other.csv"}')
    return list(csvw.load(folder / "t.csv").findings)


def _prefix(folder: Path) -> list[Finding]:
    root = init(folder / "tiny").root
    mapping(BRIDGE, header=HEADER.replace("http://www.wikidata.org/entity/", "https://www.wikidata.org/wiki/"))(root)
    return _raised(lambda: links.Links.read(Project.read(root), MAPPINGS))


def _dropped(folder: Path) -> list[Finding]:
    root = init(folder / "tiny").root
    for version in ("0.1.0", "0.2.0"):
        if version == "0.2.0":
            replace(root, "kzlod.toml", "0.1.0", version)
            append(root, "data/codes.csv", "")
            replace(root, "data/more.ttl", "thing:ford", "thing:wood")
        else:
            turtle("thing:ford a <http://example.org/Ford> .\n")(root)
        with Dataset.open(Project.read(root)) as dataset:
            if version == "0.2.0":
                return _raised(lambda: build(dataset, folder / "out"))
            build(dataset, folder / "out")
    return []


def _release(change: Break, *, again: bool = True) -> Callable[[Path], list[Finding]]:
    def find(folder: Path) -> list[Finding]:
        release = published.make(folder / "release")
        change(release)
        if again:
            published.restate(release)
        return list(verify_release(str(release)).findings)

    return find


def _store(*, had: Iterable[bytes], given: Iterable[bytes]) -> Callable[[Path], list[Finding]]:
    """What is found of a store that has some triples where others were given."""

    def find(folder: Path) -> list[Finding]:
        with probe.opened(str(folder / "store")) as store:
            store.update(f"INSERT DATA {{ GRAPH <http://e/g> {{ {b' '.join(had).decode()} }} }}")
            there, expected = target.counts(store, "http://e/g"), verify.Expected.of(given)
            counted = verify.compare_counts(there, expected, target.named(store, "http://e/g"), exact=True)
            compared = verify.compare_values(store, "http://e/g", given, exact=True)
            return [*counted, *(one for one in compared if isinstance(one, Finding))]

    return find


def _downloads(folder: Path) -> list[Finding]:
    release = published.make(folder / "release")
    removed("towns.rdf")(release)
    with served(release) as site, httpx.Client(timeout=10) as client:
        return list(verify_release(site.url, client=client).findings)


def _coverage(shape: str, passing: str = "") -> Callable[[Path], list[Finding]]:
    """What is found of a shape without a failing fixture, and with a passing one if it is given."""

    def find(folder: Path) -> list[Finding]:
        root = init(folder / "tiny").root
        if passing:
            (root / "tests/shapes/example").mkdir()
            (root / "tests/shapes/example/pass.ttl").write_text(_EX + passing)
        (root / "shapes/example.ttl").write_text(f"{_SH}{_EX}ex:Shape a sh:NodeShape ; {shape} .")
        with Dataset.open(Project.read(root)) as dataset:
            return [one for one in shape_coverage(dataset).findings if "example" in one.file]

    return find


_ONE, _TWO = b'<http://e/a> <http://e/p> "1" .', b'<http://e/a> <http://e/p> "2" .'
OTHER: dict[str, Callable[[Path], list[Finding]]] = {
    "table.more": _conversion,
    "table.rows": _no_rows,
    "metadata.location": _location,
    "sssom.prefix": _prefix,
    "release.dropped": _dropped,
    "release.downloads": _downloads,
    "coverage.fixture": _coverage("sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ]"),
    "coverage.pass": _coverage("sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 1 ]", "ex:a ex:q 1 ."),
    "coverage.target": _coverage("sh:targetClass ex:Bridge"),
    "coverage.data": _coverage("sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:datatype xsd:date ]"),
    "release.files": _release(removed("towns.ttl"), again=False),
    "release.checksums": _release(swap("tables/two words.csv", "Oslo", "Rome"), again=False),
    "release.sizes": _release(catalogue(r"(towns.nq> ; dcat:byteSize) \d+", r"\1 5"), again=False),
    "release.catalogue": _release(catalogue(r'checksumValue "...', 'checksumValue "000'), again=False),
    "release.schema.org": _release(swap("schema.jsonld", ' B"', '0 B"'), again=False),
    "release.compressed": _release(
        lambda folder: (data("towns.nt.zst", lambda old: old[:-200])(folder), published.restate(folder, packed=False)),
        again=False,
    ),
    "release.subsets": _release(swap("subsets/table-towns.nt", '"Town', '"Town X')),
    "release.triples": _release(swap("void.ttl", "void:triples 208", "void:triples 209")),
    "release.figures": _release(swap("void.ttl", "void:distinctSubjects ", "void:distinctSubjects 9")),
    "release.canonical": _release(lines("towns.nq", lambda all_: [all_[1], all_[0], *all_[2:]])),
    "release.formats": _release(data("towns.ttl", lambda old: old[:-300])),
    "load.count": _store(had=[_ONE], given=[_ONE, _TWO]),
    "load.lost": _store(had=[_ONE], given=[_ONE, _TWO]),
    "load.other": _store(had=[_ONE, _TWO], given=[_ONE]),
}
"""What finds something in what is no dataset, by the code of the finding."""
