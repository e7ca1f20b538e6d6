"""The executor `duckdb`: a table's file in chunks, each a query of DuckDB that gives the chunk's statements.

Chunks are made at the same time and come out in order. What SQL is not sure of (`sqlrow`), a row or a chunk, goes
through the row executor within the same pass; so the two executors give the same triples and the same findings.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

import duckdb

from kzlod.csvw.arrow import Texts, texts
from kzlod.csvw.chunks import Chunk, Chunks, Rest, in_utf8, placed, reread
from kzlod.csvw.fetch import BROKEN
from kzlod.csvw.model import Dialect
from kzlod.csvw.notation import Notation
from kzlod.csvw.opening import open_table
from kzlod.csvw.plan import Plan
from kzlod.csvw.rows import Executor, Run
from kzlod.csvw.sqlcells import Traits
from kzlod.csvw.sqldialect import MARK
from kzlod.csvw.sqlkeys import SqlKeys
from kzlod.csvw.sqlrow import RowSql
from kzlod.csvw.tables import TRIMS, Row
from kzlod.findings import Finding
from kzlod.quads.quiet import quiet
from kzlod.quads.sqltext import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_WANTED = 14 << 20
"""How many bytes a chunk's statements should have: up to 16 MB the memory of one chunk is used again for the next."""
_LEAST, _MOST = 1 << 16, 1 << 23


class File:
    """A file in memory where the system has such, else a temporary one: what DuckDB reads by its path."""

    def __init__(self) -> None:
        self._named = None
        if sys.platform == "linux":
            self.fd = os.memfd_create("kzlod")
            self.path = f"/proc/self/fd/{self.fd}"
        else:
            self.fd, self.path = tempfile.mkstemp(prefix="kzlod-")
            self._named = self.path

    def write(self, data: bytes) -> None:
        """Put this in the place of what there is."""
        os.ftruncate(self.fd, 0)
        view, place = memoryview(data), 0
        while place < len(data):
            place += os.pwrite(self.fd, view[place:], place)

    def close(self) -> None:
        """Give the memory or the disk back."""
        os.close(self.fd)
        if self._named:
            with suppress(OSError):
                os.unlink(self._named)  # noqa: PTH108


Output = bytes | memoryview
"""Some of the statements, written in a notation."""


class Engine:
    """A database of DuckDB and the threads that use it, for the tables of a group."""

    def __init__(self, *, workers: int | None = None) -> None:
        self.workers = workers or min(os.cpu_count() or 1, 8)
        config: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "memory_limit": "192MB"}
        config["temp_directory"] = os.path.join(tempfile.gettempdir(), f"kzlod-{os.getpid()}-csvw")  # noqa: PTH118
        self.sql = duckdb.connect(":memory:", config=config)
        quiet(self.sql)
        self.sql.execute("SET enable_external_file_cache = false")  # a path's content changes with each chunk
        self._pool: ThreadPoolExecutor | None = None

    @property
    def pool(self) -> ThreadPoolExecutor:
        """The threads."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.workers)
        return self._pool

    def close(self) -> None:
        """Stop the threads, close the database."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        self.sql.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def outputs(
    run: Run, stream: BinaryIO, dialect: Dialect, notation: Notation, engine: Engine, *, least: int = 0
) -> Iterator[Output]:
    """The statements of a table's file, in order.

    Raises `NotCompilableError`, before anything is given or said, for what only the row executor can do; also for a
    file of fewer than `least` bytes.
    """
    opening = open_table(run, stream, dialect, notation, least=least)
    table = None if opening.first is None else _Table(run, opening.plan, dialect, notation, engine, opening.first)
    told = opening.tell(run)
    yield opening.text
    if table is not None:
        table.told = told
        yield from table.outputs(opening.head[opening.offset :], stream)


@dataclass
class _Place:
    """What a chunk in work has to itself."""

    cursor: DuckDBPyConnection
    run: Run
    unsure: Executor
    """Reads rows that SQL is not sure of; their keys are kept by SQL."""
    executor: Executor
    """Reads chunks that are not regular."""
    source: File = field(default_factory=File)
    queries: dict[Traits, tuple[DuckDBPyRelation, str]] = field(default_factory=dict)
    """The query that gives the triples of the source, and the SQL that gives its keys."""
    findings: list[Finding] = field(default_factory=list)


class _Table:
    """The rows of one table."""

    def __init__(self, run: Run, plan: Plan, dialect: Dialect, notation: Notation, engine: Engine, first: Row) -> None:
        self.run, self.plan, self.dialect, self.notation = run, plan, dialect, notation
        self.engine, self.first = engine, first
        self.told = False
        """Whether it was said that the file is not in its encoding: it is said once."""
        self.chunks = Chunks(dialect, plan.width, size=_LEAST * 4)
        self.keyed = run.keys.kept(run.position) if isinstance(run.keys, SqlKeys) and run.aligned else []
        self._sql(
            Traits(quoted=True, spaced=True, special=True, lines=True), ""
        )  # a table that does not compile is known beforehand
        self.utf8 = in_utf8(dialect)

    def _sql(self, traits: Traits, path: str) -> tuple[str, str]:
        """The SQL that gives the triples of each row of a chunk, marked where it is not sure, and that of its keys."""
        run = self.run
        keys = frozenset(column for columns in self.keyed for column in columns)
        node = run.node if run.standard else None
        rows = RowSql(self.plan, self.dialect, traits, keys, run.position, node, self.notation)
        marked = f"CAST(starts_with(lines, {text(MARK)}) AS UTINYINT)"
        made = rows.rows(path, end=self.notation.after)
        triples = f"SELECT lines, {marked} FROM ({made}) made(lines)"
        return triples, rows.keyed(path, self.keyed) if self.keyed else ""

    def _query(self, place: _Place, traits: Traits) -> tuple[DuckDBPyRelation, str]:
        if traits not in place.queries:
            triples, keys = self._sql(traits, place.source.path)
            place.queries[traits] = place.cursor.sql(triples), keys
        return place.queries[traits]

    def outputs(self, data: bytes, stream: BinaryIO) -> Iterator[Output]:
        """The triples of all rows; `data` was read of them already."""
        places: list[_Place] = []
        waiting: deque[tuple[_Place, Chunk, Future[list[Output]]]] = deque()
        free: list[_Place] = []
        broken: Exception | None = None
        chunks = self.chunks.read(stream, data, line=self.first.line, row=0, source=self.first.number - 1)
        try:
            while True:
                try:
                    chunk = next(chunks, None)
                except BROKEN as error:
                    chunk, broken = None, error
                if chunk is None or isinstance(chunk, Rest):
                    break
                if len(places) <= self.engine.workers:
                    free.append(self._place())
                    places.append(free[-1])
                elif not free:
                    yield from self._next(waiting, free)
                place = free.pop()
                waiting.append((place, chunk, self.engine.pool.submit(self._made, place, chunk)))
            while waiting:
                yield from self._next(waiting, free)
            if chunk is not None:
                yield from self._rest(chunk, stream)
            if broken is not None:
                raise broken
        finally:
            for _, _, future in waiting:
                future.cancel()
                with suppress(BaseException):
                    future.result()
            for place in places:
                place.cursor.close()
                place.source.close()

    def _place(self) -> _Place:
        run = copy(self.run)
        unsure, executor = (Executor(run, self.plan, self.dialect) for _ in range(2))
        unsure.keyed = False
        place = _Place(self.engine.sql.cursor(), run, unsure, executor)
        run.report = place.findings.append
        return place

    def _next(self, waiting: deque[tuple[_Place, Chunk, Future[list[Output]]]], free: list[_Place]) -> Iterator[Output]:
        place, chunk, future = waiting.popleft()
        made = future.result()
        for finding in place.findings:
            self.run.report(finding)
        place.findings.clear()
        size = sum(map(len, made))
        self.chunks.size = min(_MOST, max(_LEAST, _WANTED * len(chunk.data) // max(size, 1)))
        free.append(place)
        yield from made

    def _made(self, place: _Place, chunk: Chunk) -> list[Output]:
        """A chunk's triples: by SQL, else row by row."""
        if chunk.regular:
            try:
                if (output := self._by_sql(place, chunk)) is not None:
                    return output
            except (duckdb.Error, UnicodeError):
                pass  # what its CSV reader does not take, `tables` may
            place.findings.clear()
        rows = reread(chunk.data, self.utf8, lambda line, *what: place.run.problem(line + chunk.line, *what))
        return ["".join(self._by_rows(place.executor, rows, chunk)).encode()]

    def _by_rows(self, executor: Executor, rows: Iterable[Row], piece: Chunk | Rest) -> Iterator[str]:
        statements = executor.run(placed(rows, line=piece.line, source=piece.source), piece.row)
        return self.notation.written(statements)

    def _by_sql(self, place: _Place, chunk: Chunk) -> list[Output] | None:
        """None where DuckDB does not see as many rows as there are."""
        place.source.write(chunk.data)
        cursor = place.cursor
        for name, value in (("row", chunk.row + 1), ("source", chunk.source + 1), ("line", chunk.line)):
            cursor.execute(f"SET VARIABLE {name} = {value}")
        triples, keys = self._query(place, chunk.traits)
        parts = list(texts(triples))
        if sum(part.rows for part in parts) != chunk.rows:
            return None
        made = [self._finished(place, chunk, part) for part in parts]
        if keys and isinstance(self.run.keys, SqlKeys):
            for cells in self.run.keys.take(self.run.position, cursor, keys):
                _, line, *row = json.loads(cells)
                parsed = place.unsure.parsed(self._trimmed(row)[self.dialect.skip_columns :])
                self.run.keys.row(self.run.position, parsed, int(line))
        return made

    def _finished(self, place: _Place, chunk: Chunk, part: Texts) -> Output:
        """The triples that SQL made, those of the rows that it was not sure of among them."""
        out, done, marked = list[Output](), 0, part.marks.find(1)
        if marked < 0:
            return part.data
        while marked >= 0:
            start, end = part.place(marked), part.place(marked + 1)
            out.append(part.data[done:start])
            done = end
            if end - start > 2:
                number, line, *row = json.loads(bytes(part.data[start + 1 : end - 1]))
                there = Row(int(line), chunk.source + int(number) + 1, self._trimmed(row))
                read = place.unsure.run([there], chunk.row + int(number))
                out.append("".join(self.notation.written(read)).encode())
            marked = part.marks.find(1, marked + 1)
        return b"".join([*out, part.data[done:]])

    def _trimmed(self, texts: list[str]) -> list[str]:
        trim = TRIMS.get(self.dialect.trim)
        return texts if trim is None else [trim(each) for each in texts]

    def _rest(self, rest: Rest, stream: BinaryIO) -> Iterator[Output]:
        """Row by row, from here to the end of the file."""
        executor = Executor(self.run, self.plan, self.dialect)

        def problem(line: int, code: str, message: str, remedy: str) -> None:
            if code != "table.encoding" or not self.told:
                self.run.problem(line + rest.line, code, message, remedy)

        rows = reread(rest.data, self.dialect, problem, stream)
        yield from joined(self._by_rows(executor, rows, rest))


def joined(texts: Iterable[str], most: int = 20_000) -> Iterator[bytes]:
    """Statements in larger pieces."""
    kept: list[str] = []
    for one in texts:
        kept.append(one)
        if len(kept) >= most:
            yield "".join(kept).encode()
            kept.clear()
    if kept:
        yield "".join(kept).encode()
