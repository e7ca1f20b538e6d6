"""A map: places by their degrees over the outlines of land, or a grid of degrees where there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, chain, count, pairwise
from math import ceil, cos, floor, radians
from typing import Any

from kzlod.plot.marks import width

WIDTH, HEIGHT = 800, 450
"""The units of a map's outline; it always has this shape, so that it takes its place before it is drawn."""
_OUTLINE = "outline.json"
Line = list[tuple[float, float]]
_LINE, _GAP = 20, 9
_STEPS = (1, 2, 5, 10, 15, 30, 45)


@dataclass(frozen=True, slots=True)
class Place:
    """A place: where it is in the map's units, its name beside it (`anchor` as SVG has it), its series by number."""

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    anchor: str
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Map:
    """A map of places; `lines` join some, `land` and `borders` are paths, `grid` has meridians and parallels."""

    places: tuple[Place, ...]
    lines: tuple[tuple[str, str], ...]
    land: str
    borders: str
    grid: tuple[str, ...]
    series: tuple[str, ...]
    more: int = 0
    unit: str = ""
    kind: str = "map"


@dataclass(frozen=True, slots=True)
class _Frame:
    """How degrees become the map's units (equirectangular, true to scale at the middle)."""

    west: float
    north: float
    across: float
    down: float

    def x(self, longitude: float) -> float:
        return round((longitude - self.west) * self.across, 1)

    def y(self, latitude: float) -> float:
        return round((self.north - latitude) * self.down, 1)

    @property
    def east(self) -> float:
        return self.west + WIDTH / self.across

    @property
    def south(self) -> float:
        return self.north - HEIGHT / self.down


def mapped(rows: Sequence[Mapping[str, Any]], series: Sequence[str]) -> Map:
    """The map of rows with `latitude` and `longitude`; rows of one `line` are joined in their order."""
    frame = _frame([row["longitude"] for row in rows], [row["latitude"] for row in rows])
    land, borders = _outlines()
    lines: dict[str, list[str]] = {}
    for row in rows:
        if row.get("line"):
            at = f"{frame.x(row['longitude'])},{frame.y(row['latitude'])}"
            lines.setdefault(str(row["line"]), []).append(at)
    return Map(
        tuple(_placed(rows, frame, list(series))),
        tuple((name, " ".join(points)) for name, points in lines.items() if len(points) > 1),
        _path(land, frame, closed=True),
        _path(borders, frame, closed=False),
        tuple(_grid(frame)),
        tuple(series),
    )


def _frame(longitudes: Sequence[float], latitudes: Sequence[float]) -> _Frame:
    middle = (min(latitudes) + max(latitudes)) / 2
    squeeze = max(cos(radians(middle)), 0.05)
    wide = max((max(longitudes) - min(longitudes)) * squeeze * 1.3, 2.0)
    high = max((max(latitudes) - min(latitudes)) * 1.4, 2.0)
    scale = min(WIDTH / wide, HEIGHT / high)
    across = scale * squeeze
    west = (min(longitudes) + max(longitudes)) / 2 - WIDTH / across / 2
    return _Frame(west, middle + HEIGHT / scale / 2, across, scale)


def _placed(rows: Sequence[Mapping[str, Any]], frame: _Frame, series: list[str]) -> Iterator[Place]:
    """Each place once, its name beside it, higher or lower where another name stands there."""
    taken: list[tuple[float, float, float]] = []
    seen = set[tuple[float, float, str]]()
    for row in sorted(rows, key=lambda row: (-row["latitude"], row["longitude"])):
        x, y, label = frame.x(row["longitude"]), frame.y(row["latitude"]), str(row.get("label") or "")
        if (x, y, label) in seen:
            continue
        seen.add((x, y, label))
        long = width(label) * 1.25
        left = x + _GAP + long > WIDTH
        start = x - _GAP - long if left else x + _GAP
        shift = next(
            one
            for one in (sign * step * _LINE for step in count() for sign in (1, -1))
            if not any(start < end and begin < start + long and abs(y + one - at) < _LINE for begin, end, at in taken)
        )
        taken.append((start, start + long, y + shift))
        number = series.index(row["series"]) if row.get("series") in series else 0
        title = " · ".join(str(row[one]) for one in ("label", "series", "source") if row.get(one))
        yield Place(x, y, label, x - _GAP if left else x + _GAP, y + shift, "end" if left else "start", number, title)


def _grid(frame: _Frame) -> Iterator[str]:
    span = frame.east - frame.west
    step = next((one for one in _STEPS if span / one <= 9), _STEPS[-1])
    for degree in range(ceil(frame.west / step) * step, floor(frame.east) + 1, step):
        yield f"M{frame.x(degree)},0V{HEIGHT}"
    for degree in range(ceil(frame.south / step) * step, floor(frame.north) + 1, step):
        yield f"M0,{frame.y(degree)}H{WIDTH}"


@cache
def _outlines() -> tuple[list[Line], list[Line]]:
    """The rings of land and the borders on it, from TopoJSON that `make web` puts beside this module; or none."""
    path = files("kzlod.web") / _OUTLINE
    if not path.is_file():
        return [], []
    topology = json.loads(path.read_text("utf-8"))
    arcs = [_arc(arc, **topology["transform"]) for arc in topology["arcs"]]
    land = [
        list(chain.from_iterable(arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring))
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in (geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]])
        for ring in polygon
    ]
    return land, arcs


def _arc(arc: list[list[int]], scale: list[float], translate: list[float]) -> Line:
    """An arc in degrees: TopoJSON has each point as its difference from the one before, in whole steps."""
    points = accumulate(arc, lambda one, step: [one[0] + step[0], one[1] + step[1]])
    return [(x * scale[0] + translate[0], y * scale[1] + translate[1]) for x, y in points]


def _path(lines: list[Line], frame: _Frame, *, closed: bool) -> str:
    """The lines that touch the map as one path; what is far outside is drawn near the edge, which is not seen."""
    parts = []
    for line in lines:
        xs, ys = [x for x, _ in line], [y for _, y in line]
        if min(xs) > frame.east or max(xs) < frame.west or min(ys) > frame.north or max(ys) < frame.south:
            continue
        points = [
            (frame.x(_near(x, frame.west, frame.east)), frame.y(_near(y, frame.south, frame.north))) for x, y in line
        ]
        whole = [points[0], *(two for one, two in pairwise(points) if one != two)]
        parts.append("M" + "L".join(f"{x:g},{y:g}" for x, y in whole) + ("Z" if closed else ""))
    return "".join(parts)


def _near(value: float, low: float, high: float) -> float:
    margin = (high - low) / 4
    return min(max(value, low - margin), high + margin)
