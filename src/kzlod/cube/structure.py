"""What is said of structures: data sets, data structure definitions, their components (IC-2 to IC-6)."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.cube.terms import CONCEPT, RANGE, TYPE, qb
from kzlod.cube.values import DIFFER, evaluate, valued
from kzlod.cube.violations import Search, Violation, name
from kzlod.quads.sqltext import text
from kzlod.terms import literal
from kzlod.vocab import XSD


def said(predicate: str) -> str:
    """SQL: subjects and objects of a predicate among what defines cubes."""
    return f"(SELECT s, o FROM def WHERE p = {text(predicate)})"


def of_class(class_: str) -> str:
    """SQL: what is of a class."""
    return f"(SELECT s FROM def WHERE p = {text(TYPE)} AND o = {text(class_)})"


def boolean(value: str) -> str:
    """SQL: the two tokens of a truth value, which stores do not tell apart."""
    return f"({', '.join(text(literal(form, datatype=XSD + 'boolean')) for form in (value, '10'[value == 'false']))})"


def not_one(search: Search, class_: str, predicate: str) -> str:
    """SQL: what is of a class and has no value of a predicate (`o` empty), or two that differ."""
    evaluate(search.sql, f"SELECT o AS token FROM {said(predicate)}")
    values = valued(f"SELECT s, o FROM {said(predicate)} SEMI JOIN {of_class(class_)} t USING (s)", "o")
    return (
        f"SELECT s, '' AS o FROM {of_class(class_)} ANTI JOIN {said(predicate)} v USING (s) UNION ALL"
        f" SELECT a.s, b.o FROM ({values}) a JOIN ({values}) b ON b.s = a.s AND b.o > a.o AND {DIFFER}"
    )


def structure(search: Search) -> Iterator[Violation]:
    """The violations of IC-2 to IC-6."""
    search.run(
        "CREATE TEMP TABLE part AS SELECT DISTINCT c.s AS dsd, c.o AS spec, k.o AS prop"
        f" FROM {said(qb('component'))} c JOIN {said(qb('componentProperty'))} k ON k.s = c.o"
    )
    dimensions = of_class(qb("DimensionProperty"))
    yield from search.found(
        2,
        not_one(search, qb("DataSet"), qb("structure")),
        lambda s, o: (s, qb("structure"), o, f"the data set {name(s)} has {'more than one' if o else 'no'} structure"),
    )
    yield from search.found(
        3,
        f"SELECT s FROM {of_class(qb('DataStructureDefinition'))} ANTI JOIN (SELECT dsd FROM part"
        f" SEMI JOIN {of_class(qb('MeasureProperty'))} m ON m.s = prop) k ON k.dsd = s",
        lambda s: (s, qb("component"), "", f"the structure {name(s)} has no measure"),
    )
    yield from search.found(
        4,
        f"SELECT s FROM {dimensions} ANTI JOIN {said(RANGE)} r USING (s)",
        lambda s: (s, RANGE, "", f"the dimension {name(s)} has no range"),
    )
    yield from search.found(
        5,
        f"SELECT s FROM {dimensions} SEMI JOIN (SELECT s FROM {said(RANGE)} WHERE o = {text(CONCEPT)}) r USING (s)"
        f" ANTI JOIN {said(qb('codeList'))} l USING (s)",
        lambda s: (s, qb("codeList"), "", f"the values of the dimension {name(s)} are concepts, of no code list"),
    )
    yield from search.found(
        6,
        f"SELECT spec, prop FROM part SEMI JOIN (SELECT s FROM {said(qb('componentRequired'))} WHERE o IN"
        f" {boolean('false')}) r ON r.s = spec ANTI JOIN {of_class(qb('AttributeProperty'))} a ON a.s = prop",
        lambda spec, prop: (spec, qb("componentRequired"), "", f"{name(prop)} is optional, and is no attribute"),
    )
