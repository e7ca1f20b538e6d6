"""What is known of each kind of store: where it listens, what it takes at a time, what it does at once, what it keeps.

Paths are relative to the base URL that a user gives. What is said of Oxigraph and Virtuoso was measured on Oxigraph 0.5
and Virtuoso 7.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of store.

    `query`, `update` and `graphs` are the paths that it may take queries, updates and graphs at, to be tried in turn;
    `chunk` is how many bytes of N-Triples one request has at most (0: any number), `lines` how many triples one update.
    `swap` is how a graph is replaced at once, up to `atomic` triples: by one PUT, by a MOVE of another graph, by a new
    folder, or not at all. `longest_iri` is how many bytes an IRI may have (0: any number). `rounds` says that
    coordinates are kept as floats of 32 bits. `recipe` is the place in docs/loading.md about its own bulk loader.
    """

    name: str
    title: str
    recipe: str
    query: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    default_graph: bool = True
    parameters: str = ""
    chunk: int = 0
    lines: int = 100_000
    swap: Literal["put", "move", "folder", ""] = ""
    atomic: int = 0
    longest_iri: int = 0
    rounds: bool = False


# A PUT into an Oxigraph on disk is one transaction: 17 s for 200,000 triples, 290 s for 1.8 million.
OXIGRAPH = Profile(
    name="oxigraph",
    title="Oxigraph",
    recipe="oxigraph",
    query=("/query",),
    update=("/update",),
    graphs=("/store",),
    parameters="no_transaction",
    swap="put",
    atomic=250_000,
)
FOLDER = Profile(name="folder", title="An Oxigraph store on disk", recipe="oxigraph", swap="folder", atomic=2**63)
# It compiles an update to SQL: 1,000 triples pass, 3,000 exceed "10000 lines of code". A transaction's log may have
# 50 MB, so a MOVE of 200,000 triples passes; an IRI is cut off at 1,880 bytes without a word.
VIRTUOSO = Profile(
    name="virtuoso",
    title="Virtuoso",
    recipe="virtuoso",
    query=("/sparql",),
    update=("/sparql-auth",),
    graphs=("/sparql-graph-crud-auth",),
    default_graph=False,
    chunk=8 << 20,
    lines=1000,
    swap="move",
    atomic=200_000,
    longest_iri=1870,
    rounds=True,
)
# Fuseki, RDF4J and GraphDB, Stardog, Blazegraph and QLever, in this order.
GENERIC = Profile(
    name="generic",
    title="This store",
    recipe="other-stores",
    query=("", "/query", "/sparql"),
    update=("/update", "/statements", ""),
    graphs=("/data", "/rdf-graphs/service", "", "/store"),
    chunk=4 << 20,
    lines=1000,
)
PROFILES = {profile.name: profile for profile in (OXIGRAPH, VIRTUOSO, GENERIC)}
"""The kinds of servers, by the name that a user gives."""
