"""What a figure allows its true value to be, given how its words bound and round it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

_INFINITY = Decimal("Infinity")
_LOOSE = Decimal("0.1")
"""How far `about` and `nearly` reach: a tenth of the value. No standard says; a tenth is what readers accept."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The values from `low` to `high`, both included.

    >>> Interval(Decimal(1), Decimal(2)).meets(Interval(Decimal(2), Decimal(3)))
    True
    """

    low: Decimal
    high: Decimal

    def meets(self, other: Interval) -> bool:
        """Whether some value is in both."""
        return self.low <= other.high and other.low <= self.high

    def overlaps(self, other: Interval) -> bool:
        """Whether they have more in common than an end, at which a value is rounded to the one or to the other.

        >>> interval(Decimal(62), Decimal(1), set()).overlaps(interval(Decimal(63), Decimal(1), set()))
        False
        """
        point = self.low == self.high or other.low == other.high
        return self.meets(other) and (point or (self.low < other.high and other.low < self.high))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        corners = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval) -> Interval:
        """Raises `ZeroDivisionError` where the divisor may be zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError
        corners = [_over(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))


def _times(a: Decimal, b: Decimal) -> Decimal:
    return Decimal(0) if not a or not b else a * b


def _over(a: Decimal, b: Decimal) -> Decimal:
    return Decimal(0) if b.is_infinite() else a / b


def exactly(value: Decimal | int) -> Interval:
    """The one value."""
    return Interval(Decimal(value), Decimal(value))


def interval(value: Decimal, step: Decimal, bounds: AbstractSet[str]) -> Interval:
    """What a figure allows: `step` is what it was rounded to, `bounds` are codes of the scheme `bound`.

    >>> interval(Decimal("30.05"), Decimal("0.01"), {"exact"})
    Interval(low=Decimal('30.045'), high=Decimal('30.055'))
    >>> interval(Decimal(480), Decimal(1), {"about", "more-than"})
    Interval(low=Decimal('432.0'), high=Decimal('Infinity'))
    """
    half, loose = step / 2, abs(value) * _LOOSE
    low, high = value - half, value + half
    if "about" in bounds:
        low, high = value - loose, value + loose
    if "nearly" in bounds:
        low, high = value - loose, value
    if bounds & {"more-than", "at-least"}:
        low, high = (low if "about" in bounds else value), _INFINITY
    if bounds & {"less-than", "at-most"}:
        low, high = -_INFINITY, (high if "about" in bounds else value)
    return Interval(low, high)
