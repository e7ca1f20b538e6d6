"""The executor `spark`: a table's plan as SQL on Apache Spark, over parts of its file at the same time.

    csvw.convert("trade.csv", "trade", engine="spark", master="spark://host:7077")

The folder gets N-Triples in files `part-00000.nt` and so on, which one after the other are what DuckDB writes. The
table and the folder are where the driver and all workers see them: on this machine, or in a shared file system.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kzlod.csvw import described, iri
from kzlod.csvw.discover import dialect_of
from kzlod.csvw.fetch import BROKEN, Response, is_plain, local
from kzlod.csvw.keys import Report
from kzlod.csvw.model import Dialect, TableGroup
from kzlod.csvw.notation import N_TRIPLES
from kzlod.csvw.opening import open_table
from kzlod.csvw.plan import Plan
from kzlod.csvw.rows import Mode, Run, at
from kzlod.csvw.sparkrows import BLOCK, Reading, Source, Span, blocks, in_spans
from kzlod.csvw.sqlcells import Traits
from kzlod.csvw.sqldialect import on_spark
from kzlod.csvw.sqlrow import RowSql
from kzlod.csvw.sqlvalues import NotCompilableError
from kzlod.errors import InputError, ReleaseError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from kzlod.csvw.sparkkeys import SparkKeys

ALL = Traits(quoted=True, spaced=True, special=True, lines=True)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: of the least part of a file that is worth a task, of the most that one has, of what is read at once."""

    least: int = 1 << 20
    most: int = 1 << 26
    read: int = 1 << 18


SIZES = Sizes()


def convert(
    group: TableGroup,
    out: Path,
    *,
    mode: Mode,
    provenance: bool,
    report: Report,
    check: Callable[[], None],
    spark: SparkSession,
    sizes: Sizes | None = None,
) -> None:
    """Convert a group's tables to a folder; `check` is called before it appears, and may raise.

    Raises `InputError` where a table uses what Spark cannot do, `ReleaseError` for a folder that cannot be written.
    """
    staging = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ReleaseError("it is there already", where=str(out), remedy="name a new folder with --out")
        staging.mkdir(parents=True)
        whole = staging / "whole"
        whole.mkdir()
        job = _Job(group, mode, report, spark, staging, sizes or SIZES)
        number = -1
        for number, part in enumerate(job.parts(provenance=provenance)):
            part.replace(whole / f"part-{number:05}.nt")
        if number < 0:
            (whole / "part-00000.nt").touch()
        check()
        if out.exists():
            out.rmdir()
        whole.replace(out)
    except OSError as error:
        remedy = "free space, or name another place with --out"
        raise ReleaseError(f"cannot be written: {error.strerror or error}", where=str(out), remedy=remedy) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


class _Job:
    """The conversion of a group, its files in a folder of its own."""

    def __init__(
        self, group: TableGroup, mode: Mode, report: Report, spark: SparkSession, staging: Path, sizes: Sizes
    ) -> None:
        self.group, self.mode, self.report, self.spark = group, mode, report, spark
        self.staging, self.sizes = staging, sizes
        self._texts = count()

    def parts(self, *, provenance: bool) -> Iterator[Path]:
        """The files of the output, in order."""
        from kzlod.csvw.sparkkeys import SparkKeys

        fresh = (f"_:b{number}" for number in count())
        node, started = "", described.now()
        keys = SparkKeys(self.group, self.report, self.spark)
        with closing(keys):
            if self.mode == "standard":
                node = described.node(self.group.id, fresh)
                yield from self._text(N_TRIPLES.written(at(described.group(self.group, node, fresh), 0, 0)))
            for position, table in enumerate(self.group.tables):
                run = Run(self.group, position, self.mode, self.report, keys, fresh)
                yield from self._text(N_TRIPLES.written(run.described(node)))
                try:
                    yield from self._table(run, keys)
                except NotCompilableError as error:
                    message = f"the engine spark cannot do {error}"
                    raise InputError(message, where=table.path, remedy="leave out --engine spark") from error
                keys.end(position)
            if provenance and self.mode == "standard":
                made = described.provenance(self.group, node, started, described.now(), fresh)
                yield from self._text(N_TRIPLES.written(at(made, 0, 0)))

    def _text(self, texts: Iterable[str]) -> Iterator[Path]:
        """A file of what the driver itself has to say, if that is anything."""
        if text := "".join(texts):
            path = self.staging / f"text-{next(self._texts)}"
            path.write_bytes(text.encode())
            yield path

    def _table(self, run: Run, keys: SparkKeys) -> Iterator[Path]:
        """The triples of a table's file."""
        if (response := run.open()) is None:
            return
        dialect = dialect_of(response, run.table.dialect, own=run.table.own_dialect)
        with response.stream:
            path, broken = self._plain(response, run.position)
        with path.open("rb") as stream:
            opening = open_table(run, stream, dialect, N_TRIPLES)
        if opening.first is not None:
            _sql(run, opening.plan, dialect, ALL, [])  # a table that does not compile is known beforehand
        told = opening.tell(run)
        yield from self._text([opening.text.decode()])
        if opening.first is not None:
            source = Source(str(path.resolve()), dialect, opening.plan.width, self.sizes.read)
            group = replace(self.group, fetch=local)
            reading = Reading(group, run.position, self.mode, run.node, run.aligned, told, opening.plan, source)
            whole = Span(opening.offset, path.stat().st_size, opening.first.line, 0, opening.first.number - 1)
            yield from self._rows(run, keys, reading, whole)
        if broken is not None:
            run.broken(broken)

    def _plain(self, response: Response, position: int) -> tuple[Path, Exception | None]:
        """A table's file that workers can read from anywhere on, and what broke it off.

        One that is compressed, Parquet or from the web is unpacked beside the output.
        """
        path = iri.to_path(response.url)
        if path is not None and is_plain(path):
            return path, None
        path = self.staging / f"table-{position}"
        with path.open("wb") as file:
            while True:
                try:
                    piece = response.stream.read(1 << 20)
                except BROKEN as error:
                    return path, error
                if not piece:
                    return path, None
                file.write(piece)

    def _each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """A function's results, each in a task of its own."""
        return list(self.spark.sparkContext.parallelize(items, len(items) or 1).map(function).collect())

    def _rows(self, run: Run, keys: SparkKeys, reading: Reading, whole: Span) -> Iterator[Path]:
        """The triples of a table's rows."""
        source = reading.source
        share = (whole.end - whole.start) // (4 * self.spark.sparkContext.defaultParallelism)
        size = min(max(share, self.sizes.least), self.sizes.most)
        spans, traits = in_spans(source, whole, size, self._each)
        rows = self.spark.sparkContext.parallelize(spans, len(spans) or 1).flatMap(partial(blocks, source))
        view = f"blocks_{run.position}"
        self.spark.createDataFrame(rows, BLOCK, verifySchema=False).createOrReplaceTempView(view)
        kept = keys.kept(run.position) if run.aligned else []
        query, keyed = _sql(run, reading.plan, source.dialect, traits, kept, view)
        folder = self.staging / f"rows-{run.position}"
        self.spark.sql(query).write.option("compression", "none").text(f"file:{folder.resolve()}")
        parts = sorted(map(str, folder.glob("part-*")), key=lambda path: (len(path), path))
        for path, findings, more in self._each(reading.triples, parts):
            for finding in findings:
                run.report(finding)
            for _ in range(more):  # only how many there are is of interest
                run.report(findings[-1])
            yield Path(path)
        if kept:
            keys.keep(run.position, keyed, reading)


def _sql(
    run: Run, plan: Plan, dialect: Dialect, traits: Traits, kept: Sequence[tuple[int, ...]], view: str = ""
) -> tuple[str, str]:
    """The SQL of a table's triples, and of its keys."""
    columns = frozenset(column for columns in kept for column in columns)
    with on_spark():
        rows = RowSql(plan, dialect, traits, columns, run.position, run.node if run.standard else None, N_TRIPLES)
        return rows.rows(view), rows.keyed(view, kept) if kept else ""
