"""The reference validator: pySHACL over rdflib graphs, for all of SHACL."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.quads import QuadTable
from kzlod.quads.read import parse_file
from kzlod.quads.terms import iri, literal
from kzlod.shacl.report import Report, Result

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node


def _token(node: Node | None) -> str:
    from rdflib import BNode, Literal, URIRef

    if isinstance(node, Literal):
        datatype = {"datatype": str(node.datatype)} if node.datatype else {}
        return literal(str(node), language=(node.language or "").lower(), **datatype)
    if isinstance(node, URIRef):
        return iri(str(node))
    return f"_:{node}" if isinstance(node, BNode) else ""


def _graph(table: QuadTable) -> Graph:
    from rdflib import Graph

    graph = Graph()
    lines = (f"{s} {p} {o} ." for s, p, o, _ in table)
    graph.parse(data="\n".join(lines), format="nt")
    return graph


def read_shapes(paths: Mapping[str, Path]) -> Graph:
    """The shapes of some Turtle files, by the names to show, as one graph; raises `InputError` for what does not parse.

    The syntax is checked by the parser of all other inputs, whose messages say the line and what is wrong in one.
    """
    from rdflib import Graph

    shapes = Graph()
    for shown, path in paths.items():
        for _ in parse_file(path, shown=shown):
            pass
        shapes.parse(path, format="turtle")
    return shapes


def validate(table: QuadTable, shapes: Mapping[str, Path]) -> Report:
    """Validate the union of a table's graphs against shapes in Turtle files, by the names to show.

    Raises `InputError` for shapes that are no shapes.
    """
    import pyshacl
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
    from rdflib import SH

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    try:
        conforms, report, _ = pyshacl.validate(_graph(table), shacl_graph=read_shapes(shapes), advanced=False)
    except (ReportableRuntimeError, ShapeLoadError, ConstraintLoadError) as error:
        raise InputError(f"the shapes cannot be used: {error}", where="shapes") from error
    results = []
    for node in report.objects(None, SH.result):
        value = {name: _token(report.value(node, SH[name])) for name in ("focusNode", "resultPath", "value")}
        message = min((str(text) for text in report.objects(node, SH.resultMessage)), default="")
        results.append(
            Result(
                focus=value["focusNode"],
                path=value["resultPath"],
                value=value["value"],
                component=_token(report.value(node, SH.sourceConstraintComponent)),
                severity=_token(report.value(node, SH.resultSeverity)),
                shape=_token(report.value(node, SH.sourceShape)),
                message=message,
            )
        )
    return Report(bool(conforms), tuple(sorted(results)))
