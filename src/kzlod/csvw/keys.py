"""Primary and foreign keys, checked while the rows go by (Tabular Data Model, 4.5; Metadata Vocabulary, 5.5).

A key is the canonical values of its cells. A foreign key into a table that was not read yet waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from kzlod.csvw.cells import Cell
from kzlod.csvw.datatypes import cut
from kzlod.csvw.model import Column, TableGroup
from kzlod.findings import Finding

Report = Callable[[Finding], None]
Key = tuple[str | tuple[str, ...] | None, ...] | str


def key_of(cells: Sequence[Cell], columns: tuple[int, ...]) -> Key:
    """The key that a row's cells make; of one column it is the value itself."""
    if len(columns) == 1:
        value = cells[columns[0]].value
        return value if isinstance(value, str) else (value,)
    return tuple(cells[column].value for column in columns)


def shown(key: Key) -> str:
    """A key as a message says it."""
    parts = (key,) if isinstance(key, str) else key
    return ", ".join(cut(part if isinstance(part, str) else "|".join(part or ())) for part in parts)


def label(column: Column) -> str:
    """A column as the user knows it: by its name in the metadata, else by its title."""
    if column.named:
        return column.name
    return next((titles[0] for titles in column.titles.values() if titles), column.name)


class Keys:
    """The keys of a group's tables, checked row by row and at the end."""

    def __init__(self, group: TableGroup, report: Report) -> None:
        self._group, self._report = group, report
        self._primary: list[dict[Key, int]] = [{} for _ in group.tables]
        targets = {(key.table, key.referenced) for table in group.tables for key in table.foreign_keys}
        self._seen: dict[tuple[int, tuple[int, ...]], set[Key]] = {target: set() for target in targets}
        self._twice: dict[tuple[int, tuple[int, ...]], set[Key]] = {target: set() for target in targets}
        self._waiting: dict[tuple[int, int], dict[Key, list[int]]] = {}
        self._done: set[int] = set()
        self._skipped: set[tuple[int, int]] = set()

    def columns(self, table: int) -> set[int]:
        """The columns of a table that keys are made of."""
        described = self._group.tables[table]
        referenced = [columns for target, columns in self._seen if target == table]
        return set(described.primary_key).union(*(key.columns for key in described.foreign_keys), *referenced)

    def row(self, table: int, cells: Sequence[Cell], line: int) -> None:
        """Check a row of a table."""
        described = self._group.tables[table]
        if described.primary_key:
            key = key_of(cells, described.primary_key)
            first = self._primary[table].setdefault(key, line)
            if first != line:
                self._say(
                    table, line, described.primary_key[0], "table.primary-key",
                    f"the key {shown(key)} is that of line {first}", "give each row its own",
                )  # fmt: skip
        for target, seen in self._seen.items():
            if target[0] == table:
                if any(cells[column].value is None for column in target[1]):
                    continue  # null is no value that a key could have
                key = key_of(cells, target[1])
                if key in seen:
                    self._twice[target].add(key)
                seen.add(key)
        for number, foreign in enumerate(described.foreign_keys):
            # A cell left empty refers to nothing; one that is marked as null refers to a row that is not there.
            if (table, number) in self._skipped or any(cells[column].blank for column in foreign.columns):
                continue
            key = key_of(cells, foreign.columns)
            target = foreign.table, foreign.referenced
            if foreign.table in self._done and key in self._seen[target] and key not in self._twice[target]:
                continue
            self._waiting.setdefault((table, number), {}).setdefault(key, []).append(line)

    def unreadable(self, table: int) -> None:
        """A table's file could not be read: what refers to it is not its fault."""
        for key in [
            (source, number)
            for source, described in enumerate(self._group.tables)
            for number, foreign in enumerate(described.foreign_keys)
            if foreign.table == table
        ]:
            self._skipped.add(key)
            self._waiting.pop(key, None)

    def end(self, table: int) -> None:
        """A table has been read: what refers to it is checked."""
        self._done.add(table)
        self._primary[table].clear()
        for source, number in sorted(self._waiting):
            foreign = self._group.tables[source].foreign_keys[number]
            if foreign.table not in self._done or source not in self._done:
                continue
            target = foreign.table, foreign.referenced
            file = self._group.tables[foreign.table].path
            seen, twice = self._seen[target], self._twice[target]
            waiting = self._waiting.pop((source, number)).items()
            wrong = [(line, key) for key, lines in waiting if key not in seen or key in twice for line in lines]
            for line, key in sorted(wrong, key=itemgetter(0)):
                if key in twice:
                    message, remedy = f"{file} has several rows {shown(key)}", f"make the key unique in {file}"
                else:
                    message, remedy = f"{file} has no row {shown(key)}", f"add the row to {file}, or correct the value"
                self._say(source, line, foreign.columns[0], "table.foreign-key", message, remedy)

    def _say(self, table: int, line: int, column: int, code: str, message: str, remedy: str) -> None:
        described = self._group.tables[table]
        name = label(described.columns[column])
        self._report(Finding(described.path, line, name, code, message, remedy))
