"""Queries at a SPARQL endpoint, with the same rows as in the store of this process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from kzlod.query.answers import ROWS, TRIPLES, read
from kzlod.query.prologue import declared, form
from kzlod.query.results import Answer
from kzlod.query.tokens import names_graphs

if TYPE_CHECKING:
    from kzlod.remote.endpoint import Endpoint

_UNION = "union-default-graph"


class Remote:
    """A SPARQL endpoint that answers queries."""

    def __init__(self, endpoint: Endpoint, prefixes: Mapping[str, str]) -> None:
        """`prefixes` need no declaration in queries."""
        self._endpoint = endpoint
        self._prefixes = dict(prefixes)

    def ask(self, sparql: str) -> Answer:
        """The rows of a SELECT, the truth of an ASK, or the triples of a CONSTRUCT or DESCRIBE.

        Prefixes of the dataset need no declaration. Raises `QueryError` for an update, `RemoteError` for an endpoint
        that does not answer, or not with results.
        """
        rows = form(sparql) in ("SELECT", "ASK")
        text = declared(sparql, self._prefixes)
        parameters = {} if names_graphs(sparql) else self._union
        answer = self._endpoint.query(text, accept=ROWS if rows else TRIPLES, parameters=parameters)
        where = self._endpoint.shown
        return read(answer.media_type, answer.body, rows=rows, prefixes=self._prefixes, where=where)

    @cached_property
    def _union(self) -> Mapping[str, str]:
        """What a store must be told so that it queries the union of its graphs, which others do as they are."""
        if "default-graph-uri=" in self._endpoint.url:
            return {}
        server = self._endpoint.query("ASK {}", accept=ROWS).server
        return {_UNION: ""} if server.startswith("Oxigraph") else {}
