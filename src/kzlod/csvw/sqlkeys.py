"""Primary and foreign keys in DuckDB, for tables of any size: what `keys` does while rows go by, at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from kzlod.csvw.cells import Cell
from kzlod.csvw.keys import Key, Keys, Report, key_of, shown
from kzlod.csvw.model import TableGroup

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 10_000


def _written(key: Key) -> str:
    """A key as the tables hold it: each value after its length, `n` for null."""
    parts = (key,) if isinstance(key, str) else key
    texts = [part if isinstance(part, str) or part is None else "|".join(part) for part in parts]
    return "".join("n" if text is None else f"s{len(text)}:{text}" for text in texts)


def _parsed(text: str) -> Key:
    parts: list[str | None] = []
    while text:
        if text[0] == "n":
            parts.append(None)
            text = text[1:]
            continue
        size, _, rest = text[1:].partition(":")
        parts.append(rest[: int(size)])
        text = rest[int(size) :]
    return tuple(parts)


class SqlKeys(Keys):
    """The keys of a group's tables, in tables of a DuckDB database; checked when a table has been read."""

    def __init__(self, group: TableGroup, report: Report, sql: DuckDBPyConnection | None) -> None:
        super().__init__(group, report)
        self._database, self._lock = sql, Lock()
        self._kept: list[list[tuple[str, tuple[int, ...], str]]] = []
        for number, table in enumerate(group.tables):
            kept = [("primary", table.primary_key, f"primary_{number}")] if table.primary_key else []
            kept += [("target", columns, self._name(number, columns)) for at, columns in self._seen if at == number]
            kept += [("foreign", key.columns, f"foreign_{number}_{n}") for n, key in enumerate(table.foreign_keys)]
            self._kept.append(kept)
            for _, _, name in kept:
                self._create(name)
        self._rows: dict[str, tuple[list[str], list[int]]] = {}

    @property
    def _sql(self) -> DuckDBPyConnection:
        assert self._database is not None
        return self._database

    def _create(self, name: str) -> None:
        self._sql.execute(f"CREATE TABLE {name} (key VARCHAR, line UBIGINT)")

    def _drop(self, name: str) -> None:
        self._sql.execute(f"DROP TABLE IF EXISTS {name}")

    def _found(self, query: str) -> Iterator[Sequence[Any]]:
        """The rows that a query gives."""
        cursor = self._sql.cursor().execute(query)
        while rows := cursor.fetchmany(_BATCH):
            yield from rows

    @staticmethod
    def _name(table: int, columns: tuple[int, ...]) -> str:
        return f"target_{table}_" + "_".join(map(str, columns))

    def kept(self, table: int) -> list[tuple[int, ...]]:
        """The keys of a table that are kept, by their columns."""
        return [columns for _, columns, _ in self._kept[table]]

    def take(self, table: int, cursor: DuckDBPyConnection, query: str) -> list[str]:
        """Keep the keys of many rows, by the query `RowSql.keyed`; returns the rows that SQL is not sure of."""
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE taken AS {query}")
        for place, left, name in self._conditions(table):
            cursor.execute(
                f"INSERT INTO {name} SELECT key{place}, line FROM taken WHERE cells IS NULL AND NOT ({left})"
            )
        return [cells for (cells,) in cursor.execute("SELECT cells FROM taken WHERE cells IS NOT NULL").fetchall()]

    def _conditions(self, table: int) -> Iterator[tuple[int, str, str]]:
        """For each key that is kept: its place, the SQL of whether a row's is left out, the table that holds it."""
        for place, (kind, _, name) in enumerate(self._kept[table]):
            yield place, {"primary": "false", "target": f"null{place}", "foreign": f"blank{place}"}[kind], name

    def row(self, table: int, cells: Sequence[Cell], line: int) -> None:
        """Keep the keys of a row."""
        with self._lock:
            for kind, columns, name in self._kept[table]:
                if kind == "target" and any(cells[column].value is None for column in columns):
                    continue
                if kind == "foreign" and any(cells[column].blank for column in columns):
                    continue
                keys, lines = self._rows.setdefault(name, ([], []))
                keys.append(_written(key_of(cells, columns)))
                lines.append(line)
                if len(keys) >= _BATCH:
                    self._flush(name)

    def _flush(self, name: str) -> None:
        keys, lines = self._rows.pop(name, ([], []))
        if keys:
            self._sql.execute(f"INSERT INTO {name} SELECT unnest(?::VARCHAR[]), unnest(?::UBIGINT[])", [keys, lines])

    def unreadable(self, table: int) -> None:
        """A table's file could not be read: what refers to it is not its fault."""
        for source, described in enumerate(self._group.tables):
            self._skipped |= {(source, n) for n, key in enumerate(described.foreign_keys) if key.table == table}

    def end(self, table: int) -> None:
        """A table has been read: its primary key is checked, and foreign keys whose two tables have been read."""
        self._done.add(table)
        for name in list(self._rows):
            self._flush(name)
        if self._group.tables[table].primary_key:
            self._check_primary(table)
        for source, described in enumerate(self._group.tables):
            for number, key in enumerate(described.foreign_keys):
                if {source, key.table} <= self._done and table in (source, key.table):
                    if (source, number) not in self._skipped:
                        self._check_foreign(source, number)
                    self._drop(f"foreign_{source}_{number}")

    def _check_primary(self, table: int) -> None:
        name, columns = f"primary_{table}", self._group.tables[table].primary_key
        # Numbers are grouped first: texts would take much more memory.
        twice = f"SELECT hash(key) FROM {name} GROUP BY hash(key) HAVING count(*) > 1"
        query = (
            f"SELECT key, line, first FROM (SELECT key, line, min(line) OVER (PARTITION BY key) AS first FROM {name}"
            f" WHERE hash(key) IN ({twice})) WHERE line <> first ORDER BY line"
        )
        for key, line, first in self._found(query):
            message = f"the key {shown(_parsed(key))} is that of line {first}"
            self._say(table, line, columns[0], "table.primary-key", message, "give each row its own")
        self._drop(name)

    def _check_foreign(self, source: int, number: int) -> None:
        foreign = self._group.tables[source].foreign_keys[number]
        file = self._group.tables[foreign.table].path
        name = self._name(foreign.table, foreign.referenced)
        query = (
            f"SELECT f.key, f.line, coalesce(t.n, 0) FROM foreign_{source}_{number} f LEFT JOIN"
            f" (SELECT key, count(*) AS n FROM {name} GROUP BY key) t USING (key) WHERE t.n IS DISTINCT FROM 1"
            " ORDER BY 2"
        )
        for key, line, count in self._found(query):
            message = f"{file} has {'several rows' if count else 'no row'} {shown(_parsed(key))}"
            remedy = f"make the key unique in {file}" if count else f"add the row to {file}, or correct the value"
            self._say(source, line, foreign.columns[0], "table.foreign-key", message, remedy)
