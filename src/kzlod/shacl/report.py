"""What validation says: results, each with all that the W3C report vocabulary has for it (SHACL, section 3.6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One validation result; terms are canonical N-Quads tokens, empty where the report has none.

    `path` is a predicate's token, or a text that names a complex path.
    """

    focus: str
    path: str
    value: str
    component: str
    severity: str
    shape: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """A validation report: whether the data conforms, and every result, in order."""

    conforms: bool
    results: tuple[Result, ...]
