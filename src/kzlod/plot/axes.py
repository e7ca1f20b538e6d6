"""Pictures on two axes: lines, bars, points."""

from __future__ import annotations

from typing import Any

from kzlod.plot.marks import Marks, colour, inline

# Vega writes 8.93e9 as 8.93G, as engineers do; billions are read by all.
_NUMBER = (
    "abs(datum.value) < 10000 ? format(datum.value, '~f') : replace(replace(replace(replace("
    "format(datum.value, '~s'), 'T', ' trillion'), 'G', ' billion'), 'M', ' million'), 'k', ',000')"
)
_COUNT = "Number"
_WIDTH, _HEIGHT, _STEP = 640, 360, 22


def line(altair: Any, marks: Marks) -> Any:
    """Points over x, those of one series joined.

    Where x is a text, only whole years are joined, in their order: a part of a year is no step of a line of years, and
    what has no year has no place in one.
    """
    base = _base(altair, marks)
    joined = base.transform_filter("test(/^[0-9]{4}$/, datum.x)") if marks.kind("x") == "nominal" else base
    lines = joined.mark_line(strokeWidth=1.5, opacity=0.7)
    if "shape" in marks.columns:
        lines = lines.encode(detail="shape:N")
    return _split(altair, marks, altair.layer(lines, _points(altair, marks, base)))


def point(altair: Any, marks: Marks) -> Any:
    """A point a row."""
    return _split(altair, marks, _points(altair, marks, _base(altair, marks)))


def bar(altair: Any, marks: Marks) -> Any:
    """A bar for each y, as long as x says, or as many rows as there are; the parts of a series one after the other."""
    if "x" in marks.columns:
        length = altair.X("x:Q", title=marks.title("x"), axis=altair.Axis(labelExpr=_NUMBER))
        y = altair.Y("y:N", title=marks.title("y"), sort=marks.distinct("y"))
    else:
        length = altair.X("count():Q", title=_COUNT, axis=altair.Axis(tickMinStep=1, format="d"))
        y = altair.Y("y:N", title=marks.title("y"), sort="-x")
    bars = altair.Chart(width=_WIDTH, height=altair.Step(_STEP)).mark_bar()
    return _split(altair, marks, bars.encode(x=length, y=y, **colour(altair, marks)))


def _base(altair: Any, marks: Marks) -> Any:
    axes = {"x": _axis(altair.X, marks, "x"), "y": _axis(altair.Y, marks, "y")}
    offset = {}
    if "series" in marks.columns:
        # Two series that say the same stand side by side, not one upon the other.
        sides = altair.Scale(paddingOuter=1)
        channels = {"x": altair.XOffset, "y": altair.YOffset}
        offset = {
            f"{role}Offset": channel("series:N", scale=sides)
            for role, channel in channels.items()
            if marks.kind(role) == "nominal"
        }
    height = altair.Step(_STEP) if marks.kind("y") == "nominal" else _HEIGHT
    return altair.Chart(width=_WIDTH, height=height).encode(**axes, **offset, **colour(altair, marks))


def _axis(channel: Any, marks: Marks, role: str) -> Any:
    kind = marks.kind(role)
    made = channel(role, type=kind, title=marks.title(role))
    if kind == "nominal":
        made = made.sort(marks.distinct(role)).axis(grid=True)
        return made.axis(labelAngle=-30, grid=True) if role == "x" else made
    if kind == "temporal":
        return made.scale(type="utc")
    made = made.axis(labelExpr=_NUMBER, tickCount=8)
    return made.scale(zero=False, padding=12) if role == "x" else made


def _points(altair: Any, marks: Marks, base: Any) -> Any:
    tooltip = [altair.Tooltip(role, type="nominal", title=marks.title(role)) for role in marks.columns]
    shape = {"shape": altair.Shape("shape:N", title=marks.title("shape"))} if "shape" in marks.columns else {}
    return base.mark_point(filled=True, size=90, opacity=0.9).encode(tooltip=tooltip, **shape)


def _split(altair: Any, marks: Marks, drawn: Any) -> Any:
    """The picture with its data; one for each unit, one below the other, where numbers have several."""
    data = inline(altair, marks.rows)
    if len(marks.units) < 2:
        return drawn.properties(data=data)
    row = altair.Row("unit:N", title=None, sort=marks.units)
    return drawn.facet(data=data, row=row).resolve_scale(x="independent", y="independent")
