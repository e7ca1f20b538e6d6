"""Terms of other libraries as canonical N-Quads tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kzlod.errors import InputError
from kzlod.terms import iri, is_iri, literal

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node


def from_rdflib(node: Node | None) -> str:
    """The token of an rdflib node; empty for none. Raises `InputError` for what only rdflib takes for an IRI.

    >>> from rdflib import Literal, URIRef
    >>> from_rdflib(URIRef("http://e/a")), from_rdflib(Literal("a", lang="en-GB")), from_rdflib(Literal(1))
    ('<http://e/a>', '"a"@en-gb', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')
    """
    from rdflib import BNode, Literal, URIRef

    if isinstance(node, Literal):
        datatype = {"datatype": str(node.datatype)} if node.datatype else {}
        return literal(str(node), language=node.language or "", **datatype)
    if isinstance(node, URIRef):
        if not is_iri(node):
            raise InputError(f"{str(node)!r} is no IRI", where="a graph of rdflib", remedy="mend it there")
        return iri(str(node))
    return f"_:{node}" if isinstance(node, BNode) else ""


def triples_of(graph: rdflib.Graph) -> Iterator[tuple[str, str, str]]:
    """The triples of an rdflib graph as tokens; of a dataset, those of all its graphs."""
    from rdflib import Dataset

    found = ((s, p, o) for s, p, o, _ in graph.quads()) if isinstance(graph, Dataset) else iter(graph)
    for s, p, o in found:
        yield from_rdflib(s), from_rdflib(p), from_rdflib(o)
