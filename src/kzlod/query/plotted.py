"""How a canned query is drawn: the field `plot` of its header.

    #+ plot: {kind: line, x: period, y: value, series: said_by}

A role (`x`, `series` …) names a column of the answer. Any kind may name `unit` and `source`, which are the columns of
these names where it does not; `unit` gives a number's axis its unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kzlod.errors import QueryError

KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "line": (("x", "y"), ("series", "shape")),
    "bar": (("y",), ("x", "series")),
    "point": (("x", "y"), ("series", "shape")),
    "map": (("latitude", "longitude"), ("label", "series", "line")),
    "network": (("from", "to"), ("series",)),
}
"""The kinds of pictures: the roles that each must have, and those that it may have besides `unit` and `source`."""


@dataclass(frozen=True, slots=True)
class Plot:
    """How an answer is drawn: a kind of `KINDS`, and the column of each role.

    line: points over `x`, those of a series joined; bar: how long `x` is for each `y`, or how many rows have it; point:
    points; map: points by degrees (WGS 84), those of one `line` joined; network: what goes from what to what.
    """

    kind: str
    columns: Mapping[str, str]


def plotted(header: Any, where: str) -> Plot | None:
    """Read the field `plot` of a header; raises `QueryError` where it is wrong.

    >>> plotted({"kind": "bar", "y": "topic"}, "")
    Plot(kind='bar', columns={'y': 'topic'})
    >>> plotted({"kind": "bar", "x": "topic"}, "queries/a.rq")
    Traceback (most recent call last):
    kzlod.errors.QueryError: queries/a.rq: its plot of kind bar has no y; name the column of each of: y
    """
    if header is None:
        return None
    if not isinstance(header, dict) or not all(isinstance(one, str) for pair in header.items() for one in pair):
        remedy = "write it as `plot: {kind: line, x: year, y: value}`"
        raise QueryError("its plot is not a table of names", where=where, remedy=remedy)
    columns = {role: column for role, column in header.items() if role != "kind"}
    kind = header.get("kind", "")
    if kind not in KINDS:
        raise QueryError(f"its plot is of the unknown kind {kind!r}", where=where, remedy=f"use {', '.join(KINDS)}")
    needed, allowed = KINDS[kind]
    for role in needed:
        if role not in columns:
            remedy = f"name the column of each of: {', '.join(needed)}"
            raise QueryError(f"its plot of kind {kind} has no {role}", where=where, remedy=remedy)
    for role in columns:
        if role not in (known := (*needed, *allowed, "unit", "source")):
            remedy = f"it has: {', '.join(known)}"
            raise QueryError(f"its plot of kind {kind} has no role {role!r}", where=where, remedy=remedy)
    return Plot(kind, columns)
