"""A map: points by their degrees, with a grid of degrees and no other ground, since that would have to be fetched."""

from __future__ import annotations

from itertools import count
from math import cos, radians
from typing import Any

from kzlod.plot.marks import Marks, colour, inline, width

_WIDTH, _SHORTEST, _TALLEST = 760, 240, 900
_LINE, _GAP = 15, 9
"""Pixels: the height of a line; from a point to its name."""
_DEGREES = "format(abs(datum.value), '~f') + '°' + (datum.value < 0 ? '{}' : datum.value > 0 ? '{}' : '')"
Box = tuple[float, float, float]


def places(altair: Any, marks: Marks) -> Any:
    """Points on a map, a degree of longitude as wide as it is at their middle (equirectangular projection)."""
    west, east = _extent(marks, "longitude")
    south, north = _extent(marks, "latitude")
    squeeze = max(cos(radians((south + north) / 2)), 0.05)
    height = min(max(_WIDTH * (north - south) / ((east - west) * squeeze), _SHORTEST), _TALLEST)

    def axis(of: Any, role: str, ends: tuple[float, float], signs: tuple[str, str], *, title: str) -> Any:
        scale = altair.Scale(domain=ends, nice=False, zero=False)
        return of(
            f"{role}:Q", title=title, scale=scale, axis=altair.Axis(labelExpr=_DEGREES.format(*signs), tickCount=8)
        )

    def on(longitude: str, latitude: str) -> dict[str, Any]:
        return {
            "x": axis(altair.X, longitude, (west, east), ("W", "E"), title="Longitude (degrees)"),
            "y": axis(altair.Y, latitude, (south, north), ("S", "N"), title="Latitude (degrees)"),
        }

    base = altair.Chart(inline(altair, marks.rows), width=_WIDTH, height=height)
    points = base.mark_point(filled=True, size=80, opacity=0.9).encode(
        **on("longitude", "latitude"), **colour(altair, marks)
    )
    if "line" in marks.columns:
        lines = base.transform_filter("datum.line != null").mark_line(color="#999", strokeDash=[4, 3])
        points = altair.layer(lines.encode(**on("longitude", "latitude"), detail="line:N"), points)
    if "label" not in marks.columns:
        return points
    named = _named(marks, (west, north), (_WIDTH / (east - west), height / (north - south)))
    ground = altair.Chart(inline(altair, named))
    leaders = ground.mark_rule(color="#999", strokeWidth=0.8).encode(
        **on("longitude", "latitude"), x2="label_longitude:Q", y2="label_latitude:Q"
    )
    names = [
        ground.transform_filter(f"datum.left == {str(left).lower()}")
        .mark_text(align="right" if left else "left", baseline="middle", dx=-2 if left else 2, fontSize=11)
        .encode(**on("label_longitude", "label_latitude"), text="label:N")
        for left in (True, False)
    ]
    return altair.layer(leaders, points, *names)


def _extent(marks: Marks, role: str) -> tuple[float, float]:
    """The degrees that are shown: those of the points, and some to every side."""
    values = [row[role] for row in marks.rows]
    least, most = min(values), max(values)
    margin = max((most - least) * 0.12, 0.5)
    return least - margin, most + margin


def _named(marks: Marks, corner: tuple[float, float], scale: tuple[float, float]) -> list[dict[str, Any]]:
    """The rows with the place of each name: beside its point, higher or lower where another name stands there."""
    taken: list[Box] = []
    named = []
    for row in sorted(marks.rows, key=lambda row: (-row["latitude"], row["longitude"])):
        x, y = (row["longitude"] - corner[0]) * scale[0], (corner[1] - row["latitude"]) * scale[1]
        long = width(str(row["label"] or ""))
        left = x + _GAP + long > _WIDTH
        start = x - _GAP - long if left else x + _GAP
        offsets = (sign * step * _LINE for step in count() for sign in (1, -1))
        shift = next(one for one in offsets if not _overlaps((start, start + long, y + one), taken))
        taken.append((start, start + long, y + shift))
        label_x = x - _GAP if left else x + _GAP
        place = {
            "label_longitude": corner[0] + label_x / scale[0],
            "label_latitude": corner[1] - (y + shift) / scale[1],
        }
        named.append({**row, **place, "left": left})
    return named


def _overlaps(box: Box, taken: list[Box]) -> bool:
    return any(box[0] < end and start < box[1] and abs(box[2] - y) < _LINE for start, end, y in taken)
