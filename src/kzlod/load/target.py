"""What a load does to a store, whatever its kind, and the questions that it asks of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from kzlod.load.profile import Profile
from kzlod.terms import iri, parse

T = TypeVar("T")
Row = tuple[str, ...]
"""The tokens of a row of results."""


class Target(Protocol):
    """A store: a server, or a folder.

    A graph is its IRI, empty for the default graph. Every method raises `RemoteError` or `LoadError` where the store
    refuses or cannot.
    """

    profile: Profile
    shown: str

    def select(self, sparql: str) -> Iterator[Row]:
        """The rows of a SELECT, without the variables that have no value."""

    def update(self, sparql: str) -> None:
        """Carry out an update."""

    def add(self, lines: Iterator[bytes], graph: str) -> None:
        """Add N-Triples, in pieces of whole lines; what is there already is not added again."""

    def put(self, lines: Iterator[bytes], graph: str) -> None:
        """Put N-Triples in the place of what a graph holds, at once."""

    def clear(self, graph: str) -> None:
        """Empty a graph."""


def named(target: Target, graph: str) -> str:
    """A store and a graph of it, as a message names them."""
    return f"{target.shown} <{graph}>" if graph else target.shown


def staging(graph: str) -> str:
    """The graph that data waits in until it takes the place of a graph's content: the same one after a break.

    >>> staging("http://example.org/g")[:20]
    'urn:kzlod:loading:d8'
    """
    return f"urn:kzlod:loading:{hashlib.sha256(graph.encode()).hexdigest()[:16]}"


def move(source: str, target: str) -> str:
    """An update that puts a graph's content in the place of another's."""
    return f"MOVE {iri(source)} TO {iri(target) if target else 'DEFAULT'}"


def operation(form: str, triples: str, graph: str) -> str:
    """An update of one operation, `INSERT DATA` or `DELETE DATA`."""
    return f"{form} {{ GRAPH {iri(graph)} {{\n{triples}\n}} }}" if graph else f"{form} {{\n{triples}\n}}"


def count(target: Target, graph: str) -> int:
    """How many triples a graph holds."""
    return _number(next(target.select(f"SELECT (COUNT(*) AS ?n) WHERE {_in(graph, '?s ?p ?o')}"))[0])


def counts(target: Target, graph: str) -> dict[str, int]:
    """How many triples a graph holds of each predicate (a token)."""
    rows = target.select(f"SELECT ?p (COUNT(*) AS ?n) WHERE {_in(graph, '?s ?p ?o')} GROUP BY ?p")
    return {row[0]: _number(row[1]) for row in rows if len(row) == 2}


def about(target: Target, graph: str, subjects: Sequence[str], *, limit: int, offset: int = 0) -> Iterator[Row]:
    """The triples of a graph that some subjects have."""
    pattern = _in(graph, f"VALUES ?s {{ {' '.join(subjects)} }} ?s ?p ?o")
    return target.select(f"SELECT ?s ?p ?o WHERE {pattern} LIMIT {limit} OFFSET {offset}")


def stranger(target: Target, graph: str, beginnings: Iterable[str]) -> str:
    """The token of a subject in a graph whose IRI begins with none of some texts; empty where there is none."""
    known = " || ".join(f'STRSTARTS(STR(?s), "{beginning}")' for beginning in sorted(beginnings))
    row = next(target.select(f"SELECT ?s WHERE {_in(graph, f'?s ?p ?o FILTER(!({known}))')} LIMIT 1"), None)
    return row[0] if row else ""


def gathered(items: Iterable[T], most: int) -> Iterator[list[T]]:
    """Items in lists of at most so many.

    >>> list(gathered("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(items)
    while held := list(islice(rest, most)):
        yield held


def _in(graph: str, pattern: str) -> str:
    return f"{{ GRAPH {iri(graph)} {{ {pattern} }} }}" if graph else f"{{ {pattern} }}"


def _number(token: str) -> int:
    return int(parse(token).value)
