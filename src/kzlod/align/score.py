"""How surely a thing is an item: each piece of evidence, what it weighs, and its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Literal

from kzlod.align.names import ALIKE, MULTILINGUAL, Name, label, likeness, normal, primary
from kzlod.align.things import Thing
from kzlod.align.wikidata import COUNTRY, Item

SURE = 0.8
"""From what confidence on a candidate counts as sure; a person decides all the same."""
LEAST = 0.4
"""Below this confidence a candidate is not worth a look."""
MOST = 0.99
_IDENTIFIER, _NAME, _LANGUAGE, _DISAGREES = 0.9, 0.6, 0.08, 0.1
_TYPE, _DESCRIBED, _PLACE, _MENTIONED = 0.18, 0.12, 0.15, 0.06
_UNTYPED = 0.75
"""The most that a candidate has whose type nothing says and that no identifier names: names alone are never sure."""
_AGAINST = 0.4
"""What is left of the confidence where evidence speaks against it."""
_ALIAS = 0.85
"""What a name weighs that is an alias on one side."""
_NEAR, _FAR = 30.0, 100.0
"""Within how many kilometres two points may be one place, and beyond how many they are not."""
Verdict = Literal["for", "against", "unknown"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A confidence from 0 to 1, the justification (a term of SEMAPV), and the explanation."""

    confidence: float
    justification: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is known besides a thing and an item.

    `reached` says of a class of items which of the wanted classes it is a subclass of, `labels` what items are called;
    `places` are the items of what the thing lies in, `countries` those that are countries, `place_names` their names.
    """

    reached: Mapping[str, Collection[str]]
    labels: Mapping[str, Sequence[Name]]
    languages: Sequence[str]
    places: Collection[str]
    countries: Collection[str]
    place_names: Sequence[Name]

    def called(self, ids: Iterable[str]) -> str:
        """Items, as a reader knows them: their labels with their ids."""
        return ", ".join(f"{label(self.labels.get(id_, ()), self.languages)} ({id_})".lstrip() for id_ in ids)


def judge(thing: Thing, item: Item, context: Context, *, identifier: tuple[str, str] | None = None) -> Judgement:
    """How surely a thing is an item. `identifier` is the property and value that both have, where they have one."""
    named, said = _names(thing, item)
    parts = [said]
    if identifier:
        parts.insert(0, f"both have {identifier[0]} “{identifier[1]}”")
        confidence = _IDENTIFIER + 0.1 * named if named else 0.6 * _IDENTIFIER
    else:
        confidence = named
    type_ = _type(thing, item, context)
    for verdict, weight, words in (type_, _place(thing, item, context)):
        if words:
            parts.append(words)
        if verdict == "against":
            confidence *= _AGAINST
        elif verdict == "for":
            confidence += weight
    if type_[0] == "unknown" and not identifier:
        confidence = min(_UNTYPED, confidence)
    said = "; ".join(parts)
    justification = "BackgroundKnowledgeBased" if identifier else "Composite" if len(parts) > 1 else "Lexical"
    confidence = round(max(0.0, min(MOST, confidence)), 2)
    return Judgement(confidence, f"semapv:{justification}Matching", said[:1].upper() + said[1:])


def fitting_name(thing: Thing, item: Item) -> float:
    """How alike the names of a thing and an item are at best, in any language that both have names in, from 0 to 1."""
    pairs = _by_language(thing.names, item.names)
    return max((likeness(a.text, b.text) for ours, theirs in pairs.values() for a in ours for b in theirs), default=0.0)


def _by_language(ours: Sequence[Name], theirs: Sequence[Name]) -> dict[str, tuple[list[Name], list[Name]]]:
    """The names of both, language by language; a name in many languages stands in each."""
    found = {}
    for language in dict.fromkeys(primary(name.language) for name in ours):
        other = [name for name in theirs if primary(name.language) in (language, MULTILINGUAL)]
        if other:
            found[language] = [name for name in ours if primary(name.language) == language], other
    return found


def _names(thing: Thing, item: Item) -> tuple[float, str]:
    best, agreeing, doubtful = 0.0, [], []
    words = ""
    for language, (ours, theirs) in _by_language(thing.names, item.names).items():
        found = [
            (alike * (1.0 if a.preferred and b.preferred else _ALIAS), a, b)
            for a in ours
            for b in theirs
            if (alike := 1.0 if normal(a.text) == normal(b.text) else likeness(a.text, b.text)) >= ALIKE
        ]
        if not found:
            if any(name.preferred for name in ours) and any(name.preferred for name in theirs):
                doubtful.append(language)
            continue
        agreeing.append(language)
        weight, a, b = max(found, key=lambda each: each[0])
        if weight > best:
            best = weight
            what = {(True, True): "label", (True, False): "alias", (False, True): "label", (False, False): "alias"}
            words = f"{'label' if a.preferred else 'alias'} “{a.text}” is its {what[a.preferred, b.preferred]}"
            words += "" if a.text == b.text else f" “{b.text}”"
    if not agreeing:
        return 0.0, "no name is alike"
    words += f" ({', '.join(agreeing)})"
    words += f", not in {', '.join(doubtful)}" if doubtful else ""
    return _NAME * best + _LANGUAGE * (len(agreeing) - 1) - _DISAGREES * len(doubtful), words


def _type(thing: Thing, item: Item, context: Context) -> tuple[Verdict, float, str]:
    wanted = set(thing.classes)
    if item.classes:
        fitting = [class_ for class_ in item.classes if wanted & set(context.reached.get(class_, ()))]
        shown = context.called(fitting or item.classes[:3])
        return (
            ("for", _TYPE, f"its type fits: {shown}") if fitting else ("against", 0, f"its type does not fit: {shown}")
        )
    kinds = [*thing.kinds, *(name for class_ in thing.classes for name in context.labels.get(class_, ()))]
    word = _mentioned(kinds, item.descriptions)
    if word:
        return "for", _DESCRIBED, f"its description says “{word}”"
    return "unknown", 0, "its type is not known"


def _place(thing: Thing, item: Item, context: Context) -> tuple[Verdict, float, str]:
    if thing.point and item.points:
        distance = min(kilometres(thing.point, point) for point in item.points)
        if distance > _FAR:
            return "against", 0, f"it lies {distance:,.0f} km away"
        if distance <= _NEAR:
            return "for", _PLACE, f"it lies {distance:,.0f} km away"
    around = {place for places in item.places.values() for place in places}
    shared = sorted(around & set(context.places))
    foreign = [country for country in item.places.get(COUNTRY, ()) if country not in context.countries]
    if context.countries and foreign and not set(item.places[COUNTRY]) & set(context.countries):
        return "against", 0, f"it lies in another country: {context.called(foreign)}"
    if shared:
        return "for", _PLACE, f"it lies where ours does: {context.called(shared)}"
    word = _mentioned(context.place_names, item.descriptions)
    if word:
        return "for", _MENTIONED, f"its description says “{word}”"
    return "unknown", 0, ""


def _mentioned(words: Iterable[Name], descriptions: Sequence[Name]) -> str:
    """The first word that a description in its language has; scripts without spaces have it anywhere."""
    for word in words:
        for description in descriptions:
            if primary(word.language) != primary(description.language):
                continue
            plain = normal(word.text)
            pattern = re.escape(plain) if re.search("[\u3040-\u9fff]", plain) else rf"\b{re.escape(plain)}\b"
            if plain and re.search(pattern, normal(description.text)):
                return word.text
    return ""


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two points (latitude, longitude in degrees) on a sphere of 6,371 km.

    >>> round(kilometres((59.91, 10.75), (60.39, 5.32)))
    305
    """
    (a, b), (c, d) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))
