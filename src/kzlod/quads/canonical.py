"""Canonical N-Triples and N-Quads into the table of quads: DuckDB takes the lines apart, no term is parsed alone."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kzlod.quads.sqltext import text

_IRI = r'<[A-Za-z][A-Za-z0-9+.-]*:(?:[^<>"{}|^`\\%\x00-\x20\x7f]|%[0-9A-Fa-f]{2})*>'
_TEXT = r'"(?:[^"\\\x00-\x1f\x7f\x{FFFE}\x{FFFF}]|\\[tbnrf"\\]|\\u00(?:0[0-7BEF]|1[0-9A-F]|7F))*"'
_LINE = rf"{_IRI} {_IRI} (?:{_IRI}|{_TEXT}(?:@[a-z0-9-]+|\^\^{_IRI})?)(?: {_IRI})? \."
_STRING = '"^^<http://www.w3.org/2001/XMLSchema#string>'


def insert_canonical(sql: duckdb.DuckDBPyConnection, path: Path, *, source: int, graph: str) -> bool:
    """Add a file whose lines are all canonical to the table `quads`; False, with nothing added, where one is not.

    A canonical line (RDFC-1.0, section 5) has one space between its terms and no escape that could be spared, so what
    stands between the spaces are the tokens; only a literal holds spaces of its own, and its last quote ends it. Lines
    with blank nodes do not count as canonical here. `graph` is the token of the graph for triples that name none.
    """
    lines = (
        f"read_csv({text(str(path))}, header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '',"
        " escape = '', auto_detect = false)"
    )
    try:
        other = sql.execute(
            f"SELECT 1 FROM {lines} WHERE NOT regexp_full_match(line, $line) OR contains(line, $string) LIMIT 1",
            {"line": _LINE, "string": _STRING},
        ).fetchone()
    except duckdb.Error:  # a line that is too long, bytes that are not UTF-8: the parser says what is wrong
        return False
    if other is not None:
        return False
    sql.execute(
        f"""
        INSERT INTO quads
        SELECT substr(line, 1, a - 1), substr(line, a + 1, b - a - 1),
            CASE WHEN c > 0 THEN substr(rest, 1, q + c - 2) ELSE rest END,
            CASE WHEN c > 0 THEN substr(rest, q + c) ELSE $graph END, $source, number
        FROM (
            SELECT line, number, strpos(line, ' ') AS a, a + strpos(substr(line, a + 1), ' ') AS b,
                substr(line, b + 1, length(line) - b - 2) AS rest,
                CASE substr(rest, 1, 1) WHEN '<' THEN 1 ELSE length(rest) - strpos(reverse(rest), '"') + 1 END AS q,
                strpos(substr(rest, q), ' ') AS c
            FROM (SELECT line, row_number() OVER () AS number FROM {lines})
        )
        """,
        {"graph": graph, "source": source},
    )
    return True
