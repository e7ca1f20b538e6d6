"""The things of a dataset that are looked for elsewhere, with all that is evidence of what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kzlod.align.names import Name, primary
from kzlod.align.settings import Settings
from kzlod.dataset import Dataset
from kzlod.sssom import LINKS
from kzlod.terms import Term, iri, parse
from kzlod.vocab import DCTERMS, OWL, RDF, RDFS, SCHEMA, SKOS

ENTITY = "http://www.wikidata.org/entity/"
SAME = (SKOS + "exactMatch", OWL + "sameAs")
_LABELS, _ALIASES = (RDFS + "label", SKOS + "prefLabel"), (SKOS + "altLabel",)
_KINDS = (DCTERMS + "type", RDF + "type")
_NONE = Term("literal", "")
_LATITUDE, _LONGITUDE = SCHEMA + "latitude", SCHEMA + "longitude"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing: its IRI and names, what kinds of things it is of, where it is, its identifiers elsewhere.

    `classes` are the classes of Wikidata that its item may be of; `places` the things that it lies in, near ones first;
    `point` its latitude and longitude in degrees; `identifiers` pairs of a property of Wikidata and a value.
    """

    iri: str
    names: tuple[Name, ...]
    kinds: tuple[Name, ...]
    classes: tuple[str, ...]
    places: tuple[str, ...]
    point: tuple[float, float] | None
    identifiers: tuple[tuple[str, str], ...]


def degrees(text: str) -> float | None:
    """The degrees of a latitude or longitude; None for what is none.

    >>> degrees("51.5"), degrees("north"), degrees("nan")
    (51.5, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= 360 else None


class Things:
    """The things of a dataset that are of a kind listed in its settings; `links` are those to Wikidata."""

    def __init__(self, dataset: Dataset, settings: Settings) -> None:
        self._settings = settings
        self._languages = tuple(primary(language) for language in dataset.project.languages)
        wanted = {*_LABELS, *_ALIASES, *_KINDS, *SAME, _LATITUDE, _LONGITUDE}
        wanted |= {*settings.places, *settings.identifiers}
        query = "SELECT DISTINCT s, p, o FROM quads WHERE list_contains(?, p) ORDER BY s, p, o"
        self._facts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for s, p, o in dataset.table.rows(query, [[iri(p) for p in sorted(wanted)]]):
            self._facts[s[1:-1]][p[1:-1]].append(parse(o))
        self.links: Mapping[str, str] = {
            s: term.value.removeprefix(ENTITY)
            for s, facts in self._facts.items()
            for p in SAME
            for term in facts.get(p, [])
            if term.value.startswith(ENTITY)
        }
        linked = "SELECT DISTINCT s FROM quads WHERE list_contains(?, p) AND starts_with(o, ?)"
        found = dataset.table.rows(linked, [[iri(p) for p in LINKS], "<" + ENTITY])
        self.linked = frozenset(s[1:-1] for (s,) in found)
        """All that has a link to Wikidata, of whatever strength."""

    @cached_property
    def all(self) -> tuple[Thing, ...]:
        """The things, ordered by their IRIs."""
        return tuple(self._thing(s) for s in sorted(self._facts) if self._kinds(s))

    def of(self, iri_: str) -> Thing | None:
        """A thing by its IRI; None for what is of no kind listed."""
        return self._thing(iri_) if iri_ in self._facts and self._kinds(iri_) else None

    def names(self, iris: Iterable[str]) -> tuple[Name, ...]:
        """The names of some things, labels first."""
        found = [name for each in iris for name in self._names(each)]
        return tuple(sorted(found, key=lambda name: not name.preferred))

    def countries(self, thing: Thing, classes: Sequence[str]) -> tuple[str, ...]:
        """The Wikidata items of the places that a thing lies in that may be of some classes."""
        found = [place for place in thing.places if set(classes) & set(self._classes(place))]
        return tuple(self.links[place] for place in found if place in self.links)

    def _thing(self, s: str) -> Thing:
        facts = self._facts[s]
        identifiers = [(q, term.value) for p, q in self._settings.identifiers.items() for term in facts.get(p, [])]
        latitude, longitude = (degrees(facts.get(p, [_NONE])[0].value) for p in (_LATITUDE, _LONGITUDE))
        point = None if latitude is None or longitude is None else (latitude, longitude)
        kinds = self.names(self._kinds(s))
        return Thing(s, self._names(s), kinds, self._classes(s), self._places(s), point, tuple(identifiers))

    def _kinds(self, s: str) -> list[str]:
        found = [term.value for p in _KINDS for term in self._facts.get(s, {}).get(p, [])]
        return [kind for kind in found if kind in self._settings.types]

    def _classes(self, s: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(class_ for kind in self._kinds(s) for class_ in self._settings.types[kind]))

    def _names(self, s: str) -> tuple[Name, ...]:
        facts = self._facts.get(s, {})
        found = [
            Name(term.value, term.language or (self._languages or ("en",))[0], preferred)
            for properties, preferred in ((_LABELS, True), (_ALIASES, False))
            for p in properties
            for term in facts.get(p, [])
            if term.kind == "literal"
        ]
        return tuple(dict.fromkeys(found))

    def _places(self, s: str) -> tuple[str, ...]:
        """What a thing lies in, and what that lies in."""
        found: dict[str, None] = {}
        near = [s]
        while near:
            facts = (self._facts.get(place, {}) for place in near)
            near = [term.value for known in facts for p in self._settings.places for term in known.get(p, [])]
            near = [place for place in near if place not in found and place != s]
            found |= dict.fromkeys(near)
        return tuple(found)
