"""Consistency checks: arithmetic relations between figures, declared as data, each with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import reduce
from operator import add, mul

from kzlod.figures.interval import Interval, exactly
from kzlod.figures.observations import Observation, code

_DAYS = Decimal("365.25")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check: `code` is one of the scheme `verdict`; `expected` what the operands say, if they can."""

    code: str
    expected: Decimal | None
    reason: str


class _CannotComputeError(Exception):
    """Why a check has no verdict; never leaves this module."""


def _days(one: Observation) -> Decimal:
    return _DAYS if code(one.unit) == "YR" else Decimal(1)


def _part(one: Observation, value: Interval) -> Interval:
    return value * exactly(Decimal("0.01")) if code(one.unit) == "PERCENT" else value


def _two(values: Sequence[Interval]) -> tuple[Interval, Interval]:
    if len(values) != 2:
        raise _CannotComputeError(f"the rule takes two operands, not {len(values)}")
    return values[0], values[1]


def _sum(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    return reduce(add, values)


def _difference(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    first, second = _two(values)
    return first - second


def _product(_: Observation, operands: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    return reduce(mul, (_part(one, value) for one, value in zip(operands, values, strict=True)))


def _share(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    first, second = _two(values)
    return first / second * exactly(100)


def _half(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    return values[0] * exactly(Decimal("0.5"))


def _growth(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    first, second = _two(values)
    return second / first * exactly(100) - exactly(100)


def _ratio(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    first, second = _two(values)
    return second / first


def _duration(result: Observation, operands: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    if len(values) == 1:
        return values[0] * exactly(_days(operands[0]) / _days(result))
    first, second = _two(values)
    return second - first


def _within(_: Observation, __: Sequence[Observation], values: Sequence[Interval]) -> Interval:
    total = reduce(add, values)
    return Interval(Decimal("-Infinity"), total.high)


_Rule = Callable[[Observation, Sequence[Observation], Sequence[Interval]], Interval]
RULES: Mapping[str, _Rule] = {
    "sum": _sum,
    "difference": _difference,
    "product": _product,
    "share": _share,
    "half": _half,
    "growth": _growth,
    "ratio": _ratio,
    "duration": _duration,
    "within": _within,
}
"""The rules, by the code of the scheme `check-rule`: from the operands to what the result may be."""


def verdict(rule: str, result: Observation | None, operands: Sequence[Observation | None]) -> Verdict:
    """Check a result against what a rule makes of its operands; None stands for a figure without a value."""
    known = [one for one in operands if one is not None]
    try:
        if rule not in RULES:
            raise _CannotComputeError(f"there is no rule {rule!r}")
        if result is None or not known or len(known) < len(operands):
            raise _CannotComputeError("a figure that it needs has no value")
        compute = RULES[rule]
        try:
            nominal = compute(result, known, [exactly(one.value) for one in known])
            bounded = compute(result, known, [one.bounded for one in known])
            allowed = compute(result, known, [one.allows for one in known])
        except ZeroDivisionError:
            raise _CannotComputeError("an operand may be zero") from None
    except _CannotComputeError as error:
        return Verdict("not-computable", None, str(error))
    expected = nominal.high
    shown = f"expected {plain(expected)}, found {plain(result.value)}"
    if bounded.meets(result.bounded):
        return Verdict("holds", expected, shown)
    if allowed.meets(result.allows):
        return Verdict("holds-within-rounding", expected, shown)
    return Verdict("does-not-hold", expected, shown)


def plain(value: Decimal) -> str:
    """A number as people write it, at most six digits after the point.

    >>> plain(Decimal("30040000000.00")), plain(Decimal(1) / 3)
    ('30040000000', '0.333333')
    """
    if not value.is_finite():
        return str(value)
    # All digits before the point and six after it: more than a context usually has.
    with localcontext(prec=max(28, value.adjusted() + 8)):
        return f"{round(value, 6).normalize():f}"
