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
_IS_TYPE = f"(p = {text(f'<{RDF}type>')} AND o[1] = '<')"
_CLASSES = (
    f", array_to_string(list_sort(list_distinct(list(o) FILTER ({_IS_TYPE}))), ' ') AS types"
    f", bool_and({_IS_TYPE}) AS bare"
)
_REPEATED = "k.s = k.s0 AND k.p = k.p0 AND k.o = k.o0 AND k.g = k.g0"
_BEFORE = ", ".join(f"lag({column}) OVER () AS {column}0" for column in ("s", "p", "o", "g"))


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
    texts += ", types, bare"
    joins = " ".join(f"JOIN rank_{column} ON rank_{column}.rank = k.{column}" for column in _RANKS)
    unique = f"SELECT {texts} FROM (SELECT *, {_BEFORE} FROM ranked) k {joins} WHERE ({_REPEATED}) IS NOT TRUE"
    sql.execute(f"CREATE OR REPLACE TABLE {ORDERED} AS {unique}")
    if not _is_ordered(sql):
        sql.execute(f"CREATE OR REPLACE TABLE {ORDERED} AS SELECT * FROM ({unique}) ORDER BY ALL")
    for table in ("ranked", *(f"rank_{column}" for column in _RANKS)):
        sql.execute(f"DROP TABLE {table}")


def _is_ordered(sql: duckdb.DuckDBPyConnection) -> bool:
    """Whether the joins kept the order: they do, but DuckDB does not promise it."""
    query = (
        f"SELECT count(*) FROM (SELECT s, p, o, g, {_BEFORE} FROM {ORDERED}) WHERE s < s0 OR (s = s0 AND (p < p0 OR"
        " (p = p0 AND (o < o0 OR (o = o0 AND g <= g0)))))"
    )
    found = sql.execute(query).fetchone()
    return found is not None and found[0] == 0
