"""A release that is open to be served: its statements, what points to an IRI, its labels, its queries and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from kzlod.project import Project
from kzlod.query import CannedQuery, catalog
from kzlod.query.columns import columns
from kzlod.query.labels import DEFAULT, PROPERTIES, rank
from kzlod.query.results import Answer, Table
from kzlod.release.files import CATALOGUE, SERVICE, VOID_FILE, File
from kzlod.release.versions import Version, beside
from kzlod.terms import unescape
from kzlod.vocab import KZ, OWL, RDF, SDMX_MEASURE
from kzlod.web.addresses import is_file_name, path_of
from kzlod.web.described import citation, described
from kzlod.web.frame import spoken
from kzlod.web.lines import SortedLines
from kzlod.web.store import Kept, kept

MOST_POINTERS = 20_000
"""How many triples that point to one IRI are looked at; where there are more, a query has to be asked."""
_GRAPH = re.compile(rb" <[^<>\" ]*> \.\Z")
STATEMENTS = 500
"""How many statements a page of a document has."""
_LABELS, _VALUES = 50_000, 5_000
_MOST_VALUES = 200
Values = Mapping[str, tuple[ox.NamedNode | ox.Literal, ...]]
"""What is said of one IRI: objects by predicate."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """What points to an IRI: subjects and predicates, ordered; `more` says that there are others besides."""

    triples: tuple[tuple[str, str], ...]
    more: bool


class OpenRelease:
    """A release's folder, opened; nothing in it is written to.

    Statements come from the dump itself, so a document has the very literals of the dump; what points to an IRI is
    looked up in a store beside it.
    """

    def __init__(self, folder: Path, project: Project, kept_: Kept) -> None:
        self.folder, self.project, self.kept = folder, project, kept_
        self.digest = kept_.digest
        self.queries: Mapping[str, CannedQuery] = {query.name: query for query in catalog(project)}
        """The canned queries, by name."""
        self.columns = columns(project)
        self._lines = SortedLines.of_file(kept_.quads)
        self._store = ox.Store.read_only(str(kept_.store))
        self.label = lru_cache(_LABELS)(self._label)
        self.pointers = lru_cache(256)(self._pointers)
        self.values = lru_cache(_VALUES)(self._values)
        self.has_page = lru_cache(_LABELS)(self._has_page)
        self.has_section = lru_cache(_LABELS)(self._has_section)

    @classmethod
    def open(cls, folder: Path, *, cache: Path) -> Self:
        """Open a release; what it needs besides is made in the folder `cache` where it is not there yet.

        Raises `InputError` for what is no release, `QueryError` for a query of it whose header is wrong, and
        for a wrong `columns.toml`.
        """
        latest = folder / "latest"
        folder = (latest if latest.is_dir() else folder).resolve()
        project = described(folder)
        return cls(folder, project, kept(folder, id_=project.id, base=project.base, cache=cache))

    @property
    def base(self) -> str:
        """What the IRIs that are answered begin with."""
        return self.project.base

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the pages, English first."""
        return spoken(self.project.title)

    @cached_property
    def citation(self) -> str:
        """How the release wants to be cited."""
        return citation(self.folder, self.project)

    @cached_property
    def version(self) -> Version:
        """The release as its catalogue lists it: its files, what changed since the one before."""
        return Version.read(self.folder)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """This release and the others of the dataset that stand beside it, newest first."""
        return beside(self.version)

    @property
    def files(self) -> Mapping[str, File]:
        """The files that may be fetched, by their path in the release."""
        return self.version.files

    @cached_property
    def _metadata(self) -> SortedLines:
        """What the release's catalogue, statistics and service description say, as sorted N-Triples."""
        lines = set[bytes]()
        for name in (CATALOGUE, VOID_FILE, SERVICE):
            path = self.folder / name
            if path.is_file():
                triples = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
                written = ox.serialize((quad.triple for quad in triples), format=ox.RdfFormat.N_TRIPLES)
                lines.update((written or b"").splitlines())
        return SortedLines(b"".join(line + b"\n" for line in sorted(lines)))

    def statements(self, iri: str, *, most: int | None = None) -> list[bytes]:
        """What is said of an IRI, as N-Triples lines in canonical order.

        The catalogue speaks of what the data does not describe, and of the dataset itself.
        """
        return self._statements(f"<{iri}> ", described_by_data=iri != self.project.dataset_iri, most=most)

    def below(self, document: str) -> list[bytes]:
        """What is said of the hash IRIs of a document."""
        return self._statements(f"<{document}#", described_by_data=True)

    def _statements(self, start: str, *, described_by_data: bool, most: int | None = None) -> list[bytes]:
        prefix = start.encode()
        lines = _triples(self._lines.beginning(prefix, most=most))
        if not lines or not described_by_data:
            lines = sorted({*lines, *self._metadata.beginning(prefix, most=most)})
        return lines

    def has_below(self, document: str) -> bool:
        """Whether something is said of a hash IRI of a document."""
        prefix = f"<{document}#".encode()
        return bool(self._lines.beginning(prefix, most=1) or self._metadata.beginning(prefix, most=1))

    def knows(self, iri: str) -> bool:
        """Whether anything is said of an IRI or of a hash IRI below it, or points to it."""
        if self.statements(iri, most=1) or self.has_below(iri):
            return True
        node = _node(iri)
        return node is not None and next(iter(self._store.quads_for_pattern(None, None, node)), None) is not None

    def is_withdrawn(self, iri: str) -> bool:
        """Whether an earlier release described an IRI, and this one only says that it is withdrawn."""
        return bool(self._lines.beginning(f'<{iri}> <{OWL}deprecated> "true"'.encode(), most=1))

    def _pointers(self, iri: str) -> Pointers:
        node = _node(iri)
        if node is None:
            return Pointers((), False)
        found = list(islice(self._store.quads_for_pattern(None, None, node), MOST_POINTERS + 1))
        pairs = {
            (q.predicate.value, q.subject.value) for q in found[:MOST_POINTERS] if isinstance(q.subject, ox.NamedNode)
        }
        return Pointers(tuple((s, p) for p, s in sorted(pairs)), len(found) > MOST_POINTERS)

    def is_fact(self, iri: str) -> bool:
        """Whether something has evidence: then it is told in full where it points to."""
        return bool(self._lines.beginning(f"<{iri}> <{KZ}evidence> ".encode(), most=1))

    def is_figure(self, iri: str) -> bool:
        """Whether something has a value, as the observations of a cube have."""
        return bool(self._lines.beginning(f"<{iri}> <{SDMX_MEASURE}obsValue> ".encode(), most=1))

    def _label(self, iri: str, language: str = DEFAULT) -> ox.Literal | None:
        """What an IRI is called in a language, or in the next best, as `query.labels` has it; None where it is not."""
        node = _node(iri)
        if node is None:
            return None
        found = (
            (rank(quad.object, language), number, quad.object.value, quad.object)
            for number, property_ in enumerate(PROPERTIES)
            for quad in self._store.quads_for_pattern(node, property_, None)
            if isinstance(quad.object, ox.Literal) and quad.object.value.strip()
        )
        best = min(found, key=lambda one: one[:3], default=None)
        return best[3] if best else None

    def names(self, iri: str) -> dict[str, str]:
        """What an IRI is called in each language of the pages that it has a label in."""
        found = {tag: self.label(iri, tag) for tag in self.languages}
        return {tag: one.value for tag, one in found.items() if one is not None and _speaks(one, tag)}

    def _values(self, iri: str) -> Values:
        """What the data says of an IRI, the first of it where it is much."""
        said: dict[str, list[ox.NamedNode | ox.Literal]] = {}
        lines = b"\n".join(_triples(self._lines.beginning(f"<{iri}> ".encode(), most=_MOST_VALUES)))
        for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES, lenient=True):
            assert isinstance(quad.object, ox.NamedNode | ox.Literal)
            said.setdefault(quad.predicate.value, []).append(quad.object)
        return {predicate: tuple(objects) for predicate, objects in said.items()}

    def _has_page(self, iri: str) -> bool:
        """Whether a page about an IRI (no hash IRI) says something, at an address that a browser leaves as it is."""
        path = path_of(iri, self.base)
        if not path or not is_file_name(path):
            return False
        return bool(self.statements(iri, most=1)) or self.has_below(iri)

    def _has_section(self, iri: str) -> bool:
        """Whether the first page of a document has a section about a hash IRI of it."""
        document = iri.partition("#")[0]
        first = (*self.statements(document, most=STATEMENTS), *self.below(document))[:STATEMENTS]
        return any(line.startswith(f"<{iri}> ".encode()) for line in first)

    def instances(self, class_: str) -> list[str]:
        """The IRIs of a class, in their order."""
        return [s for s, p in self.pointers(class_).triples if p == RDF + "type"]

    def ask(self, sparql: str) -> Answer:
        """The rows of a query of ours about labels; those of users go to an engine with limits."""
        found = self._store.query(sparql, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        names = tuple(variable.value for variable in found.variables)
        return Table(names, tuple(tuple(row) for row in found), self.project.prefixes)

    def documents(self) -> Iterator[str]:
        """The addresses of all documents of the data, without the base and without a suffix."""
        with self.kept.documents.open(encoding="utf-8") as file:
            for line in file:
                yield unescape(line.rstrip("\n"))

    def catalogued(self) -> Iterator[str]:
        """The addresses of what only the catalogue describes, as `documents` has those of the data."""
        seen = set[str]()
        for line in self._metadata:
            iri = unescape(line[1 : line.index(b"> ")].decode())
            path = path_of(iri, self.base)
            if path and path not in seen:
                seen.add(path)
                if not self._lines.beginning(f"<{self.base}{path}> ".encode(), most=1):
                    yield path


def _speaks(label: ox.Literal, language: str) -> bool:
    tag = (label.language or "").lower()
    return tag == language or tag.startswith(f"{language}-")


def _node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _triples(lines: Iterable[bytes]) -> list[bytes]:
    """N-Quads lines without their graphs, each once: the lines are sorted, so what is twice is side by side."""
    found: list[bytes] = []
    for line in lines:
        start = line.index(b" ", line.index(b" ") + 1) + 1
        is_iri = line[start : start + 1] == b"<"
        # A literal may hold spaces, but its datatype has none before it: what has one is the graph.
        triple = line[: line.index(b" ", start)] + b" ." if is_iri else _GRAPH.sub(b" .", line)
        if not found or found[-1] != triple:
            found.append(triple)
    return found
