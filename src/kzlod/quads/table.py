"""The table of quads: one columnar table in DuckDB, each quad with the file and row that it came from.

Columns: `s`, `p`, `o`, `g` (canonical N-Quads tokens, `g` empty for the default graph; a token says its kind,
datatype and language itself), `source` (a number of the table `sources`), `line` (of that file, 0 where a line
means nothing, NULL where the rows are the file's lines in order: the view `placed` has path and line of all). The order
of the tuples (s, p, o, g) is the order of the bytes of the N-Quads lines: no token is followed in a line by a byte that
is smaller than the space that ends it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from typing import Any, TypeVar

import duckdb

from kzlod.quads.canonical import insert_canonical
from kzlod.quads.order import ORDERED, make_ordered
from kzlod.quads.quiet import quiet
from kzlod.terms import Term, parse

Quad = tuple[str, str, str, str]
T = TypeVar("T")
_BATCH = 50_000
_TOGETHER = 1 << 26
"""How many bytes of records are one transaction, which DuckDB compresses after: in small ones it moves quads twice."""

_TABLES = """
CREATE TABLE sources (id USMALLINT, path VARCHAR, first_row BIGINT);
CREATE TABLE quads (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR, source USMALLINT, line UINTEGER);
CREATE VIEW placed AS
    SELECT s, p, o, g, source, path, coalesce(line, quads.rowid - first_row + 1)::UINTEGER AS line
    FROM quads JOIN sources ON source = id;
"""


# Canonical tokens hold no control character, so the separators of ASCII can stand between them. A text that seems to
# hang on a row is split when the query runs: of a constant DuckDB makes a list before, value by value.
_PARTS = """(
SELECT string_split(record, chr(31)) AS part
FROM (SELECT unnest(string_split(CASE WHEN n = 0 THEN $records END, chr(30))) AS record FROM range(1) one(n))
)"""
_INSERT = f"""
INSERT INTO quads SELECT part[1], part[2], part[3], part[4], part[5]::USMALLINT, part[6]::UINTEGER FROM {_PARTS}
"""
_INSERT_RECORDS = f"""
INSERT INTO quads SELECT part[1], part[2], part[3], $graph, $source, part[4]::UINTEGER FROM {_PARTS}
WHERE part[4] IS NOT NULL
"""


class QuadTable:
    """A table of quads in a DuckDB database of its own.

    >>> table = QuadTable()
    >>> a = table.source("a.ttl")
    >>> table.add([("<http://e/s>", "<http://e/p>", '"1"', "", 2), ("<http://e/s>", "<http://e/p>", '"1"', "", 9)], a)
    >>> len(table), list(table.lines())
    (1, ['<http://e/s> <http://e/p> "1" .'])
    >>> table.where("<http://e/s>")
    ('a.ttl', 2)
    """

    def __init__(self, *, folder: Path | None = None, memory_limit: str = "") -> None:
        """Make a table: in memory, or in a folder's file, compressed, for what is larger than memory."""
        # DuckDB makes the folder only where it has to spill, and empties it when the connection is closed.
        place = folder or Path(gettempdir()) / f"kzlod-{os.getpid()}"
        config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(place)}
        if memory_limit:
            config["memory_limit"] = memory_limit
        self._sql = duckdb.connect(str(folder / "quads.duckdb") if folder else ":memory:", config=config)
        quiet(self._sql)
        self._sql.execute(_TABLES)
        self._lock = Lock()
        self._pending: list[str] = []
        self._sources = 0
        self._ordered = False
        self._remembered: dict[Hashable, Any] = {}

    def source(self, path: str) -> int:
        """Register a file that quads come from; returns its number."""
        self._sql.execute("INSERT INTO sources VALUES (?, ?, 0)", [self._sources, path])
        self._sources += 1
        return self._sources - 1

    def add(self, quads: Iterable[tuple[str, str, str, str, int]], source: int) -> None:
        """Add quads as (s, p, o, g, line), all from one source."""
        for s, p, o, g, line in quads:
            self._pending.append(f"{s}\x1f{p}\x1f{o}\x1f{g}\x1f{source}\x1f{line}")
            if len(self._pending) >= _BATCH:
                self._flush()

    def add_records(self, pieces: Iterable[bytes | memoryview], source: int, *, graph: str) -> None:
        """Add quads of one source and graph as texts, fast.

        A piece is records, each of s, p, o and line, with 0x1F between them and 0x1E after each.
        """
        self._ordered, size = False, 0
        self._sql.execute("BEGIN")
        try:
            for piece in filter(len, pieces):
                values = {"records": str(piece, "utf-8"), "graph": graph, "source": source}
                self._sql.execute(_INSERT_RECORDS, values)
                size += len(piece)
                if size >= _TOGETHER:
                    self._sql.execute("COMMIT; CHECKPOINT; BEGIN")
                    size = 0
            self._sql.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):  # the transaction may be over
                self._sql.execute("ROLLBACK")
            raise

    def add_canonical(self, path: Path, source: int, *, graph: str = "") -> bool:
        """Add a file of canonical N-Triples or N-Quads, fast; False, with nothing added, where a line is not canonical.

        `graph` is the token of the graph for triples that name none.
        """
        first = int(self._scalar("SELECT coalesce(max(rowid) + 1, 0) FROM quads"))
        self._sql.execute("UPDATE sources SET first_row = ? WHERE id = ?", [first, source])
        added = insert_canonical(self._sql, path, source=source, graph=graph)
        self._ordered = self._ordered and not added
        return added

    def _flush(self) -> None:
        """Move what waits into the table: as one text, which DuckDB takes apart faster than it takes many values."""
        if self._pending:
            self._sql.execute(_INSERT, {"records": "\x1e".join(self._pending)})
            self._pending.clear()
            self._ordered = False

    @property
    def sql(self) -> duckdb.DuckDBPyConnection:
        """The connection to the database, with all quads in it."""
        self._flush()
        return self._sql

    def order(self) -> str:
        """The name of the table of unique quads (s, p, o, g) in canonical order, made when it is first asked for."""
        self._flush()
        if not self._ordered:
            make_ordered(self._sql)
            self._ordered = True
            self._remembered.clear()
        return ORDERED

    def __len__(self) -> int:
        return int(self._scalar(f"SELECT count(*) FROM {self.order()}"))

    def __iter__(self) -> Iterator[Quad]:
        """The unique quads in canonical order."""
        cursor = self.cursor().execute(f"SELECT s, p, o, g FROM {self.order()}")
        while batch := cursor.fetchmany(_BATCH):
            yield from batch

    def lines(self) -> Iterator[str]:
        """The lines of canonical N-Quads (RDFC-1.0, section 5), without their line feeds."""
        for s, p, o, g in self:
            yield f"{s} {p} {o} {g} ." if g else f"{s} {p} {o} ."

    def texts(self) -> Iterator[str]:
        """All quads as N-Quads in large pieces of whole lines, unordered and repeated: the fastest way out."""
        line = "s || ' ' || p || ' ' || o || ' ' || g || ' .'"
        cursor = self.cursor().execute(
            f"SELECT string_agg({line}, chr(10)) || chr(10) FROM quads GROUP BY rowid // {_BATCH}"
        )
        while piece := cursor.fetchone():
            yield piece[0]

    def digest(self) -> str:
        """SHA-256 of the canonical N-Quads, in hexadecimal: the hash of RDFC-1.0, as there are no blank nodes."""
        sha = hashlib.sha256()
        for line in self.lines():
            sha.update(line.encode() + b"\n")
        return sha.hexdigest()

    def graphs(self) -> list[str]:
        """The graphs' tokens, in order; the default graph is the empty text."""
        return [g for (g,) in self.rows(f"SELECT DISTINCT g FROM {self.order()} ORDER BY g")]

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once and kept until quads are added."""
        self.order()
        if key not in self._remembered:
            self._remembered[key] = make()
        found: T = self._remembered[key]
        return found

    def where(self, s: str, p: str = "", o: str = "") -> tuple[str, int] | None:
        """The file and line that say a subject's first quad with this predicate and object; None if nothing does."""
        found = self.rows(
            "SELECT path, line FROM placed"
            " WHERE s = $s AND ($p = '' OR p = $p) AND ($o = '' OR o = $o) ORDER BY source, line LIMIT 1",
            {"s": s, "p": p, "o": o},
        )
        return found[0] if found else None

    def objects(self, s: str, p: str) -> list[Term]:
        """The objects of a subject and a predicate, in order."""
        query = "SELECT DISTINCT o FROM quads WHERE s = ? AND p = ? ORDER BY o"
        return [parse(o) for (o,) in self.rows(query, [s, p])]

    def rows(self, query: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """The rows of a SQL query over `quads`, `sources` and what `order` made."""
        with self._lock:
            return self.sql.execute(query, parameters).fetchall()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the database, for what runs long or beside something else."""
        with self._lock:
            cursor = self.sql.cursor()
        quiet(cursor)
        return cursor

    def _scalar(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def close(self) -> None:
        """Close the database and free its memory."""
        self._sql.close()

    def __enter__(self) -> QuadTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
