"""Conflict sets: figures that do not agree, kept side by side (design decision 4).

Figures with the same indicator, subject, counterpart, status and unit are comparable where their periods are the same
or overlap, or where one has no period. A conflict set is what hangs together by such comparisons, if two of its figures
allow no common value. A flow over a part of a period is no more than the flow over the whole: only a part that is
greater than its whole disagrees with it, and a flow without a period is not compared with that over a part of a year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

from kzlod.figures.observations import Observation, code

GRADES = ("same", "overlapping", "undated")
_SUMMED = frozenset({"flow", "cumulative"})
_YEAR = 365


@dataclass(frozen=True, slots=True)
class ConflictSet:
    """Figures that do not agree: `grade` is that of the closest two that disagree."""

    key: str
    grade: str
    members: tuple[Observation, ...]

    @property
    def spread(self) -> Decimal:
        """The greatest value less the smallest."""
        values = [member.value for member in self.members]
        return max(values) - min(values)

    @property
    def ratio(self) -> Decimal | None:
        """The greatest value divided by the smallest, to four digits; None where the smallest is not positive."""
        values = [member.value for member in self.members]
        return Decimal(f"{max(values) / min(values):.4g}") if min(values) > 0 else None


def comparison(one: Observation, other: Observation) -> str:
    """How the periods of two figures compare: a grade, or nothing where they have no time in common."""
    if not one.start and not other.start:
        return "same"
    if not one.start or not other.start:
        dated = one if one.start else other
        return "" if dated.measurement & _SUMMED and _days(dated) < _YEAR else "undated"
    if (one.start, one.end) == (other.start, other.end):
        return "same"
    return "overlapping" if one.start <= other.end and other.start <= one.end else ""


def _days(one: Observation) -> int:
    """How long a figure's period is."""
    return (date.fromisoformat(one.end) - date.fromisoformat(one.start)).days + 1


def disagree(one: Observation, other: Observation) -> bool:
    """Whether two comparable figures allow no common value."""
    if comparison(one, other) == "overlapping" and one.measurement & _SUMMED:
        for part, whole in ((one, other), (other, one)):
            if whole.start <= part.start and part.end <= whole.end:
                return part.allows.low > whole.allows.high
        return False
    return not one.allows.overlaps(other.allows)


def _linked(one: Observation, other: Observation) -> bool:
    """Whether two figures speak of the same: comparable, and not just a part that fits its whole."""
    grade = comparison(one, other)
    return disagree(one, other) if grade == "overlapping" and one.measurement & _SUMMED else bool(grade)


def conflict_sets(observations: Iterable[Observation]) -> Iterator[ConflictSet]:
    """The conflict sets of some figures, in the order of their keys."""
    groups: dict[tuple[str, ...], list[Observation]] = defaultdict(list)
    for one in sorted(observations, key=lambda one: one.id):
        groups[one.indicator, one.about, one.counterpart, one.status, one.unit].append(one)
    found: dict[str, ConflictSet] = {}
    for group, members in groups.items():
        for component in _components(members):
            grades = {comparison(a, b) for a, b in combinations(component, 2) if comparison(a, b) and disagree(a, b)}
            if grades:
                key = _key(group, found)
                found[key] = ConflictSet(key, min(grades, key=GRADES.index), tuple(component))
    return (found[key] for key in sorted(found))


def _key(group: tuple[str, ...], taken: Iterable[str]) -> str:
    parts = [code(token) for token in group[:4]]
    key = "-".join(part for part in parts if part and part != "none")
    number = 1 + sum(other == key or other.rpartition("-")[0] == key for other in taken)
    return key if number == 1 else f"{key}-{number}"


def _components(members: list[Observation]) -> Iterator[list[Observation]]:
    """What hangs together by comparable periods, in the order given."""
    left = list(members)
    while left:
        component, fresh = [], [left.pop(0)]
        while fresh:
            one = fresh.pop()
            component.append(one)
            near = [other for other in left if _linked(one, other)]
            left = [other for other in left if other not in near]
            fresh += near
        yield sorted(component, key=lambda one: one.id)
