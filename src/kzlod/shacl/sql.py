"""The plan as SQL on a table of triples, run by DuckDB, or by what stands in its place (`Work`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Self

from kzlod.shacl import sql_local, sql_values
from kzlod.shacl.sql_focus import ask
from kzlod.shacl.sql_order import of_type, ordered
from kzlod.shacl.sql_shapes import conclude
from kzlod.shacl.sql_terms import texts
from kzlod.shacl.sql_work import Work

Found = tuple[int, str, str, str, str]
"""A violation: the constraint's number; the tokens of focus node, value, and a path of its own; messages of its own.

All but the first two are empty where there is none.
"""


_PIECE = 50_000


class Run:
    """One validation: `prepare`, then `add` what other engines find, then `finish` and `gather`."""

    def __init__(self, work: Work) -> None:
        self.plan, self._work = work.plan, work

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._work.close()

    def prepare(self) -> None:
        """Find out what each shape is asked about."""
        self._work.load()
        ask(self._work)

    def is_idle(self) -> bool:
        """Whether no shape is asked about any node."""
        return not self._work.run("SELECT 1 FROM focus LIMIT 1").fetchall()

    def asked(self, shape: int) -> list[str]:
        """The tokens of what a shape is asked about."""
        query = "SELECT t.token FROM focus f JOIN term t ON t.id = f.node WHERE f.shape = ? ORDER BY t.token"
        return [token for (token,) in self._work.run(query, [shape]).fetchall()]

    def pairs(self, shape: int) -> list[tuple[str, str]]:
        """The tokens of what a shape is asked about, each with every value node of its own."""
        query = (
            "SELECT a.token, b.token FROM val v JOIN term a ON a.id = v.focus JOIN term b ON b.id = v.value"
            " WHERE v.shape = ? ORDER BY ALL"
        )
        return self._work.run(query, [shape]).fetchall()

    def texts(self, predicates: Collection[str] | None) -> Iterator[str]:
        """The data, or the triples with some predicates (IRIs), as N-Triples in large pieces of whole lines."""
        line = "s || ' ' || p || ' ' || o || ' .'"
        kept = "" if predicates is None else f" WHERE p IN {texts(f'<{name}>' for name in sorted(predicates))}"
        cursor = self._work.run(
            f"SELECT string_agg({line}, chr(10)) FROM (SELECT *, row_number() OVER () // {_PIECE} AS piece"
            f" FROM ({self._work.source}){kept}) GROUP BY piece"
        )
        while piece := cursor.fetchone():
            yield piece[0]

    def add(self, found: Sequence[Found]) -> None:
        """Add violations that another engine found."""
        rows = [(n, focus, value or None, path or None, text or None) for n, focus, value, path, text in found]
        columns = "found (number, focus, token, path, message)"
        self._work.fill(columns, rows, c1=self._work.number("{}::VARCHAR"))

    def forms(self, found: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """For focus nodes with values, the forms that the data has for literals which an engine gives in another."""
        typed = [(focus, value) for focus, value in found if value.startswith('"') and value.endswith(">")]
        if not typed:
            return {}
        work = self._work
        work.run("CREATE OR REPLACE TEMP TABLE given (focus VARCHAR, token VARCHAR)")
        work.fill("given", typed)
        work.run(
            "CREATE OR REPLACE TEMP TABLE pair AS SELECT DISTINCT g.focus, g.token AS given, q.o AS token FROM given g"
            f" JOIN ({work.source}) q ON q.s = g.focus AND {of_type('q.o')} = {of_type('g.token')}"
            f" ANTI JOIN ({work.source}) same ON same.s = g.focus AND same.o = g.token"
        )
        types = [name for (name,) in work.run(f"SELECT DISTINCT {of_type('token')} FROM pair").fetchall()]
        work.run(
            "CREATE OR REPLACE TEMP TABLE form AS"
            f" {ordered('(SELECT token FROM pair UNION SELECT given FROM pair)', types)}"
        )
        same = work.run(
            "SELECT p.focus, p.given, min(p.token) FROM pair p JOIN form a ON a.token = p.given JOIN form b"
            " ON b.token = p.token WHERE a.family = b.family AND coalesce(a.key = b.key, a.wide = b.wide) GROUP BY ALL"
        )
        return {(focus, given): token for focus, given, token in same.fetchall()}

    def finish(self) -> None:
        """Find all violations."""
        work = self._work
        sql_local.values(work)
        sql_local.counts(work)
        sql_values.values(work)
        sql_values.orders(work)
        sql_values.sets(work)
        for depth in range(self.plan.deepest, -1, -1):
            conclude(work, depth)

    def gather(self, numbers: Sequence[int]) -> None:
        """Put all violations into the table `raw`, each as often as targets and `sh:property` lead to it.

        `numbers` are the meanings of the constraints, in their order.
        """
        self._work.run("CREATE TEMP TABLE meant (number INTEGER, meaning INTEGER)")
        self._work.fill("meant", list(enumerate(numbers)))
        self._work.gather(
            "SELECT m.meaning, a.token AS focus, coalesce(x.token, b.token, '') AS value, x.path, x.message, f.ways"
            " FROM found x JOIN meant m ON m.number = x.number JOIN rule r ON r.number = x.number"
            " JOIN host h ON h.shape = r.shape JOIN focus f ON f.shape = h.host AND f.node = x.focus"
            " JOIN term a ON a.id = x.focus LEFT JOIN term b ON b.id = x.value"
        )
