"""Canonical order: the unique quads, sorted as the bytes of their N-Quads lines are.

Sorting wide texts is dear; there are far fewer subjects, predicates and graphs than quads. So those are sorted and
numbered first, the quads are sorted by three numbers and the object, and get their texts back: half the time of sorting
the quads themselves at 9 M.
"""

from __future__ import annotations

import duckdb

from kzlod.quads.sqltext import text
from kzlod.vocab import RDF

ORDERED = "ordered"
_RANKS = ("s", "p", "g")
_BEFORE = ", ".join(f"lag({column}) OVER () AS {column}0" for column in ("s", "p", "o", "g"))
_BESIDE = f"SELECT s, p, o, g, {_BEFORE} FROM {{}}"
_REPEATED = "s = s0 AND p = p0 AND o = o0 AND g = g0"
_IS_TYPE = f"(p = {text(f'<{RDF}type>')} AND o[1] = '<')"
_CLASSES = (
    f", array_to_string(list_sort(list_distinct(list(o) FILTER ({_IS_TYPE}))), ' ') AS types"
    f", bool_and({_IS_TYPE}) AS bare"
)


def make_ordered(sql: duckdb.DuckDBPyConnection) -> None:
    """Make the table `ordered` (s, p, o, g, types, bare) from the table `quads`.

    `types` are the tokens of the subject's classes in all graphs, apart by spaces; `bare` is whether it has nothing
    else. They are known here at next to no cost, and a format that has types first needs no join that loses the order.
    """
    for column in _RANKS:
        sql.execute(
            f"CREATE OR REPLACE TABLE rank_{column} AS SELECT {column} AS token, row_number() OVER (ORDER BY {column})"
            f"::UINTEGER AS rank{_CLASSES if column == 's' else ''} FROM quads GROUP BY {column}"
        )
    joins = " ".join(f"JOIN rank_{column} ON rank_{column}.token = quads.{column}" for column in _RANKS)
    sql.execute(
        "CREATE OR REPLACE TABLE ranked AS SELECT rank_s.rank AS s, rank_p.rank AS p, o, rank_g.rank AS g"
        f" FROM quads {joins} ORDER BY ALL"
    )
    texts = ", ".join(f"rank_{column}.token AS {column}" if column != "o" else "o" for column in ("s", "p", "o", "g"))
    joins = " ".join(f"JOIN rank_{column} ON rank_{column}.rank = k.{column}" for column in _RANKS)
    rows = f"SELECT {texts}, types, bare FROM {{}} k {joins}"
    attempts = (
        rows.format("ranked"),  # in parallel, where no quad is there twice
        rows.format(f"(SELECT * FROM ({_BESIDE.format('ranked')}) WHERE ({_REPEATED}) IS NOT TRUE)"),
        f"SELECT DISTINCT * FROM ({rows.format('ranked')}) ORDER BY ALL",
    )
    for attempt in attempts:
        sql.execute(f"CREATE OR REPLACE TABLE {ORDERED} AS {attempt}")
        if _is_ordered(sql):
            break
    for table in ("ranked", *(f"rank_{column}" for column in _RANKS)):
        sql.execute(f"DROP TABLE {table}")


def _is_ordered(sql: duckdb.DuckDBPyConnection) -> bool:
    """Whether quads are in order and none is there twice: joins keep the order, but DuckDB does not promise it."""
    query = (
        f"SELECT 1 FROM ({_BESIDE.format(ORDERED)}) WHERE s < s0 OR (s = s0 AND (p < p0 OR"
        " (p = p0 AND (o < o0 OR (o = o0 AND g <= g0))))) LIMIT 1"
    )
    return sql.execute(query).fetchone() is None
