"""What a dataset covers, from the data itself: the time that its periods span, its places and themes, its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kzlod.dataset import Dataset
from kzlod.quads import QuadTable
from kzlod.terms import iri
from kzlod.vocab import DCAT, DCTERMS, KZ, RDF, RDFS, SKOS

# A year or a month ends with its last day.
_DAY = """
    SELECT CASE length(part) WHEN 4 THEN part || {year} WHEN 7 THEN {month} ELSE part END AS day FROM (
        SELECT DISTINCT regexp_extract(o, '^"(\\d{{4}}(-\\d\\d(-\\d\\d)?)?)', 1) AS part FROM quads WHERE p = ?
    ) WHERE part <> ''
"""
_FIRST = _DAY.format(year="'-01-01'", month="part || '-01'")
_LAST = _DAY.format(year="'-12-31'", month="CAST(last_day(CAST(part || '-01' AS DATE)) AS VARCHAR)")


@dataclass(frozen=True)
class Coverage:
    """What a dataset covers.

    >>> from kzlod.project import Project
    >>> coverage = Coverage(Dataset.open(Project.reference()))
    >>> coverage.start <= coverage.end, len(coverage.sources) > 0
    (True, True)
    """

    dataset: Dataset

    @property
    def _table(self) -> QuadTable:
        return self.dataset.table

    @cached_property
    def start(self) -> str:
        """The first day of the earliest period (`dcat:startDate`); empty where there is none."""
        return self._day(f"SELECT min(day) FROM ({_FIRST})", DCAT + "startDate")

    @cached_property
    def end(self) -> str:
        """The last day of the latest period (`dcat:endDate`); empty where there is none."""
        return self._day(f"SELECT max(day) FROM ({_LAST})", DCAT + "endDate")

    def _day(self, query: str, predicate: str) -> str:
        return self._table.rows(query, [iri(predicate)])[0][0] or ""

    @cached_property
    def labels(self) -> dict[str, list[str]]:
        """The labels, as tokens, that the data has for the project's places and themes."""
        project = self.dataset.project
        return self._texts((*project.spatial, *project.themes), (RDFS + "label", SKOS + "prefLabel"))

    @cached_property
    def sources(self) -> dict[str, list[str]]:
        """The sources that the data is derived from, by IRI, with their titles as tokens."""
        query = "SELECT DISTINCT s FROM quads WHERE p = ? AND o = ? ORDER BY s"
        found = [s[1:-1] for (s,) in self._table.rows(query, [iri(RDF + "type"), iri(KZ + "Source")])]
        titles = self._texts(found, (DCTERMS + "title",))
        return {source: titles.get(source, []) for source in found}

    def _texts(self, iris: Iterable[str], predicates: tuple[str, ...]) -> dict[str, list[str]]:
        query = (
            "SELECT s, list(DISTINCT o ORDER BY o) FROM quads"
            " WHERE list_contains(?, s) AND list_contains(?, p) AND o[1] = '\"' GROUP BY s"
        )
        wanted = [[iri(node) for node in iris], [iri(predicate) for predicate in predicates]]
        return {s[1:-1]: tokens for s, tokens in self._table.rows(query, wanted)} if wanted[0] else {}
