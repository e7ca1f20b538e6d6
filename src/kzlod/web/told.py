"""Facts as people read them: what is said, who says so, in which paragraph of which source."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite

import pyoxigraph as ox

from kzlod.query.results import is_number
from kzlod.vocab import DCAT, DCTERMS, KZ, PROV, RDF, SDMX_MEASURE
from kzlod.web.names import position
from kzlod.web.numbers import grouped
from kzlod.web.views import NOWHERE, Shown, View

_VALUE, _TYPE = SDMX_MEASURE + "obsValue", DCTERMS + "type"
_DATES = ("http://qudt.org/vocab/unit/YR", "http://qudt.org/vocab/unit/MO", "http://qudt.org/vocab/unit/DAY")
"""Units of figures that are dates or spans of time: they have no length from nought."""
_ORDERED = frozenset({"rank", "ordinal", "date"})
"""Kinds of measurement, by their codes, whose numbers are places in an order and no quantities."""
_BARE = frozenset({"http://qudt.org/vocab/unit/NUM", "http://qudt.org/vocab/unit/UNITLESS"})
"""Units of what is counted or compared: the number stands alone."""
_NONE = "none"
"""The code, of whatever list, for a counterpart that there is not."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from: the source, the paragraph (its number, linked), the speaker if not the author."""

    source: Shown
    paragraph: Shown
    speaker: Shown


@dataclass(frozen=True, slots=True)
class Told:
    """A fact in a line: its kind, what it says, when, from where."""

    fact: Shown
    kind: str
    period: Shown
    origin: Origin


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what it measures, of what, when; its value as a number if it is one, and as it is written.

    `conflicting` is empty, or which figures it conflicts with: those of `another` source or of the `same` one.
    """

    fact: Shown
    indicator: Shown
    about: Shown
    counterpart: Shown
    period: Shown
    status: Shown
    value: float | None
    number: str
    unit: Shown
    has_length: bool
    written: str
    bounds: str
    conflicting: str
    start: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures of one indicator in one unit, the earliest first; `scale` is the longest, nought for none to compare.

    `about` and `counterpart` are what all of them are about, if they are about the same.
    """

    indicator: Shown
    unit: Shown
    figures: tuple[Figure, ...]
    scale: float
    about: Shown
    counterpart: Shown

    @property
    def conflicting(self) -> bool:
        """Whether some of the figures conflict."""
        return any(figure.conflicting for figure in self.figures)

    @property
    def is_bare(self) -> bool:
        """Whether the unit says nothing that the number does not."""
        return self.unit.whole in _BARE

    def share(self, figure: Figure) -> float:
        """How long a figure's bar is, in per cent."""
        return round(100 * abs(figure.value or 0) / self.scale, 2) if self.scale else 0.0


class Teller:
    """Tells facts on one page."""

    def __init__(self, view: View) -> None:
        self._view, self._release = view, view.release

    def told(self, iri: str) -> Told:
        """Any fact."""
        kind = ", ".join(one.text for one in self._shown(iri, RDF + "type"))
        return Told(self._view.iri(iri), kind, self._one(iri, KZ + "period"), self.origin(iri))

    def origin(self, iri: str) -> Origin:
        """Where a fact comes from."""
        evidence = next(iter(self._iris(iri, KZ + "evidence")), "")
        passage = evidence
        while passage and KZ + "Passage" not in self._iris(passage, RDF + "type"):
            passage = next(iter(self._iris(passage, DCTERMS + "isPartOf")), "")
        source = next(iter(self._iris(passage, DCTERMS + "isPartOf")), "") if passage else ""
        number = position(self._release, passage) if passage else ""
        speaker = self._one(iri, KZ + "statedBy")
        if speaker is NOWHERE and source:
            speaker = self._one(source, DCTERMS + "creator")
        paragraph = Shown(number, self._view.href(evidence)) if number else self._linked(evidence)
        return Origin(self._linked(source), paragraph, speaker)

    def figure(self, iri: str) -> Figure:
        """A fact that is a figure."""
        literal = next(iter(self._values(iri, _VALUE)), None)
        text = literal.value if literal is not None else ""
        value = None
        if isinstance(literal, ox.Literal) and is_number(literal):
            with suppress(ValueError):
                value = float(text) if isfinite(float(text)) else None
        unit = self._iris(iri, KZ + "unit")
        period = next(iter(self._iris(iri, KZ + "period")), "")
        start = next((one.value for one in self._values(period, DCAT + "startDate")), "") if period else ""
        written = next((one.value for one in self._values(iri, KZ + "asWritten")), "")
        return Figure(
            fact=self._view.iri(iri),
            indicator=self._one(iri, KZ + "indicator"),
            about=self._one(iri, KZ + "about"),
            counterpart=self._counterpart(iri),
            period=self._linked(period),
            status=self._one(iri, KZ + "status"),
            value=value,
            number=grouped(text, self._view.frame.language) if value is not None else text,
            unit=self._linked(next(iter(unit), "")),
            has_length=not any(one in _DATES for one in unit) and not self._is_ordered(iri),
            written=written,
            bounds=", ".join(one.text for one in self._shown(iri, KZ + "bound")),
            conflicting=self._conflicts(iri),
            start=start or "9999",
            origin=self.origin(iri),
        )

    def panels(self, iris: Iterable[str]) -> list[Panel]:
        """Figures by what they measure and by their unit."""
        by: dict[tuple[str, str], list[Figure]] = {}
        for iri in dict.fromkeys(iris):
            figure = self.figure(iri)
            by.setdefault((figure.indicator.whole, figure.unit.whole), []).append(figure)
        return [_panel(figures) for figures in by.values()]

    def _counterpart(self, iri: str) -> Shown:
        """The counterpart, unless it is the code for none."""
        found = next(iter(self._iris(iri, KZ + "counterpart")), "")
        return self._view.iri(found) if found and _code(found) != _NONE else NOWHERE

    def _is_ordered(self, iri: str) -> bool:
        kinds = (kind for indicator in self._iris(iri, KZ + "indicator") for kind in self._iris(indicator, _TYPE))
        return not _ORDERED.isdisjoint(map(_code, kinds))

    def _conflicts(self, iri: str) -> str:
        others = {
            member
            for one, predicate in self._release.pointers(iri).triples
            if predicate == PROV + "hadMember" and KZ + "ConflictSet" in self._iris(one, RDF + "type")
            for member in self._iris(one, PROV + "hadMember")
            if member != iri
        }
        if not others:
            return ""
        own = self.origin(iri).source.whole
        return "same" if all(self.origin(other).source.whole == own for other in others) else "another"

    def _values(self, iri: str, predicate: str) -> tuple[ox.NamedNode | ox.Literal, ...]:
        return self._release.values(iri).get(predicate, ())

    def _iris(self, iri: str, predicate: str) -> list[str]:
        return [one.value for one in self._values(iri, predicate) if isinstance(one, ox.NamedNode)]

    def _shown(self, iri: str, predicate: str) -> list[Shown]:
        return [self._view.term(one) for one in self._values(iri, predicate)]

    def _one(self, iri: str, predicate: str) -> Shown:
        return next(iter(self._shown(iri, predicate)), NOWHERE)

    def _linked(self, iri: str) -> Shown:
        return self._view.iri(iri) if iri else NOWHERE


def _panel(figures: list[Figure]) -> Panel:
    ordered = tuple(sorted(figures, key=lambda one: (one.start, one.about.text, one.fact.whole)))
    lengths = [abs(one.value) for one in ordered if one.value is not None and one.has_length]
    first, scale = ordered[0], max(lengths) if len(lengths) > 1 else 0.0
    is_same = len({(one.about.whole, one.counterpart.whole) for one in ordered}) == 1
    about, counterpart = (first.about, first.counterpart) if is_same else (NOWHERE, NOWHERE)
    return Panel(first.indicator, first.unit, ordered, scale, about, counterpart)


def _code(iri: str) -> str:
    return iri.rpartition("/")[2]
