"""What things are called on a page: by their label in its language or the next best, else by what they say."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import pyoxigraph as ox

from kzlod.query.results import short
from kzlod.terms import is_iri
from kzlod.vocab import DCAT, DCTERMS, KZ, RDF, SCHEMA
from kzlod.web.frame import term, words
from kzlod.web.opened import OpenRelease, Values

_LONGEST = 200
_ENDS = 2
_YEAR, _MONTH, _DAY = len("2024"), len("2024-07"), len("2024-07-02")
_ABSTRACT, _INDICATOR, _WRITTEN = DCTERMS + "abstract", KZ + "indicator", KZ + "asWritten"
_SET = (_INDICATOR, KZ + "about", KZ + "counterpart")


class Name(NamedTuple):
    """What something is called, and the language of it where it is another than the page's."""

    text: str
    language: str = ""


def name(release: OpenRelease, iri: str, language: str) -> Name:
    """A name for an IRI; a fact without a label is told by its summary, a figure by its indicator and its words.

    A unit of QUDT that there is no word for goes by its code, a currency by that of ISO 4217.
    """
    label = release.label(iri, language)
    if label is not None:
        foreign = other(label, language)
        if foreign and (dated := _dated(release, iri, language)):
            return Name(dated)
        return Name(cut(label.value), foreign)
    if iri.startswith(release.base) and (told := _told(release, iri, language)) is not None:
        return told
    plain = short(ox.NamedNode(iri), release.project.prefixes).removeprefix(release.base) if is_iri(iri) else iri
    return Name(term(plain, language) or cut(plain.removeprefix("unit:").removeprefix("CCY_")) or iri)


def other(literal: ox.Literal, language: str) -> str:
    """The language of a text where it is not the page's; a year or a number is in none."""
    tag = literal.language or ""
    is_same = tag == language or tag.startswith(f"{language}-")
    return "" if is_same or not any(map(str.isalpha, literal.value)) else tag


def cut(text: str) -> str:
    """A text as a heading or a link bears it: in one line, the rest of a long one left out."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def position(release: OpenRelease, iri: str) -> str:
    """The number of a paragraph, as it is cited; nothing for what is no paragraph."""
    said = release.values(iri)
    if ox.NamedNode(KZ + "Passage") not in said.get(RDF + "type", ()):
        return ""
    return next((f"¶\u00a0{one.value}" for one in said.get(SCHEMA + "position", ())), "")


def _told(release: OpenRelease, iri: str, language: str) -> Name | None:
    said = release.values(iri)
    if ox.NamedNode(KZ + "Mention") in said.get(RDF + "type", ()):
        return _mentioned(release, iri, said, language)
    if number := position(release, iri):
        for source in said.get(DCTERMS + "isPartOf", ()):
            called = name(release, source.value, language)
            return Name(f"{called.text} {number}", called.language)
    for text in said.get(_ABSTRACT, ()):
        if isinstance(text, ox.Literal):
            return Name(cut(text.value), other(text, language))
    written = next((one.value for one in said.get(_WRITTEN, ()) if isinstance(one, ox.Literal)), "")
    if written:
        for indicator in said.get(_INDICATOR, ()):
            if isinstance(indicator, ox.NamedNode):
                called = name(release, indicator.value, language)
                return Name(cut(f"{called.text}: {written}"), called.language)
    if ox.NamedNode(KZ + "ConflictSet") in said.get(RDF + "type", ()):
        parts = [name(release, one.value, language) for part in _SET for one in said.get(part, ())]
        if len(parts) >= _ENDS:
            return Name(cut(f"{parts[0].text}: {' – '.join(one.text for one in parts[1:])}"), parts[0].language)
    return None


def _mentioned(release: OpenRelease, iri: str, said: Values, language: str) -> Name | None:
    """A place in a paragraph, by the words of the figure that stand there, where that figure stands nowhere else."""
    for passage in said.get(DCTERMS + "isPartOf", ()):
        called = name(release, passage.value, language)
        figures = [release.values(subject) for subject, p in release.pointers(iri).triples if p == KZ + "evidence"]
        written = {one.value for figure in figures for one in figure.get(_WRITTEN, ())}
        which = cut(written.pop()) if len(written) == 1 else iri.rpartition("-")[2]
        return Name(f"{called.text}: {which}", called.language)
    return None


def _dated(release: OpenRelease, iri: str, language: str) -> str:
    """A period by its years, months or days in figures, which all languages read; nothing for what is no period."""
    said = release.values(iri)
    if ox.NamedNode(DCTERMS + "PeriodOfTime") not in said.get(RDF + "type", ()):
        return ""
    days = [one.value for part in ("startDate", "endDate") for one in said.get(DCAT + part, ())]
    if len(days) != _ENDS:
        return words(language)["undated"] if not days and iri.endswith("/undated") else ""
    try:
        first, last = map(datetime.date.fromisoformat, days)
    except ValueError:
        return ""
    after = last + datetime.timedelta(days=1)
    is_of_months = first.day == after.day == 1
    length = _YEAR if is_of_months and first.month == after.month == 1 else _MONTH if is_of_months else _DAY
    ends = list(dict.fromkeys(day[:length] for day in days))
    return ("–" if length == _YEAR else " – ").join(ends)
