"""Normalisation: the types and properties that follow, then the values pushed down to the observations.

RDF Data Cube Vocabulary, section 10: the first phase closes types and properties, the second pushes down the components
that are attached to a data set or to a slice, and the dimensions of slices. A value attached to a measure property
stays there: the specification has no rule that would push it down.
"""

from __future__ import annotations

import duckdb

from kzlod.cube.terms import COLLECTION, INVERSE, RANGE, SCHEME, TYPE, is_literal, qb, texts
from kzlod.quads.sqltext import text

_CLASSES = (
    *(qb(f"{name}Property") for name in ("Dimension", "Measure", "Attribute")),
    *map(qb, ("DataSet", "DataStructureDefinition", "SliceKey", "Slice", "HierarchicalCodeList")),
    *(SCHEME, COLLECTION),
)
_PREDICATES = (
    *map(qb, ("structure", "component", "componentProperty", "componentRequired", "componentAttachment")),
    *map(qb, ("dimension", "measure", "attribute", "codeList", "hierarchyRoot", "parentChildProperty")),
    *map(qb, ("sliceKey", "slice", "sliceStructure", "observation")),
    *(RANGE, INVERSE),
)
_DEFINES = f"(p IN {texts(_PREDICATES)} OR (p = {text(TYPE)} AND o IN {texts(_CLASSES)}))"
_OBSERVED = f"(p = {text(qb('dataSet'))} OR (p = {text(TYPE)} AND o = {text(qb('Observation'))}))"


def speaks_of_cubes(sql: duckdb.DuckDBPyConnection) -> bool:
    """Whether the quads say anything that a constraint could be about."""
    names = texts(name for name in (*_PREDICATES, *_CLASSES) if name.startswith(qb("")[:-1]))
    query = f"SELECT 1 FROM quads WHERE p IN {names} OR (p = {text(TYPE)} AND o IN {names}) OR {_OBSERVED} LIMIT 1"
    return bool(sql.execute(query).fetchall())


def normalise(sql: duckdb.DuckDBPyConnection) -> None:
    """Make the view `n` (s, p, o; with repetitions), the normalised graph, and the table `def`, what defines cubes.

    The union of all graphs is looked at; nothing of the dataset is changed. `n` leaves out that what has a data set,
    or what a slice names, is an observation: it would be one more triple of each.
    """
    sql.execute(f"CREATE TEMP TABLE def AS SELECT DISTINCT s, p, o FROM quads WHERE {_DEFINES}")
    sql.execute("CREATE TEMP TABLE derived (s VARCHAR, p VARCHAR, o VARCHAR)")
    sql.execute("CREATE TEMP VIEW n AS SELECT s, p, o FROM quads UNION ALL SELECT s, p, o FROM derived")
    _close_types(sql)
    observation, member = f"def m ON m.p = {text(qb('observation'))} AND m.s", "m.o"
    slices = f"JOIN def h ON h.p = {text(qb('slice'))} AND h.s = c.dataset"
    sets = f"n m ON m.p = {text(qb('dataSet'))} AND m.o"
    _push(sql, _attached("DataSet"), holder="c.dataset", members=sets, member="m.s")
    _push(sql, _attached("Slice"), slices, holder="h.o", members=observation, member=member)
    dimensions = f"o IN (SELECT s FROM def WHERE p = {text(TYPE)} AND o = {text(qb('DimensionProperty'))})"
    _push(sql, dimensions, slices, holder="h.o", members=observation, member=member)


def _close_types(sql: duckdb.DuckDBPyConnection) -> None:
    """The first phase; what a literal would be the subject of is no triple."""
    kinds = [("dataSet", "DataSet"), ("slice", "Slice")]
    kinds += [(name.lower(), f"{name}Property") for name in ("Dimension", "Measure", "Attribute")]
    source = f"(SELECT o, p FROM def UNION SELECT o, p FROM quads WHERE p = {text(qb('dataSet'))})"
    found = " UNION ".join(
        f"SELECT o, {text(TYPE)}, {text(qb(class_))} FROM {source} WHERE p = {text(qb(name))} AND NOT {is_literal('o')}"
        for name, class_ in kinds
    )
    named = texts(map(qb, ("dimension", "measure", "attribute")))
    found += f" UNION SELECT s, {text(qb('componentProperty'))}, o FROM def WHERE p IN {named}"
    _derive(sql, found)


def _attached(level: str) -> str:
    """SQL: whether `s`, a component specification, is attached to a level."""
    attachment, level = text(qb("componentAttachment")), text(qb(level))
    return f"s IN (SELECT s FROM def WHERE p = {attachment} AND o = {level})"


def _push(
    sql: duckdb.DuckDBPyConnection, condition: str, between: str = "", *, holder: str, members: str, member: str
) -> None:
    """One rule of the second phase: observations get what the data set or the slice that has them says.

    `condition` is that on the specification `s` of a component `o`.
    """
    structure, component, property_ = (text(qb(name)) for name in ("structure", "component", "componentProperty"))
    sql.execute(
        "CREATE OR REPLACE TEMP TABLE carried AS SELECT DISTINCT d.s AS dataset, k.o AS comp FROM"
        f" (SELECT s, o FROM def WHERE p = {property_} AND {condition}) k"
        f" JOIN def c ON c.p = {component} AND c.o = k.s JOIN def d ON d.p = {structure} AND d.o = c.s"
    )
    if sql.execute("SELECT 1 FROM carried LIMIT 1").fetchall():
        said = f"SELECT DISTINCT v.s, v.p, v.o FROM carried c {between} JOIN n v ON v.p = c.comp AND v.s = {holder}"
        sql.execute(f"CREATE OR REPLACE TEMP TABLE said AS {said}")
        _derive(sql, f"SELECT {member}, v.p, v.o FROM said v JOIN {members} = v.s WHERE NOT {is_literal(member)}")


def _derive(sql: duckdb.DuckDBPyConnection, query: str) -> None:
    """Add triples to the normalised graph, and to what defines cubes those that do."""
    sql.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM ({query}) f (s, p, o)")
    sql.execute("INSERT INTO derived FROM fresh")
    sql.execute(f"INSERT INTO def SELECT DISTINCT s, p, o FROM fresh WHERE {_DEFINES} EXCEPT SELECT s, p, o FROM def")
    sql.execute("DROP TABLE fresh")
