"""A shapes graph in memory: small, so that Python reads it; terms are canonical N-Quads tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.vocab import RDF

if TYPE_CHECKING:
    import pyoxigraph as ox

_FIRST, _REST, _NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"


class Graph:
    """The triples of a shapes graph by subject and predicate, in the order in which the files have them.

    `prefixes` are those that the files declare.

    >>> graph = Graph()
    >>> graph.add("<http://e/s>", "<http://e/p>", '"1"', file="a.ttl")
    >>> graph.values("<http://e/s>", "<http://e/p>"), graph.file("<http://e/s>")
    (('"1"',), 'a.ttl')
    """

    def __init__(self) -> None:
        self._by_subject: dict[str, dict[str, dict[str, None]]] = {}
        self._files: dict[str, str] = {}
        self.prefixes: dict[str, str] = {}

    def add(self, s: str, p: str, o: str, *, file: str = "") -> None:
        """Add a triple that a file says."""
        self._by_subject.setdefault(s, {}).setdefault(p, {})[o] = None
        self._files.setdefault(s, file)

    def file(self, node: str) -> str:
        """The first file that says something of a node, empty if none is known."""
        return self._files.get(node, "")

    def values(self, s: str, p: str) -> tuple[str, ...]:
        """The objects of a subject and a predicate."""
        return tuple(self._by_subject.get(s, {}).get(p, ()))

    def predicates(self, s: str) -> tuple[str, ...]:
        """The predicates of a subject."""
        return tuple(self._by_subject.get(s, ()))

    def subjects(self) -> tuple[str, ...]:
        """All subjects."""
        return tuple(self._by_subject)

    def triples(self) -> Iterable[tuple[str, str, str]]:
        """All triples."""
        return ((s, p, o) for s, by in self._by_subject.items() for p, objects in by.items() for o in objects)

    def members(self, head: str, what: str) -> tuple[str, ...]:
        """The members of an RDF list; raises `InputError` for what is no well-formed list."""
        found: list[str] = []
        seen, node = set(), head
        while node != _NIL:
            first, rest = self.values(node, _FIRST), self.values(node, _REST)
            if node in seen or len(first) != 1 or len(rest) != 1:
                message = f"{what} needs a list, and {node} is not one: each node has one rdf:first and one rdf:rest"
                raise InputError(message, where=self.file(head), remedy="write it in brackets ( )")
            seen.add(node)
            found.append(first[0])
            node = rest[0]
        return tuple(found)


def from_quads(quads: Iterable[ox.Quad], *, file: str = "", graph: Graph | None = None) -> Graph:
    """The graph of some quads, whose blank nodes keep their labels; added to `graph` if there is one."""
    from kzlod.quads.read import token

    graph = Graph() if graph is None else graph
    for quad in quads:
        graph.add(token(quad.subject), token(quad.predicate), token(quad.object), file=file)
    return graph


def read_files(paths: Mapping[str, Path]) -> Graph:
    """The union of some RDF files, by the names to show; raises `InputError` for what cannot be read or parsed.

    Blank nodes are numbered in the order in which the files name them, so that the same files give the same labels.
    """
    from kzlod.quads.read import parse_file, token

    graph, labels = Graph(), dict[tuple[Path, str], str]()
    for shown, path in paths.items():

        def named(term: object, path: Path = path) -> str:
            text = token(term)
            return labels.setdefault((path, text), f"_:shape{len(labels)}") if text.startswith("_:") else text

        for quad in parse_file(path, shown=shown, base=path.absolute().as_uri(), prefixes=graph.prefixes):
            graph.add(named(quad.subject), token(quad.predicate), named(quad.object), file=shown)
    return graph
