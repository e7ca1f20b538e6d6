"""Data cubes: every integrity constraint has the verdict of the specification's own query (tests/cube_oracle.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzlod import cube
from kzlod.check import check
from kzlod.cube import CONSTRAINTS, Violation
from kzlod.cube.terms import TYPE, qb
from kzlod.cube.values import LITERAL, NAN, value_key
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.quads import QuadTable
from kzlod.quads.read import add_file, token
from kzlod.terms import literal
from kzlod.vocab import XSD
from tests.cube_oracle import violated
from tests.editing import line_of, put, repeat, replace

CUBES = Path(__file__).parent / "cubes"
BASE = "http://example.org/"
GRAPHS = ("", f"<{BASE}graph/1>", f"<{BASE}graph/2>")
SOUND = [list(ox.parse(path=CUBES / f"ic{number:02}-pass.ttl")) for number in (1, 7, 15, 19, 20, 21)]
ODD = list(ox.parse(path=CUBES / "odd.ttl"))
"""Odd triples, to be mixed in."""


def tokens(quad: ox.Quad) -> tuple[str, str, str]:
    return token(quad.subject), token(quad.predicate), token(quad.object)


def found(quads: Sequence[ox.Quad], graphs: Sequence[str] = ("",)) -> tuple[Violation, ...]:
    """What the check says of some quads, which are spread over graphs."""
    with QuadTable() as table:
        rows = ((*tokens(quad), graphs[place % len(graphs)], place) for place, quad in enumerate(quads))
        table.add(rows, table.source("cube"))
        return cube.check(table)


def numbers(violations: Iterable[Violation]) -> set[int]:
    return {violation.number for violation in violations}


def test_every_constraint_has_its_fixtures() -> None:
    names = {f"ic{constraint.number:02}-{verdict}.ttl" for constraint in CONSTRAINTS for verdict in ("pass", "fail")}
    assert {path.name for path in CUBES.glob("ic*")} == names
    assert [constraint.number for constraint in CONSTRAINTS] == list(range(1, 22))


@pytest.mark.parametrize("verdict", ["pass", "fail"])
@pytest.mark.parametrize("number", [constraint.number for constraint in CONSTRAINTS])
def test_fixture(number: int, verdict: str) -> None:
    path = CUBES / f"ic{number:02}-{verdict}.ttl"
    with QuadTable() as table:
        add_file(table, path, base=BASE)
        violations = cube.check(table)
    quads = list(ox.parse(path=path))
    assert numbers(violations) == violated(quads)
    assert numbers(found(quads, GRAPHS)) == numbers(violations)
    assert list(violations) == sorted(violations)
    assert (number in numbers(violations)) if verdict == "fail" else not violations


MUTATIONS = st.lists(
    st.tuples(st.sampled_from(["drop", "odd", "copy", "change", "add"]), *[st.integers(0, 10_000)] * 4), max_size=6
)


def mutated(quads: Sequence[ox.Quad], mutations: Iterable[tuple[str, int, int, int, int]]) -> list[ox.Quad]:
    """A cube in which triples are left out, added and changed, and observations repeated."""
    made = list(quads)
    for what, which, part, other, number in mutations:
        chosen = (made or ODD)[which % len(made or ODD)]
        pool = [*made, *ODD][other % (len(made) + len(ODD))]
        terms = [(chosen, pool)[part % 3 == place] for place in range(3)]
        changed = ox.Quad(terms[0].subject, terms[1].predicate, terms[2].object)
        if what in ("drop", "change") and made:
            made.remove(chosen)
        if what in ("change", "add"):
            made.append(changed)
        if what == "odd":
            made.append(ODD[which % len(ODD)])
        if what == "copy":
            copy = ox.NamedNode(f"{BASE}copy{number % 3}")
            made += [ox.Quad(copy, quad.predicate, quad.object) for quad in made if quad.subject == chosen.subject]
    return list(dict.fromkeys(made))


FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(st.sampled_from(SOUND), MUTATIONS, st.integers(1, 3))
def test_verdicts_of_broken_cubes(
    quads: list[ox.Quad], mutations: list[tuple[str, int, int, int, int]], n: int
) -> None:
    broken = mutated(quads, mutations)
    assert numbers(found(broken, GRAPHS[:n])) == violated(broken)


VALUES = [
    *(ox.Literal(form, datatype=ox.NamedNode(XSD + name)) for form, name in (("1", "int"), ("01", "integer"))),
    *(ox.Literal(form, datatype=ox.NamedNode(XSD + "double")) for form in ("1e0", "NaN")),
    *(ox.Literal(form, datatype=ox.NamedNode(f"{BASE}type")) for form in "ab"),
    *(ox.Literal("1"), ox.Literal("1", language="en"), ox.NamedNode(f"{BASE}one"), ox.BlankNode("one")),
]
ROW = st.tuples(
    st.sampled_from([["rain"], ["rain"], ["snow"], ["rain", "snow"]]),
    *[st.lists(st.sampled_from(VALUES), max_size=2, unique=True)] * 2,
    st.lists(st.sampled_from(["depth", "days"]), max_size=2, unique=True),
)
STRUCTURES = """
PREFIX e: <http://example.org/> PREFIX qb: <http://purl.org/linked-data/cube#>
e:rain qb:structure e:structure .
e:structure qb:component [ qb:dimension e:x ], [ qb:dimension e:y ], [ qb:measure e:depth ], e:days .
e:days qb:measure e:days .
e:snow qb:structure e:other .
e:other qb:component [ qb:dimension e:x ], e:days, [ qb:dimension qb:measureType ] .
"""


@FEW
@given(st.lists(ROW, min_size=2, max_size=5))
def test_points_of_cubes(rows: list[tuple[list[str], list[ox.Term], list[ox.Term], list[str]]]) -> None:
    """Observations of several data sets, with no value or several, that compare or do not: IC-12, IC-17."""
    quads = list(ox.parse(STRUCTURES, format=ox.RdfFormat.TURTLE))
    for place, (datasets, x, y, types) in enumerate(rows):
        said = {
            qb("dataSet")[1:-1]: [ox.NamedNode(BASE + dataset) for dataset in datasets],
            qb("measureType")[1:-1]: [ox.NamedNode(BASE + measure) for measure in types],
            **{f"{BASE}{measure}": [ox.Literal("1")] for measure in types},
            f"{BASE}x": x,
            f"{BASE}y": y,
        }
        obs = ox.NamedNode(f"{BASE}obs{place}")
        quads += [ox.Quad(obs, ox.NamedNode(name), value) for name, values in said.items() for value in values]
    assert numbers(found(quads)) == violated(quads)


LITERALS = [
    *((form, "integer") for form in ("1", "01", "+1", "-0", "0", "x", "1.0")),
    *((form, "decimal") for form in ("1.0", "1.50", "1.5", ".5", "0.5")),
    *(
        (form, name)
        for form in ("1", "1e0", "15e-1", "0.5", "INF", "-INF", "NaN", "-0")
        for name in ("double", "float")
    ),
    *((form, "boolean") for form in ("true", "1", "0", "yes")),
    *((form, "dateTime") for form in ("2023-12-31T24:00:00", "2024-01-01T00:00:00", "2024-01-01T00:00:00.00")),
    *((form, "dateTime") for form in ("2024-01-01T00:00:00Z", "2024-01-01T05:00:00+05:00", "2023-02-29T00:00:00")),
    *((form, "date") for form in ("2024-02-29", "2024-02-29Z", "2024-02-29+00:00", "2023-02-29", "2024-02-28")),
    *((form, "gYear") for form in ("2024", "2024Z", "2024+00:00", "24")),
    *((form, "time") for form in ("12:00:00", "12:00:00.0", "12:00:00Z")),
    *((form, "duration") for form in ("P1Y", "P12M", "P1D", "PT24H", "PT86400.0S", "P", "-P1D")),
    *((form, "dayTimeDuration") for form in ("P1D", "PT24H")),
    *((form, "string") for form in ("1", "true")),
    *((form, "anyURI") for form in ("1", "true")),
]


def test_values_are_equal_as_in_sparql() -> None:
    """Literals have the same key where Oxigraph says that they are equal."""
    terms = [ox.Literal(form, datatype=ox.NamedNode(XSD + name)) for form, name in LITERALS]
    rows = " ".join(f"({a} {b} {i} {j})" for i, a in enumerate(terms) for j, b in enumerate(terms))
    query = f"SELECT ?i ?j {{ VALUES (?a ?b ?i ?j) {{ {rows} }} FILTER (?a = ?b) }}"
    equal = {(int(s["i"].value), int(s["j"].value)) for s in ox.Store().query(query)}
    keys = [value_key(token(term)) for term in terms]
    places = range(len(terms))
    assert equal == {(i, j) for i in places for j in places if keys[i] == keys[j] and keys[i][1] != NAN}


def test_value_without_time_zone_that_python_cannot_count() -> None:
    """The last hours that Python has: nothing is added to them."""
    token_ = literal("9999-12-31T23:00:00-05:00", datatype=XSD + "dateTime")
    assert value_key(token_) == (token_, LITERAL)


def test_a_cube_is_left_as_it_is() -> None:
    with QuadTable() as table:
        add_file(table, CUBES / "ic18-fail.ttl", base=BASE)
        before = table.digest(), table.rows("SELECT table_name FROM duckdb_tables() ORDER BY 1")
        assert cube.check(table) == cube.check(table) != ()
        assert (table.digest(), table.rows("SELECT table_name FROM duckdb_tables() ORDER BY 1")) == before


def test_what_is_no_cube() -> None:
    with QuadTable() as table:
        assert cube.check(table) == ()
        table.add([(f"<{BASE}a>", TYPE, f"<{BASE}Thing>", "", 1)], table.source("a.nt"))
        assert cube.check(table) == ()


def test_a_million_violations_are_few_lines() -> None:
    """Of each constraint some violations are told, and how many more there are."""
    quads = [*SOUND[0], *mutated(SOUND[0], [("copy", len(SOUND[0]) - 1, 0, 0, number) for number in range(3)])]
    with QuadTable() as table:
        rows = ((*tokens(quad), "", 0) for quad in quads)
        table.add(rows, table.source("cube"))
        everything, some = cube.check(table), cube.check(table, most=2)
    assert [violation.node[-6:-1] for violation in everything] == ["copy1", "copy2", "/obs3"]
    assert [violation.number for violation in some] == [12, 12]
    assert some[0] == everything[0]
    assert some[1].message == f"{everything[1].message} (and so it is with 1 more)"


def test_violation_says_what_and_where() -> None:
    (violation,) = found(list(ox.parse(path=CUBES / "ic19-fail.ttl")))
    assert (violation.code, violation.node) == ("cube.ic-19", f"<{BASE}obs2>")
    assert (violation.predicate, violation.value) == (f"<{BASE}area>", f"<{BASE}west>")
    assert violation.message == "the area west is no concept of areas"
    assert violation.remedy.startswith("correct the code")


def test_reference_dataset_is_a_sound_cube() -> None:
    with Dataset.open(Project.reference()) as dataset:
        assert cube.check(dataset.table) == ()


def test_gate_shows_the_row(tiny: Path) -> None:
    table, key = "data/observations.csv", "length-alder-footbridge-001"
    repeat(tiny, table, key, id="length-alder-footbridge-009")
    with Dataset.open(Project.read(tiny)) as dataset:
        findings = [finding for finding in check(dataset) if finding.code.startswith("cube.")]
    assert [(finding.code, finding.file) for finding in findings] == [("cube.ic-12", table)]
    assert findings[0].row == line_of(tiny, table, "length-alder-footbridge-009")


def test_gate_shows_the_column(tiny: Path) -> None:
    """What no shape asks, a constraint does: the code list of a dimension."""
    for path in (tiny / "shapes").glob("*.ttl"):
        path.unlink()
    table, key = "data/observations.csv", "length-alder-footbridge-001"
    put(tiny, table, key, status="actually")
    replace(tiny, "ontology/cube.ttl", "qb:dimension kz:evidence", "qb:dimension kz:note")
    with Dataset.open(Project.read(tiny)) as dataset:
        findings = {(f.code, f.file, f.row, f.column) for f in check(dataset) if f.code.startswith("cube.")}
    assert ("cube.ic-19", table, line_of(tiny, table, key), "status") in findings
    assert {code for code, *_ in findings} == {f"cube.ic-{number}" for number in (4, 11, 12, 19)}
