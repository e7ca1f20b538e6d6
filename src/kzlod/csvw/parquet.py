"""Parquet files as the CSV that CSV on the Web reads: each value in its XML Schema form."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from kzlod.errors import InputError
from kzlod.quads.sqltext import text


def as_csv(path: Path) -> BinaryIO:
    """A Parquet file's rows as CSV, with a header; a null is an empty cell.

    Raises `InputError` for a file that cannot be read.
    """
    import duckdb

    handle, name = tempfile.mkstemp(prefix="kzlod-", suffix=".csv")
    try:
        os.close(handle)
        with duckdb.connect(config={"threads": 1}) as sql:
            sql.execute("SET enable_progress_bar = false")
            source = f"read_parquet({text(str(path))})"
            columns = sql.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            cells = ", ".join(_cell(column[0], column[1]) for column in columns)
            sql.execute(f"COPY (SELECT {cells} FROM {source}) TO {text(name)} (FORMAT csv, HEADER true)")
        return cast(BinaryIO, Path(name).open("rb"))
    except duckdb.Error as error:
        raise InputError(f"it cannot be read: {str(error).splitlines()[0]}", where=str(path)) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _cell(name: str, kind: str) -> str:
    """SQL: a column's values as XML Schema writes them."""
    column = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        value = f"replace(CAST(make_timestamp(epoch_us({column})) AS VARCHAR), ' ', 'T') || 'Z'"
    elif kind.startswith("TIMESTAMP"):
        value = f"replace(CAST({column} AS VARCHAR), ' ', 'T')"
    elif kind in ("FLOAT", "DOUBLE"):
        value = f"replace(replace(CAST({column} AS VARCHAR), 'inf', 'INF'), 'nan', 'NaN')"
    elif kind == "BLOB":
        value = f"base64({column})"
    elif kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
        value = f"CAST(to_json({column}) AS VARCHAR)"
    else:
        value = f"CAST({column} AS VARCHAR)"
    return f"{value} AS {column}"
