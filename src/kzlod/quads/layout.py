"""What the serialisers share: a file's layout, and the SQL that sees a row, the row before and the row after.

The rows come in canonical order, each with what opens and closes in it (`triples`): so every format is written in one
streaming pass, in bounded memory, with the lexical forms that came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable

# What may stand after the colon of a prefixed name without an escape, in Turtle and in JSON-LD alike.
_LOCAL = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
END = "(length(o) - strpos(reverse(o), '\"') + 1)"
"""The place of a literal token's closing quote: no tag and no datatype holds a quote, so it is the last one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A part of a file: what comes first, the SQL query that gives its rows' texts, what comes last."""

    head: str
    rows: str
    foot: str = ""


def choose(column: str, names: Mapping[str, str]) -> str:
    """SQL: the name of a token, for tokens that all have one."""
    cases = " ".join(f"WHEN {text(token)} THEN {text(name)}" for token, name in names.items())
    return f"CASE {column} {cases} END" if names else "NULL"


def shorten(token: str, prefixes: Mapping[str, str], otherwise: str, whole: str = "") -> str:
    """SQL: an IRI's token as a prefixed name where a prefix fits and the rest needs no escape."""
    cases = []
    for prefix, namespace in sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0])):
        skipped = len(namespace) + 1
        local = f"substr({token}, {skipped + 1}, length({token}) - {skipped + 1})"
        cases.append(
            f"WHEN starts_with({token}, {text('<' + namespace)}) AND regexp_full_match({local}, '{_LOCAL}')"
            f" THEN {text(prefix + ':')} || {local}"
        )
    return f"CASE {whole} {' '.join(cases)} ELSE {otherwise} END" if cases or whole else otherwise


def inside(token: str) -> str:
    """SQL: the IRI of an IRI's token."""
    return f"substr({token}, 2, length({token}) - 2)"


def used(table: QuadTable, prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that shorten something in the table, so that a head declares no other.

    A prefix that is also the scheme of some IRI is left out: JSON-LD could not tell the two apart.
    """
    found = table.namespaces()
    schemes = {namespace.partition(":")[0] for namespace in found}
    return {
        prefix: namespace
        for prefix, namespace in sorted(prefixes.items())
        if namespace in found and prefix not in schemes
    }


def triples(table: QuadTable, graph: str | None = None) -> str:
    """SQL: the ordered triples of a graph, or of the union of the graphs, each once, and how they stand in their rows.

    Besides s, p and o: `e`, the place of a literal's closing quote (0 for an IRI); `new_s` and `new_p`, whether a row
    is the first of its subject, of its predicate there; `end_s` and `end_p`, whether it is the last; `last`, of all.
    """
    rows = f"SELECT s, p, o FROM {table.order()}"
    if graph is not None:
        rows += f" WHERE g = {text(graph)}"
    elif len(table.graphs()) > 1:
        rows = f"SELECT s, p, o FROM ({_beside(rows)}) WHERE s <> s0 OR p <> p0 OR o <> o0"
    return f"""
        SELECT s, p, o, CASE substr(o, 1, 1) WHEN '<' THEN 0 ELSE {END} END AS e,
            s <> s0 AS new_s, s <> s0 OR p <> p0 AS new_p, s <> s1 AS end_s, s <> s1 OR p <> p1 AS end_p,
            s1 = '' AS last
        FROM ({_beside(rows)})
    """


def _beside(rows: str) -> str:
    """SQL: rows of s, p, o, what is in the row before (s0, p0, o0) and after (s1, p1); empty texts at the ends."""
    before = ", ".join(f"lag({column}, 1, '') OVER () AS {column}0" for column in "spo")
    after = ", ".join(f"lead({column}, 1, '') OVER () AS {column}1" for column in "sp")
    return f"SELECT s, p, o, {before}, {after} FROM ({rows})"
