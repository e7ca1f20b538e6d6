"""A plan as SQL: one query whose every row is the statements of a row of the table, written in a notation.

A row that SQL is not sure of comes out as a text that begins with `MARK`: a JSON array of the row's place and cells,
for the row executor to read. `MARK` alone is a row without statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from kzlod.csvw import context, iri
from kzlod.csvw.described import TYPE
from kzlod.csvw.model import Column, Dialect
from kzlod.csvw.notation import Notation
from kzlod.csvw.plan import Output, Part, Plan, RowSlot, Slot, Url, is_checked
from kzlod.csvw.sqlcells import CellSql, Traits, cell_sql, escaped
from kzlod.csvw.sqldialect import (
    MARK,
    as_text,
    concat,
    each,
    irregular,
    joined,
    marked,
    matches,
    numbered,
    row_number,
    size,
    text,
)
from kzlod.csvw.sqlvalues import NotCompilableError
from kzlod.terms import XSD_STRING, escape, suffix
from kzlod.vocab import CSVW, XSD

_PATH = "(?:[A-Za-z0-9._~/:@!$&()*+,;=-]|%[0-9A-Fa-f]{2})*"
_ABSOLUTE = rf"https?://[A-Za-z0-9.-]+(?:/{_PATH})?(?:\?{_PATH})?(?:#{_PATH})?"
_RESERVED = "[A-Za-z0-9._~/-]*"


@dataclass(frozen=True, slots=True)
class _Group:
    """Triples that come together: their pieces, without what stands after the last; none where `null` holds."""

    pieces: tuple[str, ...]
    null: str = "false"


@dataclass
class RowSql:
    """The SQL of a table's rows, for texts with certain traits. Raises `NotCompilableError`."""

    plan: Plan
    dialect: Dialect
    traits: Traits
    keys: frozenset[int]
    """The columns that keys are made of."""
    position: int
    """The table's, in its group."""
    node: str | None
    """The table's node in standard mode; None in minimal mode, and for a table that is not described."""
    notation: Notation
    cells: list[CellSql] = field(init=False)
    _subjects: list[list[str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        plan = self.plan
        if any(output.ordered for output in plan.outputs):
            raise NotCompilableError("an ordered list")
        if any(escape(column.default) != column.default for column in plan.columns):
            self.traits = replace(self.traits, special=True)
        titles = set(plan.table.row_titles) if self.node is not None else set()
        used = plan.used | self.keys | titles
        printed = {output.column for output in plan.outputs if output.value is None} | titles
        self.cells = [
            cell_sql(c, n, self.dialect, self.traits, used=n in used, printed=n in printed)
            for n, c in enumerate(plan.columns)
        ]

    def rows(self, path: str, *, end: str = "") -> str:
        """SQL: the statements of each row of a file, without what stands after the last, then `end`."""
        plan = self.plan
        unsure = [irregular(), *(cell.unsure for cell in self.cells)]
        subjects = [self._subject(place, url, unsure) for place, url in enumerate(plan.subjects)]
        groups = [] if self.node is None else list(self._described(self.node, subjects, unsure))
        groups += [self._output(output, subjects[output.subject], unsure) for output in plan.outputs]
        groups = [group for group in groups if group.null != "true"]
        result = self._joined(groups, end)
        wrong = [one for one in dict.fromkeys(unsure) if one != "false"]
        if wrong:
            left = concat([text(MARK), self._marked(), *_ending(end)])
            result = f"CASE WHEN {' OR '.join(f'({one})' for one in wrong)} THEN {left} ELSE {result} END"
        made = [(f"s{n}", concat(pieces), 4) for n, pieces in enumerate(self._subjects) if len(pieces) > 1]
        if not self.notation.last:
            made.append((_LINE, as_text(self._line), 4))
        return f"SELECT {result} FROM {self._layers(path, made)}"

    def keyed(self, path: str, keys: Sequence[tuple[int, ...]]) -> str:
        """SQL: the line of each row, its keys, and its cells as JSON where SQL is not sure of one of them.

        A key is the texts of its values, each after its length, `n` for null; for each key there is also whether a
        cell of it was null, and whether one was left empty.
        """
        out = []
        for columns in keys:
            parts, null, blank = [], [], []
            for column in columns:
                cell = self.cells[column]
                if not cell.value or self.plan.columns[column].separator is not None:
                    raise NotCompilableError("a key with a separator")
                value = concat(["'s'", as_text(f"length({cell.value})"), "':'", cell.value])
                parts.append(value if cell.null == "false" else f"CASE WHEN {cell.null} THEN 'n' ELSE {value} END")
                null.append(cell.null)
                blank.append(f"{cell.null} AND n{column} = ''" if cell.null != "false" else "false")
            out += [concat(parts), " OR ".join(f"({one})" for one in null), " OR ".join(f"({one})" for one in blank)]
        unsure = [irregular(), *(self.cells[column].unsure for columns in keys for column in columns)]
        wrong = " OR ".join(f"({one})" for one in dict.fromkeys(unsure))
        names = [f"{expression} AS {_KEYS[place % 3]}{place // 3}" for place, expression in enumerate(out)]
        cells = f"CASE WHEN {wrong} THEN {self._marked()} END AS cells"
        return f"SELECT {self._line} AS line, {', '.join(names)}, {cells} FROM {self._layers(path, [])}"

    @property
    def names(self) -> list[str]:
        """The file's columns: those that the dialect skips, then the table's."""
        return [f"k{n}" for n in range(self.dialect.skip_columns)] + [f"c{n}" for n in range(self.plan.width)]

    @property
    def _line(self) -> str:
        """The line that a row starts on."""
        return row_number("line", broken=self.traits.lines)

    def _marked(self) -> str:
        return marked(["rn", self._line], self.names)

    def _layers(self, path: str, made: list[tuple[str, str, int]]) -> str:
        names = self.names
        quote = '"' if self.traits.quoted else ""
        source = numbered(path, names, delimiter=self.dialect.delimiter, quote=quote, lines=self.traits.lines)
        steps = [step for cell in self.cells for step in cell.steps] + made
        for layer in sorted({layer for _, _, layer in steps}):
            named = ", ".join(f"{expression} AS {name}" for name, expression, own in steps if own == layer)
            source = f"(SELECT *, {named} FROM {source})"
        return source

    def _subject(self, place: int, url: Url | None, unsure: list[str]) -> str:
        """SQL of a subject's token: made once a row, where it is not the same in every row."""
        if url is None:
            pieces = [text(f"_:t{self.position}r"), as_text(row_number("row")), text(f"s{place}")]
        else:
            pieces = self._url(url, "false", unsure)
        self._subjects.append(pieces)
        return f"s{place}" if len(pieces) > 1 else pieces[0]

    def _described(self, table: str, subjects: Sequence[str], unsure: list[str]) -> Iterable[_Group]:
        """What standard mode says of a row: see `described.row` and `described.titles`."""
        number = as_text(row_number("row"))
        node = (text(f"_:t{self.position}r"), number)
        yield _Group(self._triple([text(table)], [text(f"<{CSVW}row>")], node))
        yield _Group(self._triple(node, [text(TYPE)], [text(f"<{CSVW}Row>")]))
        count = [text('"'), number, text(suffix(datatype=XSD + "integer"))]
        yield _Group(self._triple(node, [text(f"<{CSVW}rownum>")], count))
        url = self.plan.table.url
        if iri.is_iri(url):
            place = (text(f"<{url.partition('#')[0]}#row="), as_text(row_number("source")), "'>'")
            yield _Group(self._triple(node, [text(f"<{CSVW}url>")], place))
        for subject in subjects:
            yield _Group(self._triple(node, [text(f"<{CSVW}describes>")], [subject]))
        # The same subject twice is described once.
        unsure += [f"{one} = {other}" for one, other in combinations(subjects, 2)]
        for position in self.plan.table.row_titles:
            cell, column = self.cells[position], self.plan.columns[position]
            if column.separator is not None or column.virtual:
                raise NotCompilableError("a title with a separator")
            ending = suffix(language=_language(column))
            title = [text('"'), escaped(cell.value, self.traits), text(ending)]
            yield _Group(self._triple(node, [text(f"<{CSVW}title>")], title), cell.null)

    def _output(self, output: Output, subject: str, unsure: list[str]) -> _Group:
        cell = self.cells[output.column]
        if output.value is not None:
            null = cell.null if output.conditional else "false"
            verb = self._url(output.predicate, null, unsure)
            return _Group(self._triple([subject], verb, self._url(output.value, null, unsure)), null)
        verb = self._url(output.predicate, "false", unsure)
        if cell.literal:
            return _Group(self._triple([subject], verb, cell.literal), cell.null)
        if not cell.literals:
            return _Group((), "true")
        made = each(cell.literals, concat(self._triple([subject], verb, ["x"])))
        return _Group((joined(made, self.notation.after),), f"{size(cell.literals)} = 0")

    def _triple(self, subject: Iterable[str], predicate: Iterable[str], object_: Iterable[str]) -> tuple[str, ...]:
        """The pieces of a triple in the notation, without what stands after it."""
        between, last = text(self.notation.between), self.notation.last
        return (*subject, between, *predicate, between, *object_, between, text(last) if last else _LINE)

    def _joined(self, groups: Sequence[_Group], end: str) -> str:
        """SQL: the groups one after the other, then `end` in the place of what stands after the last.

        `MARK` where there is none.
        """
        if not groups:
            return text(MARK + end)
        after = text(self.notation.after)
        whole = [piece for group in groups for piece in (*group.pieces, after)]
        whole[-1:] = _ending(end)
        nulls = list(dict.fromkeys(group.null for group in groups if group.null != "false"))
        if not nulls:
            return concat(whole)
        # What stands between groups stands around the first that is always there: nothing is to be cut off then.
        first = next((place for place, group in enumerate(groups) if group.null == "false"), None)
        sparse = []
        for place, group in enumerate(groups):
            if first is None or place > first:
                made = concat([after, *group.pieces])
            else:
                made = concat([*group.pieces, after] if place < first else group.pieces)
            sparse.append(made if group.null == "false" else f"CASE WHEN {group.null} THEN '' ELSE {made} END")
        some = concat([*sparse, *_ending(end)])
        if first is None:
            none = " AND ".join(f"({null})" for null in nulls)
            some = f"CASE WHEN {none} THEN {text(MARK + end)} ELSE substr({some}, 2) END"
        return f"CASE WHEN {' OR '.join(f'({null})' for null in nulls)} THEN {some} ELSE {concat(whole)} END"

    def _url(self, url: Url, skipped: str, unsure: list[str]) -> list[str]:
        """The pieces of an IRI's token; `skipped` is where it is not made."""
        constant = url.constant
        if constant is not None:
            if not iri.is_iri(constant):
                raise NotCompilableError("a template that makes no IRI")
            return [text(f"<{constant}>")]
        parts = url.parts
        if parts is None or any(not isinstance(part, str) and part.operator == "#" for part in parts):
            raise NotCompilableError(f"the template {url.template.source}")

        def sure(condition: str) -> None:
            unsure.append(f"NOT ({condition})" if skipped == "false" else f"NOT ({skipped} OR {condition})")

        if len(parts) == 1 and isinstance(parts[0], Slot) and parts[0].operator:
            value, null = self._text(parts[0]), self.cells[parts[0].column].null
            sure(
                matches(value, _ABSOLUTE)
                if null in ("false", skipped)
                else f"NOT {null} AND {matches(value, _ABSOLUTE)}"
            )
            return ["'<'", value, "'>'"]
        if url.base is not None:
            parts = _absolute(parts, url.base, url.template.source)
            for part in parts:
                if isinstance(part, Slot):
                    sure(f"{self._part(part)} NOT IN ('', '.', '..')")
        if not is_checked(tuple(Slot(part.column) if isinstance(part, Slot) else part for part in parts)):
            raise NotCompilableError(f"the template {url.template.source}")
        for part in parts:
            if isinstance(part, Slot) and part.operator:
                sure(matches(self._part(part), _RESERVED))
        return ["'<'", *(self._part(part) for part in parts), "'>'"]

    def _part(self, part: Part) -> str:
        if isinstance(part, str):
            return text(part)
        if isinstance(part, RowSlot):
            return as_text(row_number(part.which))
        if not part.operator:
            return self.cells[part.column].encoded
        value, null = self._text(part), self.cells[part.column].null
        return value if null == "false" else f"CASE WHEN {null} THEN '' ELSE {value} END"

    def _text(self, slot: Slot) -> str:
        """The value that a slot's text is made of, for a column with one value."""
        cell = self.cells[slot.column]
        if not cell.value or self.plan.columns[slot.column].separator is not None:
            raise NotCompilableError("an address in a cell with a separator")
        return cell.value


_KEYS = ("key", "null", "blank")
_LINE = "line_text"
"""The line that a row starts on, as a text: made once a row."""


def _language(column: Column) -> str:
    return "" if column.lang == "und" or column.datatype.iri != XSD_STRING else column.lang


def _ending(end: str) -> list[str]:
    return [text(end)] if end else []


def _absolute(parts: Sequence[Part], base: str, source: str) -> tuple[Part, ...]:
    """The parts of a relative template, resolved with words in the places of its values.

    A value within a path changes nothing of how it is resolved, unless it is empty or made of dots.
    """
    words = [part if isinstance(part, str) else f"kz{place}kz" for place, part in enumerate(parts)]
    relative = "".join(words)
    if re.match("[^/?#]*:", relative) or relative.startswith("//"):
        raise NotCompilableError(f"the template {source}")
    full, out = iri.resolve(base, context.expand(relative)), list[Part]()
    for word, part in zip(words, parts, strict=True):
        if not isinstance(part, str):
            before, found, full = full.partition(word)
            if not found:
                raise NotCompilableError(f"the template {source}")
            out += [before, part] if before else [part]
    return (*out, full) if full else tuple(out)
