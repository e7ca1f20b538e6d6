"""What a picture is made from: the values of an answer by their roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any
from unicodedata import east_asian_width

from kzlod.errors import QueryError
from kzlod.query import CannedQuery, Table
from kzlod.query.results import is_number

_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_NUMBERS = {"bar": ("x",), "map": ("latitude", "longitude")}
"""The roles of each kind that only a number can have."""
_COLOURS, _LETTER = 10, 6.5
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Marks:
    """The rows of an answer with a value under each role: a number, else the text that people read."""

    columns: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, query: CannedQuery, table: Table, *, without: str = "not given") -> Marks:
        """The values that a query's plot names; raises `QueryError` where there is nothing to draw.

        `without` is the series of rows that have none.
        """
        plot = query.plot
        if plot is None:
            raise QueryError(f"the query {query.name} does not say how it is drawn")
        usual: dict[str, str] = {role: role for role in ("unit", "source") if role in table.variables}
        columns = {**usual, **plot.columns}
        for role, column in columns.items():
            if column not in table.variables:
                remedy = f"it gives: {', '.join(table.variables)}"
                raise QueryError(f"its plot draws {role} from {column!r}, which it does not give", remedy=remedy)
        rows = [{role: _value(table, row[column]) for role, column in columns.items()} for row in table]
        needed = [role for role in ("x", "y", "latitude", "longitude", "from", "to") if role in columns]
        numbers = [role for role in _NUMBERS.get(plot.kind, ()) if role in columns]
        whole: tuple[dict[str, Any], ...] = tuple(
            row
            for row in rows
            if all(row[role] is not None for role in needed) and all(isinstance(row[role], float) for role in numbers)
        )
        if not whole:
            named = " and ".join(columns[role] for role in needed)
            said = f"no row with {named}{' as numbers' if numbers else ''}" if rows else "no rows"
            remedy = "ask it with other parameters"
            raise QueryError(f"the query {query.name} gives {said}: there is nothing to draw", remedy=remedy)
        if "series" in columns:
            whole = tuple(row | {"series": row["series"] or without} for row in whole)
        return cls(columns, whole)

    def kind(self, role: str) -> str:
        """What a role's values are: `quantitative`, `temporal` (dates, or years only), or `nominal`."""
        values = [row[role] for row in self.rows]
        if all(isinstance(value, float) for value in values):
            return "quantitative"
        years = all(isinstance(value, str) and _YEAR.fullmatch(value) for value in values)
        dates = all(isinstance(value, str) and _DATE.fullmatch(value) for value in values)
        return "temporal" if years or dates else "nominal"

    def title(self, role: str) -> str:
        """A role's axis title: its column's name in words, and the unit of a number where all rows have the same."""
        words = self.columns[role].removesuffix("_label").replace("_", " ").capitalize()
        unit = self.units[0] if self.kind(role) == "quantitative" and len(self.units) == 1 else ""
        return f"{words} ({unit})" if unit else words

    @cached_property
    def units(self) -> list[str]:
        """The units of the rows, each once."""
        return self.distinct("unit")

    def distinct(self, role: str) -> list[str]:
        """The values of a role, each once, in the order of the rows."""
        return list(dict.fromkeys(str(row[role]) for row in self.rows if row.get(role) is not None))


def _value(table: Table, term: Any) -> str | float | None:
    if term is None:
        return None
    text = " ".join(table.shown(term).split())
    if is_number(term):
        with suppress(ValueError):
            number = float(text)
            return number if isfinite(number) else text
    return text or None


def inline(altair: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as data that stands in the picture itself."""
    return altair.Data(values=[dict(row) for row in rows])


def colour(altair: Any, marks: Marks) -> dict[str, Any]:
    """The colour of each series, where there are series."""
    if "series" not in marks.columns:
        return {}
    names = marks.distinct("series")
    scale = altair.Scale(domain=names, scheme="tableau10" if len(names) <= _COLOURS else "tableau20")
    return {"color": altair.Color("series:N", title=marks.title("series"), scale=scale)}


def width(text: str) -> float:
    """How many pixels a text takes in letters of 11, roughly."""
    return _LETTER * sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
