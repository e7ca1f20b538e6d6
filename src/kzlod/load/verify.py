"""What a store holds after a load, compared with what it was given: counts always, every value up to a size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kzlod.findings import Finding
from kzlod.load.target import Target, about, named
from kzlod.load.values import is_rounded, same_as

_SUBJECTS, _TRIPLES = 100, 1000
"""How many subjects, and how many of their triples, are asked for at a time: servers limit both."""
Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared (`levels`), of how many triples, and what differs."""

    triples: int
    levels: tuple[str, ...]
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        """The last line of a load."""
        if self.findings:
            return f"not as loaded: {len(self.findings):,} differences"
        return f"verified: {', '.join((f'{self.triples:,} triples', *self.levels))}"


@dataclass(slots=True)
class Expected:
    """How many triples a dataset has of each predicate: at most, and at least, since a store may keep one of several
    literals of the same value."""

    most: Counter[str] = field(default_factory=Counter)
    least: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, lines: Iterable[bytes], step: Callable[[int], None] = lambda _: None) -> Expected:
        """Count lines of N-Triples that are in order."""
        most: Counter[bytes] = Counter()
        fewer: Counter[bytes] = Counter()
        start, typed, number = b"", [b""], 0
        for number, line in enumerate(lines, 1):
            _, p, o = line.split(b" ", 2)
            most[p] += 1
            if o[0] == 34 and o[-3] == 62:  # a quote, and the end of a datatype before " ."
                begins = line[: -len(o)]
                if begins == start:
                    typed.append(o[:-2])
                    continue
                if len(typed) > 1:
                    fewer[start.split(b" ", 2)[1]] += _same(typed)
                start, typed = begins, [o[:-2]]
            if not number % 100_000:
                step(number)
        if len(typed) > 1:
            fewer[start.split(b" ", 2)[1]] += _same(typed)
        return cls(
            Counter({p.decode(): n for p, n in most.items()}),
            Counter({p.decode(): n - fewer[p] for p, n in most.items()}),
        )

    @property
    def total(self) -> int:
        """How many triples were given."""
        return self.most.total()


def _same(tokens: list[bytes]) -> int:
    """How many of some literals have the value of another."""
    return len(tokens) - len({same_as(token.decode()) for token in tokens})


def compare_counts(there: Mapping[str, int], expected: Expected, where: str, *, exact: bool) -> Iterator[Finding]:
    """Compare how many triples there are of each predicate; unless `exact`, there may be more."""
    for predicate in sorted(expected.most.keys() | there.keys()):
        most, least, found = expected.most[predicate], expected.least[predicate], there.get(predicate, 0)
        if found < least or (exact and found > most):
            yield _finding(where, "load.count", f"{found:,} triples of {predicate}, {most:,} were loaded")


def compare_values(
    target: Target,
    graph: str,
    lines: Iterable[bytes],
    *,
    exact: bool,
    step: Callable[[int], None] = lambda _: None,
) -> Iterator[Finding | int]:
    """Compare all triples, read back in pages of subjects; unless `exact`, subjects may have more.

    Gives the findings, and how many values were compared as rounded.
    """
    rounded, where = target.profile.rounds, named(target, graph)
    for page in _pages(lines):
        wanted = {_key(triple, rounded): triple for triple in page}
        there = {_key(triple, rounded): triple for triple in _read(target, graph, page)}
        for key in sorted(wanted.keys() - there.keys()):
            yield _finding(where, "load.lost", f"lacks {_shown(wanted[key])}", wanted[key][0])
        if exact:
            for key in sorted(there.keys() - wanted.keys()):
                yield _finding(where, "load.other", f"has {_shown(there[key])}", there[key][0])
        if rounded:
            yield sum(is_rounded(o) for _, _, o in page)
        step(len(page))


def compare_patch(target: Target, graph: str, removed: Iterable[Triple], added: Iterable[Triple]) -> Iterator[Finding]:
    """Look whether what a patch takes out is gone, and what it puts in is there."""
    rounded, where = target.profile.rounds, named(target, graph)
    new = {_key(triple, rounded) for triple in added}
    for triples, gone in ((sorted(removed), True), (sorted(added), False)):
        for page in _pages(" ".join((*triple, ".")).encode() for triple in triples):
            there = {_key(triple, rounded) for triple in _read(target, graph, page)}
            for triple in page:
                key = _key(triple, rounded)
                if gone and key in there and key not in new:
                    yield _finding(where, "load.other", f"still has {_shown(triple)}", triple[0])
                if not gone and key not in there:
                    yield _finding(where, "load.lost", f"lacks {_shown(triple)}", triple[0])


def _pages(lines: Iterable[bytes]) -> Iterator[list[Triple]]:
    """Triples of whole subjects, a few at a time."""
    page: list[Triple] = []
    subjects = 0
    for line in lines:
        s, p, o = line[:-2].decode().split(" ", 2)
        if not page or page[-1][0] != s:
            if page and (subjects >= _SUBJECTS or len(page) >= _TRIPLES):
                yield page
                page, subjects = [], 0
            subjects += 1
        page.append((s, p, o))
    if page:
        yield page


def _read(target: Target, graph: str, page: list[Triple]) -> Iterator[Triple]:
    """All triples of a page's subjects, in as many answers as it takes."""
    subjects = list(dict.fromkeys(s for s, _, _ in page))
    offset = 0
    while True:
        rows = list(about(target, graph, subjects, limit=5 * _TRIPLES, offset=offset))
        yield from ((s, p, o) for s, p, o in rows)
        offset += len(rows)
        if not rows or (len(rows) < _TRIPLES and offset >= len(page)):
            return


def _key(triple: Triple, rounded: bool) -> Triple:
    s, p, o = triple
    return s, p, same_as(o, rounded=rounded)


def _shown(triple: Triple) -> str:
    s, p, o = triple
    return f"{s} {p} {o if len(o) <= 200 else o[:199] + '…'}"


def _finding(where: str, code: str, message: str, subject: str = "") -> Finding:
    return Finding(where, None, None, code, message, subject=subject.strip("<>"))
