"""Wikidata's items, asked for in SPARQL that every endpoint understands: no label service, no hints, no extensions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import pyoxigraph as ox

from kzlod.align.asking import Asker
from kzlod.align.names import MULTILINGUAL, Name, spellings, tags
from kzlod.align.things import ENTITY, degrees
from kzlod.errors import RemoteError
from kzlod.terms import literal
from kzlod.vocab import OWL, RDFS, SCHEMA, SKOS

URL = "https://query.wikidata.org/sparql"
"""Wikidata's own endpoint."""
DIRECT = "http://www.wikidata.org/prop/direct/"
INSTANCE_OF, COUNTRY, COORDINATES = "P31", "P17", "P625"
PLACES = (COUNTRY, "P131", "P30", "P159", "P276", "P361", "P706")
"""Country, administrative unit, continent, headquarters, location, part of, terrain: what an item lies in."""
COUNTRIES = ("Q6256", "Q3624078")
"""Country, sovereign state."""
_POINT = re.compile(r"POINT\s*\(\s*(\S+)\s+(\S+)\s*\)", re.IGNORECASE)
_NAMES, _ITEMS = 1000, 400
"""How many names, and how many items, are in one question."""
T = TypeVar("T")


@dataclass(slots=True)
class Item:
    """An item: names, descriptions, classes (P31), places by property, points (latitude, longitude), where it moved."""

    id: str
    names: list[Name] = field(default_factory=list)
    descriptions: list[Name] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    points: list[tuple[float, float]] = field(default_factory=list)
    moved_to: str = ""


class Wikidata:
    """Items as an endpoint has them; `languages` are those in which names are looked for."""

    def __init__(self, asker: Asker, languages: Sequence[str], *, step: Callable[[str], None] = lambda _: None) -> None:
        self._asker, self._step = asker, step
        self.languages = tuple(languages)
        self._tags = (*dict.fromkeys(tag for language in languages for tag in tags(language)), MULTILINGUAL)

    @property
    def url(self) -> str:
        """Where the endpoint is."""
        return self._asker.url

    def by_identifier(self, identifiers: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The items that have an identifier: pairs of a property and a value."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for some in _batches(sorted(set(identifiers)), _NAMES):
            self._step("identifiers")
            values = " ".join(f"(<{DIRECT}{p}> {literal(value)})" for p, value in some)
            for item, p, value in self._ask(
                f"?item ?p ?value WHERE {{ VALUES (?p ?value) {{ {values} }} ?item ?p ?value }}"
            ):
                found[p.value.removeprefix(DIRECT), value.value].append(_id(item))
        return {key: tuple(sorted(set(filter(None, items)))) for key, items in found.items()}

    def by_name(self, names: Iterable[Name]) -> Mapping[str, frozenset[str]]:
        """The items whose label or alias is one of some names, by the name's text."""
        written: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for text in spellings(name.text):
                for tag in (*tags(name.language), MULTILINGUAL):
                    written[literal(text, language=tag)].add(name.text)
        found: dict[str, set[str]] = defaultdict(set)
        done = 0
        for some in _batches(sorted(written), _NAMES):
            self._step(f"names, {done:,} of {len(written):,}")
            done += len(some)
            query = (
                f"?item ?name WHERE {{ VALUES ?name {{ {' '.join(some)} }}"
                f" VALUES ?p {{ <{RDFS}label> <{SKOS}altLabel> }} ?item ?p ?name }}"
            )
            for item, name in self._ask(query):
                for text in written.get(literal(name.value, language=name.language or ""), ()):
                    found[text].add(_id(item))
        return {text: frozenset(filter(None, items)) for text, items in found.items()}

    def items(self, ids: Iterable[str]) -> Mapping[str, Item]:
        """Items with what is known of them; what the endpoint does not have is not in it."""
        properties = [RDFS + "label", SKOS + "altLabel", SCHEMA + "description", OWL + "sameAs"]
        properties += [DIRECT + p for p in (INSTANCE_OF, *PLACES, COORDINATES)]
        found: dict[str, Item] = {}
        wanted = sorted(set(ids), key=_number)
        for some in _batches(wanted, _ITEMS):
            self._step(f"items, {len(found):,} of {len(wanted):,}")
            for s, p, o in self._facts(some, properties):
                item = found.setdefault(_id(s), Item(_id(s)))
                _take(item, p.value, o)
        for item in found.values():
            item.names.sort(key=lambda name: (not name.preferred, self._tags.index(name.language), name.text))
        rest = [each for each in wanted if each not in found]
        for some in _batches(rest, _ITEMS):
            # It may be there with names in other languages only.
            for (s,) in self._ask(f"DISTINCT ?item WHERE {{ VALUES ?item {{ {_values(some)} }} ?item ?p ?o }}"):
                found[_id(s)] = Item(_id(s))
        return found

    def labels(self, ids: Iterable[str]) -> Mapping[str, tuple[Name, ...]]:
        """The labels and aliases of items, in the languages asked for."""
        found: dict[str, list[Name]] = defaultdict(list)
        for some in _batches(sorted(set(ids), key=_number), _ITEMS):
            self._step("labels")
            for s, p, o in self._facts(some, [RDFS + "label", SKOS + "altLabel"]):
                if o.language:
                    found[_id(s)].append(Name(o.value, o.language.lower(), p.value == RDFS + "label"))
        order = self._tags.index
        return {
            id_: tuple(sorted(names, key=lambda name: (not name.preferred, order(name.language), name.text)))
            for id_, names in found.items()
        }

    def reached(self, classes: Iterable[str], wanted: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Of each class, those wanted that it is or is a subclass of (P279)."""
        found: dict[str, set[str]] = defaultdict(set)
        for some in _batches(sorted(set(classes), key=_number), _ITEMS):
            self._step("classes")
            values = f"VALUES ?class {{ {_values(some)} }} VALUES ?type {{ {_values(sorted(wanted))} }}"
            for class_, type_ in self._ask(f"?class ?type WHERE {{ {values} ?class <{DIRECT}P279>* ?type }}"):
                found[_id(class_)].add(_id(type_))
        return {class_: frozenset(types) for class_, types in found.items()}

    def _facts(self, ids: Sequence[str], properties: Sequence[str]) -> Iterable[Sequence[Any]]:
        values = f"VALUES ?item {{ {_values(ids)} }} VALUES ?p {{ {' '.join(f'<{p}>' for p in properties)} }}"
        listed = ", ".join(f'"{tag}"' for tag in self._tags)
        languages = f'FILTER(!ISLITERAL(?o) || LANG(?o) = "" || LCASE(LANG(?o)) IN ({listed}))'
        return self._ask(f"?item ?p ?o WHERE {{ {values} ?item ?p ?o {languages} }}")

    def _ask(self, query: str) -> Iterator[Sequence[Any]]:
        """The rows of a SELECT query whose variables are all bound."""
        table = self._asker.rows(f"SELECT {query}")
        wanted = tuple(re.findall(r"\?(\w+)", query.partition(" WHERE ")[0]))
        for row in table.rows:
            if table.variables != wanted or None in row:
                said = f"was asked for {', '.join(wanted)}, and answers with something else"
                raise RemoteError(said, where=self.url, remedy="check the address, and empty the cache with --refresh")
            if _id(row[0]):
                yield row


def _take(item: Item, p: str, o: Any) -> None:
    """Take in a fact about an item."""
    name = p.removeprefix(DIRECT)
    if isinstance(o, ox.NamedNode):
        if p == OWL + "sameAs":
            item.moved_to = _id(o)
        elif id_ := _id(o):
            (item.classes if name == INSTANCE_OF else item.places[name]).append(id_)
    elif isinstance(o, ox.Literal):
        if name == COORDINATES:
            point = _POINT.match(o.value)  # what is on another globe begins with that globe
            latitude, longitude = (degrees(point[2]), degrees(point[1])) if point else (None, None)
            if latitude is not None and longitude is not None:
                item.points.append((latitude, longitude))
        elif p == SCHEMA + "description":
            item.descriptions.append(Name(o.value, (o.language or "").lower()))
        elif o.language:
            item.names.append(Name(o.value, o.language.lower(), p == RDFS + "label"))


def _id(term: Any) -> str:
    """The id of an item's IRI; empty for another IRI, or none."""
    value = term.value.removeprefix(ENTITY) if isinstance(term, ox.NamedNode) else ""
    return value if is_item(value) else ""


def is_item(text: str) -> bool:
    """Whether a text is the id of an item.

    >>> is_item("Q42"), is_item("P31")
    (True, False)
    """
    return re.fullmatch(r"Q[1-9]\d*", text, re.ASCII) is not None


def _number(id_: str) -> tuple[int, str]:
    return len(id_), id_


def _values(ids: Iterable[str]) -> str:
    return " ".join(f"<{ENTITY}{id_}>" for id_ in ids)


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
