"""All kinds of findings, with what each means and how it is mended; `docs/findings.md` is made from them."""

from __future__ import annotations

from difflib import get_close_matches

from kzlod.errors import QueryError
from kzlod.findings import FindingKind
from kzlod.kinds import cubes, facts, links, releases, shapes, tables

__all__ = ["KINDS", "explain"]

KINDS: tuple[FindingKind, ...] = (
    *tables.KINDS,
    *facts.KINDS,
    *shapes.KINDS,
    *cubes.KINDS,
    *links.KINDS,
    *releases.KINDS,
)
"""All kinds; a unit with kinds of its own adds its tuple here."""


def explain(code: str) -> FindingKind:
    """The kind with a code; raises `QueryError` for what is none.

    >>> explain("table.ragged").meaning
    'A row has more or fewer cells than there are columns.'
    """
    kinds = {kind.code: kind for kind in KINDS}
    if code not in kinds:
        near = get_close_matches(code, kinds, n=1)
        remedy = f"did you mean {near[0]}?" if near else "`kzlod check --explain all` lists them"
        raise QueryError(f"there is no kind of findings {code!r}", remedy=remedy)
    return kinds[code]
