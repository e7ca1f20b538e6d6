"""What each observation has, and what it must have (IC-1, IC-11, IC-13 to IC-16).

Components are numbered, and what an observation has of them is one string of bits; so what is missing is one operation
on two such strings, whatever the number of components.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kzlod.cube.structure import boolean, of_class, said
from kzlod.cube.terms import TYPE, is_literal, qb
from kzlod.cube.values import DIFFER, evaluate, kind, unsure, valued
from kzlod.cube.violations import Search, Told, Violation, name, node
from kzlod.quads.sqltext import text

DATASET, MEASURE_TYPE = text(qb("dataSet")), text(qb("measureType"))


@dataclass(frozen=True, slots=True)
class Bits:
    """Strings of bits, one for each component."""

    width: int

    @property
    def none(self) -> str:
        """SQL: no component."""
        return f"'{'0' * self.width}'::BIT"

    def of(self, column: str, condition: str = "true") -> str:
        """SQL: the components of a group, by their numbers in a column, where a condition holds."""
        return f"coalesce(bitstring_agg({column}, 0, {self.width - 1}) FILTER ({condition}), {self.none})"


def observations(search: Search) -> Iterator[Violation]:
    """The violations of IC-1; makes the tables of observations, data sets and structures.

    `obs` (id, s, lo, hi): the observations, with the first and last of their data sets; `member` (obs, dataset);
    `dataset` (id, token); `structured` (dataset, dsd: a token).
    """
    named = f"SELECT o AS s FROM {said(qb('observation'))} WHERE NOT {is_literal('o')}"
    typed = f"p = {text(TYPE)} AND o = {text(qb('Observation'))}"
    search.run(
        "CREATE TEMP TABLE obs AS SELECT row_number() OVER ()::UINTEGER AS id, * FROM (SELECT s, min(o) AS lo,"
        f" max(o) AS hi FROM (SELECT s, CASE WHEN p = {DATASET} THEN o END AS o FROM n WHERE p = {DATASET} OR ({typed})"
        f" UNION ALL SELECT s, NULL FROM ({named})) GROUP BY s)"
    )
    search.run(
        "CREATE TEMP TABLE several AS SELECT DISTINCT id, s, n.o FROM (SELECT id, s FROM obs WHERE lo <> hi)"
        f" JOIN n USING (s) WHERE p = {DATASET}"
    )
    search.run(
        "CREATE TEMP TABLE dataset AS SELECT row_number() OVER ()::UINTEGER AS id, token FROM"
        " (SELECT lo AS token FROM obs WHERE lo = hi UNION SELECT o FROM several)"
    )
    search.run(
        "CREATE TEMP TABLE member AS SELECT obs.id AS obs, dataset.id AS dataset FROM obs JOIN dataset ON token = lo"
        " WHERE lo = hi UNION ALL SELECT several.id, dataset.id FROM several JOIN dataset ON token = o"
    )
    search.run(
        "CREATE TEMP TABLE structured AS SELECT id AS dataset, o AS dsd FROM dataset"
        f" JOIN {said(qb('structure'))} d ON d.s = token"
    )
    evaluate(search.sql, "SELECT o AS token FROM several")
    values = valued("FROM several", "o")
    yield from search.found(
        1,
        "SELECT s, '' AS o FROM obs WHERE lo IS NULL UNION ALL"
        f" SELECT a.s, b.o FROM ({values}) a JOIN ({values}) b ON b.s = a.s AND b.o > a.o AND {DIFFER}",
        lambda s, o: (
            *(s, qb("dataSet"), o),
            f"the observation {node(s)} is in {'more than one data set' if o else 'no data set'}",
        ),
    )


def facts(search: Search) -> Bits:
    """Make the tables of components and of what the observations have.

    `prop` (id, name, dim, measure); `fact` (obs, prop, a, b, kind): which values the observations have, as numbers,
    dimensions only, else 0; `has` (obs, bits): which components; `measured` (obs, m) and `measure` (m, token, prop):
    the observations' measure types.
    """
    search.run(
        f"CREATE TEMP TABLE prop AS SELECT (row_number() OVER () - 1)::UINTEGER AS id, name,"
        f" name IN {of_class(qb('DimensionProperty'))} AS dim, name IN {of_class(qb('MeasureProperty'))} AS measure"
        " FROM (SELECT prop AS name FROM part JOIN structured USING (dsd) UNION"
        f" SELECT o FROM n WHERE p = {MEASURE_TYPE} AND o IN (SELECT DISTINCT p FROM n))"
    )
    ((count,),) = search.rows("SELECT count(*) FROM prop")
    bits = Bits(max(count, 1))
    evaluate(search.sql, f"SELECT o AS token FROM n WHERE p IN (SELECT name FROM prop WHERE dim) AND {unsure('o')}")
    key = "coalesce(v.key, o)"
    search.run(
        "CREATE TEMP TABLE fact AS SELECT DISTINCT obs.id AS obs, k.id AS prop,"
        f" CASE WHEN dim THEN hash({key}) ELSE 0 END AS a, CASE WHEN dim THEN hash({key}, 1) ELSE 0 END AS b,"
        f" CASE WHEN dim THEN {kind('o', 'v.kind')} ELSE 0 END AS kind"
        " FROM n JOIN prop k ON k.name = p JOIN obs USING (s) LEFT JOIN value v ON v.token = o"
    )
    search.run(
        f"CREATE TEMP TABLE has AS SELECT id AS obs, {bits.of('prop')} AS bits FROM obs LEFT JOIN"
        " fact ON fact.obs = id GROUP BY id"
    )
    search.run(
        "CREATE TEMP TABLE measure AS SELECT row_number() OVER ()::UINTEGER AS id, token, k.id AS prop FROM"
        f" (SELECT DISTINCT o AS token FROM n WHERE p = {MEASURE_TYPE}) LEFT JOIN prop k ON k.name = token"
    )
    search.run(
        "CREATE TEMP TABLE measured AS SELECT DISTINCT obs.id AS obs, m.id AS measure FROM n JOIN obs USING (s)"
        f" JOIN measure m ON m.token = n.o WHERE n.p = {MEASURE_TYPE}"
    )
    return bits


def missing(search: Search, bits: Bits) -> Iterator[Violation]:
    """The violations of IC-11, IC-13 and IC-14."""
    typed = f"SELECT dsd FROM part WHERE prop = {MEASURE_TYPE}"
    required = f"SELECT s FROM {said(qb('componentRequired'))} WHERE o IN {boolean('true')}"
    for number, condition, what in (
        (11, "dim", "dimension"),
        (13, f"spec IN ({required})", "required attribute"),
        (14, f"measure AND dsd NOT IN ({typed})", "measure"),
    ):
        _demand(search, bits, condition)

        def tell(s: str, prop: str, what: str = what) -> Told:
            return s, prop, "", f"the observation {node(s)} has no {name(prop)}, a {what}"

        yield from search.found(
            number,
            "SELECT obs.s, k.name FROM (SELECT m.obs, g.dsd, h.bits FROM member m JOIN structured USING (dataset)"
            " JOIN demanded g USING (dsd) JOIN has h USING (obs) WHERE bit_count(g.bits & ~h.bits) > 0) x"
            " JOIN demand USING (dsd) JOIN prop k ON k.id = demand.prop JOIN obs ON obs.id = x.obs"
            " WHERE get_bit(x.bits, k.id::INTEGER) = 0",
            tell,
        )


def _demand(search: Search, bits: Bits, condition: str) -> None:
    """Make `demand` (dsd, prop: a number), components of structures, and `demanded` (dsd, bits)."""
    search.run(
        f"CREATE OR REPLACE TEMP TABLE demand AS SELECT DISTINCT dsd, k.id AS prop FROM part JOIN prop k"
        f" ON k.name = part.prop WHERE {condition}"
    )
    search.run(
        f"CREATE OR REPLACE TEMP TABLE demanded AS SELECT dsd, {bits.of('prop')} AS bits FROM demand GROUP BY dsd"
    )


def measures(search: Search, bits: Bits) -> Iterator[Violation]:
    """The violations of IC-15 and IC-16."""
    if not search.rows("SELECT 1 FROM measured LIMIT 1"):
        return
    typed = f"(SELECT DISTINCT dsd FROM part WHERE prop = {MEASURE_TYPE})"
    source = (
        "measured JOIN measure m ON m.id = measure JOIN member USING (obs) JOIN structured USING (dataset)"
        " JOIN has h USING (obs) JOIN obs ON obs.id = measured.obs"
    )
    yield from search.found(
        15,
        f"SELECT s, token FROM {source} SEMI JOIN {typed} t USING (dsd)"
        " WHERE m.prop IS NULL OR get_bit(h.bits, m.prop::INTEGER) = 0",
        lambda s, m: (s, m, "", f"the measure of the observation {node(s)} is {name(m)}, and it has no value of it"),
    )
    _demand(search, bits, f"measure AND dsd IN (FROM {typed})")
    both = "(g.bits & h.bits)"
    yield from search.found(
        16,
        f"SELECT s, token, k.name FROM (SELECT s, token, dsd, {both} AS bits FROM {source} JOIN demanded g USING (dsd)"
        f" WHERE bit_count({both}) > CASE WHEN get_bit({both}, m.prop::INTEGER) = 1 THEN 1 ELSE 0 END) x"
        " JOIN demand USING (dsd) JOIN prop k ON k.id = demand.prop"
        " WHERE get_bit(x.bits, k.id::INTEGER) = 1 AND k.name <> token",
        lambda s, m, other: (
            *(s, other, ""),
            f"the measure of the observation {node(s)} is {name(m)}, and it has a value of {name(other)} too",
        ),
    )
