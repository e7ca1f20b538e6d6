"""Where a validation's triples are: in the table of quads, in files that are scanned, or in both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kzlod.quads.scan import Scan

_TABLE = "SELECT s, p, o FROM quads"


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
        return self._union(scan.query() for scan in self.scans)

    def checked(self, predicates: Collection[str]) -> str:
        """SQL: the same, which ends in an error where a file has another line than `Scan` reads.

        Subjects of triples with one of some predicates are not looked at.
        """
        return self._union(scan.checked(predicates) for scan in self.scans)

    def _union(self, scans: Iterator[str]) -> str:
        return " UNION ALL ".join([*([_TABLE] if self.table or not self.scans else []), *scans])
