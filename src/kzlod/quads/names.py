"""What a serialiser knows of a table before it writes: the prefixes that shorten something, and what stands in objects.

Predicates, datatypes and languages are few, so their short names are made here, once; only subjects and objects are
shortened row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable

# What may stand after the colon of a prefixed name without an escape, in Turtle and in JSON-LD alike.
_LOCAL = "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
END = "(length(o) - strpos(reverse(o), '\"') + 1)"
"""SQL: the place of a literal token's closing quote: no tag and no datatype holds a quote, so it is the last one."""
IRI = "<"
"""The tail that stands for an object that is an IRI."""


class Kind(NamedTuple):
    """Objects of a predicate that have the same tail: what follows a literal's closing quote, `IRI` for IRIs."""

    predicate: str
    tail: str


@dataclass(frozen=True, slots=True)
class Names:
    """The prefixes that shorten something in a table, those that do so in subjects and in objects, and the kinds."""

    prefixes: Mapping[str, str]
    subjects: Mapping[str, str]
    objects: Mapping[str, str]
    kinds: tuple[Kind, ...]

    @property
    def predicates(self) -> tuple[str, ...]:
        """The predicates' tokens, in order."""
        return tuple(dict.fromkeys(kind.predicate for kind in self.kinds))

    @property
    def datatypes(self) -> tuple[str, ...]:
        """The datatypes' tokens, in order."""
        return tuple(sorted({kind.tail[2:] for kind in self.kinds if kind.tail.startswith("^^")}))

    def short(self, token: str) -> str:
        """An IRI's token as a prefixed name where a prefix fits and the rest needs no escape."""
        for prefix, namespace in longest_first(self.prefixes):
            if token.startswith(f"<{namespace}") and re.fullmatch(_LOCAL, token[len(namespace) + 1 : -1]):
                return f"{prefix}:{token[len(namespace) + 1 : -1]}"
        return token


def names(table: QuadTable, prefixes: Mapping[str, str]) -> Names:
    """What is to be known of a table; asked for again, it is remembered.

    A prefix that is also the scheme of some IRI is left out: JSON-LD could not tell the two apart.
    """
    return table.remembered(("names", *sorted(prefixes.items())), lambda: _names(table, prefixes))


def _names(table: QuadTable, prefixes: Mapping[str, str]) -> Names:
    tail = f"CASE WHEN starts_with(o, '<') THEN '{IRI}' ELSE substr(o, {END} + 1) END"
    query = f"SELECT DISTINCT p, {tail} AS tail FROM {table.order()} ORDER BY p, tail"
    kinds = tuple(Kind(*row) for row in table.rows(query))
    few = {*(kind.predicate for kind in kinds), *(kind.tail[2:] for kind in kinds), *table.graphs()}
    starts = [f"<{start}" for prefix, namespace in prefixes.items() for start in (namespace, f"{prefix}:")]
    found = {column: _beginnings(table, column, starts) for column in "so"}
    everywhere = {*found["s"], *found["o"], *(start for start in starts if any(t.startswith(start) for t in few))}
    usable = {
        prefix: namespace
        for prefix, namespace in sorted(prefixes.items())
        if f"<{namespace}" in everywhere and f"<{prefix}:" not in everywhere
    }
    subjects, objects = ({p: n for p, n in usable.items() if f"<{n}" in found[column]} for column in "so")
    return Names(usable, subjects, objects, kinds)


def _beginnings(table: QuadTable, column: str, starts: Iterable[str]) -> frozenset[str]:
    """Which of these texts some token of a column begins with."""
    tests = [f"bool_or(starts_with({column}, {text(start)}))" for start in starts]
    if not tests:
        return frozenset()
    (answers,) = table.rows(f"SELECT {', '.join(tests)} FROM {table.order()}")
    return frozenset(start for start, yes in zip(starts, answers, strict=True) if yes)


def choose(column: str, chosen: Mapping[str, str], otherwise: str = "NULL") -> str:
    """SQL: the name of a token, for tokens that are few."""
    cases = " ".join(f"WHEN {text(token)} THEN {text(name)}" for token, name in chosen.items())
    return f"CASE {column} {cases} ELSE {otherwise} END" if chosen else otherwise


def shorten(token: str, prefixes: Mapping[str, str], otherwise: str) -> str:
    """SQL: an IRI's token as a prefixed name where a prefix fits and the rest needs no escape."""
    cases = []
    for prefix, namespace in longest_first(prefixes):
        skipped = len(namespace) + 1
        local = f"substr({token}, {skipped + 1}, length({token}) - {skipped + 1})"
        cases.append(
            f"WHEN starts_with({token}, {text('<' + namespace)}) AND regexp_full_match({local}, '{_LOCAL}')"
            f" THEN {text(prefix + ':')} || {local}"
        )
    return f"CASE {' '.join(cases)} ELSE {otherwise} END" if cases else otherwise


def inside(token: str) -> str:
    """SQL: the IRI of an IRI's token."""
    return f"substr({token}, 2, length({token}) - 2)"


def longest_first(prefixes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Prefixes and namespaces, in the order in which they are to be tried."""
    return sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
