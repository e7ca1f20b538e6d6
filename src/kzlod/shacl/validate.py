"""Validation: shapes to findings, on the engine that can do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from kzlod.errors import InputError
from kzlod.quads import QuadTable
from kzlod.shacl import reference
from kzlod.shacl.compiles import uncompiled
from kzlod.shacl.messages import message
from kzlod.shacl.model import Shapes
from kzlod.shacl.plan import Plan, make_plan
from kzlod.shacl.report import Report, Result
from kzlod.shacl.shapes import read_shapes
from kzlod.shacl.sparql import Store, queries, seen
from kzlod.shacl.sql import Run

Engine = Literal["auto", "duckdb", "pyshacl"]

_TRIPLES = "SELECT s, p, o FROM quads"
_BATCH = 50_000


def validate(table: QuadTable, shapes: Mapping[str, Path] | Shapes, *, engine: Engine = "auto") -> Report:
    """Validate the union of a table's graphs against shapes: files by the names to show, or shapes that were read.

    `auto` compiles the shapes to SQL, and gives to pySHACL those that do not compile; `duckdb` refuses those.
    Raises `InputError`, before anything is validated, for shapes that are not well-formed, that are defined by
    themselves, or that say what is not supported.

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
    if engine == "pyshacl":
        report = reference.validate(_triples(table), known.graph)
        return Report(report.conforms, report.results, known.warnings)
    reasons = uncompiled(table.sql, known)
    if reasons and engine == "duckdb":
        (shape, reason), *_ = reasons.items()
        raise InputError(
            f"{shape} {reason}", where=known[shape].file or "shapes", remedy="validate with the engine auto or pyshacl"
        )
    left = frozenset(s.id for s in known if s.targets and known.reachable(s.id) & reasons.keys())
    results = _compiled(table, known, make_plan(known, without=left))
    if left:
        results += reference.validate(_triples(table), known.graph, roots=left).results
    return Report(not results, tuple(sorted(results)), known.warnings)


def _triples(table: QuadTable) -> Iterator[tuple[str, str, str]]:
    cursor = table.cursor().execute(f"SELECT DISTINCT * FROM ({_TRIPLES})")
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def _compiled(table: QuadTable, shapes: Shapes, plan: Plan) -> list[Result]:
    """The results of the shapes of a plan."""
    prepared = queries(plan)
    with Run(table.cursor(), _TRIPLES, plan) as run:
        run.prepare()
        store = Store(run.texts(seen(prepared.values())), shapes.graph)
        for number, query in prepared.items():
            numbered = plan.constraints[number]
            asked = run.pairs(numbered.shape) if query.is_ask else [(node, node) for node in run.asked(numbered.shape)]
            run.add(store.find(numbered, plan.shapes[numbered.shape], query, asked, run.forms))
        found = run.finish()
    results = []
    for number, focus, value, path, text in found:
        numbered = plan.constraints[number]
        shape, constraint = plan.shapes[numbered.shape], numbered.constraint
        results.append(
            Result(
                focus=focus,
                path=path or (str(shape.path) if shape.path else ""),
                value=value,
                component=constraint.token,
                severity=shape.severity,
                shape=shape.id,
                message=text or message(shape, constraint),
            )
        )
    return results
