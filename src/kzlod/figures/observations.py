"""The figures of a table of quads: observations that name an indicator, with all that comparing them needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kzlod.figures.interval import Interval, interval
from kzlod.figures.written import read_figure
from kzlod.quads import QuadTable
from kzlod.terms import parse, to_decimal
from kzlod.vocab import DCAT, DCTERMS, KZ, SDMX_MEASURE

_INDICATOR, _BOUND, _PERIOD, _WRITTEN = (f"<{KZ}{name}>" for name in ("indicator", "bound", "period", "asWritten"))
_VALUE, _TYPE = f"<{SDMX_MEASURE}obsValue>", f"<{DCTERMS}type>"
_START, _END = f"<{DCAT}startDate>", f"<{DCAT}endDate>"


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure; IRIs are tokens, `start` and `end` are ISO dates, empty where the period has none."""

    id: str
    indicator: str
    about: str
    counterpart: str
    status: str
    unit: str
    start: str
    end: str
    value: Decimal
    bounded: Interval
    """What its words allow: the value, or what lies within its bounds."""
    allows: Interval
    """What its words and its rounding allow."""
    measurement: frozenset[str]
    """The codes of the indicator's types, such as `flow`."""


def code(token: str) -> str:
    """The last part of an IRI's token.

    >>> code("<http://e/code/status/actual>")
    'actual'
    """
    return token.rstrip(">").rpartition("/")[2]


def observations(table: QuadTable) -> dict[str, Observation]:
    """The figures of a table, by their IRI's token; those without a number are left out."""
    described = _described(table)
    figures = [(s, values) for s, values in described.items() if _INDICATOR in values and _VALUE in values]
    found = {}
    for s, values in sorted(figures):
        one = {p: min(objects) for p, objects in values.items()}
        number = to_decimal(one[_VALUE])
        if number is None:
            continue
        written = read_figure(parse(one[_WRITTEN]).value) if _WRITTEN in one else None
        step = written.step if written else Decimal(0)
        bounds = frozenset(code(bound) for bound in values.get(_BOUND, ()))
        start, end = _days(described.get(one.get(_PERIOD, ""), {}))
        found[s] = Observation(
            id=s,
            indicator=one[_INDICATOR],
            about=one.get(f"<{KZ}about>", ""),
            counterpart=one.get(f"<{KZ}counterpart>", ""),
            status=one.get(f"<{KZ}status>", ""),
            unit=one.get(f"<{KZ}unit>", ""),
            start=start,
            end=end,
            value=number,
            bounded=interval(number, Decimal(0), bounds),
            allows=interval(number, step, bounds),
            measurement=frozenset(map(code, described.get(one[_INDICATOR], {}).get(_TYPE, ()))),
        )
    return found


def _described(table: QuadTable) -> dict[str, dict[str, list[str]]]:
    """The objects by subject and predicate of all that figures, their periods and their indicators need."""
    own = ("indicator", "about", "counterpart", "status", "unit", "period", "bound", "asWritten")
    predicates = [f"<{KZ}{name}>" for name in own] + [_VALUE, _START, _END, _TYPE]
    described: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    if table.rows("SELECT 1 FROM quads WHERE p = ? LIMIT 1", [_INDICATOR]):
        for s, p, o in table.rows("SELECT DISTINCT s, p, o FROM quads WHERE list_contains(?, p)", [predicates]):
            described[s][p].append(o)
    return described


def _days(period: Mapping[str, list[str]]) -> tuple[str, str]:
    """A period's first and last day; both empty where one is not there, or is no day."""
    try:
        first, last = (date.fromisoformat(parse(min(period[p])).value) for p in (_START, _END))
    except (KeyError, ValueError):
        return "", ""
    return first.isoformat(), last.isoformat()
