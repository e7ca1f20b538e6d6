"""DuckDB without its own progress bar, which would be printed among a command's output."""

from __future__ import annotations

from contextlib import suppress

import duckdb


def quiet(connection: duckdb.DuckDBPyConnection) -> None:
    """Turn a connection's progress bar off.

    In a notebook without ipywidgets DuckDB shows none, and refuses to be told so.
    """
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")
