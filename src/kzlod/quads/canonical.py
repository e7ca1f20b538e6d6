"""Canonical N-Triples and N-Quads into the table of quads: DuckDB takes the lines apart, no term is parsed alone."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from kzlod.quads.sqltext import text

IRI_FORM = r'<[A-Za-z][A-Za-z0-9+.-]*:(?:[^<>"{}|^`\\%\x00-\x20\x7f]|%[0-9A-Fa-f]{2})*>'
TEXT_FORM = r'"(?:[^"\\\x00-\x1f\x7f\x{FFFE}\x{FFFF}]|\\[tbnrf"\\]|\\u00(?:0[0-7BEF]|1[0-9A-F]|7F))*"'
TAG_FORM = "@[a-z]+(?:-[a-z0-9]+)*"
_LINE = rf"{IRI_FORM} {IRI_FORM} (?:{IRI_FORM}|{TEXT_FORM}(?:{TAG_FORM}|\^\^{IRI_FORM})?)(?: {IRI_FORM})? \."
STRING = '"^^<http://www.w3.org/2001/XMLSchema#string>'


def lines_of(path: Path) -> str:
    """SQL: the lines of a file, as rows with the column `line`."""
    literal_path = re.sub(r"[*?\[]", lambda match: f"[{match[0]}]", str(path))
    return (
        f"read_csv({text(literal_path)}, header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '',"
        " escape = '', auto_detect = false)"
    )


def insert_canonical(sql: duckdb.DuckDBPyConnection, path: Path, *, source: int, graph: str) -> bool:
    """Add a file whose lines are all canonical to the table `quads`; False, with nothing added, where one is not.

    A canonical line (RDFC-1.0, section 5) has one space between its terms and no escape that could be spared, so what
    stands between the spaces are the tokens; only a literal holds spaces of its own, and what follows its last one
    holds its closing quote, which no graph does. Lines with blank nodes do not count as canonical here. `graph` is the
    token of the graph for triples that name none. Rows keep the order of the lines, so that their numbers need no
    column: `line` is NULL.
    """
    try:
        sql.execute(
            f"""
            INSERT INTO quads
            SELECT part[1], part[2],
                CASE WHEN len(part) = 4 + named::INT THEN part[3]
                    ELSE substr(line, a, length(line) - a - 1 - CASE WHEN named THEN length(last) + 1 ELSE 0 END) END,
                CASE WHEN named THEN last ELSE $graph END, $source, NULL
            FROM (
                SELECT line, part, length(part[1]) + length(part[2]) + 3 AS a, part[-2] AS last,
                    len(part) > 4 AND last[1] = '<' AND NOT contains(last, '"') AS named
                FROM (
                    SELECT line, CASE WHEN regexp_full_match(line, $line) AND NOT contains(line, $string)
                        THEN string_split(line, ' ') ELSE error('not canonical') END AS part
                    FROM {lines_of(path)}
                )
            )
            """,
            {"graph": graph, "source": source, "line": _LINE, "string": STRING},
        )
    except duckdb.InvalidInputException:  # also a line that is too long, and bytes that are not UTF-8
        return False
    return True
