"""Where sources differ: conflict sets, disagreements and consistency checks, each with its sides beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kzlod.vocab import DCTERMS, KZ, PROV, RDF, SCHEMA, SKOS
from kzlod.web.numbers import grouped
from kzlod.web.told import Panel, Teller, Told
from kzlod.web.views import NOWHERE, Shown, View

MOST = 200
"""How many of each sort the page has; a query has the others."""
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
    about: Shown
    counterpart: Shown
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
    """The disputes of a release, as one page shows them."""

    def __init__(self, view: View) -> None:
        self._view, self._release, self._teller = view, view.release, Teller(view)

    def conflicts(self) -> list[Conflict]:
        """The conflict sets."""
        return [self._conflict(iri) for iri in self._release.instances(KZ + "ConflictSet")[:MOST]]

    def disagreements(self) -> list[Disagreement]:
        """The curated disagreements."""
        return [self._disagreement(iri) for iri in self._release.instances(KZ + "Disagreement")[:MOST]]

    def checks(self) -> list[Check]:
        """The consistency checks, those that do not hold first."""
        found = [self._check(iri) for iri in self._release.instances(KZ + "ConsistencyCheck")[:MOST]]
        return sorted(found, key=lambda one: (not one.fails, one.holds))

    def _conflict(self, iri: str) -> Conflict:
        members = self._iris(iri, PROV + "hadMember")
        return Conflict(
            itself=self._one(iri, KZ + "indicator"),
            grade=self._one(iri, DCTERMS + "type"),
            about=self._one(iri, KZ + "about"),
            counterpart=self._one(iri, KZ + "counterpart"),
            panels=tuple(self._teller.panels(members)),
            spread=self._one(iri, KZ + "spread").text,
            ratio=self._one(iri, KZ + "ratio").text,
            explained=tuple(self._explained(iri)),
        )

    def _disagreement(self, iri: str) -> Disagreement:
        sides = []
        for side in self._iris(iri, DCTERMS + "hasPart"):
            fact = next(iter(self._iris(side, DCTERMS + "references")), side)
            sides.append(Side(self._one(side, SKOS + "note"), self._teller.told(fact)))
        if not sides:
            sides = [Side(NOWHERE, self._teller.told(fact)) for fact in self._iris(iri, PROV + "hadMember")]
        summary = self._one(iri, DCTERMS + "abstract")
        return Disagreement(self._view.iri(iri), summary, tuple(sides), tuple(self._explained(iri)))

    def _check(self, iri: str) -> Check:
        items = [(self._one(one, SCHEMA + "position").text, one) for one in self._iris(iri, SCHEMA + "itemListElement")]
        operands = (next(iter(self._iris(item, SCHEMA + "item")), item) for _, item in sorted(items))
        described = self._one(iri, DCTERMS + "description")
        verdict = next(iter(self._iris(iri, KZ + "verdict")), "")
        return Check(
            itself=Shown(iri.rpartition("/")[2].replace("-", " "), self._view.href(iri), "", iri),
            summary=self._one(iri, DCTERMS + "abstract"),
            verdict=self._view.iri(verdict) if verdict else NOWHERE,
            holds="/holds" in verdict,
            fails=verdict.endswith("/does-not-hold"),
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
