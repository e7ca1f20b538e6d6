"""The names of the RDF Data Cube Vocabulary and of what it builds on, as tokens, and texts in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from kzlod.quads.sqltext import text
from kzlod.terms import iri
from kzlod.vocab import OWL, QB, RDF, RDFS, SKOS

TYPE, RANGE, INVERSE = iri(RDF + "type"), iri(RDFS + "range"), iri(OWL + "inverseOf")
CONCEPT, SCHEME, COLLECTION = iri(SKOS + "Concept"), iri(SKOS + "ConceptScheme"), iri(SKOS + "Collection")
IN_SCHEME, MEMBER = iri(SKOS + "inScheme"), iri(SKOS + "member")


def qb(name: str) -> str:
    """The token of a term of the vocabulary.

    >>> qb("dataSet")
    '<http://purl.org/linked-data/cube#dataSet>'
    """
    return iri(QB + name)


def texts(values: Iterable[str]) -> str:
    """Texts as a SQL list in brackets, never empty."""
    return "(" + (", ".join(map(text, values)) or "NULL") + ")"


def is_literal(x: str) -> str:
    """SQL: whether a token is a literal."""
    return f"starts_with({x}, '\"')"
