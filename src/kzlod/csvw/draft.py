"""Drafting the metadata of a bare table: datatypes of all its rows, null markers, keys, what may be dimensions.

The draft is for a person to edit, and it converts as it is: a datatype is named only where every cell is of it.
"""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import closing
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from kzlod.csvw import inferred, iri
from kzlod.csvw.context import NAMESPACE
from kzlod.csvw.fetch import Fetch, local
from kzlod.csvw.filled import SLICE, Filled
from kzlod.csvw.inferred import Inferred
from kzlod.csvw.model import Dialect

_MEASURES = frozenset(("decimal", "double"))
_IDENTIFIER = re.compile("(^|_)(id|code|key)($|_)")
_MOST_DIMENSIONS = 12
_DIALECT = {
    "delimiter": "delimiter", "encoding": "encoding", "lineTerminators": "line_terminators",
    "skipBlankRows": "skip_blank_rows",
}  # fmt: skip


def draft(
    source: str | os.PathLike[str], *, beside: str | os.PathLike[str] | None = None, fetch: Fetch = local
) -> dict[str, Any]:
    """The metadata of a table, as JSON: from its header and all its rows.

    `beside` is where the metadata will be, so that it can name the table from there; else it stands beside the table.
    A key is looked for among the first 200 columns; where a wider table has none there, the draft says so.
    Raises `InputError` for a table that cannot be read, `FindingsError` for one whose rows have no common form.
    """
    spill = os.path.join(tempfile.gettempdir(), f"kzlod-{os.getpid()}-draft")  # noqa: PTH118
    config: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "memory_limit": "300MB"}
    with closing(duckdb.connect(config=config | {"temp_directory": spill})) as sql:
        sql.execute("SET enable_progress_bar = false")
        sql.execute("SET enable_external_file_cache = false")
        table = Filled.of(sql, source, fetch)
        names = inferred.names(table.titles)
        columns: list[Inferred] = []
        key: list[Inferred] = []
        for first in range(0, len(names), SLICE):
            if first > 0:
                table.fill(first)
            last = first + SLICE
            columns += inferred.columns(sql, table.titles[first:last], names[first:last], table.count)
            if first == 0:  # a key is looked for among these alone, as is said where there is none
                key = _key(sql, columns, table.count)
    url = _relative(table.url, beside)
    return _metadata(url, table.dialect, columns, key, table.count)


def _relative(url: str, beside: str | os.PathLike[str] | None) -> str:
    path = iri.to_path(url)
    if path is None:
        return url
    folder = path.parent if beside is None else os.path.dirname(os.path.abspath(beside))  # noqa: PTH100, PTH120
    return iri.of_path(path).rpartition("/")[2] if str(folder) == str(path.parent) else _path_url(path, folder)


def _path_url(path: Any, folder: Any) -> str:
    from urllib.parse import quote

    return quote(os.path.relpath(path, folder), safe="/-._~!$&'()*+,;=@")


def _one(sql: DuckDBPyConnection, query: str) -> int:
    row = sql.execute(query).fetchone()
    return int(row[0]) if row else 0


def _key(sql: DuckDBPyConnection, columns: list[Inferred], count: int) -> list[Inferred]:
    """The columns whose values tell all rows apart: one, or as few dimensions as do.

    A whole number that is not named as an identifier may be a measure that happens to differ: it is tried last.
    """

    def unique(some: list[Inferred]) -> bool:
        values = ", ".join(column.canonical for column in some)
        return _one(sql, f"SELECT count(DISTINCT hash({values})) FROM cells") == count

    if count == 0:
        return []
    able = [column for column in columns if column.identifies]
    likely = [column for column in able if column.different > count * 0.9]
    likely.sort(key=lambda column: not _IDENTIFIER.search(column.name.lower()))
    last = [c for c in likely if c.base == "integer" and c is not columns[0] and not _IDENTIFIER.search(c.name.lower())]
    for column in likely:
        if column not in last and unique([column]):
            return [column]
    several = [column for column in able if _is_dimension(column, count) and column not in last][:_MOST_DIMENSIONS]
    if len(several) < 2 or not unique(several):
        return next(([column] for column in last if unique([column])), [])
    for column in list(several):
        rest = [other for other in several if other is not column]
        if len(rest) > 1 and unique(rest):
            several = rest
    return several


def _is_dimension(column: Inferred, count: int) -> bool:
    if column.base in _MEASURES:
        return False
    return column.base.startswith(("g", "date")) or column.different <= max(20, count // 5)


def _metadata(url: str, dialect: Dialect, columns: list[Inferred], key: list[Inferred], count: int) -> dict[str, Any]:
    described = []
    for column in columns:
        one: dict[str, Any] = {"name": column.name}
        if column.title.strip():
            one["titles"] = column.title
        if column.datatype != "string":
            one["datatype"] = column.datatype
        if set(column.null) - {""}:
            one["null"] = list(dict.fromkeys(["", *column.null]))
        if column.required:
            one["required"] = True
        if count:
            one["rdfs:comment"] = _comment(column, count, alone=key == [column])
        described.append(one)
    schema: dict[str, Any] = {"columns": described}
    if key:
        schema["primaryKey"] = key[0].name if len(key) == 1 else [column.name for column in key]
        schema["aboutUrl"] = "#" + "/".join(f"{{{column.name}}}" for column in key)
    elif count and len(columns) > SLICE:
        schema["rdfs:comment"] = (
            f"No key among the first {SLICE} columns; the other {len(columns) - SLICE:,} may have one."
        )
    out: dict[str, Any] = {"@context": NAMESPACE, "url": url}
    changed = {name: getattr(dialect, field) for name, field in _DIALECT.items()}
    changed = {name: value for name, value in changed.items() if value != getattr(Dialect(), _DIALECT[name])}
    changed = {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}
    if changed:
        out["dialect"] = changed
    return out | {"tableSchema": schema}


def _comment(column: Inferred, count: int, *, alone: bool) -> str:
    """What a column may be in a data cube; `alone` says that it is the key."""
    if column.empty:
        return f"No value in {count:,} rows."
    about = f"about {column.different:,} different values in {count:,} rows"
    if alone:
        said = f"Key: {about}."
    elif column.base in _MEASURES or (column.base == "integer" and not _is_dimension(column, count)):
        said = f"Candidate measure: {about}."
    elif _is_dimension(column, count):
        said = f"Candidate dimension: {about}."
    else:
        said = f"{about[0].upper()}{about[1:]}."
    if column.rival:
        said += f" All cells are in the format {column.rival} too, which says something else of them: check it."
    return said
