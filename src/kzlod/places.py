"""The way back: from quads to the file, row and column that say them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kzlod import csvw
from kzlod.figures import COMPUTED
from kzlod.findings import Finding, Unplaced
from kzlod.project import Project
from kzlod.quads import QuadTable
from kzlod.terms import local_name, parse

_BATCH = 10_000
# What says the subject: best the quad itself, else one with its predicate, else any; what is computed last of all.
_SUBJECTS = """
WITH asked AS (SELECT unnest($n) AS n, unnest($s) AS s, unnest($p) AS p, unnest($o) AS o),
     said AS (SELECT n, path, line, source, CASE
            WHEN path = $computed THEN 3
            WHEN (asked.p = '' OR asked.p = placed.p) AND (asked.o = '' OR asked.o = placed.o) THEN 0
            WHEN asked.p = '' OR asked.p = placed.p THEN 1 ELSE 2 END AS rank
        FROM asked JOIN placed ON placed.s = asked.s)
SELECT n, first(path ORDER BY rank, source, line), first(line ORDER BY rank, source, line) FROM said GROUP BY n
"""
_OBJECTS = """
WITH asked AS (SELECT unnest($n) AS n, unnest($s) AS s)
SELECT n, first(path ORDER BY source, line), first(line ORDER BY source, line), first(p ORDER BY source, line)
FROM asked JOIN placed ON placed.o = asked.s GROUP BY n
"""


class Places:
    """Finds the places of findings in the files of a project, many at a time."""

    def __init__(self, project: Project, table: QuadTable, tables: Sequence[csvw.Table], *, otherwise: str) -> None:
        """`otherwise` is the file that stands for what no file says."""
        self._project, self._table, self._otherwise = project, table, otherwise
        self._tables = {project.shown(Path(one.path)): one for one in tables}
        self._plans: dict[str, csvw.Plan] = {}
        self._read_rows: dict[str, Mapping[int, Mapping[str, str]]] = {}

    def find(self, findings: Iterable[Unplaced]) -> Iterator[Finding]:
        """The findings with the row and column that say them.

        What no row describes has its place where it is first named.
        """
        batch: list[Unplaced] = []
        for finding in findings:
            batch.append(finding)
            if len(batch) == _BATCH:
                yield from self._batch(batch)
                batch.clear()
        yield from self._batch(batch)

    def _batch(self, batch: Sequence[Unplaced]) -> Iterator[Finding]:
        if not batch:
            return
        asked = {name: [getattr(one, name) for one in batch] for name in ("s", "p", "o")}
        every = {"n": list(range(len(batch))), **asked, "computed": COMPUTED}
        said: dict[int, list[Any]] = {n: place for n, *place in self._table.rows(_SUBJECTS, every)}
        named: dict[int, list[Any]] = {}
        if rest := [n for n in range(len(batch)) if n not in said]:
            nodes = {"n": rest, "s": [batch[n].s for n in rest]}
            named = {n: place for n, *place in self._table.rows(_OBJECTS, nodes)}
        for n, one in enumerate(batch):
            p, o = one.p, one.o
            if n in said:
                file, line = said[n]
            elif n in named:
                file, line, p = named[n]
                o = one.s
            else:
                file, line, p, o = self._otherwise, 0, "", ""
            column = self._column(file, line, p, o)
            yield Finding(file, line or None, column, one.code, one.message, one.remedy, one.severity, one.s[1:-1])

    def _column(self, file: str, line: int, p: str, o: str) -> str | None:
        """The column of a row behind a predicate and an object (tokens).

        Where several columns make such triples, or the predicate itself is in a cell, the row's cells decide.
        """
        if file not in self._tables or not p:
            return None
        plan = self._plan(file)
        made = [output.column for output in plan.outputs if output.predicate.constant == p[1:-1]]
        columns = sorted((plan.columns[n] for n in made or range(plan.width)), key=lambda column: column.virtual)
        if len(made) == 1 or not line:
            return columns[0].name if made else None
        cells, said = self._rows(file).get(line, {}), local_name(o or p)
        separated = ((column, cells.get(column.name, ""), column.separator) for column in columns)
        saying = [column for column, cell, by in separated if said in (cell.split(by) if by else [cell])]
        # What is written alike in two languages is said by the column of the language.
        tag = parse(o).language if o else ""
        saying.sort(key=lambda column: tag not in ("", column.lang.lower()))
        return next((column.name for column in saying or columns[: len(made)]), None)

    def _plan(self, file: str) -> csvw.Plan:
        if file not in self._plans:
            self._plans[file] = csvw.compile_table(self._tables[file])
        return self._plans[file]

    def _rows(self, file: str) -> Mapping[int, Mapping[str, str]]:
        """The cells of a table's rows by their columns' names, by the line that each row starts on."""
        if file not in self._read_rows:
            rows: dict[int, Mapping[str, str]] = {}
            with (self._project.root / file).open(encoding="utf-8-sig", errors="replace", newline="") as stream:
                reader = csv.reader(stream)
                header, line = next(reader, []), reader.line_num + 1
                for cells in reader:
                    rows[line] = dict(zip(header, cells, strict=False))
                    line = reader.line_num + 1
            self._read_rows[file] = rows
        return self._read_rows[file]
