"""The data on Spark: parts of N-Triples, N-Quads and Parquet, taken apart anew whenever they are looked at.

Paths are those of files, or of folders of part files, where the driver and all workers see them. A folder is one
document: the same label is the same blank node in all its parts. Parquet has the columns s, p and o: terms as canonical
N-Quads tokens. What is not in canonical form is parsed line by line, in the workers too.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote, urlsplit

import duckdb

from kzlod.errors import InputError
from kzlod.formats import by_suffix
from kzlod.quads.load import parsed_lines
from kzlod.quads.scan import Scan
from kzlod.quads.spark import Batches, each, small
from kzlod.quads.sqltext import text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

WRONG = "\x02"
"""Stands for a line that does not parse."""
_SUFFIXES = (".nt", ".nq", ".nt.gz", ".nq.gz", ".parquet")
_KINDS = "N-Triples, N-Quads (.nt, .nq, .nt.gz, .nq.gz) or Parquet"
_COLUMNS = ("s", "p", "o")
_FEW = 10_000
"""How many subjects are looked for by name."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Makes the lines of a part canonical: what it is given as `line`, it gives so, or as `WRONG`, or as NULL."""

    scan: Scan

    def __call__(self, batches: Batches, sql: duckdb.DuckDBPyConnection) -> Batches:
        import pyarrow

        odd = (
            "SELECT n, line FROM (SELECT row_number() OVER () - 1 AS n, line FROM lines)"
            f" WHERE NOT coalesce({self.scan.canonical()}, false)"
        )
        for batch in batches:
            place = batch.schema.get_field_index("line")
            lines = batch.column(place)
            try:
                lines.validate(full=True)
            except pyarrow.ArrowInvalid:  # bytes that are not UTF-8
                lines = pyarrow.array([_decoded(line) for line in lines.cast(pyarrow.binary()).to_pylist()])
            sql.register("lines", pyarrow.table({"line": lines}))
            if found := sql.execute(odd).fetchall():
                values = lines.to_pylist()
                for n, line in found:
                    values[n] = self._canonical(line)
                lines = pyarrow.array(values, pyarrow.string())
            yield batch.set_column(place, "line", lines)

    def _canonical(self, line: str) -> str | None:
        try:
            for s, p, o, *_ in parsed_lines([(0, line)], by_suffix(self.scan.path), "", ""):
                return f"{s} {p} {o} ."
        except InputError:
            return WRONG
        return None


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return WRONG


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of one form, whose blank nodes are those of one document; in files, if they have places."""

    scan: Scan
    lines: DataFrame
    rows: bool = False

    def each(self, query: str, *more: str) -> DataFrame:
        """What a query of DuckDB over `triple` gives for each part of the lines, with more of the columns."""
        triples = self.scan.rows("part WHERE line IS NOT NULL")
        return each(self.lines.select("line", *more), f"WITH triple AS ({triples}) {query}", before=_Lines(self.scan))

    def placed(self, where: str, shown: Mapping[Path, str]) -> DataFrame:
        """The triples for which a condition holds, with the name of the file and the number of the line (n).

        The number is 0 where the triples are rows of Parquet.
        """
        columns = ("file", "block", "id")
        found = self.each(f"SELECT s, p, o, file, block, id FROM triple WHERE {where}", *columns)
        firsts = self.lines.sparkSession.sql(
            "SELECT file, block, min(id), count(*) FROM {lines} GROUP BY file, block", lines=self.lines
        ).collect()
        starts, before, last = [], 0, ""
        for file, block, first, count in sorted(tuple(row) for row in firsts):
            before = before if file == last else 0
            starts.append((file, block, shown[Path(unquote(urlsplit(file).path))], before - first + 1))
            before, last = before + count, file
        names = small(self.lines.sparkSession, ["file", "block", "shown", "start"], starts)
        number = "0L" if self.rows else "start + id"
        return found.join(names, ["file", "block"]).selectExpr("s", "p", "o", "shown", f"{number} AS n")


class SparkData:
    """Files and folders of part files, read by a Spark session; `add` adds triples of the driver's.

    Raises `InputError` for what is not there, or is in no form that Spark reads in parts.
    """

    def __init__(self, session: SparkSession, paths: Iterable[str | os.PathLike[str]]) -> None:
        self.session = session
        self._parts: list[_Part] = []
        self._added: list[_Part] = []
        self._shown: dict[Path, str] = {}
        given = list(paths)
        for number, path in enumerate(given):
            files = self._files(Path(path), str(path))
            apart = f"f{number}x" if len(given) > 1 else ""
            for suffix in (".nt", ".nq", ".parquet"):
                if found := [file for file in files if file.name.removesuffix(".gz").endswith(suffix)]:
                    self._parts.append(self._read(found, suffix, apart))

    def _files(self, path: Path, shown: str) -> list[Path]:
        remedy = f"name files of {_KINDS}, or a folder of such parts"
        found = [path]
        if path.is_dir():
            found = sorted(
                file for file in path.iterdir() if file.name[0] not in "._" and file.name.endswith(_SUFFIXES)
            )
            if not found:
                raise InputError(f"holds no parts of {_KINDS}", where=shown, remedy=remedy)
        elif not path.is_file():
            raise InputError("is no file" if path.exists() else "is not there", where=shown, remedy=remedy)
        elif not path.name.endswith(_SUFFIXES):
            raise InputError("the engine spark does not read this form", where=shown, remedy=remedy)
        for file in found:
            self._shown[file.resolve()] = shown if file is path else str(Path(shown) / file.name)
        return found

    def _read(self, files: list[Path], suffix: str, apart: str) -> _Part:
        names = [_literal(file.resolve()) for file in files]
        if rows := suffix == ".parquet":
            frame, line = self.session.read.parquet(*names), "concat_ws(' ', s, p, o, '.')"
            if lacking := [name for name in _COLUMNS if dict(frame.dtypes).get(name) != "string"]:
                message = f"has no column {', '.join(lacking)} of texts"
                remedy = "name the columns of subjects, predicates and objects s, p and o"
                raise InputError(message, where=self._shown[files[0].resolve()], remedy=remedy)
        else:
            frame, line = self.session.read.text(names, lineSep="\n"), "value"
        lines = frame.selectExpr(
            f"{line} AS line",
            "_metadata.file_path AS file",
            "_metadata.file_block_start AS block",
            "monotonically_increasing_id() AS id",
        )
        return _Part(Scan(Path("part.nq" if suffix == ".nq" else "part.nt"), apart), lines, rows)

    def add(self, triples: Iterable[tuple[str, str, str]]) -> None:
        """Add triples of tokens that are not counted as data."""
        if lines := [(f"{s} {p} {o} .",) for s, p, o in triples]:
            self._added.append(_Part(Scan(Path("part.nt")), small(self.session, ["line"], lines)))

    def triples(self, query: str) -> DataFrame:
        """What a query of DuckDB over `triple` (s, p, o) gives for each part of the data.

        A line that is wrong is a triple with `WRONG` as s and no predicate.
        """
        return _union(part.each(query) for part in (*self._parts, *self._added))

    def is_empty(self) -> bool:
        """Whether there is no triple at all."""
        return _union(part.each("SELECT 1 AS one FROM triple LIMIT 1") for part in self._parts).isEmpty()

    def refuse(self) -> NoReturn:
        """Raise `InputError` for the first line that does not parse, with its file and number."""
        wrong = _union(part.placed("p IS NULL", self._shown) for part in self._parts)
        ((shown, n),) = wrong.selectExpr("min(struct(shown, n)) AS first").select("first.*").collect()
        path = next(path for path, name in self._shown.items() if name == shown)
        if not n:
            raise InputError("a row is no triple of N-Quads tokens", where=shown)
        format_ = by_suffix(Path(path.name.removesuffix(".gz")))
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            line = next(islice(file, n - 1, n))
        try:
            list(parsed_lines([(n, line.decode().rstrip("\n"))], format_, shown, ""))
        except UnicodeDecodeError as error:
            raise InputError("is not UTF-8", where=f"{shown}:{n}", remedy="write it as UTF-8") from error
        raise InputError("has changed while it was read", where=shown)

    def place(self, sql: duckdb.DuckDBPyConnection) -> None:
        """Say where the results in the table `kept` come from, as `Data.place` does."""
        wanted = sql.execute("SELECT DISTINCT focus, path, value FROM kept").fetchall()
        if not wanted:
            return
        subjects = sorted({focus for focus, *_ in wanted})
        where = f"s IN ({', '.join(map(text, subjects))})" if len(subjects) <= _FEW else "p IS NOT NULL"
        rows = _union(part.placed(where, self._shown) for part in self._parts)
        rows.createOrReplaceTempView("placed")
        small(self.session, ["focus", "path", "value"], wanted).createOrReplaceTempView("wanted")
        nearness = "CASE WHEN q.p <> w.path THEN 2 WHEN q.o <> w.value THEN 1 ELSE 0 END"
        found = self.session.sql(
            f"SELECT w.focus, w.path, w.value, min(struct({nearness} AS nearness, q.shown, q.n)) AS best"
            " FROM wanted w JOIN placed q ON q.s = w.focus GROUP BY ALL"
        ).selectExpr("focus", "path", "value", "best.shown || if(best.n > 0, ':' || best.n, '')")
        if rows_ := found.collect():
            columns = [list(column) for column in zip(*rows_, strict=True)]
            sql.execute("INSERT INTO place SELECT unnest(?), unnest(?), unnest(?), unnest(?)", columns)


def _union(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(lambda one, other: one.unionAll(other), frames)


def _literal(path: Path) -> str:
    """A path as Spark reads it, which takes some characters as patterns."""
    return "".join("\\" + char if char in "*?[]{}\\" else char for char in str(path))
