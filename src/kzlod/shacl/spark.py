"""Validation on Spark: the same plan over data in many parts, with the report that DuckDB gives.

    shacl.validate("cube/", "shapes.ttl", engine="spark", master="spark://host:7077")

What only one machine can do is refused by name before anything runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.quads import QuadTable
from kzlod.shacl.compiles import uncompiled
from kzlod.shacl.model import Shape, Shapes
from kzlod.shacl.operation import axioms
from kzlod.shacl.paths import Path
from kzlod.shacl.plan import make_plan
from kzlod.shacl.report import Report
from kzlod.shacl.results import Gathering
from kzlod.shacl.source import Source
from kzlod.shacl.spark_data import SparkData
from kzlod.shacl.spark_work import SparkWork
from kzlod.shacl.validation import compiled, meanings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from kzlod.shacl.graph import Graph


def validate(
    paths: list[str | os.PathLike[str]],
    shapes: Shapes,
    *,
    spark: SparkSession,
    ontology: Graph,
    most: int | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Report:
    """Validate the files and folders at some paths (see `spark_data`) against shapes that `refuse` does not.

    Raises `InputError` for data that cannot be read, and for data without any triple.
    """
    step("data")
    data = SparkData(spark, paths)
    if data.is_empty():
        raise InputError("the data holds no triple, so nothing would be validated", remedy="name other data")
    data.add(axioms(ontology, shapes))
    plan = make_plan(shapes)
    cursor = QuadTable().cursor()
    gathering = compiled(SparkWork(data, plan, cursor), shapes, Gathering(cursor, meanings(plan)), step)
    step("report")
    return gathering.report(
        owners=shapes.owners(), warnings=shapes.warnings, prefixes=shapes.graph.prefixes, most=most, placing=data.place
    )


def refuse(shapes: Shapes) -> None:
    """Raise `InputError` for the first shape that says what this engine cannot do."""
    for shape in make_plan(shapes).shapes:
        if shape.path and (endless := _endless(shape.path)):
            raise _refused(shape, f"has the path {shape.path}, and {endless} goes on without bound")
        for constraint in shape.constraints:
            if constraint.query is not None:
                raise _refused(shape, "has a constraint in SPARQL")
    with QuadTable() as table:
        for name, reason in uncompiled(table.sql, Source().query(), shapes).items():
            raise _refused(shapes[name], reason)


def _refused(shape: Shape, reason: str) -> InputError:
    message = f"the engine spark cannot do {shape.id}: it {reason}"
    return InputError(message, where=shape.file or "shapes", remedy="leave out --engine spark")


def _endless(path: Path) -> Path | None:
    """The first part of a path that repeats any number of times."""
    if path.kind in ("*", "+"):
        return path
    return next((found for part in path.parts if (found := _endless(part))), None)
