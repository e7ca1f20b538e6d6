"""Charts of answers on a page: what a query's header says, as bars in a table's rows, a curve, or ties of two columns.

They are made here and not by Altair, which takes a tenth of a second each and gives pictures of fixed size and colour:
these take under a millisecond, follow the reader's theme and the width of the screen, since lengths are per cent and
texts are HTML, and say the same to a screen reader as to the eye. `kzlod query --plot` draws files by Altair.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from kzlod.errors import QueryError
from kzlod.plot.marks import Marks, width
from kzlod.query import CannedQuery, Table
from kzlod.query.labels import DEFAULT
from kzlod.web.frame import term, words
from kzlod.web.mapped import Map, mapped
from kzlod.web.numbers import grouped

MOST = 60
"""How many rows a chart has."""
COLOURS = 8
"""How many series have a colour of their own."""
_TICKS = 5
_ROW, _MARGIN = 22, 12
_LETTERS, _WIDEST = 1.3, 360


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: from where it goes and how far, in per cent, and its series by number."""

    start: float
    length: float
    series: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, its parts, what it says."""

    label: str
    parts: tuple[Part, ...]
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of one unit; `series` are the names that colours stand for, `more` says how many rows are not drawn."""

    unit: str
    bars: tuple[Bar, ...]
    series: tuple[str, ...]
    more: int
    kind: str = "bars"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a curve, in per cent of its width and height from below."""

    x: float
    y: float
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Points on two axes of numbers or dates; `lines` are the points of each series that are joined."""

    unit: str
    points: tuple[Point, ...]
    lines: tuple[tuple[int, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    series: tuple[str, ...]
    more: int = 0
    kind: str = "curve"


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie from a name on the left to a name on the right: the heights of both, in pixels."""

    start: int
    end: int
    series: int


@dataclass(frozen=True, slots=True)
class Ties:
    """What goes from what to what: names on the left and on the right, each with its height, and ties.

    `before` and `after` are the widths of the names on both sides, in pixels.
    """

    left: tuple[tuple[int, str], ...]
    right: tuple[tuple[int, str], ...]
    ties: tuple[Tie, ...]
    before: int
    after: int
    height: int
    series: tuple[str, ...]
    more: int
    unit: str = ""
    kind: str = "ties"


Chart = Bars | Curve | Ties | Map


def charts(query: CannedQuery, table: Table, language: str = DEFAULT) -> list[Chart]:
    """The charts of an answer, one for each unit; none where a query has no plot or its answer nothing to draw.

    Numbers and units are written as in a language.
    """
    if query.plot is None:
        return []
    try:
        marks = Marks.of(query, table, without=words(language)["not_given"])
    except QueryError:
        return []
    match query.plot.kind:
        case "map":
            return [mapped(marks.rows, marks.distinct("series")[:COLOURS])]
        case "network":
            return [_ties(marks)]
        case "bar":
            return _bars(marks, "y", "x", language) if "x" in marks.columns else [_counted(marks)]
    numeric = [role for role in ("x", "y") if marks.kind(role) == "quantitative"]
    along = len(numeric) == 2 or (numeric == ["y"] and marks.kind("x") == "temporal")
    if along and len(marks.distinct("x")) > 1:
        return _curves(marks, language)
    if not numeric:
        return [_counted(marks)]
    return _bars(marks, "x", "y", language) if "y" in numeric else _bars(marks, "y", "x", language)


def _units(marks: Marks) -> Iterable[tuple[str, list[dict[str, object]]]]:
    for unit in dict.fromkeys(str(row.get("unit") or "") for row in marks.rows):
        yield unit, [dict(row) for row in marks.rows if (row.get("unit") or "") == unit]


def _names(rows: list[dict[str, object]]) -> list[str]:
    return list(dict.fromkeys(str(row["series"]) for row in rows if row.get("series")))


def _number(names: list[str], row: dict[str, object]) -> int:
    """The colour of a row's series; those beyond the colours share the last."""
    return min(names.index(str(row["series"])), COLOURS - 1) if row.get("series") else 0


def _unit(code: object, language: str) -> str:
    """A unit by its name, where there is one for its QUDT code."""
    return term(f"unit:{code}", language) or str(code)


def _counted(marks: Marks) -> Bars:
    """How many rows have each name, the most frequent first; a series is a part of the bar."""
    names = _names(list(map(dict, marks.rows)))
    times: dict[str, Counter[str]] = {}
    for row in marks.rows:
        times.setdefault(str(row["y"]), Counter())[str(row.get("series") or "")] += 1
    ordered = sorted(times.items(), key=lambda item: (-item[1].total(), item[0]))
    most = ordered[0][1].total()
    bars = []
    for label, counts in ordered[:MOST]:
        of_series = sorted(counts.items(), key=lambda item: names.index(item[0]) if item[0] in names else -1)
        ends = list(accumulate(count for _, count in of_series))
        parts = tuple(
            Part(round(100 * (end - count) / most, 2), round(100 * count / most, 2), _number(names, {"series": series}))
            for (series, count), end in zip(of_series, ends, strict=True)
        )
        noted = (f"{series}: {count}" if len(of_series) > 1 else series for series, count in of_series if series)
        bars.append(Bar(label, parts, str(counts.total()), " · ".join(noted)))
    return Bars("", tuple(bars), tuple(names), max(len(ordered) - MOST, 0))


def _bars(marks: Marks, name: str, role: str, language: str) -> list[Chart]:
    made: list[Chart] = []
    for unit, rows in _units(marks):
        rows = [row for row in rows if isinstance(row[role], float)]
        if not rows:
            continue
        names, values = _names(rows), [float(str(row[role])) for row in rows]
        low, high = min(0.0, *values), max(0.0, *values)
        span = (high - low) or 1.0
        bars = tuple(
            Bar(
                label=" · ".join(dict.fromkeys(str(row[one]) for one in (name, "shape") if row.get(one))),
                parts=(
                    Part(
                        start=round(100 * (min(value, 0.0) - low) / span, 2),
                        length=round(100 * abs(value) / span, 2),
                        series=_number(names, row),
                    ),
                ),
                text=grouped(_plain(value), language),
                note=" · ".join(str(row[one]) for one in ("series", "source") if row.get(one)),
            )
            for row, value in zip(rows[:MOST], values, strict=False)
        )
        made.append(Bars(_unit(unit, language), bars, tuple(names), max(len(rows) - MOST, 0)))
    return made


def _plain(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:f}".rstrip("0").rstrip(".")


def _curves(marks: Marks, language: str) -> list[Chart]:
    made: list[Chart] = []
    dated = marks.kind("x") == "temporal"
    for code, rows in _units(marks):
        names, unit = _names(rows), _unit(code, language)
        xs = [_day(str(row["x"])) if dated else float(str(row["x"])) for row in rows]
        ys = [float(str(row["y"])) for row in rows]
        (left, right), (low, high) = _span(xs), _span([0.0, *ys])
        points = tuple(
            Point(
                x=round(100 * (x - left) / (right - left), 2),
                y=round(100 * (y - low) / (high - low), 2),
                series=_number(names, row),
                title=" · ".join(str(row[one]) for one in ("x", "series", "source") if row.get(one))
                + f": {grouped(_plain(y), language)} {unit}".rstrip(),
            )
            for row, x, y in zip(rows, xs, ys, strict=True)
        )
        by: dict[int, list[Point]] = {}
        for point in sorted(points, key=lambda one: one.x):
            by.setdefault(point.series, []).append(point)
        lines = tuple(
            (number, " ".join(f"{point.x},{100 - point.y:g}" for point in those)) for number, those in by.items()
        )
        x_texts = [_year(x) if dated else grouped(_plain(round(x, 6)), language) for x in _steps(left, right)]
        made.append(
            Curve(
                unit,
                points,
                lines if marks.columns.get("x") and len(points) > 1 else (),
                tuple(zip(_places(), x_texts, strict=True)),
                tuple(zip(_places(), (grouped(_plain(round(y, 6)), language) for y in _steps(low, high)), strict=True)),
                tuple(names),
            )
        )
    return made


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _places() -> list[float]:
    return [100 * step / (_TICKS - 1) for step in range(_TICKS)]


def _steps(low: float, high: float) -> list[float]:
    return [low + (high - low) * place / 100 for place in _places()]


def _day(text: str) -> float:
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return float(datetime.date(max(year, 1), month, day).toordinal())


def _year(day: float) -> str:
    return str(datetime.date.fromordinal(max(int(day), 1)).year)


def _ties(marks: Marks) -> Ties:
    pairs = list(dict.fromkeys((str(row["from"]), str(row["to"]), row.get("series")) for row in marks.rows))
    left = list(dict.fromkeys(one for one, _, _ in pairs))[:MOST]
    shown = [pair for pair in pairs if pair[0] in left]
    at = {name: index for index, name in enumerate(left)}
    # A name on the right stands at the middle of those that it is tied to, so that few ties cross.
    middle: dict[str, list[int]] = {}
    for one, other, _ in shown:
        middle.setdefault(other, []).append(at[one])
    right = sorted(middle, key=lambda name: (sum(middle[name]) / len(middle[name]), name))
    rows = max(len(left), len(right))
    names = marks.distinct("series")

    def heights(those: list[str]) -> dict[str, int]:
        step = rows * _ROW / len(those)
        return {name: _MARGIN + round(step * (index + 0.5) - _ROW / 2) for index, name in enumerate(those)}

    starts, ends = heights(left), heights(right)
    ties = tuple(Tie(starts[one], ends[other], _number(names, {"series": series})) for one, other, series in shown)
    return Ties(
        tuple((y, name) for name, y in starts.items()),
        tuple((y, name) for name, y in ends.items()),
        ties,
        _wide(left),
        _wide(right),
        rows * _ROW + _MARGIN,
        tuple(names),
        len(pairs) - len(shown),
    )


def _wide(names: list[str]) -> int:
    """How wide a column of names is; longer ones are cut."""
    return min(round(max(map(width, names)) * _LETTERS), _WIDEST)
