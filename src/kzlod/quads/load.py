"""Any RDF file into the table of quads as it is: blank nodes stay blank, those of each file apart from all others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyoxigraph as ox

from kzlod.formats import Format, by_suffix
from kzlod.quads.read import ox_format, parse_file, refuse_newer, syntax, token
from kzlod.quads.scan import Scan
from kzlod.quads.table import QuadTable

_BATCH = 50_000


def load_file(table: QuadTable, path: Path, *, shown: str = "", apart: str = "") -> Mapping[str, str]:
    """Add an RDF file in any syntax; returns the prefixes that it declares.

    Blank nodes are numbered in the order in which the file names them, after `apart`. Raises `InputError`, with the
    line, for what does not parse or is not RDF 1.1; `shown` is the file's name in messages.
    """
    shown, labels = shown or str(path), dict[str, str]()

    def named(term: object) -> str:
        text = token(term)
        return labels.setdefault(text, f"_:{apart}b{len(labels)}") if text.startswith("_:") else text

    prefixes: dict[str, str] = {}
    parsed = parse_file(path, shown=shown, base=path.absolute().as_uri(), prefixes=prefixes)
    table.add(
        ((named(q.subject), token(q.predicate), named(q.object), named(q.graph_name), 0) for q in parsed),
        table.source(shown),
    )
    return prefixes


def load_lines(table: QuadTable, scan: Scan, *, shown: str = "") -> None:
    """Add a file of N-Triples or N-Quads: DuckDB takes the lines that are canonical, the parser the others alone.

    Raises `InputError`, with the line, for what does not parse or is not RDF 1.1.
    """
    shown = shown or str(scan.path)
    source, format_ = table.source(shown), by_suffix(scan.path)
    try:
        rows = scan.rows(f"{scan.numbered()} WHERE {scan.canonical()}")
        table.sql.execute(f"INSERT INTO quads SELECT s, p, o, '', {source}, n FROM ({rows})")
        odd = table.cursor().execute(f"SELECT n, line FROM {scan.numbered()} WHERE NOT {scan.canonical()}")
        while batch := odd.fetchmany(_BATCH):
            table.add(parsed_lines(batch, format_, shown, scan.apart), source)
    except duckdb.InvalidInputException:  # a line that is too long, bytes that are not UTF-8
        table.sql.execute("DELETE FROM quads WHERE source = ?", [source])
        load_file(table, scan.path, shown=shown, apart=scan.apart)


def parsed_lines(
    lines: list[tuple[int, str]], format_: Format, shown: str, apart: str
) -> Iterator[tuple[str, str, str, str, int]]:
    """The quads of some lines with the numbers of the lines; what is no statement is left out.

    `apart` is put into the labels of blank nodes. Raises `InputError`, with the line, for what does not parse or is not
    RDF 1.1.
    """
    lines = [(n, line) for n, line in lines if line.strip() and not line.lstrip().startswith("#")]

    def named(term: object) -> str:
        text = token(term)
        return f"_:{apart}{text[2:]}" if text.startswith("_:") else text

    text = "\n".join(line for _, line in lines)
    try:
        for (n, _), q in zip(lines, ox.parse(text, format=ox_format(format_)), strict=False):
            refuse_newer(q.object, f"{shown}:{n}")
            yield named(q.subject), token(q.predicate), named(q.object), "", n
    except SyntaxError as error:
        with syntax(format_, shown):
            error.lineno = lines[(error.lineno or 1) - 1][0]
            raise
