"""Validation on Spark, in local mode with several partitions: the report that DuckDB gives, in full.

One session serves this file.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from click.testing import Result as Ran
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzlod import shacl
from kzlod.errors import InputError
from kzlod.quads.canonical import lines_of
from kzlod.shacl import spark as on_spark
from kzlod.shacl.data import shapes_graph
from kzlod.shacl.graph import Graph
from kzlod.shacl.shapes import from_graph
from kzlod.shacl.spark_work import SparkWork
from tests.bench.cube import make
from tests.conformance.test_shacl import MF, SHT, SUITE, entries, file_of, graph, one
from tests.test_shacl import COMPARED, compared, everything, read
from tests.test_validate import PREFIXES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from kzlod.shacl.data import Given


@pytest.fixture
def parted(spark: SparkSession) -> SparkSession:
    """Splits small files too; does without Java code for each query, which takes longer than so few rows."""
    own = spark.newSession()
    own.conf.set("spark.sql.shuffle.partitions", "2")
    own.conf.set("spark.sql.files.openCostInBytes", "0")
    own.conf.set("spark.sql.codegen.wholeStage", "false")
    own.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    return own


def validate(
    data: list[Path],
    shapes: Given,
    spark: SparkSession,
    *,
    ontology: Given = (),
    most: int | None = None,
    parts: int = 2,
) -> shacl.Report:
    known = from_graph(shapes_graph(shapes))
    on_spark.refuse(known)
    spark.conf.set("spark.sql.files.maxPartitionBytes", str(max(each.stat().st_size for each in data) // parts + 1))
    return on_spark.validate(data, known, spark=spark, ontology=shapes_graph(ontology), most=most)


def agree(
    data: list[Path],
    shapes: Given,
    spark: SparkSession,
    *,
    ontology: Given = (),
    most: int | None = None,
    parts: int = 2,
) -> int:
    """Assert that Spark's report is DuckDB's; returns the number of results."""
    wanted = shacl.validate(data, shapes, ontology=ontology, engine="duckdb", max_results=most)
    report = validate(data, shapes, spark, ontology=ontology, most=most, parts=parts)
    assert list(report.results) == list(wanted.results)
    assert report == wanted
    return report.count


def shapes_file(folder: Path, turtle: str) -> Path:
    path = folder / "shapes.ttl"
    path.write_text(PREFIXES + turtle, "utf-8")
    return path


def ntriples(path: Path, triples: Graph) -> Path:
    path.write_text("".join(f"{s} {p} {o} .\n" for s, p, o in triples.triples()), "utf-8")
    return path


CUBE = """ex:Observation a sh:NodeShape ; sh:targetClass <http://purl.org/linked-data/cube#Observation> ;
    sh:property [ sh:path <http://purl.org/linked-data/cube#dataSet> ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path <http://purl.org/linked-data/sdmx/2009/dimension#refArea> ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:pattern "^http://example.org/trade/code/area/[A-Z]{3}$" ] ;
    sh:property [ sh:path <http://example.org/trade/dim/partner> ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path <http://example.org/trade/dim/product> ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:pattern "^http://example.org/trade/code/hs6/[0-9]{6}$" ] ;
    sh:property [ sh:path <http://purl.org/linked-data/sdmx/2009/dimension#refPeriod> ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:datatype xsd:gYear ] ;
    sh:property [ sh:path <http://example.org/trade/dim/flow> ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:in ( <http://example.org/trade/code/flow/M> <http://example.org/trade/code/flow/X> ) ] ;
    sh:property [ sh:path <http://example.org/trade/dim/value> ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:datatype xsd:decimal ; sh:minInclusive 0 ] ;
    sh:property [ sh:path <http://example.org/trade/dim/weight> ; sh:maxCount 1 ; sh:datatype xsd:decimal ] .
"""  # noqa: E501
# Of so many lines one is left out, has a code that is none, a bad or a negative number, or a second value; and one is
# as no dump has it.
FAULTS = """
SELECT CASE n % 97 WHEN 1 THEN replace(line, '/code/', '/none/') WHEN 2 THEN replace(line, '"^^', 'x"^^')
    WHEN 3 THEN replace(line, ' "', ' "-') WHEN 6 THEN ' ' || replace(line, '> ', '>' || chr(9)) || ' # odd'
    ELSE line END FROM lines WHERE n % 97 <> 0
UNION ALL SELECT replace(line, '"^^', '1"^^') FROM lines WHERE n % 97 = 4 AND contains(line, '"^^')
UNION ALL SELECT replace(line, '/hs6/', '/hs6/9') FROM lines WHERE n % 97 = 5 AND contains(line, '/hs6/')
"""


@pytest.fixture(scope="session")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cube of 9,000 triples with faults."""
    folder = tmp_path_factory.mktemp("cube")
    clean = make(folder, 1000) / "data" / "cube.nt"
    with duckdb.connect() as sql:
        sql.execute("SET threads = 1")
        numbered = f"(SELECT line, row_number() OVER () AS n FROM {lines_of(clean)})"
        lines = sql.execute(f"WITH lines AS {numbered} {FAULTS}").fetchall()
    path = folder / "faulty.nt"
    path.write_text("".join(f"{line}\n" for (line,) in lines), "utf-8")
    return path


def test_a_cube_with_faults(cube: Path, parted: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kzlod.shacl.spark_work._FEW", 50)  # what is more stays in Spark
    assert agree([cube], shapes_file(tmp_path, CUBE), parted, parts=4) > 600
    assert parted.read.text(str(cube)).rdd.getNumPartitions() == 4


def test_every_form_of_data(cube: Path, parted: SparkSession, tmp_path: Path) -> None:
    """A folder of parts is one document, in whatever form: the report is that of its lines in one file."""
    lines = cube.read_text("utf-8").splitlines(keepends=True)[:900]
    lines[::9] = [f'_:b{n % 30} <http://example.org/trade/dim/value> "{n}" .\n' for n in range(len(lines[::9]))]
    shapes = shapes_file(tmp_path, CUBE + "ex:S sh:targetSubjectsOf <http://example.org/trade/dim/value> ;"
                         " sh:property [ sh:path <http://example.org/trade/dim/value> ; sh:maxCount 1 ] .")  # fmt: skip
    whole = tmp_path / "whole.nt"
    whole.write_text("".join(lines), "utf-8")
    wanted = shacl.validate(whole, shapes, engine="duckdb")
    folder = tmp_path / "parts[*] é"
    folder.mkdir()
    parts = [lines[:300], lines[300:600], lines[600:]]
    (folder / "part-0.nt").write_text("".join(parts[0]), "utf-8")
    (folder / "part-1.nq.gz").write_bytes(
        gzip.compress("".join(line.replace(" .\n", " <http://e/g> .\n") for line in parts[1]).encode())
    )
    plain = tmp_path / "plain.nt"
    plain.write_text("".join(line for line in parts[2] if not line.startswith(" ")), "utf-8")
    scan = f"SELECT split_part(line, ' ', 1) AS s, split_part(line, ' ', 2) AS p, line FROM {lines_of(plain)}"
    triples = f"SELECT s, p, substr(line, length(s) + length(p) + 3)[:-3] AS o FROM ({scan})"
    duckdb.execute(f"COPY ({triples}) TO '{folder}/part-2.parquet'")
    (folder / "_SUCCESS").touch()
    odd = [line for line in parts[2] if line.startswith(" ")]
    (folder / "part-3.nt").write_text("".join(odd), "utf-8")
    report = validate([folder], shapes, parted)
    said = [[(r.focus, r.path, r.value, r.component, r.message) for r in each.results] for each in (report, wanted)]
    assert said[0] == said[1]
    assert len(said[0]) > 50
    places = {re.sub(r":\d+$", "", result.place) for result in report.results}
    assert places >= {str(folder / name) for name in ("part-0.nt", "part-1.nq.gz", "part-2.parquet")}


def test_files_add_up_and_their_blank_nodes_do_not_meet(parted: SparkSession, tmp_path: Path) -> None:
    shapes = shapes_file(tmp_path, "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text(f'_:x <http://example.org/p> "{name}" .\n')
    (tmp_path / "c.nq").write_text("".join(f'_:x <http://example.org/p> "{text}" .\n' for text in "cd"))
    (tmp_path / "d.nt").touch()
    data = [tmp_path / name for name in ("a.nt", "b.nt", "c.nq", "d.nt")]
    assert agree(data, shapes, parted) == agree(data, shapes, parted, most=0) == 1


SOME = entries(SUITE / "manifest.ttl")[7::18]


@pytest.mark.parametrize(("manifest", "entry"), SOME)
def test_the_suite_of_w3c(manifest: Path, entry: str, parted: SparkSession, tmp_path: Path) -> None:
    here = graph(manifest)
    action = one(here, entry, f"{MF}action")
    data, shapes = (graph(file_of(one(here, action, SHT + name))) for name in ("dataGraph", "shapesGraph"))
    same(data, shapes, parted, tmp_path)


def same(data: Graph, shapes: Graph, spark: SparkSession, folder: Path) -> None:
    """Assert that Spark says what DuckDB says, or refuses by name what it cannot do."""
    path, known = ntriples(folder / "data.nt", data), ntriples(folder / "known.nt", shapes)
    try:
        agree([path], known, spark)
    except InputError as error:
        text = str(error)
        refused = "goes on without bound" in text or "constraint in SPARQL" in text
        if not refused:
            with pytest.raises(InputError, match=re.escape(error.message.removeprefix("the engine spark cannot do "))):
                shacl.validate(path, known, engine="duckdb")


few = settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@few
@given(everything)
def test_any_data_and_shapes(parted: SparkSession, tmp_path: Path, case: tuple[str, str]) -> None:
    same(read(case[0]), read(case[1]), parted, tmp_path)


@few
@given(st.sampled_from(COMPARED).flatmap(compared))
def test_any_order(parted: SparkSession, tmp_path: Path, case: tuple[str, str]) -> None:
    same(read(case[0]), read(case[1]), parted, tmp_path)


ALL = """ex:a a ex:Small ; ex:p "1"^^xsd:integer, "a"@en, "b"@EN, "\\n\\"\\\\", ex:b ;
    ex:q "2"^^xsd:integer, ex:b ; ex:r ex:a .
ex:b a ex:C ; ex:p "300"^^xsd:byte ; ex:q "1.5"^^xsd:decimal ; ex:at "2024-01-01T00:00:00Z"^^xsd:dateTime .
ex:c a ex:C ; ex:p ex:a, ex:b, ex:c ; ex:q ex:c ; ex:at "2024-01-01T05:00:00.5+05:00"^^xsd:dateTime . _:x ex:p _:x .
ex:Small rdfs:subClassOf ex:Medium . ex:Medium rdfs:subClassOf ex:Small .
"""
ALL_SHAPES = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:targetObjectsOf ex:r ; sh:closed true ;
    sh:ignoredProperties ( rdf:type ex:at ) ; sh:nodeKind sh:BlankNode ; sh:not ex:T ;
    sh:property [ sh:path ex:p ; sh:equals ex:q ; sh:disjoint ex:q ; sh:uniqueLang true ; sh:lessThan ex:q ;
        sh:class ex:C ; sh:minLength 2 ; sh:maxLength 1 ; sh:languageIn ( "de" ) ] ;
    sh:property [ sh:path ( ex:p [ sh:zeroOrOnePath [ sh:alternativePath ( ex:q [ sh:inversePath ex:r ] ) ] ] ) ;
        sh:maxCount 1 ; sh:hasValue ex:c ; sh:node ex:T ; sh:pattern "^.$" ; sh:flags "is" ;
        sh:message "is odd"@en, "ist\\nungerade"@de, "…" ] ;
    sh:property [ sh:path ex:at ; sh:minExclusive "2024-01-01T00:00:00Z"^^xsd:dateTime ; sh:minCount 2 ] ;
    sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMaxCount 1 ] ;
    sh:xone ( ex:T [ sh:nodeKind sh:IRI ] ) .
ex:T a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:datatype xsd:integer ] .
"""


def test_constraints_of_all_kinds(parted: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ontology = tmp_path / "ontology.ttl"
    ontology.write_text(PREFIXES + "ex:Medium rdfs:subClassOf ex:Large . ex:Large rdfs:subClassOf ex:C .", "utf-8")
    data, shapes = ntriples(tmp_path / "data.nt", read(ALL)), shapes_file(tmp_path, ALL_SHAPES)
    plain = agree([data], shapes, parted)
    assert plain > 30
    of_shapes = {result.messages for result in validate([data], shapes, parted).results if len(result.messages) > 1}
    assert of_shapes == {('"is odd"@en', '"ist\\nungerade"@de', '"…"')}
    # Terms that share a number at first, as good as all of them.
    number = SparkWork.number
    monkeypatch.setattr(SparkWork, "number", lambda work, x: number(work, x if work._salt else f"length({x})"))
    assert agree([data], shapes, parted, ontology=ontology) != plain


WRONG = [
    b"<http://e/a b> <http://e/p> <http://e/o> .",
    b'<http://e/s> <http://e/p> "a" "b" .',
    b"<rel> <http://e/p> <http://e/o> .",
    b"nonsense",
    b'<http://e/s> <http://e/p> "\xff" .',
]


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_is_named(line: bytes, parted: SparkSession, tmp_path: Path) -> None:
    shapes = shapes_file(tmp_path, "ex:S sh:targetNode ex:s ; sh:in () .")
    good = b"<http://e/s> <http://e/q> <http://e/o> .\n# note\n" * 60
    (tmp_path / "a.nt").write_bytes(good + line + b"\n" + good)
    with pytest.raises(InputError) as found:
        validate([tmp_path / "a.nt"], shapes, parted)
    assert str(found.value).startswith(f"{tmp_path}/a.nt:121: ")
    if b"\xff" not in line:
        with pytest.raises(InputError, match=re.escape(str(found.value))):
            shacl.validate(tmp_path / "a.nt", shapes, engine="duckdb")


REFUSED = {
    "a path that repeats": ("sh:property [ sh:path [ sh:inversePath [ sh:oneOrMorePath ex:p ] ] ; sh:minCount 1 ]",
                            "path ^(<http://example.org/p>+), and <http://example.org/p>+ goes on without bound"),
    "SPARQL": ('sh:sparql [ sh:select "SELECT $this { $this ?p ?o }" ]', "has a constraint in SPARQL"),
    "an expression": ('sh:pattern "(a)\\\\1"', "a back-reference"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_spark_cannot_do_is_refused_before_it_starts(
    name: str, kzlod: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape, said = REFUSED[name]
    monkeypatch.setattr("kzlod.quads.spark.session", None)
    shapes = shapes_file(tmp_path, f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; {shape} .")
    ran = kzlod("validate", tmp_path / "a.nt", "--shapes", shapes, "--engine", "spark")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "the engine spark cannot do" in ran.stderr
    assert said in ran.stderr
    assert "leave out --engine spark" in ran.stderr


def test_the_command(spark: SparkSession, kzlod: Callable[..., Ran], tmp_path: Path) -> None:
    shapes = shapes_file(tmp_path, "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxLength 1 ] .")
    (tmp_path / "a.nt").write_text("".join(f'<http://e/{x}> <http://example.org/p> "{x}" .\n' for x in ("a", "bb")))
    options = ("--shapes", shapes, "--engine", "spark", "--master", "local[2]")
    ran = kzlod("validate", tmp_path / "a.nt", *options)
    assert (ran.exit_code, ran.stderr) == (1, "")
    assert ran.stdout == kzlod("validate", tmp_path / "a.nt", "--shapes", shapes).stdout
    for name, content, said in (
        ("a.ttl", b"", "a.ttl: the engine spark does not read this form; name files of N-Triples"),
        ("none.nt", None, "none.nt: is not there"),
        ("empty.nt", b"# nothing\n", "the data holds no triple"),
        ("folder", None, "holds no parts of N-Triples"),
    ):
        (tmp_path / "folder").mkdir(exist_ok=True)
        if content is not None:
            (tmp_path / name).write_bytes(content)
        ran = kzlod("validate", tmp_path / name, *options)
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert said in ran.stderr
    duckdb.execute(f"COPY (SELECT 'a' AS s, 1 AS o) TO '{tmp_path}/bad.parquet'")
    assert "bad.parquet: has no column p, o of texts" in kzlod("validate", tmp_path / "bad.parquet", *options).stderr
    duckdb.execute(f"COPY (SELECT 'a' AS s, 'b' AS p, 'c' AS o) TO '{tmp_path}/bad.parquet'")
    assert "bad.parquet: a row is no triple of" in kzlod("validate", tmp_path / "bad.parquet", *options).stderr
