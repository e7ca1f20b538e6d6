"""Subjects, predicates and values in people's words: labels, abstracts and dimensions as the data itself has them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import islice

from kzlod.diff.compute import Diff
from kzlod.terms import Term, parse
from kzlod.vocab import DCTERMS, KZ, QB, RDF, RDFS, SKOS, XSD

_TYPE, _PART = f"<{RDF}type>", f"<{DCTERMS}isPartOf>"
_EVIDENCE, _MENTION = f"<{KZ}evidence>", f"<{KZ}Mention>"
_LABELS = tuple(f"<{name}>" for name in (f"{RDFS}label", f"{SKOS}prefLabel", f"{DCTERMS}title", f"{DCTERMS}abstract"))
_DIMENSION, _MEASURE, _UNIT = f"<{QB}DimensionProperty>", f"<{QB}MeasureProperty>", f"<{KZ}unit>"
_REASON, _REPLACED = f"<{SKOS}historyNote>", f"<{DCTERMS}isReplacedBy>"
# The order in which people say what a figure is of; other dimensions follow.
_FIRST = [f"<{KZ}{name}>" for name in ("indicator", "about", "counterpart", "period", "status")]
_NUMBER = re.compile(r"([+-]?)([0-9]+)(\.[0-9]+)?")
_NUMBERS = {f"{XSD}{name}" for name in ("decimal", "integer", "nonNegativeInteger", "positiveInteger")}
_MOST_FACTS = 2_000  # of one subject: labels are among the first of what anything says of itself
_LANGUAGE = "en"


class Words:
    """Names for the terms of a diff, from its new side, else from its old one.

    >>> Words.local("<http://e/code/status/actual>"), Words.local("<http://e/ns#asWritten>")
    ('actual', 'as written')
    >>> Words.literal(parse('"30050000000.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'))
    '30,050,000,000.5'
    """

    def __init__(self, diff: Diff) -> None:
        self._dumps = (diff.new.dump, diff.old.dump)
        self._facts = lru_cache(maxsize=50_000)(self._read)
        self._labels = lru_cache(maxsize=50_000)(self._named)

    def _read(self, subject: str) -> Mapping[str, Collection[str]]:
        found: dict[str, dict[str, None]] = {}
        for dump in self._dumps:
            for _, p, o, _ in islice(dump.about(subject), _MOST_FACTS):
                found.setdefault(p, {})[o] = None
            if _TYPE in found:  # what was withdrawn has no type any more, and what it was called is in the old side
                break
        return found

    def name(self, token: str) -> str:
        """What people call a term: its label, else what it is about, else the end of its IRI; a literal is its text."""
        return self._labels(token)

    def title(self, subject: str) -> str:
        """What people call a subject; where it has no name, its IRI without the host."""
        return self._called(subject) or re.sub("^[a-z]+://[^/]*/", "", subject[1:-1])

    def _named(self, token: str) -> str:
        term = parse(token)
        return self._called(token) or self.local(token) if term.kind == "iri" else self.literal(term)

    def _called(self, token: str) -> str:
        facts = self._facts(token)
        for predicate in _LABELS:
            texts = {value.language: value.value for value in map(parse, facts.get(predicate, ()))}
            if texts:
                return texts.get(_LANGUAGE) or texts.get("") or texts[min(texts)]
        return self._dimensions(facts)

    def _dimensions(self, facts: Mapping[str, Collection[str]]) -> str:
        """What a figure is of: its values of the dimensions that the data declares, evidence and placeholders aside."""
        known = [p for p in facts if p != _EVIDENCE and _DIMENSION in self._facts(p).get(_TYPE, ())]
        known.sort(key=lambda p: (_FIRST.index(p) if p in _FIRST else len(_FIRST), p))
        values = [o for p in known for o in facts[p] if not o.endswith("/none>")]
        return ", ".join(map(self._labels, values)) if any(map(self._is_named, values)) else ""

    def _is_named(self, token: str) -> bool:
        return token.startswith('"') or bool(self._called(token))

    def kind(self, subject: str) -> str:
        """The name of a subject's class, empty where it has none."""
        names = {self.local(token): self._facts(token) for token in self._facts(subject).get(_TYPE, ())}
        return min(names, key=lambda name: (not names[name], name), default="")

    def withdrawn(self, subject: str) -> str:
        """Why a subject was withdrawn and what replaces it."""
        facts = self._facts(subject)
        told = [self.name(token) for token in facts.get(_REASON, ())]
        told += [f"replaced by {self.name(token)}" for token in facts.get(_REPLACED, ())]
        return "; ".join(told)

    def unit(self, subject: str, predicate: str) -> str:
        """The name of the unit that a subject's value of a measure is in, empty where there is none."""
        if _MEASURE not in self._facts(predicate).get(_TYPE, ()):
            return ""
        return ", ".join(self.name(token) for token in self._facts(subject).get(_UNIT, ()))

    def passages(self, subject: str) -> list[str]:
        """The passages that are a subject's evidence, each by the end of its IRI."""
        found = set()
        for evidence in self._facts(subject).get(_EVIDENCE, ()):
            facts = self._facts(evidence)
            mentioned = facts.get(_PART, ()) if _MENTION in facts.get(_TYPE, ()) else ()
            found |= {self.identifier(token) for token in (mentioned or [evidence])}
        return sorted(found)

    def sort(self, token: str) -> str:
        """What a text or a number does not show: a literal's language or datatype."""
        term = parse(token)
        return term.language or (self.local(f"<{term.datatype}>") if term.datatype else "")

    @staticmethod
    def identifier(token: str) -> str:
        """The end of an IRI's token, behind the last slash or number sign.

        >>> Words.identifier("<http://e/passage/002-19>")
        '002-19'
        """
        return re.split("[/#]", token[1:-1].rstrip("/#"))[-1]

    @classmethod
    def local(cls, token: str) -> str:
        """The end of an IRI's token, a name in camel case taken apart."""
        return re.sub(r"(?<=[a-z])([A-Z])(?=[a-z])", lambda match: " " + match[1].lower(), cls.identifier(token))

    @staticmethod
    def literal(term: Term) -> str:
        """A literal's text; the thousands of a large number are set apart."""
        match = _NUMBER.fullmatch(term.value) if term.datatype in _NUMBERS else None
        if match and len(match[2]) > 4:
            return f"{match[1]}{int(match[2]):,}{match[3] or ''}"
        return term.value
