"""Results on their way into a report: in tables of DuckDB, where they are counted, cut and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import overload

import duckdb

from kzlod.shacl.messages import apart, joined
from kzlod.shacl.report import LEVELS, Group, Report, Result

# meaning: what results have in common; raw: the results, with a path and a message only where they are their own;
# result: those that are kept, in order. `message` holds all messages (see `messages`).
_TABLES = """
CREATE TEMP TABLE meaning (id INTEGER, path VARCHAR, component VARCHAR, severity VARCHAR, shape VARCHAR,
    message VARCHAR, source VARCHAR);
CREATE TEMP TABLE raw (meaning INTEGER, focus VARCHAR, value VARCHAR, path VARCHAR, message VARCHAR);
"""
_SHOWN = (
    "SELECT r.focus, coalesce(r.path, m.path) AS path, r.value, m.component, m.severity, m.shape,"
    " coalesce(r.message, m.message) AS message, m.source, m.id"
)
_MEANING = "JOIN meaning m ON m.id = r.meaning"
_BATCH = 10_000
_EXAMPLES = 3
"""How many results a group shows, where nothing else is asked for."""

Meaning = tuple[str, str, str, str, str, str]
"""What results have in common: path, component, severity, shape, messages as one text, node of the constraint."""
Placing = Callable[[duckdb.DuckDBPyConnection], None]
"""Fills the table `place` for the rows of the table `kept`: one row at most for focus, path and value together."""


class Results(Sequence[Result]):
    """The rows of the table `result`, fetched when they are looked at, as long as the database is open."""

    def __init__(self, sql: duckdb.DuckDBPyConnection) -> None:
        self._sql = sql
        ((self._count,),) = sql.execute("SELECT count(*) FROM result").fetchall()

    def __len__(self) -> int:
        return int(self._count)

    def __iter__(self) -> Iterator[Result]:
        for start in range(0, self._count, _BATCH):
            yield from self._rows(start, start + _BATCH)

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Result]: ...
    def __getitem__(self, index: int | slice) -> Result | Sequence[Result]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._count)
            return self._rows(start, stop)[::step] if step > 0 else [self[n] for n in range(start, stop, step)]
        return self._rows(range(self._count)[index], range(self._count)[index] + 1)[0]

    def _rows(self, start: int, stop: int) -> list[Result]:
        query = "SELECT * EXCLUDE (id) FROM result WHERE rowid >= ? AND rowid < ? ORDER BY rowid"
        return [_result(*row) for row in self._sql.execute(query, [start, stop]).fetchall()]


def _result(
    focus: str, path: str, value: str, component: str, severity: str, shape: str, message: str, source: str, place: str
) -> Result:
    return Result(focus, path, value, component, severity, shape, apart(message), source, place)


class Gathering:
    """Takes results in, and makes a report of them; `sql` is a connection that the report keeps."""

    def __init__(self, sql: duckdb.DuckDBPyConnection, meanings: Iterable[Meaning] = ()) -> None:
        self._sql = sql
        self._ids: dict[Meaning, int] = {}
        sql.execute(_TABLES)
        self.numbers = self._known(meanings)
        """The numbers of the meanings that were given, in their order."""
        self.warnings: tuple[str, ...] = ()

    def _known(self, meanings: Iterable[Meaning]) -> list[int]:
        old, numbers = len(self._ids), [self._ids.setdefault(meaning, len(self._ids)) for meaning in meanings]
        if new := [(number, *meaning) for meaning, number in self._ids.items() if number >= old]:
            columns = [list(column) for column in zip(*new, strict=True)]
            self._sql.execute(f"INSERT INTO meaning SELECT {', '.join(['unnest(?)'] * len(columns))}", columns)
        return numbers

    def add(self, results: Sequence[Result]) -> None:
        """Add results that another engine has found."""
        if results:
            meanings = [(r.path, r.component, r.severity, r.shape, "", r.constraint) for r in results]
            own = zip(*((r.focus, r.value, joined(r.messages)) for r in results), strict=True)
            columns = [self._known(meanings), *(list(column) for column in own)]
            self._sql.execute("INSERT INTO raw SELECT unnest(?), unnest(?), unnest(?), NULL, unnest(?)", columns)

    def report(
        self,
        *,
        owners: Mapping[str, str],
        warnings: tuple[str, ...] = (),
        prefixes: Mapping[str, str] | None = None,
        most: int | None = None,
        placing: Placing | None = None,
    ) -> Report:
        """The report: of each group the first results only, if `most` says how many.

        `owners` says for shapes without an IRI which shape they are a part of.
        """
        sql = self._sql
        counts = dict(sql.execute("SELECT meaning, count(*) FROM raw GROUP BY meaning").fetchall())
        order = "PARTITION BY meaning ORDER BY focus, path, value, message"
        first = "" if most is None else f" QUALIFY row_number() OVER ({order}) <= {most}"
        sql.execute(f"CREATE TEMP TABLE kept AS {_SHOWN} FROM (SELECT * FROM raw{first}) r {_MEANING}")
        sql.execute("CREATE TEMP TABLE place (focus VARCHAR, path VARCHAR, value VARCHAR, place VARCHAR)")
        if counts and placing is not None:
            placing(sql)
        sql.execute(
            "CREATE TEMP TABLE result AS SELECT k.* EXCLUDE (id), coalesce(x.place, '') AS place, k.id"
            " FROM kept k LEFT JOIN place x USING (focus, path, value) ORDER BY ALL"
        )
        groups = self._groups(counts, owners, _EXAMPLES if most is None else most)
        sql.execute("DROP TABLE raw; DROP TABLE kept; DROP TABLE place")
        results = Results(sql)
        few = len(results) <= _BATCH
        return Report(
            not groups, tuple(results) if few else results, (*warnings, *self.warnings), groups, prefixes or {}
        )

    def _groups(self, counts: Mapping[int, int], owners: Mapping[str, str], most: int) -> tuple[Group, ...]:
        first = f"QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid) <= {most} ORDER BY rowid"
        examples: dict[int, list[Result]] = {}
        for *row, number in self._sql.execute(f"SELECT * FROM result {first}").fetchall():
            examples.setdefault(number, []).append(_result(*row))
        groups = []
        for (path, component, severity, shape, message, _), number in self._ids.items():
            if count := counts.get(number):
                found = tuple(examples.get(number, ()))
                owner = owners.get(shape, shape)
                groups.append(Group(shape, owner, path, component, severity, apart(message), count, found))
        return tuple(sorted(groups, key=lambda g: (LEVELS.index(g.level), -g.count, g.owner, g.path, g.component)))
