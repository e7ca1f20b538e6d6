"""What the serialisers share: a file's layout, and the SQL that sees a row, the row before and the row after.

The rows come in canonical order with four columns: s, p, o and `e`, the place of a literal's closing quote (0 for an
IRI). That is enough to open and close subjects and predicates, so that every format is written in one streaming
pass, in bounded memory, with the lexical forms that came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


def text(value: str) -> str:
    """A text as a SQL literal.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def before(column: str) -> str:
    """SQL: the column's value in the row before, empty in the first row."""
    return f"lag({column}, 1, '') OVER ()"


def after(column: str) -> str:
    """SQL: the column's value in the row after, empty in the last row."""
    return f"lead({column}, 1, '') OVER ()"


def opens(*columns: str) -> str:
    """SQL: whether a row is the first with its values in these columns."""
    return " OR ".join(f"{column} <> {before(column)}" for column in columns)


def closes(*columns: str) -> str:
    """SQL: whether a row is the last with its values in these columns."""
    return " OR ".join(f"{column} <> {after(column)}" for column in columns)


def choose(column: str, names: Mapping[str, str]) -> str:
    """SQL: the name of a token, for tokens that all have one."""
    cases = " ".join(f"WHEN {text(token)} THEN {text(name)}" for token, name in names.items())
    return f"CASE {column} {cases} END" if names else "NULL"


def shorten(column: str, prefixes: Mapping[str, str], otherwise: str, whole: str = "") -> str:
    """SQL: an IRI's token as a prefixed name where a prefix fits and the rest needs no escape."""
    cases = [
        f"WHEN starts_with({column}, {text('<' + namespace)})"
        f" AND regexp_full_match({column}[{len(namespace) + 2}:-2], '{_LOCAL}')"
        f" THEN {text(prefix + ':')} || {column}[{len(namespace) + 2}:-2]"
        for prefix, namespace in sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return f"CASE {whole} {' '.join(cases)} ELSE {otherwise} END" if cases or whole else otherwise


def used(table: QuadTable, prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that shorten something in the table, so that a head declares no other.

    A prefix that is also the scheme of some IRI is left out: JSON-LD could not tell the two apart.
    """
    namespace = "regexp_extract({}, '<(.*[/#:])[^/#:>]*>$', 1)"
    union = " UNION ".join(
        f"SELECT DISTINCT {namespace.format(column)} FROM {table.order()}" for column in ("s", "p", "o", "g")
    )
    found = {namespace for (namespace,) in table.rows(union)}
    schemes = {namespace.partition(":")[0] for namespace in found}
    return {
        prefix: namespace
        for prefix, namespace in sorted(prefixes.items())
        if namespace in found and prefix not in schemes
    }


def triples(table: QuadTable, graph: str | None = None) -> str:
    """SQL: the ordered triples of a graph, or of the union of the graphs, each once, with `e`."""
    end = f"CASE o[1] WHEN '<' THEN 0 ELSE {END} END AS e"
    if graph is not None:
        return f"SELECT s, p, o, {end} FROM {table.order()} WHERE g = {text(graph)}"
    if len(table.graphs()) <= 1:
        return f"SELECT s, p, o, {end} FROM {table.order()}"
    return (
        f"SELECT s, p, o, {end} FROM (SELECT s, p, o, {before('s')} AS s0, {before('p')} AS p0, {before('o')} AS o0"
        f" FROM {table.order()}) WHERE s <> s0 OR p <> p0 OR o <> o0"
    )
