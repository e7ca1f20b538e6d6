"""Where a validation's triples are: in the table of quads, in files that are scanned, or in both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kzlod.quads.scan import Scan

_TABLE = "SELECT s, p, o{} FROM quads"


@dataclass(frozen=True, slots=True)
class Source:
    """The union of the table `quads` (if `table`) and of some files; its triples may be there more than once.

    >>> Source().query()
    'SELECT s, p, o FROM quads'
    """

    scans: tuple[Scan, ...] = ()
    table: bool = True

    def query(self) -> str:
        """SQL: the triples (s, p, o)."""
        return self._union("", (scan.query() for scan in self.scans))

    def checked(self, predicates: Collection[str]) -> str:
        """SQL: the same, and which triples were looked at whole; an error where a file has a line that `Scan` cannot.

        Of the other triples, all with one of some predicates, subject and object are still to be looked at.
        """
        return self._union(", true", (scan.checked(predicates) for scan in self.scans))

    def _union(self, more: str, scans: Iterator[str]) -> str:
        table = [_TABLE.format(f"{more} AS whole" if more else "")] if self.table or not self.scans else []
        return " UNION ALL ".join([*table, *scans])
