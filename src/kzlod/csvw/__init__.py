"""CSV on the Web: tables with metadata become RDF, and are checked on the way.

    from kzlod import csvw
    csvw.convert("towns.csv", "towns.nt.zst")           # a file
    graph = csvw.graph("towns.csv", mode="minimal")     # an rdflib graph
    for s, p, o in csvw.triples("towns.csv"): ...       # tokens of N-Triples, one triple after the other

Metadata becomes a model (`metadata`, `model`), a table's model a plan (`plan`), and an executor runs the plan: row by
row (`rows`), or as SQL (`sqlrow`) in DuckDB (`compiled`) or on Apache Spark (`spark`). What SQL gives is texts, in a
notation that the row executor's statements are written in too (`notation`). The standards: Model for Tabular Data and
Metadata on the Web, Metadata Vocabulary for Tabular Data, Generating RDF from Tabular Data on the Web (W3C, 17 December
2015).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kzlod.csvw import discover, rows
from kzlod.csvw.conversion import Engine, Progress, convert, records, told
from kzlod.csvw.fetch import AbsentError, Fetch, Response
from kzlod.csvw.keys import Report
from kzlod.csvw.model import Column, Datatype, Dialect, ForeignKey, Table, TableGroup
from kzlod.csvw.plan import Plan, compile_table
from kzlod.csvw.rows import Mode, Statement
from kzlod.errors import FindingsError
from kzlod.findings import Finding
from kzlod.terms import XSD_STRING, parse

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = [
    "AbsentError",
    "Column",
    "Datatype",
    "Dialect",
    "Engine",
    "Fetch",
    "ForeignKey",
    "Plan",
    "Progress",
    "Response",
    "Table",
    "TableGroup",
    "column_of",
    "compile_table",
    "convert",
    "graph",
    "load",
    "records",
    "statements",
    "told",
    "triples",
    "validate",
]


def load(
    source: str | os.PathLike[str],
    *,
    metadata: str | os.PathLike[str] | None = None,
    fetch: Fetch | None = None,
) -> TableGroup:
    """Read what metadata says of tables, without reading the tables (but for the header of one without metadata).

    `source` is a path or URL: of a metadata document (`.json`), or of a table, whose metadata is `metadata`, or
    is looked for as the standard says (Tabular Data Model, 5), or is its own header. `fetch` reads URLs; without
    it only local files are read. What is wrong and can be passed over is in the group's `findings`.

    Raises `MetadataError` for metadata that cannot be used, `InputError` for a file that cannot be read.
    """
    return discover.load(source, metadata=metadata, fetch=fetch)


def statements(
    group: TableGroup, *, mode: Mode = "standard", provenance: bool = False, report: Report | None = None
) -> Iterator[Statement]:
    """The triples of a group of tables (Generating RDF from Tabular Data on the Web), row by row.

    Each is subject, predicate and object as tokens of canonical N-Triples, the position of its table in the
    group, and the line of the file that it comes from (0 for what is about a table or the group). `mode` is
    `standard`, which describes tables and rows too (with `provenance`, also how the triples were made), or
    `minimal`, which gives what the cells say alone. Blank nodes of rows have their numbers. `report` gets a
    `Finding` for all that is wrong with the tables; the rows go on.

    >>> import io
    >>> files = {
    ...     "http://example.org/m.json": b'''{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv",
    ...         "tableSchema": {"aboutUrl": "#{name}", "columns": [{"name": "name", "titles": "name"}]}}''',
    ...     "http://example.org/t.csv": b"name\\nAda\\n",
    ... }
    >>> group = load("http://example.org/m.json", fetch=lambda url, accept: Response(url, io.BytesIO(files[url])))
    >>> next(statements(group, mode="minimal"))
    ('<http://example.org/t.csv#Ada>', '<http://example.org/t.csv#name>', '"Ada"', 0, 2)
    """
    return rows.statements(group, mode=mode, provenance=provenance, report=report)


def triples(
    source: str | os.PathLike[str],
    *,
    metadata: str | os.PathLike[str] | None = None,
    mode: Mode = "standard",
    provenance: bool = False,
    fetch: Fetch | None = None,
) -> Iterator[tuple[str, str, str]]:
    """The triples of a table or of a metadata document's tables, one after the other, as tokens of N-Triples.

    `mode` and `provenance` are those of `statements`. Raises what `convert` raises: `FindingsError` after the last
    triple, where the tables have errors.
    """
    group = load(source, metadata=metadata, fetch=fetch)
    errors = [finding for finding in group.findings if finding.severity == "error"]

    def tell(finding: Finding) -> None:
        if finding.severity == "error":
            errors.append(finding)

    for s, p, o, _, _ in rows.statements(group, mode=mode, provenance=provenance, report=tell):
        yield s, p, o
    if errors:
        raise FindingsError(errors)


def graph(
    source: str | os.PathLike[str],
    *,
    metadata: str | os.PathLike[str] | None = None,
    mode: Mode = "standard",
    provenance: bool = False,
    fetch: Fetch | None = None,
) -> Graph:
    """The triples of `triples`, as an rdflib graph."""
    from functools import cache

    from rdflib import BNode, Graph, Literal, URIRef

    @cache
    def node(token: str) -> URIRef | BNode | Literal:
        term = parse(token)
        if term.kind == "iri":
            return URIRef(term.value)
        if term.kind == "blank":
            return BNode(term.value)
        plain = term.datatype in ("", XSD_STRING)
        return Literal(term.value, lang=term.language or None, datatype=None if plain else URIRef(term.datatype))

    made = Graph()
    for s, p, o in triples(source, metadata=metadata, mode=mode, provenance=provenance, fetch=fetch):
        made.add((node(s), node(p), node(o)))
    return made


def validate(group: TableGroup) -> list[Finding]:
    """All that is wrong with a group of tables: with its metadata, then with each file, by line."""
    found: list[Finding] = []
    for _ in rows.statements(group, mode="minimal", report=found.append):
        pass
    return [*group.findings, *found]


def column_of(table: Table, predicate: str) -> str | None:
    """The name of the column that a predicate's triples come from; None where no one column makes them.

    Columns of the file come before virtual ones.
    """
    plan = compile_table(table)
    matches = [plan.columns[output.column] for output in plan.outputs if output.predicate.constant == predicate]
    matches.sort(key=lambda column: column.virtual)
    return matches[0].name if matches else None
