"""Cubes: what the integrity constraints of the RDF Data Cube Vocabulary find, told as findings about rows."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod import cube
from kzlod.dataset import Dataset
from kzlod.findings import Unplaced


def check_cubes(dataset: Dataset) -> Iterator[Unplaced]:
    """The violations of the integrity constraints (RDF Data Cube Vocabulary, section 11.1)."""
    for found in cube.check(dataset.table):
        yield Unplaced(found.code, found.message, s=found.node, p=found.predicate, o=found.value, remedy=found.remedy)
