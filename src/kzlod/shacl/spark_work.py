"""The tables of a validation on Spark: the statements of `sql_work` and its users, run over all parts of the data.

A table is a view of rows that Spark keeps, in memory or on disk of its workers; what is inserted is a union. The two
passes over the data, and all that is asked of single terms, are done by DuckDB in the workers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import duckdb

from kzlod.quads.spark import each, small
from kzlod.quads.sqltext import text
from kzlod.shacl.plan import SUBCLASS, Plan
from kzlod.shacl.spark_data import WRONG, SparkData
from kzlod.shacl.sql_work import Work

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_STATEMENT = re.compile(
    r"CREATE (?:OR REPLACE )?TEMP (?P<kind>TABLE|VIEW) (?P<made>\w+) (?:AS (?P<query>.*)|\((?P<columns>.*)\))"
    r"|INSERT INTO (?P<into>\w+) (?:\((?P<given>[\w, ]+)\) )?(?P<rows>.*)",
    re.DOTALL,
)
_TYPES = {"UBIGINT": "BIGINT", "VARCHAR": "STRING"}
_BATCH = 50_000
_FEW = 1000


class Rows:
    """The rows of a query, fetched when they are asked for."""

    def __init__(self, frame: DataFrame | None) -> None:
        self._frame = frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return [tuple(row) for row in self._frame.collect()] if self._frame is not None else []


class SparkWork(Work):
    """A validation's tables as views of a Spark session; the results go to a connection of DuckDB."""

    def __init__(self, data: SparkData, plan: Plan, results: duckdb.DuckDBPyConnection) -> None:
        super().__init__(results, "", plan)
        self._data, self._spark, self._results = data, data.session, results
        self._kept: list[DataFrame] = []
        self._views = count()

    def run(self, statement: str, parameters: Sequence[object] | None = None) -> Any:
        """Run a statement."""
        match = _STATEMENT.fullmatch(statement)
        if match is None:
            return Rows(self._spark.sql(statement))
        if match["columns"]:
            columns = re.sub(
                r"(\w+) (\w+)", lambda c: f"CAST(NULL AS {_TYPES.get(c[2], c[2])}) {c[1]}", match["columns"]
            )
            self._make(match["made"], self._spark.sql(f"SELECT {columns} WHERE false"))
        elif match["made"]:
            rows = self._spark.sql(match["query"])
            self._make(match["made"], rows if match["kind"] == "VIEW" else self._keep_rows(rows))
        else:
            names = re.findall(r"\w+", match["given"] or "") or self._spark.table(match["into"]).columns
            self._insert(match["into"], self._keep_rows(self._spark.sql(match["rows"]).toDF(*names)))
        return Rows(None)

    def _make(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)

    def _keep_rows(self, frame: DataFrame) -> DataFrame:
        """Some rows, found once: few come to the driver, and go out with what is asked next."""
        frame.persist()
        first = frame.limit(_FEW + 1).toArrow()
        if len(first) > _FEW:
            self._kept.append(frame)
            return frame
        frame.unpersist()
        return self._spark.createDataFrame(first)

    def _insert(self, name: str, rows: DataFrame) -> None:
        table = self._spark.table(name)
        cells = [(field.name if field.name in rows.columns else "NULL", field) for field in table.schema]
        rows = rows.selectExpr(*(f"CAST({cell} AS {to.dataType.simpleString()}) {to.name}" for cell, to in cells))
        self._make(name, table.unionAll(rows))

    def number(self, x: str) -> str:
        """SQL: the number of a token."""
        return f"xxhash64({x}, {text(self._salt)})" if self._salt else f"xxhash64({x})"

    def fill(self, table: str, values: Sequence[Sequence[object]], **made: str) -> None:
        """Add rows to a table; `made` wraps columns by number."""
        if values:
            columns = self._spark.table(table).columns
            given = small(self._spark, [f"c{n}" for n in range(len(columns))], values)
            cells = [made.get(f"c{n}", "{}").replace("::VARCHAR", "").format(f"c{n}") for n in range(len(columns))]
            self._insert(table, given.selectExpr(*cells).toDF(*columns))

    def judged(self, asked: str, judge: str) -> str:
        """SQL: what `judge`, a query of DuckDB over the rows `part`, says of each row of a query."""
        return self._view(each(self._spark.sql(asked), judge))

    def _view(self, frame: DataFrame) -> str:
        name = f"view{next(self._views)}"
        self._make(name, frame)
        return name

    def gather(self, results: str) -> None:
        """Put results into the driver's table `raw`: a query with its columns and the number of times (`ways`)."""
        rows: Iterator[Any] = self._spark.sql(results).toLocalIterator()
        while batch := list(islice(rows, _BATCH)):
            columns = [list(column) for column in zip(*batch, strict=True)]
            given = "SELECT unnest(?) AS meaning, unnest(?) AS focus, unnest(?) AS value, unnest(?) AS path,"
            self._results.execute(
                f"INSERT INTO raw SELECT meaning, focus, value, path, message FROM ({given} unnest(?) AS message,"
                " unnest(?) AS ways) r JOIN range(0, r.ways) ON true",
                columns,
            )

    def close(self) -> None:
        """Give the memory and the disk back."""
        with suppress(Exception):  # a Spark that has stopped has nothing to give back
            for frame in self._kept:
                frame.unpersist()

    def _names(self) -> list[str]:
        frame = self._data.triples("SELECT DISTINCT p FROM triple WHERE p IS NOT NULL")
        return sorted(name for (name,) in frame.distinct().collect())

    def _predicate(self) -> str:
        """SQL: the table `predicate` as a part of a query that DuckDB runs in the workers."""
        types = {"p": "INTEGER", "name": "VARCHAR", "counted": "BOOLEAN"}
        types |= {f"{kind}{word}": "BIGINT" for kind in "ha" for word in range(self.words)}
        typed = ", ".join(f"{name}::{type_} AS {name}" for name, type_ in types.items())
        rows = [[number, text(name), counted, *bits] for number, name, counted, *bits in self._numbered()]
        values = ", ".join(f"({', '.join(map(str, row))})" for row in rows or [["NULL"] * len(types)])
        return f"(SELECT {typed} FROM (VALUES {values}) k({', '.join(types)}))"

    def _tally(self, columns: str, counts: str, proofs: str) -> None:
        """Each part's subjects first, then those of all parts. A line that is wrong has a row of its own."""
        rows = f"SELECT {columns} FROM triple q LEFT JOIN {self._predicate()} k ON q.p = k.name"
        part = self._view(
            self._data.triples(
                f"SELECT s AS token, {counts} FROM ({rows} WHERE k.p IS NOT NULL OR q.p IS NULL) GROUP BY s"
            )
        )
        words = "".join(f", bit_or(h{w}) AS h{w}" for w in range(self.words))
        self.run(
            f"CREATE OR REPLACE TEMP TABLE tally AS SELECT {self.number('token')} AS id, token,"
            f" sum(many) AS many{words} FROM {part} GROUP BY token"
        )
        if self.run(f"SELECT 1 FROM tally WHERE token = {text(WRONG)}").fetchall():
            self._data.refuse()

    def _keep(self, sure: str, linked: str, some: str, *, plural: bool) -> None:
        joined = f"FROM triple q JOIN {self._predicate()} k ON q.p = k.name AND"
        near = self._view(
            self._data.triples(
                f"SELECT * FROM (SELECT q.s, k.p, q.o, {linked} AS linked, {sure} AS sure, false AS again {joined}"
                f" {some}) WHERE linked OR NOT sure"
            )
        )
        query = f"SELECT * FROM {near}"
        if plural:
            counted = self._data.triples(
                f"SELECT q.s, k.p, q.o, false AS linked, true AS sure, true AS again {joined} k.counted"
            )
            query += f" UNION ALL SELECT * FROM {self._view(counted)} SEMI JOIN several ON id = {self.number('s')}"
        self.run(f"CREATE OR REPLACE TEMP TABLE near AS {query}")

    def _subclasses(self) -> None:
        """Step by step, until a step finds nothing new."""
        step = self._keep_rows(self._spark.table("below"))
        while not step.isEmpty():
            found = self._view(step)
            step = self._keep_rows(
                self._spark.sql(
                    f"SELECT DISTINCT b.class, e.s AS sub FROM {found} b JOIN edge e ON e.o = b.sub"
                    f" AND e.p = {self.ids[SUBCLASS]} ANTI JOIN below k ON k.class = b.class AND k.sub = e.s"
                )
            )
            self._make("below", self._spark.table("below").unionAll(step))
