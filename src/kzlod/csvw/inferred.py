"""Columns as all their rows show them: the datatype of every cell, null markers, how many values are different.

>>> _CANDIDATES[0].fits("true"), _CANDIDATES[0].fits("yes")
(True, False)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from kzlod.csvw.datatypes import BadValueError, compile_datatype
from kzlod.csvw.model import Datatype
from kzlod.csvw.sqldialect import matches
from kzlod.csvw.sqlvalues import value_sql
from kzlod.quads.sqltext import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MARKERS = (
    "NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "none", "-", "--", "–", "—", ".", "..", "...", ":", "?", "*",
)  # fmt: skip
"""What tables write for a value that is missing; counted as null where the rest of a column has a datatype."""
_SAMPLE = 1000
"""Rows that Python looks at, before SQL looks at all of a larger table."""
_NOT_IN_KEYS = frozenset(("boolean", "decimal", "double", "time", "dateTime"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A datatype that a column may have."""

    written: Any
    """As metadata writes it."""
    datatype: Datatype
    more: str = ""
    """A regular expression for what is wanted beyond the datatype."""

    def fits(self, value: str) -> bool:
        """Whether a text is of the datatype."""
        try:
            self.lexical(value)
        except BadValueError:
            return False
        return not self.more or re.fullmatch(self.more, value) is not None

    def lexical(self, value: str) -> str:
        """What the text says. Raises `BadValueError` where it is not of the datatype."""
        return compile_datatype(self.datatype).lexical(value)

    def condition(self, cell: str) -> str:
        """SQL: whether a cell is of the datatype."""
        sure = value_sql(self.datatype, cell, canonical=False).sure
        return f"{sure} AND {matches(cell, self.more)}" if self.more else sure


def _formatted(base: str, *forms: str, more: str = "") -> Iterator[Candidate]:
    for form in forms:
        yield Candidate({"base": base, "format": form}, Datatype(base, format=form), more)


def _grouped(group: str, point: str) -> Candidate:
    """Decimals with a group and a decimal character."""
    form = {"decimalChar": point, "groupChar": group} if point != "." else {"groupChar": group}
    digits = rf"(?:0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+)"  # 01067 is no number
    more = rf"[+-]?{digits}(?:{re.escape(point)}[0-9]+)?"
    return Candidate(
        {"base": "decimal", "format": form}, Datatype("decimal", decimal_char=point, group_char=group), more
    )


_DATES = ("dd.MM.yyyy", "d.M.yyyy", "dd/MM/yyyy", "d/M/yyyy", "MM/dd/yyyy", "M/d/yyyy", "dd-MM-yyyy", "d-M-yyyy")
_DAY = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CANDIDATES = (
    Candidate("boolean", Datatype("boolean"), "true|false"),
    *_formatted("boolean", "TRUE|FALSE", "True|False", "yes|no", "Yes|No", "YES|NO", "Y|N", "y|n"),
    *_formatted("date", "yyyyMMdd", more=_DAY),
    Candidate("integer", Datatype("integer"), "-?(?:0|[1-9][0-9]*)"),
    Candidate("decimal", Datatype("decimal"), r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"),
    Candidate("double", Datatype("double"), r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?|NaN|-?INF"),
    _grouped(",", "."),
    _grouped(".", ","),
    *(_grouped(group, point) for group in (" ", "\xa0", "\u202f") for point in (",", ".")),
    *(Candidate(name, Datatype(name)) for name in ("date", "dateTime", "time", "gYearMonth")),
    *_formatted("date", *_DATES),
    *_formatted("dateTime", *(f"{day} {clock}" for day in ("yyyy-MM-dd", *_DATES) for clock in ("HH:mm:ss", "HH:mm"))),
    *_formatted("time", "HH:mm"),
    Candidate("anyURI", Datatype("anyURI"), r"https?://[^\s<>]+"),
)
"""Datatypes in the order that they are tried."""
_YEAR = Candidate("gYear", Datatype("gYear"), "(?:1[0-9]|20|21)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Inferred:
    """What all rows say of a column."""

    title: str
    name: str
    datatype: Any
    """As metadata writes it."""
    null: tuple[str, ...]
    required: bool
    different: int
    """About how many values there are."""
    canonical: str
    """SQL of the values as keys compare them."""
    empty: bool = False
    """Whether it has no value at all."""
    rival: str = ""
    """Another format that all cells are in too, and that says something else of them."""

    @property
    def base(self) -> str:
        """The built-in datatype."""
        return str(self.datatype["base"] if isinstance(self.datatype, dict) else self.datatype)

    @property
    def identifies(self) -> bool:
        """Whether it may be of a key."""
        return self.required and self.base not in _NOT_IN_KEYS


def names(titles: Sequence[str]) -> list[str]:
    """Names of columns, made of their titles: each is another, in capital letters too.

    >>> names(["On Street", "", "on street"])
    ['On_Street', 'column_2', 'on_street_3']
    """
    out: list[str] = []
    taken: set[str] = set()
    for number, title in enumerate(titles, 1):
        name = re.sub("[^A-Za-z0-9]+", "_", title).strip("_") or f"column_{number}"
        while name.lower() in taken:
            name = f"{name}_{number}"
        taken.add(name.lower())
        out.append(name)
    return out


def columns(sql: DuckDBPyConnection, titles: Sequence[str], named: Sequence[str], count: int) -> Iterator[Inferred]:
    """The columns of the table `cells`, which has `count` rows."""
    sample = sql.execute(f"SELECT * FROM cells LIMIT {_SAMPLE}").fetchall()
    texts = list(zip(*sample, strict=True)) or [()] * len(titles)
    for number, (title, name) in enumerate(zip(titles, named, strict=True)):
        yield _column(_Cells(sql, f"c{number}", texts[number], count), title, name)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a column."""

    sql: DuckDBPyConnection
    column: str
    sample: tuple[str, ...]
    count: int

    @property
    def whole(self) -> bool:
        """Whether the sample is all."""
        return self.count <= len(self.sample)

    def query(self, expression: str, more: str = "") -> list[tuple[Any, ...]]:
        return self.sql.execute(f"SELECT {expression} FROM cells {more}").fetchall()

    def marked(self) -> dict[str, int]:
        """How often each null marker is there, the most frequent first."""
        if self.whole:
            counts = Counter(cell for cell in self.sample if not cell or cell in MARKERS)
            return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        c = self.column
        return dict(self.query(f"{c}, count(*)", f"WHERE {c} IN ({_marks()}) GROUP BY {c} ORDER BY 2 DESC, 1"))

    def fit(self, candidate: Candidate) -> bool | None:
        """Whether all values are of a datatype that those of the sample are of; None where there are no values."""
        c = self.column
        ((fit,),) = self.query(f"bool_and({candidate.condition(c)})", f"WHERE {c} NOT IN ({_marks()})")
        return None if fit is None else bool(fit)

    def different(self) -> int:
        """About how many values there are."""
        if self.whole:
            return len(set(self.sample))
        ((different,),) = self.query(f"approx_count_distinct({self.column})")
        return min(self.count, int(different))


@cache
def _marks() -> str:
    return ", ".join(map(text, ("", *MARKERS)))


def _column(cells: _Cells, title: str, name: str) -> Inferred:
    marked = cells.marked()
    values = sorted(set(cells.sample) - {"", *MARKERS})
    chosen, rival = _datatype(cells, values, [_YEAR, *_CANDIDATES] if "year" in title.lower() else list(_CANDIDATES))
    missing = sum(marked.values())
    empty = missing == cells.count
    if chosen is None and not empty:
        marked = {marker: number for marker, number in marked.items() if marker == ""}
        missing = sum(marked.values())
    datatype = chosen.datatype if chosen else Datatype()
    exact = chosen is not None and datatype.base not in ("double", "time", "dateTime")
    return Inferred(
        title=title,
        name=name,
        datatype=chosen.written if chosen else "string",
        null=tuple(marked),
        required=cells.count > 0 and missing == 0,
        different=cells.different(),
        canonical=value_sql(datatype, cells.column, canonical=True).canonical if exact else cells.column,
        empty=empty,
        rival=rival,
    )


def _datatype(cells: _Cells, values: list[str], candidates: list[Candidate]) -> tuple[Candidate | None, str]:
    """The first datatype that all values are of, and the format of another that reads them in another way."""
    likely = [candidate for candidate in candidates if all(map(candidate.fits, values))]
    if cells.whole and not values:
        return None, ""
    for place, candidate in enumerate(likely):
        fit = True if cells.whole else cells.fit(candidate)
        if fit is None:
            return None, ""
        if fit:
            rest = likely[place + 1 :] if isinstance(candidate.written, dict) else []
            return candidate, _rival(cells, candidate, rest, values)
    return None, ""


def _rival(cells: _Cells, chosen: Candidate, others: list[Candidate], values: list[str]) -> str:
    for other in others:
        same = other.datatype.base == chosen.datatype.base
        if same and any(other.lexical(v) != chosen.lexical(v) for v in values) and (cells.whole or cells.fit(other)):
            form = other.written["format"]
            return form if isinstance(form, str) else " ".join(f"{name} {char!r}" for name, char in form.items())
    return ""
