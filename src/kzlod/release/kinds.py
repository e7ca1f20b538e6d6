"""Kinds of claims that a release makes of itself: how many of a kind were checked, and the first that is false."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kzlod.findings import Finding


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of claims: its name, what it says, how many were checked, the first that is false if one is.

    >>> judge("sizes", "each file is as large as is stated", [1, false("sizes", "a.nt", "has 3 bytes"), 1]).checked
    2
    """

    name: str
    claim: str
    checked: int
    finding: Finding | None

    @property
    def true(self) -> bool:
        """Whether all that was checked is true."""
        return self.finding is None


def judge(name: str, claim: str, checks: Iterable[int | Finding]) -> Kind:
    """Go through the checks of a kind up to the first finding; a number is that many claims that are true."""
    checked = 0
    for check in checks:
        if isinstance(check, Finding):
            return Kind(name, claim, checked + 1, check)
        checked += check
    return Kind(name, claim, checked, None)


def false(kind: str, file: str, message: str, *, row: int | None = None) -> Finding:
    """The finding of a claim that is false."""
    return Finding(file, row, None, f"release.{kind}", message)
