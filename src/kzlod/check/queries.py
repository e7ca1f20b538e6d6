"""The canned queries of a dataset: each header must be readable, since pages and the API are made from it, and so must
what their columns and parameters are called.
"""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.errors import QueryError
from kzlod.findings import Finding
from kzlod.project import Project
from kzlod.query import CannedQuery
from kzlod.query.catalog import FOLDER, SUFFIX, read
from kzlod.query.columns import COLUMNS, columns, plain
from kzlod.query.tokens import tokens


def check_queries(project: Project) -> Iterator[Finding]:
    """The files of queries that cannot be read, or whose header is wrong; what is wrong with `columns.toml`."""
    queries = list[CannedQuery]()
    for path in project.files(FOLDER, SUFFIX):
        try:
            queries.append(read(path, project))
        except QueryError as error:
            yield _wrong(project.shown(path), "query.header", error)
    try:
        named = columns(project)
    except QueryError as error:
        yield _wrong(COLUMNS, "query.columns", error)
        return
    for name in sorted(named.keys() - _names(queries)):
        message, remedy = f"no query has a column or a parameter {name!r}", "correct the name, or take it out"
        yield Finding(COLUMNS, None, None, "query.unknown-column", message, remedy, "warning")


def _wrong(file: str, code: str, error: QueryError) -> Finding:
    line = error.where.removeprefix(f"{file}:")
    return Finding(file, int(line) if line.isdecimal() else None, None, code, error.message, error.remedy)


def _names(queries: list[CannedQuery]) -> set[str]:
    """What columns and parameters may have in `columns.toml`: the variables of queries, and what an ASK gives."""
    variables = (text[1:] for query in queries for kind, text in tokens(query.sparql) if kind == "variable")
    return {"result", *map(plain, variables)}
