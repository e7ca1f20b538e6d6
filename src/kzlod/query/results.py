"""What a query gives: rows of terms, or triples. `query.forms` shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kzlod.vocab import XSD

INTEGERS = frozenset(
    XSD + name
    for name in (
        *("integer", "int", "long", "short", "byte", "positiveInteger", "negativeInteger", "nonPositiveInteger"),
        *("nonNegativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)
"""The datatypes of whole numbers (XML Schema Part 2, section 3.4)."""
_NUMBERS = INTEGERS | {XSD + name for name in ("decimal", "double", "float")}
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
"""A term of an answer; a triple is one only where a store speaks RDF 1.2."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a SELECT gives: names of variables, and rows with a term or None under each.

    `prefixes` and `labels` are for people's eyes: they shorten an IRI, and stand in the place of a term. `truth` is the
    answer of an ASK, whose table is the one row `result`.
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]
    prefixes: Mapping[str, str]
    labels: Mapping[Node, ox.Literal] = field(default_factory=dict)
    truth: bool | None = None

    @classmethod
    def of_truth(cls, truth: bool, prefixes: Mapping[str, str]) -> Table:
        """The answer of an ASK."""
        return cls(("result",), ((ox.Literal(truth),),), prefixes, truth=truth)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Node | None]]:
        return (dict(zip(self.variables, row, strict=True)) for row in self.rows)

    def shown(self, term: Node | None) -> str:
        """A term as people read it: its label, else an IRI by its prefix, a literal by its text; nothing for None."""
        if term is None:
            return ""
        label = self.labels.get(term)
        return label.value if label else short(term, self.prefixes)

    def cells(self) -> list[list[str]]:
        """All rows as texts that people read, line breaks as spaces."""
        texts = {term: " ".join(self.shown(term).split()) for term in {term for row in self.rows for term in row}}
        return [[texts[term] for term in row] for row in self.rows]

    def numeric(self, column: int) -> bool:
        """Whether all values of a column are numbers, so that it is aligned to the right."""
        values = [row[column] for row in self.rows if row[column] is not None]
        return bool(values) and all(map(is_number, values))


@dataclass(frozen=True, slots=True)
class Graph:
    """What a CONSTRUCT or a DESCRIBE gives: its triples, each once, in the order of their N-Triples."""

    triples: tuple[ox.Triple, ...]
    prefixes: Mapping[str, str]

    @classmethod
    def of(cls, triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Graph:
        """The graph of triples that come in any order, perhaps repeated."""
        return cls(tuple(sorted(set(triples), key=str)), prefixes)

    def __len__(self) -> int:
        return len(self.triples)

    def table(self) -> Table:
        """The triples as rows, for a quick look."""
        rows = tuple((triple.subject, triple.predicate, triple.object) for triple in self.triples)
        return Table(("subject", "predicate", "object"), rows, self.prefixes)


Answer = Table | Graph


def is_number(term: Node | None) -> bool:
    """Whether a term is a literal of a number's datatype."""
    return isinstance(term, ox.Literal) and term.datatype.value in _NUMBERS


def short(term: Node, prefixes: Mapping[str, str]) -> str:
    """A term without its label: an IRI by the longest prefix that fits, a literal by its text.

    >>> short(ox.NamedNode("http://e/f/a"), {"e": "http://e/", "f": "http://e/f/"})
    'f:a'
    """
    if isinstance(term, ox.NamedNode):
        fitting = [(n, p) for p, n in prefixes.items() if term.value.startswith(n) and term.value != n]
        namespace, prefix = max(fitting, key=lambda item: len(item[0]), default=("", ""))
        return f"{prefix}:{term.value[len(namespace) :]}" if namespace else term.value
    return term.value if isinstance(term, ox.Literal) else str(term)


def first(answer: Answer, limit: int) -> tuple[Answer, int]:
    """The first rows or triples of an answer, and how many there are besides."""
    more = max(len(answer) - limit, 0)
    if isinstance(answer, Graph):
        return replace(answer, triples=answer.triples[:limit]), more
    return replace(answer, rows=answer.rows[:limit]), more
