"""RDF out: each format is SQL over the ordered table, and DuckDB writes the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from kzlod.errors import ReleaseError
from kzlod.formats import JSONLD, NQUADS, NTRIPLES, RDFXML, TRIG, TURTLE, Format
from kzlod.quads.jsonld import jsonld
from kzlod.quads.layout import Layout
from kzlod.quads.lines import nquads, ntriples
from kzlod.quads.rdfxml import rdfxml
from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable
from kzlod.quads.turtle import trig, turtle


def _layouts(table: QuadTable, format_: Format, prefixes: Mapping[str, str]) -> list[Layout]:
    if format_ == TRIG:
        return list(trig(table, prefixes))
    if format_ in (NQUADS, NTRIPLES):
        return [nquads(table) if format_ == NQUADS else ntriples(table)]
    return [{TURTLE: turtle, JSONLD: jsonld, RDFXML: rdfxml}[format_](table, prefixes)]


def write(table: QuadTable, format_: Format, path: Path, *, prefixes: Mapping[str, str]) -> None:
    """Write the table to a file, a line of it a quad; formats without named graphs get the union of the graphs.

    JSON-LD is written without graphs too, so that a reader of triples finds them. Raises `ReleaseError` where the
    file cannot be written (a full disk, a folder that is not there).
    """
    pieces: list[str] = []
    for layout in _layouts(table, format_, prefixes):
        pieces += [f"SELECT {text(layout.head.removesuffix(chr(10)))}"] if layout.head else []
        pieces += [layout.rows]
        pieces += [f"SELECT {text(layout.foot.removesuffix(chr(10)))}"] if layout.foot else []
    write_rows(table, " UNION ALL ".join(pieces), path)


def write_rows(table: QuadTable, rows: str, path: Path) -> None:
    """Write the texts that a SQL query gives, each as a line, in the query's order.

    Raises `ReleaseError` where the file cannot be written.
    """
    try:
        table.cursor().execute(
            f"COPY ({rows}) TO {text(str(path))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise ReleaseError(
            f"cannot be written: {reason}", where=str(path), remedy="free space, or name another folder with --out"
        ) from error
