"""Candidates: what on Wikidata a thing may be, scored, explained, and told apart where several fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kzlod.align.names import Name, label
from kzlod.align.score import LEAST, SURE, Context, Judgement, judge
from kzlod.align.settings import Settings
from kzlod.align.things import Thing, Things
from kzlod.align.wikidata import COUNTRIES, Item, Wikidata
from kzlod.dataset import Dataset

_SHOWN = 5
"""How many candidates of a thing are kept."""
_RIVAL, _UNDECIDED = 0.15, 0.7
"""How much less sure another one may be and still be a rival, and the most that rivals have."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a candidate, as a reader knows it: id (an IRI, or a Wikidata id), label, type, place."""

    id: str
    label: str
    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing and an item that it may be, how surely, and why."""

    thing: Side
    item: Side
    judgement: Judgement

    @property
    def confidence(self) -> float:
        """From 0 to 1."""
        return self.judgement.confidence

    @property
    def sure(self) -> bool:
        """Whether it is sure enough to count on, before a person has looked."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Report:
    """How well the same search finds what is known: the links that persons have accepted.

    `known` is how many there are, `sure` how many of their things got a sure candidate, `right` how many of those were
    the accepted one, `wrong` the others as pairs of a thing's IRI and a wrong item.
    """

    known: int
    sure: int
    right: int
    wrong: tuple[tuple[str, str], ...]

    @property
    def precision(self) -> float:
        """The share of the sure candidates that are right; 1 where there are none."""
        return self.right / self.sure if self.sure else 1.0

    @property
    def recall(self) -> float:
        """The share of the known links that were found for sure; 1 where there are none."""
        return self.right / self.known if self.known else 1.0


@dataclass(frozen=True, slots=True)
class Alignment:
    """What a search found: candidates for what has no link yet, and how well it finds the links that there are."""

    candidates: tuple[Candidate, ...]
    things: int
    """How many things without a link were looked for."""
    report: Report


def align(
    dataset: Dataset, settings: Settings, wikidata: Wikidata, *, rejected: Collection[tuple[str, str]] = ()
) -> Alignment:
    """Look for all things of a dataset on Wikidata: by identifiers first, by names where those find nothing.

    `rejected` are pairs of a thing's IRI and an item's id that are not proposed. Things that have a link are looked for
    too, for the report alone. Raises `RemoteError` where the endpoint does not answer.
    """
    search = _Search(dataset, settings, wikidata)
    candidates = [each for each in search.run() if (each.thing.id, each.item.id) not in set(rejected)]
    best: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in _told_apart(candidates):
        best[candidate.thing.id].append(candidate)
    links, linked = search.things.links, search.things.linked
    unlinked = [thing for thing in search.things.all if thing.iri not in linked]
    kept = [each for thing in unlinked for each in best[thing.iri][:_SHOWN] if each.confidence >= LEAST]
    known = [thing.iri for thing in search.things.all if thing.iri in links]
    return Alignment(tuple(kept), len(unlinked), report(known, best, links))


def report(known: Sequence[str], best: Mapping[str, Sequence[Candidate]], links: Mapping[str, str]) -> Report:
    """Compare the first candidate of each thing, where it is sure, with the link that is known to be right."""
    sure = {iri: best[iri][0].item.id for iri in known if best.get(iri) and best[iri][0].sure}
    wrong = tuple((iri, item) for iri, item in sure.items() if links[iri] != item)
    return Report(len(known), len(sure), len(sure) - len(wrong), wrong)


class _Search:
    def __init__(self, dataset: Dataset, settings: Settings, wikidata: Wikidata) -> None:
        self.things = Things(dataset, settings)
        self._languages = dataset.project.languages
        self._wikidata = wikidata

    def run(self) -> Iterable[Candidate]:
        things = self.things.all
        identified = self._wikidata.by_identifier(pair for thing in things for pair in thing.identifiers)
        pairs: dict[str, dict[str, tuple[str, str] | None]] = {
            thing.iri: {item: pair for pair in thing.identifiers for item in identified.get(pair, ())}
            for thing in things
        }
        rest = [thing for thing in things if not pairs[thing.iri]]
        named = self._wikidata.by_name(name for thing in rest for name in thing.names)
        for thing in rest:
            found = {item for name in thing.names for item in named.get(name.text, ())}
            pairs[thing.iri] = dict.fromkeys(sorted(found))
        items = self._wikidata.items(item for found in pairs.values() for item in found)
        wanted = {class_ for thing in things for class_ in thing.classes}
        classes = {class_ for item in items.values() for class_ in item.classes}
        reached = self._wikidata.reached(classes, wanted)
        around = {place for item in items.values() for places in item.places.values() for place in places}
        labels = self._wikidata.labels(wanted | classes | around)
        for thing in things:
            context = self._context(thing, reached, labels)
            for id_, pair in pairs[thing.iri].items():
                if id_ in items and not items[id_].moved_to:
                    judgement = judge(thing, items[id_], context, identifier=pair)
                    yield Candidate(self._ours(thing), self._theirs(items[id_], context), judgement)

    def _context(
        self, thing: Thing, reached: Mapping[str, Collection[str]], labels: Mapping[str, Sequence[Name]]
    ) -> Context:
        places = [self.things.links[place] for place in thing.places if place in self.things.links]
        countries = self.things.countries(thing, COUNTRIES)
        return Context(reached, labels, self._languages, places, countries, self.things.names(thing.places))

    def _ours(self, thing: Thing) -> Side:
        places = [label(self.things.names([place]), self._languages) for place in thing.places]
        kind = label(thing.kinds, self._languages)
        return Side(thing.iri, label(thing.names, self._languages), kind, _place(places, thing.point))

    def _theirs(self, item: Item, context: Context) -> Side:
        named = [label(context.labels.get(class_, ()), self._languages) or class_ for class_ in item.classes]
        places = dict.fromkeys(place for found in item.places.values() for place in found)
        around = [label(context.labels.get(place, ()), self._languages) or place for place in places]
        kind = ", ".join(dict.fromkeys(named)) or label(item.descriptions, self._languages)
        return Side(item.id, label(item.names, self._languages), kind, _place(around, next(iter(item.points), None)))


def _place(names: Iterable[str], point: tuple[float, float] | None) -> str:
    where = ", ".join(dict.fromkeys(filter(None, names)))
    at = f"{point[0]:.2f} {point[1]:.2f}" if point else ""
    return " · ".join(filter(None, (where, at)))


def _told_apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates, the surest of each thing first; where several items, or several things, fit about as well as the
    best, none is sure.
    """
    found = list(candidates)
    for side, what in (("thing", "item"), ("item", "thing")):
        groups: dict[str, list[int]] = defaultdict(list)
        for number, candidate in enumerate(found):
            groups[getattr(candidate, side).id].append(number)
        before = [candidate.confidence for candidate in found]
        for group in groups.values():
            best = max(before[number] for number in group)
            near = [number for number in group if before[number] >= max(LEAST, best - _RIVAL)]
            if len(near) > 1:
                for number in near:
                    others = [getattr(found[other], what) for other in near if other != number]
                    found[number] = _doubted(found[number], others, what)
    return sorted(found, key=lambda each: (each.thing.id, -each.confidence, len(each.item.id), each.item.id))


def _doubted(candidate: Candidate, others: Sequence[Side], what: str) -> Candidate:
    named = ", ".join(f"{other.label} ({other.id.rpartition('/')[2]})" for other in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    said = f"{candidate.judgement.explanation}; nothing tells it from another {what} with such a name: {named}{more}"
    confidence = min(_UNDECIDED, candidate.confidence)
    return replace(candidate, judgement=replace(candidate.judgement, confidence=confidence, explanation=said))
