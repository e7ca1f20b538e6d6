"""A dataset that is open: its queries, its answers, its graph, its pictures."""

from __future__ import annotations

import datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from kzlod.api.rows import Rows
from kzlod.errors import QueryError
from kzlod.plot import chart
from kzlod.project import FILE, Project
from kzlod.query import CannedQuery, Engine, Graph, Table, catalog, find, labelled
from kzlod.query.labels import DEFAULT, Ask
from kzlod.snapshot import quads

if TYPE_CHECKING:
    import rdflib
    from altair.typing import ChartType

Parameter = str | int | Decimal | datetime.date
_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def open(
    where: str | Path | None = None, *, cache: Path | None = None, credentials: tuple[str, str] | None = None
) -> OpenDataset:
    """Open a dataset, once, to ask it many times.

    `where` is a project's folder, a release's folder, an RDF file, an Oxigraph store on disk, or the URL of a SPARQL
    endpoint. Without it, it is the project around the working directory, else the dataset that comes with kzlod. The
    canned queries and prefixes are those of the project named, else of the project around, else of the dataset that
    comes with kzlod. In a folder `cache` what is made of a project's tables is kept for the next time. `credentials`
    are the user and the password that an endpoint asks for. Raises `ProjectError`, `InputError` or `FindingsError` for
    what cannot be opened; an endpoint is not asked before the first query.

    >>> open().queries()[0].name
    'agreements'
    """
    if where is not None and (Path(where) / FILE).is_file():
        project = Project.read(Path(where))
        return OpenDataset(project, Engine(quads(project, cache=cache), project.prefixes).ask)
    project = Project.find(None, start=Path.cwd())
    if where is None:
        return OpenDataset(project, Engine(quads(project, cache=cache), project.prefixes).ask)
    if str(where).lower().startswith(("http://", "https://")):
        from kzlod.query.remote import Remote
        from kzlod.remote.credentials import Credentials
        from kzlod.remote.endpoint import Endpoint

        endpoint = Endpoint(str(where), credentials=Credentials(*credentials) if credentials else None)
        return OpenDataset(project, Remote(endpoint, project.prefixes).ask, where=str(where))
    return OpenDataset(project, Engine(Path(where), project.prefixes).ask, where=str(where))


class OpenDataset:
    """A dataset to ask: with canned queries, with SPARQL, or as a graph."""

    def __init__(self, project: Project, ask: Ask, *, where: str = "") -> None:
        """A project's queries and prefixes, and what answers; `where`, if it is not the project itself."""
        self.project = project
        self._ask = ask
        self._where = where
        self._found: dict[str, CannedQuery] = {}

    def queries(self) -> list[CannedQuery]:
        """The canned queries, each with `name`, `summary`, `description`, `parameters` and its SPARQL, `text`."""
        return catalog(self.project)

    def query(self, name: str, /, **parameters: Parameter) -> Rows:
        """The rows of a canned query.

        Raises `QueryError` for an unknown query or parameter, or a value that the parameter does not take.

        >>> for row in open().query("trade-by-year", year=2023):
        ...     print(row.period, row.value, row.bound, row.source)
        2023 41000000000 more than 001-05
        """
        return self.sparql(self._canned(name).fill(_texts(parameters)))

    def sparql(self, text: str) -> Rows:
        """The rows of a SELECT, or the one row `result` of an ASK; the dataset's prefixes need no declaration.

        Raises `QueryError` for SPARQL that does not parse, and for queries that give triples.

        >>> open().sparql("SELECT (COUNT(?person) AS ?people) { ?person a kzo:Person }")[0].people
        8
        """
        answer = self._ask(text)
        if isinstance(answer, Graph):
            raise QueryError("gives triples, not rows", remedy="use construct() for it")
        return Rows(answer, self._ask)

    def construct(self, text: str) -> rdflib.Graph:
        """The triples of a CONSTRUCT or a DESCRIBE, as a graph of rdflib with the dataset's prefixes.

        Raises `QueryError` for SPARQL that does not parse, and for queries that give rows.

        >>> len(open().construct("CONSTRUCT { ?s a kzo:Person } WHERE { ?s a kzo:Person }"))
        8
        """
        import rdflib

        answer = self._ask(text)
        if isinstance(answer, Table):
            raise QueryError("gives rows, not triples", remedy="use sparql() for it")
        made = rdflib.Graph()
        for prefix, namespace in self.project.prefixes.items():
            made.bind(prefix, namespace)
        return made.parse(data="".join(f"{triple} .\n" for triple in answer.triples), format="nt")

    def graph(self) -> rdflib.Graph:
        """All triples, the union of the dataset's graphs, as a graph of rdflib: in memory, about 1 kB a triple."""
        return self.construct(_EVERYTHING)

    def plot(self, name: str, /, *, language: str | None = None, **parameters: Parameter) -> ChartType:
        """The picture of a canned query, as an Altair chart, with names in a language (`en` where none is asked for).

        Raises `QueryError` for a query that says nothing of how it is drawn, or that gives nothing to draw, and
        `MissingError` where altair is not installed.
        """
        query = self._canned(name)
        table = self.query(name, **parameters).table
        dataset = self._where or self.project.titled(language or DEFAULT)
        return chart(query, labelled(table, self._ask, language), dataset=dataset)

    def _canned(self, name: str) -> CannedQuery:
        """A canned query; its file is read once."""
        if name not in self._found:
            self._found[name] = find(self.project, name)
        return self._found[name]

    def __repr__(self) -> str:
        return f"<kzlod dataset: {self._where or self.project.titled()}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the title, and the queries."""
        listed = "".join(
            f"<tr><td><code>{escape(query.name)}</code></td><td>{escape(query.summary)}</td></tr>\n"
            for query in self.queries()
        )
        head = '<thead><tr><th scope="col">query</th><th scope="col">what it answers</th></tr></thead>'
        caption = f"<caption>{escape(self._where or self.project.titled())}</caption>"
        return f"<table>\n{caption}\n{head}\n<tbody>\n{listed}</tbody>\n</table>\n"


def _texts(parameters: dict[str, Parameter]) -> dict[str, str]:
    return {name: f"{one:f}" if isinstance(one, Decimal) else str(one) for name, one in parameters.items()}
