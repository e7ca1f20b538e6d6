"""RDF as a page shows it: labels in the place of IRIs, links that are relative or lead to the web, texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kzlod.query import CannedQuery
from kzlod.query.results import Node, Table, is_number
from kzlod.query.texts import Texts, in_language
from kzlod.vocab import DCTERMS, KZ, RDF, RDFS, SKOS
from kzlod.web.addresses import HTML, encoded, is_web, named, path_of
from kzlod.web.documents import Document
from kzlod.web.frame import Frame
from kzlod.web.names import name, other, position
from kzlod.web.numbers import grouped
from kzlod.web.opened import OpenRelease

_FIRST = (RDF + "type", RDFS + "label", SKOS + "prefLabel", DCTERMS + "title", SKOS + "altLabel")
_PLACED_IN = DCTERMS + "isPartOf"
_EVIDENCE = KZ + "evidence"


@dataclass(frozen=True, slots=True)
class Shown:
    """A term: its text, where it leads (nowhere if empty), its language if not the page's, what it is in full."""

    text: str
    href: str = ""
    language: str = ""
    whole: str = ""
    number: bool = False


NOWHERE = Shown("")
"""What is shown of nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """A predicate and its objects."""

    predicate: Shown
    objects: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """What is said of one subject; `anchor` is the fragment of a hash IRI."""

    subject: Shown
    said: tuple[Said, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a source, and the facts that it gave rise to."""

    passage: Shown
    facts: tuple[Shown, ...]


class View:
    """Terms as one page shows them, in its language, with the ways from where it stands."""

    def __init__(self, release: OpenRelease, frame: Frame) -> None:
        self.release, self.frame = release, frame

    def iri(self, iri: str) -> Shown:
        """An IRI: its name and where it leads."""
        called = name(self.release, iri, self.frame.language)
        return Shown(called.text, self.href(iri), called.language, iri)

    def href(self, iri: str) -> str:
        """Where an IRI leads: to a page, to a file of the release, to the web, or nowhere."""
        path = path_of(iri, self.release.base)
        if path is None:
            return iri if is_web(iri) else ""
        inside = path.removeprefix(f"release/{self.release.project.id}/{self.release.project.version}/")
        if inside in self.release.files and inside != path:
            return self.frame.top + encoded(path)
        if not path:
            return f"{self.frame.root}index.html"
        if not self.release.has_page(self.release.base + path):
            return ""
        fragment = iri.partition("#")[2]
        anchor = f"#{encoded(fragment)}" if fragment and self.release.has_section(iri) else ""
        return self.frame.root + encoded(named(path, HTML)) + anchor

    def term(self, term: Node | None) -> Shown:
        """A term of an answer or of a statement."""
        if term is None:
            return NOWHERE
        if isinstance(term, ox.NamedNode):
            return self.iri(term.value)
        if isinstance(term, ox.Literal):
            if is_number(term):
                return Shown(grouped(term.value, self.frame.language), number=True)
            return Shown(term.value, "", other(term, self.frame.language))
        return Shown(str(term))

    def kinds(self, iri: str) -> tuple[Shown, ...]:
        """The classes of a thing."""
        return tuple(map(self.term, self.release.values(iri).get(RDF + "type", ())))

    def worded(self, texts: Texts, href: str = "") -> Shown:
        """A text in the page's language, or in the one that stands in for it; and where it leads."""
        text, language = in_language(texts, self.frame.language)
        return Shown(text, href, language if language != self.frame.language else "")

    def summary(self, query: CannedQuery, href: str = "") -> Shown:
        """What a query answers, and where that leads."""
        return self.worded(query.summaries, href)

    def rows(self, table: Table) -> list[list[Shown]]:
        """The rows of an answer; a text that the data has in the page's language too is shown in that."""
        return [[self._cell(term, table) for term in row] for row in table.rows]

    def _cell(self, term: Node | None, table: Table) -> Shown:
        label = table.labels.get(term) if isinstance(term, ox.Literal) else None
        return self.term(label if label is not None else term)

    def name(self, document: Document) -> Shown:
        """What a document is about: a vocabulary may have its label at the namespace, which ends in `#`."""
        namespace = f"{document.iri}#"
        return self.iri(namespace if self.release.label(namespace) else document.iri)

    def blocks(self, lines: Iterable[bytes], about: str) -> list[Block]:
        """Statements by subject, that of the document first."""
        subjects: dict[str, list[ox.Triple]] = {}
        for quad in ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES, lenient=True):
            assert isinstance(quad.subject, ox.NamedNode)
            subjects.setdefault(quad.subject.value, []).append(quad.triple)
        ordered = sorted(subjects.items(), key=lambda item: item[0].removesuffix("#") != about)
        return [self._block(subject, triples) for subject, triples in ordered]

    def pointing(self, document: Document) -> list[Said]:
        """What else points to a document's IRI: the subjects by predicate."""
        by: dict[str, list[Shown]] = {}
        for subject, predicate in document.pointers:
            by.setdefault(predicate, []).append(self.iri(subject))
        return [Said(self.iri(predicate), tuple(subjects)) for predicate, subjects in sorted(by.items())]

    def paragraphs(self, document: Document) -> list[Paragraph]:
        """The paragraphs of a source, as far as this page points to them, and what each gave rise to."""
        found = []
        for passage, predicate in document.pointers:
            if predicate == _PLACED_IN:
                places = [passage, *self._pointing_to(passage, _PLACED_IN)]
                facts = [fact for place in places for fact in self._pointing_to(place, _EVIDENCE)]
                shown = self.iri(passage)
                number = position(self.release, passage)
                shown = replace(shown, text=number, language="") if number else shown
                found.append(Paragraph(shown, tuple(self.iri(fact) for fact in facts)))
        return found

    def _pointing_to(self, iri: str, predicate: str) -> list[str]:
        return [s for s, p in self.release.pointers(iri).triples if p == predicate]

    def _block(self, subject: str, triples: list[ox.Triple]) -> Block:
        by: dict[str, list[Node]] = {}
        for triple in triples:
            by.setdefault(triple.predicate.value, []).append(triple.object)
        ordered = sorted(by.items(), key=lambda item: (_FIRST.index(item[0]) if item[0] in _FIRST else 9, item[0]))
        said = tuple(Said(self.iri(predicate), tuple(map(self.term, objects))) for predicate, objects in ordered)
        return Block(self.iri(subject), said, subject.partition("#")[2])
