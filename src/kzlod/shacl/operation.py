"""Validation of what is given, whatever it is: the data, the shapes and the ontology are read, then validated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import duckdb

from kzlod.errors import InputError
from kzlod.quads.scan import refused
from kzlod.shacl.data import Data, paths_of, shapes_graph
from kzlod.shacl.graph import Graph
from kzlod.shacl.model import Shapes
from kzlod.shacl.plan import SUBCLASS
from kzlod.shacl.report import Report
from kzlod.shacl.shapes import from_graph
from kzlod.shacl.validation import Engine, validate

if TYPE_CHECKING:
    from kzlod.shacl.data import Given


def validate_given(
    data: Given,
    shapes: Given,
    *,
    ontology: Given,
    engine: Engine,
    master: str,
    max_results: int | None,
    step: Callable[[str], None],
) -> Report:
    """What `kzlod.shacl.validate` says."""
    step("shapes")
    graph = shapes_graph(shapes)
    known = from_graph(graph)
    if engine == "spark":
        from kzlod.quads.spark import session
        from kzlod.shacl import spark

        spark.refuse(known)
        with session(master) as own:
            return spark.validate(
                paths_of(data), known, spark=own, ontology=shapes_graph(ontology), most=max_results, step=step
            )
    step("data")
    with Data(data) as given:
        prefixes = {**given.prefixes, **graph.prefixes}
        if given.is_empty():
            raise InputError("the data holds no triple, so nothing would be validated", remedy="name other data")
        given.add(axioms(shapes_graph(ontology), known))

        def run() -> Report:
            return validate(
                given.table,
                known,
                engine=engine,
                source=given.source,
                most=max_results,
                placing=given.place,
                prefixes=prefixes,
                step=step,
            )

        try:
            return run()
        except duckdb.Error as error:
            if not (given.source.scans and refused(error)):
                raise
        step("data, line by line")
        given.load()
        return run()


def axioms(ontology: Graph, shapes: Shapes) -> Iterator[tuple[str, str, str]]:
    """The subclass axioms of an ontology that lead to a class that shapes ask about."""
    below: dict[str, list[str]] = {}
    for s, p, o in ontology.triples():
        if p == SUBCLASS and s.startswith("<"):
            below.setdefault(o, []).append(s)
    todo = [target.term for shape in shapes for target in shape.targets if target.kind == "class"]
    todo += [c.terms[0] for shape in shapes for c in shape.constraints if c.component == "Class"]
    done = set(todo)
    while todo:
        above = todo.pop()
        for name in below.get(above, ()):
            yield name, SUBCLASS, above
            if name not in done:
                done.add(name)
                todo.append(name)
