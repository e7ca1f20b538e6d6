"""The rows of a bare table as a table of DuckDB, `cells` with the columns c0, c1 …, for `draft` to ask about.

How the file is written is found out on the way: its delimiter, its encoding, its line terminators, blank rows.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

import duckdb
from duckdb import DuckDBPyConnection

from kzlod.csvw import discover, iri
from kzlod.csvw.chunks import Chain, Chunks, Rest, reread
from kzlod.csvw.compiled import File
from kzlod.csvw.fetch import BROKEN, Fetch, Response
from kzlod.csvw.model import Dialect
from kzlod.csvw.sqldialect import csv, trimmed
from kzlod.csvw.sqlvalues import NotCompilableError
from kzlod.csvw.tables import Problem, Row, read
from kzlod.errors import FindingsError, InputError
from kzlod.findings import Finding

SLICE = 200
"""Columns that are held at the same time: DuckDB keeps 256 KB of each in memory."""
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_SIZE = 1 << 22
_BATCH = 1 << 18
"""Cells that go to DuckDB together."""


@dataclass
class Filled:
    """A table's file, and what is known of it so far. Fill it with `fill`."""

    sql: DuckDBPyConnection
    shown: str
    """The file as the user typed it."""
    url: str
    fetch: Fetch
    dialect: Dialect = field(default_factory=Dialect)
    titles: tuple[str, ...] = ()
    count: int = 0
    """How many rows there are."""

    @classmethod
    def of(cls, sql: DuckDBPyConnection, source: str | os.PathLike[str], fetch: Fetch) -> Filled:
        """A table by its path or URL, with its first columns filled in.

        Raises `InputError` for a table that cannot be read, `FindingsError` for one whose rows have no common form.
        """
        typed = os.fspath(source)
        url = iri.normalise(typed) if re.match("[A-Za-z][A-Za-z0-9+.-]+:", typed) else iri.of_path(typed)
        made = cls(sql, typed, url, fetch)
        try:
            made.fill(0)
        except UnicodeError:
            made.dialect = Dialect(encoding="windows-1252")
            try:
                made.fill(0)
            except UnicodeError as error:  # the media type says that it is UTF-8
                raise InputError(str(error), where=typed, remedy="save the file as UTF-8") from error
        return made

    def fill(self, first: int) -> None:
        """Put `SLICE` columns from the number `first` on in the place of those that are there.

        Raises `UnicodeError` for a file that is not UTF-8, where no other encoding is known.
        """
        response = self.fetch(self.url, "text/csv, */*;q=0.5")
        with response.stream as stream:
            try:
                head = stream.read(_HEAD)
                self.dialect = self._dialect_of(head, response)
                start, line = self._header(head)
                width = len(self.titles[first : first + SLICE])
                self.sql.execute(f"CREATE OR REPLACE TABLE cells ({', '.join(f'c{n} VARCHAR' for n in range(width))})")
                if len(self.titles) > SLICE or not self._by_chunks(stream, head[start:], line):
                    rows = read(cast(BinaryIO, io.BufferedReader(Chain(head, stream))), self.dialect, self._problem)
                    next(rows)  # the header
                    self._add(rows, first)
            except UnicodeError:
                raise
            except BROKEN as error:
                raise InputError(f"it cannot be read to its end: {error}", where=self.shown) from error
        self.count = self._count()

    def _count(self) -> int:
        row = self.sql.execute("SELECT count(*) FROM cells").fetchone()
        return int(row[0]) if row else 0

    def _dialect_of(self, head: bytes, response: Response) -> Dialect:
        """The dialect: what the media type says, else what the start of the file shows."""
        dialect = discover.dialect_of(response, self.dialect, own=False)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            dialect = replace(dialect, encoding="utf-16")
        text = head.decode(dialect.encoding, "replace")
        if "\n" not in text and "\r" in text:
            dialect = replace(dialect, line_terminators=("\r",))
        if dialect.delimiter == ",":
            # The most frequent of those in the first line, outside quotes.
            first = "".join(re.split("[\n\r]", text, maxsplit=1)[0].split('"')[0::2])
            delimiter = max(_DELIMITERS, key=lambda one: (first.count(one), -_DELIMITERS.index(one)))
            dialect = replace(dialect, delimiter=delimiter)
        return dialect

    def _problem(self, line: int, code: str, message: str, remedy: str) -> None:
        """What the reader of the file says ends the work: the draft would not convert."""
        if code == "table.encoding" and self.dialect.encoding == "utf-8":
            raise UnicodeError(message)
        raise FindingsError([Finding(self.shown, line, None, code, message, remedy)])

    def _header(self, head: bytes) -> tuple[int, int]:
        """Read the titles; returns where the rows begin, and on which line."""
        said: list[tuple[int, str, str, str]] = []
        rows = read(io.BytesIO(head), self.dialect, lambda *problem: said.append(problem))
        first = next(rows, None)
        for problem in said:
            self._problem(*problem)
        second = next(rows, None)  # what was read may break off within it
        rows.close()
        if first is None or not any(first.cells):
            raise InputError("the file has no header", where=self.shown, remedy="name its columns in the first row")
        self.titles = tuple(first.cells)
        line = second.line if second else 2 + sum(cell.count("\n") for cell in first.cells)
        start = 0
        for _ in range(line - 1):
            start = head.find(b"\n", start) + 1 or len(head)
        return start, line

    def _by_chunks(self, stream: BinaryIO, data: bytes, line: int) -> bool:
        """Add all rows, by DuckDB's reader where it reads as `tables` does; False for a dialect of no chunks."""
        width = len(self.titles)
        try:
            chunks = Chunks(self.dialect, width, size=_SIZE)
        except NotCompilableError:
            return False
        names = [f"c{n}" for n in range(width)]
        cells = ", ".join(trimmed(name) for name in names)
        with closing(File()) as file:
            for chunk in chunks.read(stream, data, line=line, row=0, source=0):
                if isinstance(chunk, Rest):
                    self._add(reread(chunk.data, self.dialect, self._problem_after(chunk.line), stream), 0, chunk.line)
                    return True
                if chunk.regular:
                    file.write(chunk.data)
                    quote = '"' if chunk.traits.quoted else ""
                    rows = csv(file.path, names, delimiter=self.dialect.delimiter, quote=quote)
                    before = self._count()
                    try:
                        self.sql.execute(f"INSERT INTO cells SELECT {cells} FROM {rows}")
                        if self._count() - before == chunk.rows:
                            continue
                        self.sql.execute(f"DELETE FROM cells WHERE rowid >= {before}")
                    except duckdb.Error:
                        pass
                utf8 = replace(self.dialect, encoding="utf-8")
                self._add(reread(chunk.data, utf8, self._problem_after(chunk.line)), 0, chunk.line)
        return True

    def _problem_after(self, before: int) -> Problem:
        return lambda line, *what: self._problem(line + before, *what)

    def _add(self, rows: Iterator[Row], first: int, before: int = 0) -> None:
        """Add the rows that Python read, `before` lines having gone before."""
        width, last = len(self.titles), first + SLICE
        waiting: list[list[str]] = []
        wanted = len(self.titles[first:last])
        lists = ", ".join(["unnest(?::VARCHAR[])"] * wanted)

        def flush() -> None:
            if waiting:
                columns = [list(column) for column in zip(*waiting, strict=True)]
                self.sql.execute(f"INSERT INTO cells SELECT {lists}", columns)
                waiting.clear()

        for row in rows:
            if len(row.cells) != width:
                if row.cells in ([], [""]):
                    self.dialect = replace(self.dialect, skip_blank_rows=True)
                    continue
                message = f"the row has {len(row.cells)} cells, and the header {width}"
                remedy = "put a cell with a delimiter in it in quotes, add what is missing"
                raise FindingsError([Finding(self.shown, row.line + before, None, "table.ragged", message, remedy)])
            waiting.append([cell.encode("utf-8", "replace").decode() for cell in row.cells[first:last]])
            if len(waiting) * wanted >= _BATCH:
                flush()
        flush()
