"""Validation: shapes to findings, on the engine that can do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from kzlod.errors import InputError
from kzlod.quads import QuadTable
from kzlod.shacl import reference
from kzlod.shacl.compiles import uncompiled
from kzlod.shacl.messages import joined, shared
from kzlod.shacl.model import Shapes
from kzlod.shacl.plan import Plan, make_plan
from kzlod.shacl.report import Report
from kzlod.shacl.results import Gathering, Meaning, Placing
from kzlod.shacl.shapes import read_shapes
from kzlod.shacl.source import Source
from kzlod.shacl.sparql import Store, queries, seen
from kzlod.shacl.sql import Run
from kzlod.shacl.sql_work import Work

Engine = Literal["auto", "duckdb", "pyshacl", "spark"]
Local = Literal["auto", "duckdb", "pyshacl"]

_BATCH = 50_000
_IDLE = (
    "the data has nothing that a shape targets, so nothing was validated: are these the data that the shapes are for?"
)


def validate(
    table: QuadTable,
    shapes: Mapping[str, Path] | Shapes,
    *,
    engine: Local = "auto",
    source: Source | None = None,
    most: int | None = None,
    placing: Placing | None = None,
    prefixes: Mapping[str, str] | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Report:
    """Validate the union of a table's graphs against shapes: files by the names to show, or shapes that were read.

    `auto` compiles the shapes to SQL, and gives to pySHACL those that do not compile; `duckdb` refuses those.
    `source` says what is validated where files are scanned too. Of each group of results the report has the first
    ones, if `most` says how many, with the places that `placing` finds. `step` is told what is being done.
    Raises `InputError`, before anything is validated, for shapes that are not well-formed, that are defined by
    themselves, or that say what is not supported; DuckDB's error, for a file that cannot be scanned.

    >>> from kzlod.shacl.graph import Graph
    >>> from kzlod.shacl.shapes import from_graph
    >>> sh, graph = "http://www.w3.org/ns/shacl#", Graph()
    >>> graph.add("<http://e/Shape>", f"<{sh}targetSubjectsOf>", "<http://e/p>")
    >>> graph.add("<http://e/Shape>", f"<{sh}pattern>", '"^http://f/"')
    >>> table = QuadTable()
    >>> table.add([("<http://e/a>", "<http://e/p>", '"1"', "", 1)], table.source("a.nt"))
    >>> [(result.focus, result.message) for result in validate(table, from_graph(graph)).results]
    [('<http://e/a>', 'does not match ^http://f/')]
    """
    known = shapes if isinstance(shapes, Shapes) else read_shapes(shapes)
    queries(make_plan(known))
    source = source or Source()
    cursor = table.cursor()
    if engine == "pyshacl":
        step("pySHACL")
        gathering = Gathering(cursor)
        gathering.add(reference.validate(_triples(table, source), known).results)
    else:
        reasons = uncompiled(table.sql, source.query(), known)
        if reasons and engine == "duckdb":
            (shape, reason), *_ = reasons.items()
            where, remedy = known[shape].file or "shapes", "validate with the engine auto or pyshacl"
            raise InputError(f"{shape} {reason}", where=where, remedy=remedy)
        left = frozenset(s.id for s in known if s.targets and known.reachable(s.id) & reasons.keys())
        work = Work(cursor, source.query(), make_plan(known, without=left), source.checked if source.scans else None)
        gathering = compiled(work, known, Gathering(cursor, meanings(work.plan)), step)
        if left:
            step("pySHACL")
            gathering.add(reference.validate(_triples(table, source), known, roots=left).results)
    step("report")
    return gathering.report(
        owners=known.owners(), warnings=known.warnings, prefixes=prefixes, most=most, placing=placing
    )


def _triples(table: QuadTable, source: Source) -> Iterator[tuple[str, str, str]]:
    cursor = table.cursor().execute(f"SELECT DISTINCT s, p, o FROM ({source.checked(())})")
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def compiled(work: Work, shapes: Shapes, gathering: Gathering, step: Callable[[str], None]) -> Gathering:
    """The results of the shapes of a plan, with what those of its constraints have in common, are gathered."""
    plan = work.plan
    prepared = queries(plan)
    step("focus nodes")
    with Run(work) as run:
        run.prepare()
        store = Store(run.texts(seen(prepared.values())), shapes.graph)
        for number, query in prepared.items():
            step("SPARQL")
            numbered = plan.constraints[number]
            asked = run.pairs(numbered.shape) if query.is_ask else [(node, node) for node in run.asked(numbered.shape)]
            run.add(store.find(numbered, plan.shapes[numbered.shape], query, asked, run.forms))
        step("constraints")
        if run.is_idle() and any(shape.targets for shape in plan.shapes):
            gathering.warnings = (_IDLE,)
        run.finish()
        run.gather(gathering.numbers)
    return gathering


def meanings(plan: Plan) -> Iterator[Meaning]:
    """What the results of each constraint have in common."""
    for numbered in plan.constraints:
        shape, constraint = plan.shapes[numbered.shape], numbered.constraint
        path = str(shape.path) if shape.path else ""
        text = joined(shared(shape, constraint))
        yield path, constraint.token, shape.severity, shape.id, text, constraint.source
