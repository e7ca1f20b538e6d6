"""Cubes: what the integrity constraints of the RDF Data Cube Vocabulary find, told as findings about rows."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod import cube
from kzlod.dataset import Dataset
from kzlod.findings import Unplaced
from kzlod.vocab import QB, RDF

_PARTS = [f"<{QB}{name}>" for name in ("DataSet", "DataStructureDefinition", "Observation", "Slice", "SliceKey")]


def check_cubes(dataset: Dataset) -> Iterator[Unplaced]:
    """The violations of the integrity constraints (RDF Data Cube Vocabulary, section 11.1).

    A dataset without a cube may have dimensions for others, and is not asked.
    """
    some = "SELECT 1 FROM quads WHERE p = $type AND list_contains($parts, o) LIMIT 1"
    if not list(dataset.table.rows(some, {"type": f"<{RDF}type>", "parts": _PARTS})):
        return
    for found in cube.check(dataset.table):
        yield Unplaced(found.code, found.message, s=found.node, p=found.predicate, o=found.value, remedy=found.remedy)
