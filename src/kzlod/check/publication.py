"""What cannot be published: what a format of the release cannot carry."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Unplaced
from kzlod.quads.rdfxml import unwritable


def check_publication(dataset: Dataset) -> Iterator[Unplaced]:
    """The quads that a format cannot carry."""
    for (s, p, o, _), reason in unwritable(dataset.table):
        remedy = "end the property's IRI in a name" if "predicate" in reason else "take it out"
        yield Unplaced("format.rdfxml", reason, s=s, p=p, o=o, remedy=remedy)
