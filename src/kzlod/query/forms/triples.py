"""Triples for programs: Turtle, N-Triples, JSON-LD."""

from __future__ import annotations

import json
from dataclasses import replace

import pyoxigraph as ox

from kzlod.query.results import Graph
from kzlod.vocab import RDF


def as_turtle(graph: Graph) -> str:
    """RDF 1.1 Turtle, with the prefixes that are in use."""
    text = _by_oxigraph(graph, ox.RdfFormat.N_TRIPLES)
    used = {prefix: namespace for prefix, namespace in sorted(graph.prefixes.items()) if f"<{namespace}" in text}
    # A subject's types come first, as people write them.
    triples = sorted(graph.triples, key=lambda triple: (str(triple.subject), triple.predicate.value != RDF + "type"))
    return _by_oxigraph(replace(graph, triples=tuple(triples)), ox.RdfFormat.TURTLE, used)


def as_ntriples(graph: Graph) -> str:
    """RDF 1.1 N-Triples, in order."""
    return _by_oxigraph(graph, ox.RdfFormat.N_TRIPLES)


def as_jsonld(graph: Graph) -> str:
    """JSON-LD 1.1 in expanded form: no context to look up, nothing to resolve."""
    return json.dumps(json.loads(_by_oxigraph(graph, ox.RdfFormat.JSON_LD)), ensure_ascii=False, indent=1) + "\n"


def _by_oxigraph(graph: Graph, format_: ox.RdfFormat, prefixes: dict[str, str] | None = None) -> str:
    return (ox.serialize(graph.triples, format=format_, prefixes=prefixes) or b"").decode()
