"""Where queries run: Oxigraph inside the process, filled from N-Quads, over the union of its graphs."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kzlod.errors import QueryError
from kzlod.query.guard import refuse_service
from kzlod.query.results import Node, Table


class Engine:
    """An Oxigraph store in memory.

    >>> quads = b'<http://e/a> <http://e/p> "1" <http://e/g> .'
    >>> Engine(quads, {"e": "http://e/"}).select("SELECT ?s { ?s e:p ?o }").cells()
    [['e:a']]
    """

    def __init__(self, quads: bytes, prefixes: Mapping[str, str]) -> None:
        """Fill the store with N-Quads; `prefixes` need no declaration in queries."""
        self._prefixes = dict(prefixes)
        self._store = ox.Store()
        self._store.load(quads, format=ox.RdfFormat.N_QUADS)

    def select(self, sparql: str) -> Table:
        """The rows of a SELECT, or the one row `result` of an ASK; prefixes of the dataset need no declaration.

        Raises `QueryError` for SPARQL that does not parse, for other forms, and for `SERVICE`.
        """
        refuse_service(sparql)
        try:
            answer = self._store.query(sparql, prefixes=self._prefixes, use_default_graph_as_union=True)
            if isinstance(answer, ox.QueryBoolean):
                truth = ox.Literal(bool(answer))
                return Table(("result",), ((truth,),), self._prefixes)
            if isinstance(answer, ox.QueryTriples):
                raise QueryError("gives triples, not rows", remedy="write a SELECT or an ASK")
            names = tuple(variable.value for variable in answer.variables)
            rows: tuple[tuple[Node | None, ...], ...] = tuple(tuple(solution) for solution in answer)
            return Table(names, rows, self._prefixes)
        except SyntaxError as error:
            raise QueryError(f"is not SPARQL: {error.msg}", remedy="mend it there") from error
        except (ValueError, OSError) as error:
            raise QueryError(f"could not be answered: {error}") from error
