"""What things are called on a page: by their label in its language or the next best, else by what they say."""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox

from kzlod.query.results import short
from kzlod.terms import is_iri
from kzlod.vocab import DCTERMS, KZ, RDF, SCHEMA
from kzlod.web.frame import term
from kzlod.web.opened import OpenRelease

_LONGEST = 200
_ABSTRACT, _INDICATOR, _WRITTEN = DCTERMS + "abstract", KZ + "indicator", KZ + "asWritten"


class Name(NamedTuple):
    """What something is called, and the language of it where it is another than the page's."""

    text: str
    language: str = ""


def name(release: OpenRelease, iri: str, language: str) -> Name:
    """A name for an IRI; a fact without a label is told by its summary, a figure by its indicator and its words."""
    label = release.label(iri, language)
    if label is not None:
        return Name(cut(label.value), other(label, language))
    if iri.startswith(release.base) and (told := _told(release, iri, language)) is not None:
        return told
    plain = short(ox.NamedNode(iri), release.project.prefixes).removeprefix(release.base) if is_iri(iri) else iri
    return Name(term(plain, language) or cut(plain) or iri)


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
    return next((f"¶ {one.value}" for one in said.get(SCHEMA + "position", ())), "")


def _told(release: OpenRelease, iri: str, language: str) -> Name | None:
    said = release.values(iri)
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
    return None
