"""The executor `rows`: runs the plans of a group row by row, and checks each row on the way (csv2rdf, 4).

It knows all of the standard, and is the reference that faster executors are compared with.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain, count
from typing import Literal

from kzlod.csvw import described, header
from kzlod.csvw.cells import Cell, CellParser
from kzlod.csvw.discover import dialect_of
from kzlod.csvw.expansion import MEMO, Make, maker
from kzlod.csvw.fetch import BROKEN, Response
from kzlod.csvw.jsonld import Triple
from kzlod.csvw.keys import Keys, Report, label
from kzlod.csvw.model import Column, Dialect, Table, TableGroup
from kzlod.csvw.plan import Output, Plan, compile_table
from kzlod.csvw.tables import Row, read
from kzlod.errors import InputError
from kzlod.findings import Finding
from kzlod.vocab import RDF

Mode = Literal["standard", "minimal"]
Statement = tuple[str, str, str, int, int]
"""Subject, predicate and object as tokens of N-Triples; the table's position; the line of the file, 0 for none."""

_LONG = 256
"""Cells of more characters are not kept."""
_KEPT = 1 << 18
"""Cells that are kept of all columns together."""
_WIDTHS = 8
"""Widths of rows with too many cells that plans are kept of."""
_FIRST, _REST, _NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"


def statements(
    group: TableGroup, *, mode: Mode = "standard", provenance: bool = False, report: Report | None = None
) -> Iterator[Statement]:
    """The triples of a group, in the order of its rows: see `kzlod.csvw.statements`."""
    tell: Report = report or (lambda finding: None)
    fresh = (f"_:b{number}" for number in count())
    keys = Keys(group, tell)
    node, started = "", described.now()
    if mode == "standard":
        node = described.node(group.id, fresh)
        yield from at(described.group(group, node, fresh), 0, 0)
    for position in range(len(group.tables)):
        yield from Run(group, position, mode, tell, keys, fresh).statements(node)
        keys.end(position)
    if provenance and mode == "standard":
        yield from at(described.provenance(group, node, started, described.now(), fresh), 0, 0)


def at(triples: Iterable[Triple], table: int, line: int) -> Iterator[Statement]:
    """Triples with their place."""
    for s, p, o in triples:
        yield s, p, o, table, line


class Run:
    """One table: its file is opened, its header checked, its plan run."""

    def __init__(
        self, group: TableGroup, position: int, mode: Mode, report: Report, keys: Keys, fresh: Iterator[str]
    ) -> None:
        self.group, self.position, self.report, self.keys, self.fresh = group, position, report, keys, fresh
        self.table = group.tables[position]
        self.standard = mode == "standard" and not self.table.suppress_output
        self.node = ""
        self.aligned = True
        self.cut = False
        """Whether the file was too large to go on."""

    def say(self, line: int | None, column: str | None, code: str, message: str, remedy: str = "") -> None:
        self.report(Finding(self.table.path, line, column, code, message, remedy))

    def problem(self, line: int, code: str, message: str, remedy: str) -> None:
        """What the reader of the file says."""
        self.cut |= code == "table.size"
        self.say(line, None, code, message, remedy)

    def described(self, parent: str) -> Iterator[Statement]:
        """What standard mode says of the table itself."""
        if self.standard:
            self.node = described.node(self.table.id, self.fresh)
            yield from at(described.table(self.table, self.node, parent, self.fresh), self.position, 0)

    def open(self) -> Response | None:
        """The table's file; one that cannot be had is a finding."""
        try:
            return self.group.fetch(self.table.url, "text/csv, */*;q=0.5")
        except InputError as error:
            self.say(None, None, "table.file", error.message, error.remedy)
            self.keys.unreadable(self.position)
            return None

    def statements(self, parent: str) -> Iterator[Statement]:
        """All statements of the table."""
        yield from self.described(parent)
        yield from self.rows()

    def rows(self) -> Iterator[Statement]:
        """The statements of the table's rows."""
        response = self.open()
        if response is None:
            return
        dialect = dialect_of(response, self.table.dialect, own=self.table.own_dialect)
        with response.stream as stream, closing(read(stream, dialect, self.problem)) as rows:
            try:
                plan, first = yield from self.opening(rows, dialect)
                if first is not None:
                    yield from Executor(self, plan, dialect).run(chain([first], rows))
            except BROKEN as error:
                self.broken(error)

    def broken(self, error: Exception) -> None:
        """A file breaks off."""
        self.say(None, None, "table.file", f"it cannot be read to its end: {error}")
        self.keys.unreadable(self.position)

    def opening(self, rows: Iterator[Row], dialect: Dialect) -> Generator[Statement, None, tuple[Plan, Row | None]]:
        """What stands before the rows of data is read and checked; returns the plan and the first row of data."""
        titles: list[list[str]] = []
        first, line = None, 1
        for row in rows:
            if row.comment is not None or row.number <= dialect.skip_rows:
                text = row.comment if row.comment is not None else dialect.delimiter.join(row.cells)
                yield from self.comment(text, row.line)
            elif len(titles) < dialect.header_rows:
                titles.append(row.cells[dialect.skip_columns :])
                line = row.line
            else:
                first = row
                break
        for finding in header.check(self.table, dialect, titles, first, line) if not self.cut else ():
            self.report(finding)
            if finding.code == "table.header":
                # Their cells are in the wrong columns: what the rows have to say would only be noise.
                self.aligned = False
                self.keys.unreadable(self.position)
        width = max(map(len, titles)) if titles else len(first.cells) - dialect.skip_columns if first else 0
        return compile_table(self.table, _fitted(self.table, width, dialect.skip_columns)), first

    def comment(self, text: str, line: int) -> Iterator[Statement]:
        """A comment is an annotation of a table that no metadata describes."""
        if self.standard and not self.table.described and text.strip():
            yield from at([described.comment(self.node, text)], self.position, line)


def _fitted(table: Table, width: int, skipped: int) -> tuple[Column, ...]:
    """The table's columns, and those that its file has beyond them, which only have numbers."""
    own = [column for column in table.columns if not column.virtual]
    virtual = [column for column in table.columns if column.virtual]
    if width <= len(own):
        return table.columns
    numbers = range(len(own) + 1, width + 1)
    extra = [Column(f"_col.{number}", number, number + skipped, **table.inherited) for number in numbers]
    later = [replace(column, number=column.number + len(extra)) for column in virtual]
    return (*own, *extra, *later)


class Executor:
    """Runs a plan over rows."""

    def __init__(self, run: Run, plan: Plan, dialect: Dialect) -> None:
        self.table, self.plan, self.dialect = run, plan, dialect
        used = plan.used
        valued = used | run.keys.columns(run.position) | set(run.table.row_titles)
        self.parsers = [
            CellParser(column, encodes=n in used, canonical=n in valued).parse for n, column in enumerate(plan.columns)
        ]
        self.memos: list[dict[str, Cell]] = [{} for _ in plan.columns]
        self.memo = min(MEMO, _KEPT // max(len(plan.columns), 1))
        self.keyed = bool(run.keys.columns(run.position)) and run.aligned
        self.subjects = [None if url is None else maker(url, partial(self._complain, None)) for url in plan.subjects]
        self.wider: dict[int, Executor] = {}
        self.outputs = [self._output(output) for output in plan.outputs]

    def _output(self, output: Output) -> tuple[int, str | None, Make, int, Make | None, bool, bool]:
        complain = partial(self._complain, label(self.plan.columns[output.column]))
        constant = output.predicate.constant
        predicate = maker(output.predicate, complain)
        value = None if output.value is None else maker(output.value, complain)
        valid = constant is not None and output.predicate.checked
        verb = f"<{constant}>" if valid else None
        return output.subject, verb, predicate, output.column, value, output.conditional, output.ordered

    def _complain(self, column: str | None, line: int | None, message: str) -> None:
        remedy = "correct the metadata" if line is None else "correct the value or the template"
        if line is None or self.table.aligned:
            self.table.say(line, column, "table.iri", message, remedy)

    def run(self, rows: Iterable[Row], number: int = 0) -> Iterator[Statement]:
        """The statements of the rows, `number` rows having gone before."""
        run, position, outputs = self.table, self.table.position, self.outputs
        title_columns = [self.plan.columns[n] for n in run.table.row_titles]
        limit = self.plan.width + self.dialect.skip_columns
        for row in rows:
            if row.comment is not None:
                yield from run.comment(row.comment, row.line)
                continue
            if self.dialect.skip_blank_rows and not any(row.cells):
                continue
            if len(row.cells) > limit:
                yield from self._wider(row).run([row], number)
                number += 1
                continue
            number += 1
            line = row.line
            cells = self._cells(row)
            # Blank nodes of rows have the rows' numbers, so that rows can be made apart from each other.
            node = f"_:t{position}r{number}"
            subjects = [
                f"{node}s{place}" if make is None else make(cells, row, number)
                for place, make in enumerate(self.subjects)
            ]
            if run.standard:
                yield from at(described.row(run.table, run.node, node, row, number, subjects), position, line)
                if title_columns:
                    texts = [cells[n] for n in run.table.row_titles]
                    yield from at(described.titles(node, title_columns, texts), position, line)
            for place, constant, predicate, column, value, conditional, ordered in outputs:
                subject = subjects[place]
                verb = constant or predicate(cells, row, number)
                if subject is None or verb is None:
                    continue
                cell = cells[column]
                if value is not None:
                    if conditional and cell.value is None:
                        continue
                    token = value(cells, row, number)
                    if token is not None:
                        yield subject, verb, token, position, line
                elif ordered:
                    if cell.value is not None:
                        yield from at(_list(subject, verb, cell.tokens, f"{node}c{column}i"), position, line)
                else:
                    for token in cell.tokens:
                        yield subject, verb, token, position, line

    def _cells(self, row: Row) -> list[Cell]:
        """A row's cells, with what is wrong reported and the keys checked."""
        run, width, skip = self.table, self.plan.width, self.dialect.skip_columns
        texts = row.cells[skip:] if skip else row.cells
        if len(texts) != width:
            texts = self._ragged(texts, row.line)
        if len(self.memos) > width:
            texts = texts + [""] * (len(self.memos) - width)  # virtual columns
        cells = []
        faulty = False
        for text, memo, parse in zip(texts, self.memos, self.parsers, strict=True):
            cell = memo.get(text)
            if cell is None:
                cell = parse(text)
                if len(text) <= _LONG:
                    if len(memo) >= self.memo:
                        memo.clear()
                    memo[text] = cell
            if cell.faults:
                faulty = True
            cells.append(cell)
        if faulty and run.aligned:
            for column, cell in zip(self.plan.columns, cells, strict=True):
                for fault in cell.faults:
                    run.say(row.line, label(column), *fault)
        if self.keyed:
            run.keys.row(run.position, cells, row.line)
        return cells

    def parsed(self, texts: list[str]) -> list[Cell]:
        """The cells of a row, with nothing said of what is wrong."""
        texts = texts + [""] * (len(self.parsers) - len(texts))
        return [parse(text) for text, parse in zip(texts, self.parsers, strict=True)]

    def _ragged(self, texts: list[str], line: int) -> list[str]:
        """A row with too few cells, filled up."""
        width = self.plan.width
        if texts in ([], [""]):
            self._say_ragged(line, "the line is blank", "take it out")
        else:
            message = f"the row has {len(texts)} cells, and the table {width} columns"
            self._say_ragged(line, message, "add what is missing")
        return texts + [""] * (width - len(texts))

    def _wider(self, row: Row) -> Executor:
        """The executor of a row with too many cells: they are of columns that only have numbers (8)."""
        width = len(row.cells) - self.dialect.skip_columns
        message = f"the row has {width} cells, and the table {self.plan.width} columns"
        self._say_ragged(row.line, message, "put a cell with a delimiter in it in quotes")
        if width not in self.wider:
            if len(self.wider) >= _WIDTHS:
                self.wider.clear()
            plan = compile_table(self.table.table, _fitted(self.table.table, width, self.dialect.skip_columns))
            self.wider[width] = Executor(self.table, plan, self.dialect)
        return self.wider[width]

    def _say_ragged(self, line: int, message: str, remedy: str) -> None:
        if self.table.aligned:
            self.table.say(line, None, "table.ragged", message, remedy)


def _list(subject: str, verb: str, tokens: tuple[str, ...], label: str) -> Iterator[Triple]:
    """An RDF list, whose nodes have a label with their numbers."""
    nodes = [*(f"{label}{number}" for number in range(len(tokens))), _NIL]
    yield subject, verb, nodes[0]
    for place, token in enumerate(tokens):
        yield nodes[place], _FIRST, token
        yield nodes[place], _REST, nodes[place + 1]
