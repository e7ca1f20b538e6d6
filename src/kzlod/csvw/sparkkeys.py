"""Primary and foreign keys on Spark: the queries of `sqlkeys`, over views in the places of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kzlod.csvw.keys import Report
from kzlod.csvw.model import TableGroup
from kzlod.csvw.sparkrows import Reading
from kzlod.csvw.sqlkeys import SqlKeys

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class SparkKeys(SqlKeys):
    """The keys of a group's tables, in views of a Spark session; checked when a table has been read."""

    def __init__(self, group: TableGroup, report: Report, session: SparkSession) -> None:
        self._session = session
        self._frames: list[DataFrame] = []
        super().__init__(group, report, None)

    def _create(self, name: str) -> None:
        self._session.createDataFrame([], "key string, line long").createOrReplaceTempView(name)

    def _drop(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def _found(self, query: str) -> Iterator[Sequence[Any]]:
        return self._session.sql(query).toLocalIterator()

    def keep(self, table: int, query: str, reading: Reading) -> None:
        """Keep the keys of a table, by the query `RowSql.keyed`; `reading` reads the rows that SQL is not sure of."""
        taken = self._session.sql(query).persist()
        left = taken.where("cells IS NOT NULL").select("cells").rdd.flatMap(lambda row: reading.keys(row[0]))
        read = self._session.createDataFrame(left, "name string, key string, line long").persist()
        self._frames += [taken, read]
        for place, condition, name in self._conditions(table):
            sure = taken.where(f"cells IS NULL AND NOT ({condition})").selectExpr(f"key{place} AS key", "line")
            sure.unionAll(read.where(f"name = '{name}'").select("key", "line")).createOrReplaceTempView(name)

    def close(self) -> None:
        """Give the memory and the disk back."""
        for frame in self._frames:
            frame.unpersist()


class Collected(SqlKeys):
    """The keys of some rows, with the names of the views that they belong to."""

    def __init__(self, group: TableGroup) -> None:
        super().__init__(group, lambda finding: None, None)

    def _create(self, name: str) -> None:
        pass

    def _flush(self, name: str) -> None:
        pass

    def collected(self) -> list[tuple[str, str, int]]:
        """The views' names, the keys, their lines."""
        return [(name, *pair) for name, (keys, at) in self._rows.items() for pair in zip(keys, at, strict=True)]
