"""The RDF formats that kzlod reads and writes: name, media type, suffix, triples or quads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from kzlod.errors import InputError


@dataclass(frozen=True, slots=True)
class Format:
    """One RDF format.

    `name` is what a user types, `quads` says whether it can hold named graphs.
    """

    name: str
    title: str
    media_type: str
    suffix: str
    quads: bool


NTRIPLES = Format("ntriples", "N-Triples", "application/n-triples", ".nt", False)
NQUADS = Format("nquads", "N-Quads", "application/n-quads", ".nq", True)
TURTLE = Format("turtle", "Turtle", "text/turtle", ".ttl", False)
TRIG = Format("trig", "TriG", "application/trig", ".trig", True)
JSONLD = Format("jsonld", "JSON-LD", "application/ld+json", ".jsonld", True)
RDFXML = Format("rdfxml", "RDF/XML", "application/rdf+xml", ".rdf", False)

FORMATS = (NQUADS, NTRIPLES, TRIG, TURTLE, JSONLD, RDFXML)


def by_suffix(path: PurePath | str) -> Format:
    """The format that a file's name says.

    Raises `InputError` for a name that says none.

    >>> by_suffix("data/extra.ttl").title
    'Turtle'
    """
    suffix = PurePath(path).suffix.lower()
    aliases = {".owl": ".rdf", ".xml": ".rdf", ".json": ".jsonld"}
    for format_ in FORMATS:
        if format_.suffix == aliases.get(suffix, suffix):
            return format_
    known = " ".join(format_.suffix for format_ in FORMATS)
    raise InputError("its name says no RDF format", where=str(path), remedy=f"use one of {known}")


def is_rdf(path: PurePath) -> bool:
    """Whether a file's name says that it is RDF (`.json` and `.xml` alone do not)."""
    return any(format_.suffix == path.suffix.lower() for format_ in FORMATS)
