"""What a check of cubes says: violations, and how a constraint's query becomes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from kzlod.cube.constraints import CONSTRAINTS, Constraint
from kzlod.terms import parse


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """What violates a constraint; terms are canonical N-Quads tokens, empty where there is none.

    `node` is what the violation is about (an observation, a slice, a property …), `predicate` and `value` what of it is
    wrong.
    """

    number: int
    node: str
    predicate: str
    value: str
    message: str

    @property
    def constraint(self) -> Constraint:
        """The constraint that is violated."""
        return CONSTRAINTS[self.number - 1]

    @property
    def code(self) -> str:
        """The stable code of the constraint, such as `cube.ic-12`."""
        return self.constraint.code

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.constraint.remedy


Told = tuple[str, str, str, str]
"""Node, predicate, value, message."""


@dataclass(frozen=True, slots=True)
class Search:
    """A connection whose temporary tables a check works on; of each constraint at most `most` violations are told."""

    sql: duckdb.DuckDBPyConnection
    most: int

    def run(self, statement: str) -> None:
        """Run a statement."""
        self.sql.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.sql.execute(query).fetchall()

    def found(self, number: int, query: str, tell: Callable[..., Told]) -> Iterator[Violation]:
        """The violations of a constraint: `tell` is given each row of a query.

        The last one that is told says how many more there are.
        """
        rows = self.rows(f"SELECT DISTINCT * FROM ({query}) ORDER BY ALL LIMIT {self.most + 1}")
        more = 0
        if len(rows) > self.most:
            ((total,),) = self.rows(f"SELECT count(*) FROM (SELECT DISTINCT * FROM ({query}))")
            more = total - self.most
        for place, row in enumerate(rows[: self.most], 1):
            about, predicate, value, message = tell(*row)
            if more and place == self.most:
                message += f" (and so it is with {more:,} more)"
            yield Violation(number, about, predicate, value, message)


def name(token: str) -> str:
    """A term as a message names it: the text of a literal, the last part of an IRI.

    >>> name("<http://purl.org/linked-data/cube#measureType>"), name('"2020"^^<http://www.w3.org/2001/XMLSchema#gYear>')
    ('measureType', '2020')
    """
    value = parse(token).value
    return value if token.startswith('"') else value.rstrip("/#").replace("#", "/").rpartition("/")[2]


def node(token: str) -> str:
    """A resource as a message names it: its IRI, as the last part alone may say nothing of an observation.

    >>> node("<http://example.org/obs/2024/M>")
    'http://example.org/obs/2024/M'
    """
    return parse(token).value
