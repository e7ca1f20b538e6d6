"""Whether cubes are well-formed: normalisation, then every integrity constraint."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.cube.codes import codes
from kzlod.cube.normal import normalise, speaks_of_cubes
from kzlod.cube.observations import facts, measures, missing, observations
from kzlod.cube.points import points
from kzlod.cube.slices import links, slices
from kzlod.cube.structure import structure
from kzlod.cube.violations import Search, Violation
from kzlod.findings import MOST
from kzlod.quads import QuadTable


def check(table: QuadTable, *, most: int = MOST) -> tuple[Violation, ...]:
    """The violations of the integrity constraints of the RDF Data Cube Vocabulary (section 11.1), in order.

    The union of the table's graphs is normalised first (section 10), beside the table. At most `most` violations of a
    constraint are told one by one; the last of them says how many more there are.

    >>> from kzlod.cube.terms import TYPE, qb
    >>> table = QuadTable()
    >>> table.add([("<http://e/trade>", TYPE, qb("DataSet"), "", 1)], table.source("trade.nt"))
    >>> [(violation.code, violation.message) for violation in check(table)]
    [('cube.ic-2', 'the data set trade has no structure')]
    """
    with table.cursor() as sql:
        return tuple(sorted(_find(Search(sql, most)))) if speaks_of_cubes(sql) else ()


def _find(search: Search) -> Iterator[Violation]:
    normalise(search.sql)
    yield from structure(search)
    yield from slices(search)
    yield from observations(search)
    yield from links(search)
    if search.rows("SELECT 1 FROM structured LIMIT 1"):
        bits = facts(search)
        yield from missing(search, bits)
        yield from measures(search, bits)
        yield from points(search, bits)
        yield from codes(search)
