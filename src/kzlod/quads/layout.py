"""What the serialisers share: a file's layout, and the SQL that sees a row, the row before and the row after.

The rows come in canonical order, each with what opens and closes in it (`standing`): so every format is written in one
streaming pass, in bounded memory, with the lexical forms that came in.
"""

from __future__ import annotations

from dataclasses import dataclass

from kzlod.quads.names import END
from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable


@dataclass(frozen=True, slots=True)
class Layout:
    """A part of a file: what comes first, the SQL query that gives its rows' texts, what comes last."""

    head: str
    rows: str
    foot: str = ""


def triples(table: QuadTable, graph: str | None = None) -> str:
    """SQL: the ordered triples of a graph, or of the union of the graphs, each once, with their subject's types."""
    rows = f"SELECT s, p, o, types, bare FROM {table.order()}"
    if graph is not None:
        rows += f" WHERE g = {text(graph)}"
    elif len(table.graphs()) > 1:
        rows = f"SELECT s, p, o, types, bare FROM ({_beside(rows)}) WHERE s <> s0 OR p <> p0 OR o <> o0"
    return rows


def standing(rows: str) -> str:
    """SQL: ordered triples, and how they stand among each other.

    Besides what the rows have: `e`, the place of a literal's closing quote (0 for an IRI), and `tail`, what follows it;
    `new_s` and `new_p`, whether a row is the first of its subject, of its predicate there; `end_s` and `end_p`, whether
    it is the last; `last`, of all.
    """
    return f"""
        SELECT *, CASE WHEN starts_with(o, '<') THEN 0 ELSE {END} END AS e,
            CASE WHEN starts_with(o, '<') OR ends_with(o, '"') THEN '' ELSE substr(o, e + 1) END AS tail,
            s <> s0 AS new_s, s <> s0 OR p <> p0 AS new_p, s <> s1 AS end_s, s <> s1 OR p <> p1 AS end_p,
            s1 = '' AS last
        FROM ({_beside(rows)})
    """


def _beside(rows: str) -> str:
    """SQL: rows, and what is in the row before (s0, p0, o0) and after (s1, p1); empty texts at the ends."""
    before = ", ".join(f"lag({column}, 1, '') OVER () AS {column}0" for column in "spo")
    after = ", ".join(f"lead({column}, 1, '') OVER () AS {column}1" for column in "sp")
    return f"SELECT *, {before}, {after} FROM ({rows})"
