"""Drafting the metadata of a bare table: datatypes of all its rows, null markers, keys, what may be dimensions.

The draft is for a person to edit, and it converts as it is: a datatype is named only where every cell is of it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from kzlod.csvw import discover, iri
from kzlod.csvw.chunks import Chunks, Rest, reread
from kzlod.csvw.context import NAMESPACE
from kzlod.csvw.fetch import BROKEN, Fetch, local
from kzlod.csvw.model import Datatype, Dialect
from kzlod.csvw.sqldialect import csv, matches, trimmed
from kzlod.csvw.sqlvalues import NotCompilableError, value_sql
from kzlod.csvw.tables import Row, read
from kzlod.errors import FindingsError, InputError
from kzlod.findings import Finding
from kzlod.quads.sqltext import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MARKERS = (
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NULL",
    "null",
    "None",
    "none",
    "-",
    "--",
    "–",
    "—",
    ".",
    "..",
    "...",
    ":",
    "?",
    "*",
)
"""What tables write for a value that is missing; counted as null where the rest of a column has a datatype."""
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_SIZE = 1 << 22
_DATES = ("dd.MM.yyyy", "d.M.yyyy", "dd/MM/yyyy", "d/M/yyyy", "MM/dd/yyyy", "M/d/yyyy", "dd-MM-yyyy", "d-M-yyyy")
_CANDIDATES: tuple[tuple[Any, Datatype, str], ...] = (
    ("boolean", Datatype("boolean"), "true|false"),
    ("integer", Datatype("integer"), "-?(?:0|[1-9][0-9]*)"),
    ("decimal", Datatype("decimal"), r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"),
    ("double", Datatype("double"), r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?|NaN|-?INF"),
    (
        {"base": "decimal", "format": {"groupChar": ","}},
        Datatype("decimal", group_char=","),
        r"[+-]?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?",
    ),
    (
        {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}},
        Datatype("decimal", decimal_char=",", group_char="."),
        r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?",
    ),
    ("date", Datatype("date"), ""),
    ("dateTime", Datatype("dateTime"), ""),
    ("time", Datatype("time"), ""),
    ("gYearMonth", Datatype("gYearMonth"), ""),
    *(({"base": "date", "format": form}, Datatype("date", format=form), "") for form in _DATES),
    ("anyURI", Datatype("anyURI"), r"https?://[^\s<>]+"),
)
"""Datatypes in the order that they are tried: as metadata writes them, as the model has them, what is more to match."""
_YEAR = ("gYear", Datatype("gYear"), "(?:1[0-9]|20|21)[0-9]{2}")
_MEASURES = frozenset(("decimal", "double"))
_MOST_DIMENSIONS = 12


@dataclass
class _Column:
    """What all rows say of a column."""

    title: str
    name: str
    datatype: Any
    null: list[str]
    required: bool
    different: int
    canonical: str
    """SQL of the values in canonical form."""

    @property
    def base(self) -> str:
        return str(self.datatype["base"] if isinstance(self.datatype, dict) else self.datatype)


def draft(
    source: str | os.PathLike[str], *, beside: str | os.PathLike[str] | None = None, fetch: Fetch = local
) -> dict[str, Any]:
    """The metadata of a table, as JSON: from its header and all its rows.

    `beside` is where the metadata will be, so that it can name the table from there; else it stands beside the table.
    Raises `InputError` for a table that cannot be read, `FindingsError` for one whose rows have no common form.
    """
    import duckdb

    typed = os.fspath(source)
    url = iri.normalise(typed) if re.match("[A-Za-z][A-Za-z0-9+.-]+:", typed) else iri.of_path(typed)
    with closing(duckdb.connect(config={"threads": 1, "memory_limit": "300MB"})) as sql:
        sql.execute("SET enable_progress_bar = false")
        sql.execute("SET enable_external_file_cache = false")
        titles, dialect = _filled(sql, url, typed, fetch)
        count = _one(sql, "SELECT count(*) FROM cells")
        columns = list(_columns(sql, titles, count))
        key = _key(sql, columns, count)
    return _metadata(_relative(url, typed, beside), dialect, columns, key, count)


def _relative(url: str, typed: str, beside: str | os.PathLike[str] | None) -> str:
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


def _filled(sql: DuckDBPyConnection, url: str, shown: str, fetch: Fetch) -> tuple[list[str], Dialect]:
    """Fill the table `cells`, columns c0, c1 …; returns the header's titles and the dialect."""
    for encoding in ("utf-8", "windows-1252"):
        response = fetch(url, "text/csv, */*;q=0.5")
        with response.stream as stream:
            try:
                dialect = discover.dialect_of(response, Dialect(encoding=encoding), own=False)
                head = stream.read(_HEAD)
                dialect = replace(dialect, delimiter=_delimiter(head, dialect))
                titles, start, line = _header(head, dialect, shown)
                sql.execute(f"CREATE OR REPLACE TABLE cells ({', '.join(f'c{n} VARCHAR' for n in range(len(titles)))})")
                if _fill(sql, stream, head[start:], dialect, len(titles), shown, line) or encoding != "utf-8":
                    return titles, dialect
            except BROKEN as error:
                raise InputError(f"it cannot be read to its end: {error}", where=shown) from error
            except NotCompilableError as error:
                raise InputError(f"its metadata cannot be drafted: {error}", where=shown) from error
    raise AssertionError  # the second encoding returns


def _delimiter(head: bytes, dialect: Dialect) -> str:
    """The delimiter: what is most frequent in the first line, outside quotes."""
    if dialect.delimiter != ",":
        return dialect.delimiter
    first = b"".join(head.partition(b"\n")[0].split(b'"')[0::2]).decode("utf-8", "replace")
    return max(_DELIMITERS, key=lambda one: (first.count(one), -_DELIMITERS.index(one)))


def _header(head: bytes, dialect: Dialect, shown: str) -> tuple[list[str], int, int]:
    """The titles, where the rows begin, and on which line."""
    rows = read(BytesIO(head), dialect, lambda *problem: None)
    first, second = next(rows, None), next(rows, None)
    rows.close()
    if first is None or not any(first.cells):
        raise InputError("the file has no header", where=shown, remedy="name its columns in the first row")
    start, line = 0, second.line if second else head.count(b"\n") + 2
    for _ in range(line - 1):
        start = head.find(b"\n", start) + 1 or len(head)
    return first.cells, start, line


def _fill(
    sql: DuckDBPyConnection, stream: BinaryIO, data: bytes, dialect: Dialect, width: int, shown: str, line: int
) -> bool:
    """Add all rows to the table; False where the file is not in the dialect's encoding."""
    from kzlod.csvw.compiled import File

    names = [f"c{n}" for n in range(width)]
    cells = ", ".join(trimmed(name) for name in names)
    with closing(File()) as file:
        for chunk in Chunks(dialect, width, size=_SIZE).read(stream, data, line=line, row=0):
            if isinstance(chunk, Rest):
                if dialect.encoding == "utf-8":
                    try:
                        chunk.data.decode("utf-8")
                    except UnicodeDecodeError:
                        return False
                _add(sql, reread(chunk.data, dialect, rest=stream), width, shown, chunk.line)
                return True
            if chunk.regular:
                file.write(chunk.data)
                rows = csv(file.path, names, delimiter=dialect.delimiter, quote='"' if chunk.traits.quoted else "")
                before = _one(sql, "SELECT count(*) FROM cells")
                try:
                    sql.execute(f"INSERT INTO cells SELECT {cells} FROM {rows}")
                    if _one(sql, "SELECT count(*) FROM cells") - before == chunk.rows:
                        continue
                    sql.execute(f"DELETE FROM cells WHERE rowid >= {before}")
                except _duckdb_error():
                    pass
            _add(sql, reread(chunk.data, replace(dialect, encoding="utf-8")), width, shown, chunk.line)
    return True


def _duckdb_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _add(sql: DuckDBPyConnection, rows: Iterator[Row], width: int, shown: str, line: int) -> None:
    """Add rows that Python read."""
    waiting: list[list[str]] = []
    lists = ", ".join(["unnest(?::VARCHAR[])"] * width)

    def flush() -> None:
        if waiting:
            sql.execute(f"INSERT INTO cells SELECT {lists}", [list(column) for column in zip(*waiting, strict=True)])
            waiting.clear()

    for row in rows:
        if len(row.cells) != width:
            message = f"the row has {len(row.cells)} cells, and the header {width}"
            remedy = "put a cell with a delimiter in it in quotes, add what is missing"
            raise FindingsError([Finding(shown, row.line + line, None, "table.ragged", message, remedy)])
        waiting.append([cell.encode("utf-8", "replace").decode() for cell in row.cells])
        if len(waiting) >= 10_000:
            flush()
    flush()


def _columns(sql: DuckDBPyConnection, titles: list[str], count: int) -> Iterator[_Column]:
    taken: set[str] = set()
    for number, title in enumerate(titles):
        name = re.sub("[^A-Za-z0-9]+", "_", title).strip("_") or f"column_{number + 1}"
        while name.lower() in taken:
            name = f"{name}_{number + 1}"
        taken.add(name.lower())
        yield _column(sql, f"c{number}", title, name, count)


def _column(sql: DuckDBPyConnection, c: str, title: str, name: str, count: int) -> _Column:
    markers = ", ".join(map(text, ("", *MARKERS)))
    query = f"SELECT {c}, count(*) FROM cells WHERE {c} IN ({markers}) GROUP BY {c} ORDER BY 2 DESC, 1"
    marked = dict(sql.execute(query).fetchall())
    candidates = ([_YEAR] if "year" in title.lower() else []) + list(_CANDIDATES)
    values = [
        value_sql(datatype, c, canonical=datatype.base not in ("double", "time", "dateTime"))
        for _, datatype, _ in candidates
    ]
    tests = [
        f"bool_and({value.sure}{f' AND {matches(c, more)}' if more else ''})"
        for value, (_, _, more) in zip(values, candidates, strict=True)
    ]
    fits = sql.execute(f"SELECT {', '.join(tests)} FROM cells WHERE {c} NOT IN ({markers})").fetchone() or ()
    chosen = next((n for n, fit in enumerate(fits) if fit), None)
    datatype: Any = "string"
    null, canonical = [marker for marker in marked if marker == ""], c
    if chosen is not None:
        datatype, null, canonical = candidates[chosen][0], list(marked), values[chosen].canonical
    missing = sum(marked[marker] for marker in null)
    different = min(count, _one(sql, f"SELECT approx_count_distinct({c}) FROM cells"))
    return _Column(title, name, datatype, null, count > 0 and missing == 0, different, canonical)


def _key(sql: DuckDBPyConnection, columns: list[_Column], count: int) -> list[_Column]:
    """The columns whose values tell all rows apart: one, or as few dimensions as do."""

    def unique(some: list[_Column]) -> bool:
        values = ", ".join(column.canonical for column in some)
        return _one(sql, f"SELECT count(DISTINCT hash({values})) FROM cells") == count

    if count == 0:
        return []
    able = [column for column in columns if column.required and column.base not in _MEASURES]
    able = [column for column in able if column.base not in ("boolean", "time", "dateTime")]
    likely = [column for column in able if column.different > count * 0.9]
    for column in sorted(likely, key=lambda one: not re.search("(^|_)(id|code|key)($|_)", one.name.lower())):
        if unique([column]):
            return [column]
    several = [column for column in able if _is_dimension(column, count)][:_MOST_DIMENSIONS]
    if len(several) < 2 or not unique(several):
        return []
    for column in list(several):
        rest = [other for other in several if other is not column]
        if len(rest) > 1 and unique(rest):
            several = rest
    return several


def _is_dimension(column: _Column, count: int) -> bool:
    if column.base in _MEASURES:
        return False
    return column.base.startswith(("g", "date")) or column.different <= max(20, count // 5)


def _metadata(url: str, dialect: Dialect, columns: list[_Column], key: list[_Column], count: int) -> dict[str, Any]:
    described = []
    for column in columns:
        one: dict[str, Any] = {"name": column.name}
        if column.title.strip():
            one["titles"] = column.title
        if column.datatype != "string":
            one["datatype"] = column.datatype
        if column.null not in ([""], []):
            one["null"] = column.null if "" in column.null else ["", *column.null]
        if column.required:
            one["required"] = True
        if count:
            one["rdfs:comment"] = _comment(column, count)
        described.append(one)
    schema: dict[str, Any] = {"columns": described}
    if key:
        schema["primaryKey"] = key[0].name if len(key) == 1 else [column.name for column in key]
        schema["aboutUrl"] = "#" + "/".join(f"{{{column.name}}}" for column in key)
    out: dict[str, Any] = {"@context": NAMESPACE, "url": url}
    changed = {"delimiter": dialect.delimiter, "encoding": dialect.encoding}
    changed = {name: value for name, value in changed.items() if value != getattr(Dialect(), name)}
    if changed:
        out["dialect"] = changed
    return out | {"tableSchema": schema}


def _comment(column: _Column, count: int) -> str:
    """What a column may be in a data cube."""
    about = f"about {column.different:,} different values in {count:,} rows"
    if column.base in _MEASURES or (column.base == "integer" and not _is_dimension(column, count)):
        return f"Candidate measure: {about}."
    if _is_dimension(column, count):
        return f"Candidate dimension: {about}."
    return f"{about[0].upper()}{about[1:]}."
