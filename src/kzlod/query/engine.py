"""Where queries run in this process: Oxigraph, over the union of a dataset's graphs or those that a query names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import QueryError
from kzlod.nesting import refuse_deep
from kzlod.query.guard import refuse_service
from kzlod.query.results import Answer, Graph, Node, Table
from kzlod.query.tokens import names_graphs


class Engine:
    """An Oxigraph store: in memory, filled from N-Quads or a file, or a folder on disk that is only read.

    >>> quads = b'<http://e/a> <http://e/p> "1" <http://e/g> .'
    >>> Engine(quads, {"e": "http://e/"}).select("SELECT ?s { ?s e:p ?o }").cells()
    [['e:a']]
    """

    def __init__(self, data: bytes | Path, prefixes: Mapping[str, str]) -> None:
        """Open data: N-Quads, or a path to a release's folder, an RDF file or an Oxigraph store.

        `prefixes` need no declaration in queries. Raises `InputError` for what is not there or does not parse.
        """
        self._prefixes = dict(prefixes)
        if isinstance(data, Path):
            from kzlod.query.files import opened

            self._store = opened(data)
        else:
            self._store = ox.Store()
            self._store.load(data, format=ox.RdfFormat.N_QUADS)

    def ask(self, sparql: str) -> Answer:
        """The rows of a SELECT, the truth of an ASK, or the triples of a CONSTRUCT or DESCRIBE.

        Prefixes of the dataset need no declaration. Raises `QueryError` for SPARQL that does not parse, and for
        `SERVICE`; `InputError` for a query that is nested too deeply.
        """
        refuse_service(sparql)
        refuse_deep(sparql)
        try:
            union = not names_graphs(sparql)
            answer = self._store.query(sparql, prefixes=self._prefixes, use_default_graph_as_union=union)
            if isinstance(answer, ox.QueryBoolean):
                return Table.of_truth(bool(answer), self._prefixes)
            if isinstance(answer, ox.QueryTriples):
                return Graph.of(answer, self._prefixes)
            names = tuple(variable.value for variable in answer.variables)
            rows: tuple[tuple[Node | None, ...], ...] = tuple(tuple(solution) for solution in answer)
            return Table(names, rows, self._prefixes)
        except SyntaxError as error:
            # The list of all that could stand there is hundreds of characters of grammar.
            message = error.msg.partition(": expected one of")[0]
            raise QueryError(f"is not SPARQL: {message}", remedy="mend it there") from error
        except (ValueError, OSError) as error:
            raise QueryError(f"could not be answered: {error}") from error

    def select(self, sparql: str) -> Table:
        """The rows of a SELECT, or the one row `result` of an ASK.

        Raises `QueryError` as `ask` does, and for queries that give triples.
        """
        answer = self.ask(sparql)
        if isinstance(answer, Graph):
            raise QueryError("gives triples, not rows", remedy="write a SELECT or an ASK")
        return answer
