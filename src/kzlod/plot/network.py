"""A network: things around a circle, what goes from one to another as a line; the same answer, the same picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import cos, degrees, pi, sin
from typing import Any

from kzlod.plot.marks import Marks, colour, inline, width

_LABEL, _LINE, _LEAST, _GAP = 300, 15, 190, 12
"""Pixels: the longest label, the space of a label along the circle, the smallest radius, from a thing to its label."""
_APART, _WIDEST = 2.5, 16
"""Pixels: from tie to tie of the same two things, and over all of them."""


def network(altair: Any, marks: Marks) -> Any:
    """Things and their ties: each thing once, with its name outside the circle, larger with more ties."""
    ties = list(dict.fromkeys((str(row["from"]), str(row["to"]), row.get("series")) for row in marks.rows))
    order, near = _order([(one, other) for one, other, _ in ties])
    radius = max(_LEAST, len(order) * _LINE / (2 * pi))
    at = {name: 2 * pi * index / len(order) for index, name in enumerate(order)}
    edge = radius + 2 * _GAP + min(_LABEL, max(map(width, order)))
    things = [
        {
            "name": name,
            "ties": len(near[name]),
            "x": radius * cos(angle),
            "y": radius * sin(angle),
            "label_x": (radius + _GAP) * cos(angle),
            "label_y": (radius + _GAP) * sin(angle),
            # A name on the left is turned once more, so that none stands on its head.
            "left": cos(angle) < 0,
            "angle": (degrees(pi - angle) if cos(angle) < 0 else degrees(-angle)) % 360,
        }
        for name, angle in at.items()
    ]
    scale = altair.Scale(domain=[-edge, edge], nice=False)

    def on(x: str, y: str) -> dict[str, Any]:
        return {"x": altair.X(f"{x}:Q", axis=None, scale=scale), "y": altair.Y(f"{y}:Q", axis=None, scale=scale)}

    rules = altair.Chart(inline(altair, _lines(ties, at, radius))).mark_rule(opacity=0.9, strokeWidth=1.5)
    rules = rules.encode(**on("x", "y"), x2="x2:Q", y2="y2:Q", tooltip=["from:N", "to:N"], **colour(altair, marks))
    base = altair.Chart(inline(altair, things))
    dots = base.mark_circle(color="#333", opacity=1).encode(
        **on("x", "y"),
        size=altair.Size("ties:Q", legend=None, scale=altair.Scale(range=[30, 300])),
        tooltip=["name:N", "ties:Q"],
    )
    names = [
        base.transform_filter(f"datum.left == {str(left).lower()}")
        .mark_text(align="right" if left else "left", baseline="middle", fontSize=11, limit=_LABEL)
        .encode(**on("label_x", "label_y"), text="name:N", angle=altair.Angle("angle:Q", scale=None))
        for left in (True, False)
    ]
    return altair.layer(rules, dots, *names).properties(width=2 * edge, height=2 * edge)


def _lines(ties: list[tuple[str, str, Any]], at: Mapping[str, float], radius: float) -> list[dict[str, Any]]:
    """The line of each tie; the ties of two things stand side by side."""
    beside = Counter(frozenset(tie[:2]) for tie in ties)
    drawn: Counter[frozenset[str]] = Counter()
    lines = []
    for one, other, series in ties:
        pair = frozenset((one, other))
        apart = min(_APART, _WIDEST / beside[pair])
        shift = apart * (drawn[pair] - (beside[pair] - 1) / 2)
        drawn[pair] += 1
        # Square to a chord of a circle is the direction half-way between its ends.
        middle = (at[one] + at[other]) / 2
        by = (shift * cos(middle), shift * sin(middle))
        x, y, x2, y2 = (radius * turn(at[name]) + by[i] for name in (one, other) for i, turn in enumerate((cos, sin)))
        lines.append({"from": one, "to": other, "series": series, "x": x, "y": y, "x2": x2, "y2": y2})
    return lines


def _order(ties: list[tuple[str, str]]) -> tuple[list[str], dict[str, set[str]]]:
    """Things in an order that puts near each other what is tied, and what each is tied to."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in ties:
        near[one].add(other)
        near[other].add(one)

    def first(names: set[str]) -> list[str]:
        return sorted(names, key=lambda name: (-len(near[name]), name))

    order: dict[str, None] = {}
    for start in first(set(near)):
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in order:
                order[name] = None
                waiting += reversed(first(near[name] - order.keys()))
    return list(order), dict(near)
