"""Terms as people read them: IRIs shortened by prefixes, long texts cut."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from kzlod.shacl.report import Group
from kzlod.terms import literal, parse
from kzlod.vocab import PREFIXES, SH

_LOCAL = re.compile(r"[\w-][\w.-]*(?<!\.)|")
_IRI = re.compile(r"<([^<>\s]*)>")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_LONG = 120
"""How many characters of a term are shown."""


class Names:
    """Shortens terms by the prefixes of the files, and by those that every dataset has.

    >>> names = Names({"ex": "http://e/"})
    >>> names.term("<http://e/a>"), names.term('"1"^^<http://www.w3.org/2001/XMLSchema#integer>'), names.term('"a"@en')
    ('ex:a', '"1"^^xsd:integer', '"a"@en')
    >>> names.path("<http://e/p>/(^<http://e/q>)")
    'ex:p/(^ex:q)'
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {**PREFIXES, "sh": SH, **prefixes}

    @cached_property
    def _longest(self) -> list[tuple[str, str]]:
        return sorted(((space, name) for name, space in self._prefixes.items() if space), key=lambda x: -len(x[0]))

    def _iri(self, iri: str) -> str:
        for space, name in self._longest:
            if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space)):
                return f"{name}:{iri[len(space) :]}"
        return f"<{iri}>"

    def term(self, token: str) -> str:
        """A term, short and on one line; what is too long is cut, with its length said."""
        if token.startswith("<"):
            return _cut(self._iri(token[1:-1]))
        if token.startswith("_:"):
            return token
        term = parse(token)
        shown = literal(term.value[:_LONG])
        if len(term.value) > _LONG:
            shown = f"{shown}… ({len(term.value):,} characters)"
        if term.language:
            return f"{shown}@{term.language}"
        return f"{shown}^^{self._iri(term.datatype)}" if token.endswith(">") else shown

    def path(self, path: str) -> str:
        """A path, its predicates short."""
        return _cut(_IRI.sub(lambda match: self._iri(match[1]), path))

    def text(self, text: str) -> str:
        """A message on one line, the IRIs in angle brackets that it names short; nothing in it moves the cursor."""
        return _cut(_IRI.sub(lambda match: self._iri(match[1]), _CONTROL.sub("", " ".join(text.split()))), 2 * _LONG)

    def shape(self, group: Group) -> str:
        """A shape by the nearest IRI, with its path."""
        owner = "a shape without IRI" if group.owner.startswith("_:") else self.term(group.owner)
        return f"{owner} {self.path(group.path)}".rstrip()

    def component(self, token: str) -> str:
        """A constraint component's name, as short as its parameter's."""
        return self._iri(token[1:-1]).removeprefix("sh:").removesuffix("ConstraintComponent")


def _cut(text: str, most: int = _LONG) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
