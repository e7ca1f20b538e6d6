"""Literals that an Oxigraph store changes, and the queries that can tell.

A store keeps numbers, truth values and times by their values: `"01"^^xsd:integer` comes back as `"1"^^xsd:integer`, and
so does `"1"^^xsd:int`. Of numbers beyond its range it keeps the form, but does not compare them.
"""

from __future__ import annotations

import duckdb

from kzlod.shacl.lexical import EXACT, INEXACT, MOMENTS
from kzlod.shacl.model import Query, Shape
from kzlod.shacl.sparql import prepare
from kzlod.shacl.sql_order import of_type
from kzlod.shacl.sql_terms import lexical, text, texts
from kzlod.vocab import XSD

_ZONE = "(Z|[+-](0[1-9]|1[0-4]):[0-9]{2})?"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The forms that a store gives back as they were; of the other datatypes below, it may change all.
_KEPT = {
    "integer": "0|-?[1-9][0-9]{0,17}",
    "decimal": "0|-?[1-9][0-9]{0,14}|-?(0|[1-9][0-9]{0,14})[.][0-9]{0,14}[1-9]",
    "boolean": "true|false",
    "date": f"{_DATE}{_ZONE}",
    "dateTime": f"{_DATE}T([01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}([.][0-9]{{0,14}}[1-9])?{_ZONE}",
    "gYear": f"[0-9]{{4}}{_ZONE}",
}
_CHANGED = (
    {*EXACT, *INEXACT, *MOMENTS, f"{XSD}boolean"}
    | {f"{XSD}{name}" for name in ("duration", "dayTimeDuration", "yearMonthDuration")}
) - {f"{XSD}{name}" for name in _KEPT}
_COMPARED = "[+-]?([0-9]{1,18}|[0-9]{0,15}[.][0-9]{0,15})"


def not_kept(connection: duckdb.DuckDBPyConnection, source: str, shape: Shape, query: Query, *, literals: bool) -> str:
    """Why a query may find something else in a store than in the data: what it has; empty where it may not.

    `source` is a query with the columns s, p, o: the data; `literals` says whether focus nodes can be literals.
    """
    prepared = prepare(shape, query)
    predicates = None if literals else prepared.predicates()
    seen = ""
    if predicates is not None:
        along = shape.path.predicates() if shape.path else frozenset()
        seen = f" WHERE p IN {texts(sorted(along.union(f'<{name}>' for name in predicates)))}"
    tokens = [token for _, token in query.bound] + [target.term for target in shape.targets if target.kind == "node"]
    given = "".join(f" UNION ALL SELECT '', '', {text(token)}" for token in tokens)
    typed = (
        f"SELECT s, p, {of_type('o')} AS type, {lexical('o')} AS form"
        f" FROM (SELECT s, p, o FROM ({source}){seen}{given}) WHERE starts_with(o, '\"') AND ends_with(o, '>')"
    )
    kept = " ".join(
        f"WHEN {text(XSD + name)} THEN NOT regexp_full_match(form, {text(form)})" for name, form in _KEPT.items()
    )
    changed = f"CASE type {kept} ELSE type IN {texts(sorted(_CHANGED))} END"
    long = f"type IN {texts(EXACT)} AND NOT regexp_full_match(form, {text(_COMPARED)})"
    found = connection.execute(
        "SELECT bool_or(long AND regexp_full_match(form, '[+-]?[0-9]*[.]?[0-9]*')), bool_or(changed),"
        " bool_or(changed AND many > 1 AND s <> '') FROM (SELECT s, form,"
        f" {long} AS long, {changed} AS changed, count(*) OVER (PARTITION BY s, p) AS many FROM ({typed}))"
    ).fetchall()
    is_long, is_changed, is_one_of_several = found[0]
    if is_long:
        return "a SPARQL query about numbers of more digits than Oxigraph compares"
    if is_one_of_several or (is_changed and prepared.tells_forms()):
        return "a SPARQL query that can tell how a number or a time is written, and Oxigraph keeps its value only"
    return ""
