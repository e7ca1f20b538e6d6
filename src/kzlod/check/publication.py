"""What cannot be published: blank nodes, and what a format of the release cannot carry."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Finding
from kzlod.quads.rdfxml import unwritable


def check_publication(dataset: Dataset) -> Iterator[Finding]:
    """The quads that have a blank node, and those that a format cannot carry."""
    query = "SELECT s, p, o FROM quads WHERE starts_with(s, '_:') OR starts_with(o, '_:') ORDER BY ALL"
    for s, p, o in dataset.table.rows(query):
        message = "makes a node without an IRI, which cannot be published"
        yield dataset.finding("rdf.blank-node", message, s=s, p=p, o=o, remedy="give the column an aboutUrl")
    for (s, p, o, _), reason in unwritable(dataset.table):
        remedy = "end the property's IRI in a name" if "predicate" in reason else "take it out"
        yield dataset.finding("format.rdfxml", reason, s=s, p=p, o=o, remedy=remedy)
