"""Apache Spark: its session, whose errors are ours, and DuckDB's queries over the parts of its tables.

Spark splits the data, moves rows and joins them. What is asked of single terms, and of all rows of a part, DuckDB
answers in the workers, in the same SQL as where there is no Spark: two dialects would not always mean the same.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from kzlod.errors import InputError, MissingError, ReleaseError
from kzlod.extras import need

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

INSTALL = "kzlod[spark]"
_PANDAS = "PySpark does not yet fully support pandas"  # which is not used here
_LOG = "spark.log4j2.properties"
_SQL = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",  # `${x}` is a text like any other
}
"""How Spark reads our SQL, whatever it is set to elsewhere."""


@contextmanager
def session(master: str, *, progress: bool = False) -> Iterator[SparkSession]:
    """A Spark session: of the process's own Spark, if it has one, else of a new one on `master`.

    Raises `MissingError` without pyspark or Java, `InputError` where Spark does not start.
    """
    sql = need("pyspark.sql", install=INSTALL)
    errors = need("pyspark.errors", install=INSTALL)
    java = need("py4j.protocol", install=INSTALL)
    if not re.match(r"local(\[.*\])?$|yarn$|(spark|k8s)://", master):
        remedy = "name it as local[2], spark://host:7077, k8s://host or yarn"
        raise InputError("this is no master of Spark", where=master, remedy=remedy)
    running = sql.SparkSession.getActiveSession()
    here = master.startswith("local")
    builder = sql.SparkSession.builder.master(master).appName("kzlod")
    settings = {
        "spark.driver.defaultJavaOptions": f"-Dlog4j2.configurationFile={Path(__file__).with_name(_LOG).as_uri()}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(progress).lower(),
        **({"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"} if here else {}),
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", _PANDAS)
            spark = running or builder.getOrCreate()
    except errors.PySparkRuntimeError as error:
        remedy = "install Java 17 or later (Debian, Ubuntu: apt install default-jre-headless), or set JAVA_HOME"
        raise MissingError("Spark does not start without Java", remedy=remedy) from error
    except (errors.PySparkException, java.Py4JError) as error:
        raise InputError(f"Spark does not start: {_reason(error)}", where=master, remedy="check --master") from error
    try:
        if running is None and here:
            spark.sparkContext.pythonExec = sys.executable
        own = spark.newSession()
        for name, value in _SQL.items():
            own.conf.set(name, value)
        own.conf.set("spark.sql.shuffle.partitions", str(2 * spark.sparkContext.defaultParallelism))
        yield own
    except (errors.PySparkException, java.Py4JError) as error:
        raise ReleaseError(f"Spark stopped: {_reason(error)}", remedy="see what its workers say") from error
    finally:
        if running is None:
            spark.stop()


def _reason(error: Exception) -> str:
    """What an error of Spark says, in a line: the first cause of one of Java, the last line of one of Python."""
    cause = getattr(error, "java_exception", None)
    while cause is not None and cause.getCause() is not None:
        cause = cause.getCause()
    said = [line for line in str(error if cause is None else cause.toString()).splitlines() if line.strip()]
    if not said:
        return type(error).__name__
    return said[-1 if any(line.startswith("Traceback") for line in said) else 0].strip()


# How DuckDB's types are called in Spark.
_TYPES = {"VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "int", "BOOLEAN": "boolean", "DOUBLE": "double"}
Batches = Iterator[Any]
"""Batches of rows as Arrow has them."""
Before = Callable[[Batches, duckdb.DuckDBPyConnection], Batches]
"""Changes rows, not their columns; it has a connection to a database in the worker."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A query of DuckDB over the rows of one part, which `before` has seen first."""

    query: str
    before: Before | None

    def __call__(self, batches: Batches) -> Batches:
        import pyarrow

        with duckdb.connect(config={"threads": 1}) as sql:
            batches = self.before(batches, sql.cursor()) if self.before else batches
            if first := next(batches, None):
                sql.register("part", pyarrow.RecordBatchReader.from_batches(first.schema, chain([first], batches)))
                yield from pyarrow.RecordBatchReader.from_stream(sql.sql(self.query))


def each(frame: DataFrame, query: str, *, before: Before | None = None) -> DataFrame:
    """The rows that a query of DuckDB gives for each part of a table, which it calls `part`; the parts in any order.

    `before` may change the rows first.
    """
    need("pandas", install=INSTALL)  # Spark asks for it
    need("pyarrow", install=INSTALL)
    names = {spark: duck for duck, spark in _TYPES.items()}
    columns = ", ".join(f"{field.name} {names[field.dataType.simpleString()]}" for field in frame.schema)
    with duckdb.connect() as sql:
        sql.execute(f"CREATE TABLE part ({columns})")
        described = sql.execute(f"DESCRIBE {query}").fetchall()
    schema = ", ".join(f"{name} {_TYPES[type_]}" for name, type_, *_ in described)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _PANDAS)
        return frame.mapInArrow(_Task(query, before), schema)


def small(spark: SparkSession, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> DataFrame:
    """Some rows of the driver's as a table that each worker gets a copy of."""
    pyarrow = need("pyarrow", install=INSTALL)
    lists = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
    return spark.createDataFrame(pyarrow.table(dict(zip(columns, lists, strict=True))))
