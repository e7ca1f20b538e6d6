"""Where sources differ: conflict sets, disagreements and consistency checks, each with its sides beside each other.

Each sort has a list of its own, in pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import pyoxigraph as ox

from kzlod.vocab import DCTERMS, KZ, PROV, RDF, SCHEMA, SKOS
from kzlod.web.numbers import grouped
from kzlod.web.opened import OpenRelease
from kzlod.web.told import Panel, Teller, Told
from kzlod.web.views import NOWHERE, Shown, View

_HOLDS, _FAILS = "/holds", "/does-not-hold"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Explained:
    """What a curator says of a dispute, and which fact they prefer, if any."""

    text: Shown
    by: str
    preferred: Shown


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict set: its figures, how far they are apart, how their periods relate."""

    itself: Shown
    grade: Shown
    panels: tuple[Panel, ...]
    spread: str
    ratio: str
    explained: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a disagreement: what a curator notes of it, and the fact itself."""

    note: Shown
    told: Told


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Facts that do not agree, and what it is about."""

    itself: Shown
    summary: Shown
    sides: tuple[Side, ...]
    explained: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A consistency check: what should hold, between which figures, and whether it does; neither if it is not known."""

    itself: Shown
    summary: Shown
    verdict: Shown
    holds: bool
    fails: bool
    description: Shown
    stated: Shown
    operands: tuple[Shown, ...]


class Disputes:
    """Disputes as a page shows them."""

    def __init__(self, view: View) -> None:
        self._view, self._release, self._teller = view, view.release, Teller(view)

    def conflict(self, iri: str) -> Conflict:
        """A conflict set."""
        members = self._iris(iri, PROV + "hadMember")
        return Conflict(
            itself=self._view.iri(iri),
            grade=self._one(iri, DCTERMS + "type"),
            panels=tuple(self._teller.panels(members)),
            spread=self._one(iri, KZ + "spread").text,
            ratio=self._one(iri, KZ + "ratio").text,
            explained=tuple(self._explained(iri)),
        )

    def disagreement(self, iri: str) -> Disagreement:
        """A curated disagreement."""
        sides = []
        for side in self._iris(iri, DCTERMS + "hasPart"):
            fact = next(iter(self._iris(side, DCTERMS + "references")), side)
            sides.append(Side(self._one(side, SKOS + "note"), self._teller.told(fact)))
        if not sides:
            sides = [Side(NOWHERE, self._teller.told(fact)) for fact in self._iris(iri, PROV + "hadMember")]
        summary = self._one(iri, DCTERMS + "abstract")
        return Disagreement(self._view.iri(iri), summary, tuple(sides), tuple(self._explained(iri)))

    def check(self, iri: str) -> Check:
        """A consistency check."""
        items = [(self._one(one, SCHEMA + "position").text, one) for one in self._iris(iri, SCHEMA + "itemListElement")]
        operands = (next(iter(self._iris(item, SCHEMA + "item")), item) for _, item in sorted(items))
        described = self._one(iri, DCTERMS + "description")
        verdict = _verdict(self._release, iri)
        return Check(
            itself=Shown(iri.rpartition("/")[2].replace("-", " "), self._view.href(iri), "", iri),
            summary=self._one(iri, DCTERMS + "abstract"),
            verdict=self._view.iri(verdict) if verdict else NOWHERE,
            holds=_HOLDS in verdict,
            fails=verdict.endswith(_FAILS),
            description=replace(described, text=_NUMBER.sub(lambda found: grouped(found[0]), described.text)),
            stated=self._one(iri, KZ + "result"),
            operands=tuple(map(self._view.iri, operands)),
        )

    def _explained(self, iri: str) -> Iterator[Explained]:
        for subject, predicate in self._release.pointers(iri).triples:
            if predicate == KZ + "about" and KZ + "Explanation" in self._iris(subject, RDF + "type"):
                by = self._one(subject, "http://purl.org/dc/elements/1.1/creator").text
                yield Explained(self._one(subject, DCTERMS + "abstract"), by, self._one(subject, KZ + "preferred"))

    def _iris(self, iri: str, predicate: str) -> list[str]:
        return [one.value for one in self._release.values(iri).get(predicate, ()) if isinstance(one, ox.NamedNode)]

    def _one(self, iri: str, predicate: str) -> Shown:
        found = self._release.values(iri).get(predicate, ())
        return self._view.term(found[0]) if found else NOWHERE


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of dispute: the key of its words, the path of its list, its class, how many of them a page holds."""

    key: str
    path: str
    class_: str
    on_a_page: int
    shown: Callable[[Disputes, str], Conflict | Disagreement | Check]

    def all(self, release: OpenRelease) -> tuple[str, ...]:
        """The IRIs of this sort, consistency checks that do not hold first."""
        return _in_order(release, self.class_)

    def pages(self, release: OpenRelease) -> int:
        """How many pages the list has: one where there is none of this sort."""
        return max(-(-len(self.all(release)) // self.on_a_page), 1)

    def page(self, view: View, number: int) -> list[Conflict | Disagreement | Check]:
        """What a page of the list holds; the first is 1."""
        disputes, start = Disputes(view), (number - 1) * self.on_a_page
        return [self.shown(disputes, iri) for iri in self.all(view.release)[start : start + self.on_a_page]]


_CHECK = KZ + "ConsistencyCheck"
SORTS = (
    Sort("conflict_sets", "disputes", KZ + "ConflictSet", 20, Disputes.conflict),
    Sort("disagreements", "disputes/disagreements", KZ + "Disagreement", 20, Disputes.disagreement),
    Sort("checks", "disputes/checks", _CHECK, 100, Disputes.check),
)


@lru_cache(8)
def _in_order(release: OpenRelease, class_: str) -> tuple[str, ...]:
    iris = release.instances(class_)
    return tuple(sorted(iris, key=lambda iri: _rank(_verdict(release, iri))) if class_ == _CHECK else iris)


def _rank(verdict: str) -> int:
    return 0 if verdict.endswith(_FAILS) else 2 if _HOLDS in verdict else 1


def _verdict(release: OpenRelease, check: str) -> str:
    found = release.values(check).get(KZ + "verdict", ())
    return next((one.value for one in found if isinstance(one, ox.NamedNode)), "")
