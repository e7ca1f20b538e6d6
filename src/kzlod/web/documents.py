"""Documents: what a release says of an IRI, what is said about it, and what points to it, in pages of bounded size.

A fact (what has evidence) that points to the IRI is told in full: the claims, figures and assessments about a thing are
in its document. Of all else that points to it the pointing triple is there. Each form of a page holds the same triples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from kzlod.errors import QueryError
from kzlod.formats import RDFXML, Format
from kzlod.query.forms import TRIPLES
from kzlod.query.results import Graph
from kzlod.web.opened import STATEMENTS, OpenRelease

POINTERS, OF_A_FACT = 50, 60
"""How much a page holds besides `STATEMENTS`: what points to it, and statements of each fact among that."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about the document's IRI: its own IRI, by which predicates it points, its statements as lines."""

    iri: str
    by: tuple[str, ...]
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A page of a document.

    `own` are statements of the IRI and of the hash IRIs below it, `pointers` are the subjects and predicates of triples
    that point to it, without those of `facts`; `more` says that other triples than those of all pages point to it.
    """

    iri: str
    page: int
    pages: int
    own: tuple[bytes, ...]
    facts: tuple[Fact, ...]
    pointers: tuple[tuple[str, str], ...]
    pointing: int
    more: bool
    is_document: bool
    """Whether the IRI is that of a document itself, which has hash IRIs below it."""

    @property
    def lines(self) -> list[bytes]:
        """All triples of the page, as N-Triples lines in canonical order."""
        target = f"<{self.iri}> .".encode()
        pointing = {f"<{s}> <{p}> ".encode() + target for s, p in self.pointers}
        return sorted({*self.own, *pointing, *(line for fact in self.facts for line in fact.lines)})


def document(release: OpenRelease, iri: str, page: int = 1) -> Document | None:
    """A page of the document of an IRI; None where nothing is said of it, or it has no such page."""
    own, subjects, more, is_document = _outline(release, iri)
    if not own and not subjects:
        return None
    pages = max(-(-len(own) // STATEMENTS), -(-len(subjects) // POINTERS), 1)
    if page > pages:
        return None
    here = subjects[(page - 1) * POINTERS : page * POINTERS]
    told = [(subject, by) for subject, by in here if release.is_fact(subject)]
    target = f"<{iri}> .".encode()
    facts = []
    for subject, by in told:
        pointing = {f"<{subject}> <{predicate}> ".encode() + target for predicate in by}
        lines = release.statements(subject, most=OF_A_FACT)
        facts.append(Fact(subject, by, tuple(sorted({*lines, *pointing}))))
    in_full = {subject for subject, _ in told}
    return Document(
        iri=iri,
        page=page,
        pages=pages,
        own=tuple(own[(page - 1) * STATEMENTS : page * STATEMENTS]),
        facts=tuple(facts),
        pointers=tuple((subject, p) for subject, by in here if subject not in in_full for p in by),
        pointing=len(subjects),
        more=more,
        is_document=is_document,
    )


class _Outline(NamedTuple):
    """What all pages of a document are cut from: its own statements, and who points to it by which predicates."""

    own: list[bytes]
    subjects: tuple[tuple[str, tuple[str, ...]], ...]
    more: bool
    is_document: bool


@lru_cache(64)
def _outline(release: OpenRelease, iri: str) -> _Outline:
    below = release.below(iri)
    pointers = release.pointers(iri)
    subjects: dict[str, list[str]] = {}
    for subject, predicate in pointers.triples:
        if subject != iri:
            subjects.setdefault(subject, []).append(predicate)
    # Figures come first: they are what most people look for.
    ordered = sorted(subjects.items(), key=lambda item: not release.is_figure(item[0]))
    by = tuple((subject, tuple(predicates)) for subject, predicates in ordered)
    return _Outline(release.statements(iri) + below, by, pointers.more, bool(below))


def serialized(lines: list[bytes], form: Format, prefixes: Mapping[str, str]) -> bytes:
    """N-Triples lines in a form of RDF.

    Raises `QueryError` for what the form cannot carry (RDF/XML has no name for some predicates).
    """
    if form == RDFXML:
        return _rdfxml(lines, prefixes)
    write: Callable[[Graph], str] = TRIPLES[form.name]
    return write(Graph(tuple(_parsed(lines)), prefixes)).encode()


def _parsed(lines: list[bytes]) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES, lenient=True)]


def _rdfxml(lines: list[bytes], prefixes: Mapping[str, str]) -> bytes:
    text = b"\n".join(lines)
    used = {prefix: iri for prefix, iri in sorted(prefixes.items()) if f"<{iri}".encode() in text}
    try:
        return (ox.serialize(_parsed(lines), format=ox.RdfFormat.RDF_XML, prefixes=used) or b"") + b"\n"
    except (ValueError, OSError) as error:
        raise QueryError(f"RDF/XML cannot carry it: {error}", remedy="ask for another format") from error
