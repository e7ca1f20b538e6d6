"""The reference validator: pySHACL over rdflib graphs, for all of SHACL."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.shacl.foreign import from_rdflib as _token
from kzlod.shacl.graph import Graph
from kzlod.shacl.messages import VARIABLE, messages
from kzlod.shacl.model import Shapes
from kzlod.shacl.paths import read_path
from kzlod.shacl.report import Report, Result
from kzlod.terms import literal, parse
from kzlod.vocab import RDF, SH

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

_TYPE = f"<{RDF}type>"
_TARGETS = frozenset(f"<{SH}target{kind}>" for kind in ("Class", "Node", "SubjectsOf", "ObjectsOf"))


def _node(token: str) -> Node:
    from rdflib import BNode, Literal, URIRef

    term = parse(token)
    if term.kind == "iri":
        return URIRef(term.value)
    if term.kind == "blank":
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    # A text is plain in rdflib; and a number keeps the form that it has.
    datatype = URIRef(term.datatype) if token.endswith(">") else None
    return Literal(term.value, datatype=datatype, normalize=False)


def _graph(triples: Iterable[tuple[str, str, str]]) -> rdflib.Graph:
    from rdflib import Graph

    graph = Graph()
    nodes: dict[str, Node] = {}
    for triple in triples:
        for token in triple:
            if token not in nodes:
                nodes[token] = _node(token)
        graph.add((nodes[triple[0]], nodes[triple[1]], nodes[triple[2]]))
    return graph


def validate(
    triples: Iterable[tuple[str, str, str]], shapes: Shapes, *, roots: Collection[str] | None = None
) -> Report:
    """Validate triples of tokens against shapes; against the targets of some of them only, if so asked.

    Raises `InputError` for shapes that are no shapes.
    """
    import pyshacl
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure
    from rdflib import SH as TERM

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    data = _graph(triples)
    kept = shapes.graph.triples() if roots is None else _without_targets(shapes.graph, roots)
    try:
        conforms, report, _ = pyshacl.validate(data, shacl_graph=_graph(kept), advanced=False)
    except (ReportableRuntimeError, ShapeLoadError, ConstraintLoadError) as error:
        raise InputError(f"the shapes cannot be used: {error}", where="shapes") from error
    except Exception as error:
        # rdflib raises bare exceptions, and Python where shapes or queries are nested deeply.
        raise InputError(f"pySHACL cannot validate: {error}", where="shapes") from error
    if isinstance(report, ValidationFailure):
        raise InputError(f"pySHACL cannot validate: {report}", where="shapes")
    said = Graph()
    for s, p, o in report:
        said.add(_token(s), _token(p), _token(o))
    results = []
    for node in report.objects(None, TERM.result):
        value = {name: _token(report.value(node, TERM[name])) for name in ("focusNode", "resultPath", "value")}
        result = Result(
            focus=value["focusNode"],
            path=str(read_path(said, value["resultPath"])) if value["resultPath"] else "",
            value=value["value"],
            component=_token(report.value(node, TERM.sourceConstraintComponent)),
            severity=_token(report.value(node, TERM.resultSeverity)),
            shape=_token(report.value(node, TERM.sourceShape)),
            messages=tuple(sorted(_token(text) for text in report.objects(node, TERM.resultMessage))),
            constraint=_token(report.value(node, TERM.sourceConstraint)),
        )
        results.append(replace(result, messages=_messages(shapes, result)))
    return Report(bool(conforms), tuple(sorted(results)))


def _messages(shapes: Shapes, result: Result) -> tuple[str, ...]:
    """The messages of a result: pySHACL's, but of a query those that the standard wants (section 5.3.2).

    Of a query pySHACL gives the shape's messages with the constraint's, those of other results too, and none with a
    language. It is asked for the values of variables only.
    """
    shape = shapes[result.shape]
    for constraint in shape.constraints:
        if constraint.query and (constraint.token, constraint.source) == (result.component, result.constraint):
            known = {"this": result.focus} | ({"value": result.value} if result.value else {})
            return tuple(_completed(text, result.messages) for text in messages(shape, constraint, known))
    return result.messages


def _completed(message: str, told: Iterable[str]) -> str:
    """A message, with the values that the one text of its form has for the variables that it names."""
    term = parse(message)
    wanted = re.compile(".*".join(map(re.escape, VARIABLE.split(term.value)[::2])), re.DOTALL)
    texts = [text for token in told if wanted.fullmatch(text := parse(token).value)]
    return literal(texts[0], language=term.language) if len(texts) == 1 else message


def _without_targets(shapes: Graph, roots: Collection[str]) -> Iterable[tuple[str, str, str]]:
    """The shapes graph, in which only some shapes have targets; a class that is a shape is one no more."""
    for s, p, o in shapes.triples():
        implicit = p == _TYPE and not o.startswith(f"<{SH}")
        if s in roots or not (p in _TARGETS or implicit):
            yield s, p, o
