"""Files of N-Triples and N-Quads read where they lie: a SQL query takes the lines apart each time that it is run.

Nothing is stored, so memory does not grow with the file. That holds for lines in canonical form (RDFC-1.0, section 5;
here with blank nodes, whose labels are kept), which a checked scan makes sure of; lines in other forms need a parser.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kzlod.quads.canonical import IRI_FORM, STRING, TAG_FORM, TEXT_FORM, lines_of
from kzlod.quads.sqltext import text

_NODE = rf"(?:{IRI_FORM}|_:[A-Za-z0-9]+)"
_OBJECT = rf"(?:{_NODE}|{TEXT_FORM}(?:{TAG_FORM}|\^\^{IRI_FORM})?)"


@dataclass(frozen=True, slots=True)
class Scan:
    """A file of N-Triples or N-Quads as a query; `apart` is put into the labels of its blank nodes.

    >>> import duckdb, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.nt"
    >>> _ = path.write_text('<http://e/s> <http://e/p> "a b"@en .\\n')
    >>> duckdb.sql(Scan(path).query()).fetchall()
    [('<http://e/s>', '<http://e/p>', '"a b"@en')]
    """

    path: Path
    apart: str = ""

    def numbered(self) -> str:
        """SQL: the file's lines with their numbers, `n`."""
        return f"(SELECT line, row_number() OVER () AS n FROM {lines_of(self.path)})"

    def some(self) -> str:
        """SQL: a row, if there is a canonical line."""
        return f"SELECT 1 FROM {lines_of(self.path)} WHERE {self.canonical()} LIMIT 1"

    def query(self) -> str:
        """SQL: the triples (s, p, o), of a file whose lines are known to be canonical."""
        return f"SELECT s, p, o FROM ({self.rows(lines_of(self.path))})"

    def rows(self, lines: str) -> str:
        """SQL: the triples of some lines (rows with a column `line`), with what else is in those rows."""
        return self._apart(f"SELECT *, string_split(line, ' ') AS part FROM {lines}")

    def checked(self, predicates: Collection[str]) -> str:
        """SQL: the same, and whether a line was looked at whole (`whole`); an error where such a line is not canonical.

        Of lines with one of some predicates (tokens) neither subject nor object is looked at where no space is in them:
        `subject_form` and `object_form` are for what looks at each subject once, and knows some objects already.
        `refused` tells the errors from others.
        """
        known = ", ".join(map(text, sorted(predicates))) or "NULL"
        short = f"len(part) = 4 AND part[4] = '.' AND part[2] IN ({known})"
        parts = (
            f"SELECT line, whole, CASE WHEN CASE WHEN whole THEN {self.canonical()} ELSE true END THEN part"
            f" ELSE error({text(_REFUSED)}) END AS part"
            f" FROM (SELECT *, NOT coalesce({short}, false) AS whole"
            f" FROM (SELECT line, string_split(line, ' ') AS part FROM {lines_of(self.path)}))"
        )
        return f"SELECT s, p, o, whole FROM ({self._apart(parts)})"

    def canonical(self) -> str:
        """SQL: whether a line is canonical."""
        graph = f"(?: {_NODE})?" if self._quads else ""
        line = text(rf"{_NODE} {IRI_FORM} {_OBJECT}{graph} \.")
        return f"(regexp_full_match(line, {line}) AND NOT contains(line, {text(STRING)}))"

    @property
    def _quads(self) -> bool:
        return self.path.suffix.lower() == ".nq"

    def _apart(self, parts: str) -> str:
        before = "length(part[1]) + length(part[2])"
        count, after = "4", "4"
        if self._quads:
            named = "len(part) > 4 AND part[-2][1] IN ('<', '_') AND NOT contains(part[-2], '\"')"
            count, after = (f"CASE WHEN {named} THEN {yes} ELSE 4 END" for yes in ("5", "length(part[-2]) + 5"))
        object_ = (
            f"CASE WHEN len(part) = {count} THEN part[3]"
            f" ELSE substr(line, {before} + 3, length(line) - ({before}) - ({after})) END"
        )
        rows = f"SELECT * EXCLUDE (line, part), part[1] AS s, part[2] AS p, {object_} AS o FROM ({parts})"
        if not self.apart:
            return rows
        s, o = (f"CASE WHEN {x}[1] = '_' THEN '_:{self.apart}' || substr({x}, 3) ELSE {x} END AS {x}" for x in "so")
        return f"SELECT * REPLACE ({s}, {o}) FROM ({rows})"


_REFUSED = "a line is not canonical"


def refused(error: duckdb.Error) -> bool:
    """Whether an error is that of a checked scan, or of a file that cannot be scanned."""
    return isinstance(error, duckdb.InvalidInputException)


def subject_form(token: str) -> str:
    """SQL: whether a subject is a canonical token; an error where it is not."""
    return _form(f"regexp_full_match({token}, {text(_NODE)})")


def object_form(token: str) -> str:
    """SQL: whether an object is a canonical token; an error where it is not."""
    return _form(f"regexp_full_match({token}, {text(_OBJECT)}) AND NOT ends_with({token}, {text(STRING)})")


def _form(condition: str) -> str:
    return f"CASE WHEN {condition} THEN true ELSE error({text(_REFUSED)}) END"
