"""A load: what it will do to the store, said before it begins, then done, then verified."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from kzlod.errors import InputError, LoadError
from kzlod.findings import Finding
from kzlod.load import patch as patches
from kzlod.load.source import Source
from kzlod.load.target import Target, count, counts, move, named, staging, stranger
from kzlod.load.verify import Expected, Verification, compare_counts, compare_patch, compare_values
from kzlod.terms import is_iri

Mode = Literal["replace", "add", "patch"]
COMPARE_UP_TO = 250_000
DOCUMENTATION = "docs/loading.md"
Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much (0 where that is not known)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: to which graph (empty for the default graph), in how many seconds, and what was verified."""

    store: str
    kind: str
    graph: str
    mode: Mode
    atomic: bool
    seconds: float
    verification: Verification


@dataclass
class Plan:
    """What a load will do.

    `before` is how many triples the graph holds; `atomic` says whether it changes at once; `loss` says what would be
    gone that is not of this dataset: a reason to ask before it begins; `notes` are to be said before it begins.
    """

    target: Target
    source: Source | None
    mode: Mode
    graph: str
    scratch: Path
    before: int
    patch: patches.Patch | None = None
    atomic: bool = True
    loss: str = ""
    notes: tuple[str, ...] = ()

    def run(self, *, compare_up_to: int = COMPARE_UP_TO, progress: Progress = lambda *_: None) -> Loaded:
        """Load, then verify; values are compared where there are at most `compare_up_to` triples.

        Raises `RemoteError` and `LoadError` where the store refuses, breaks off or runs full: then the same command,
        run again, leads to the same end.
        """
        start = time.perf_counter()
        if self.mode == "patch":
            self._patch(progress)
        elif self.mode == "add" or not self.before:
            self._tidy()
            self.target.add(self._pieces(progress), self.graph)
        elif self.atomic:
            self._swap(progress)
        else:
            self.target.clear(self.graph)
            self.target.add(self._pieces(progress), self.graph)
        seconds = time.perf_counter() - start
        found = self._verify(compare_up_to, progress)
        target = self.target
        return Loaded(target.shown, target.profile.name, self.graph, self.mode, self.atomic, seconds, found)

    def _pieces(self, progress: Progress) -> Iterator[bytes]:
        assert self.source
        size = self.source.size
        return self.source.pieces(lambda done: progress("Loading", done, size))

    def _tidy(self) -> None:
        """Remove what a load that was broken off left in the staging graph."""
        if self.mode == "replace" and self.target.profile.swap == "move":
            self.target.clear(staging(self.graph))

    def _swap(self, progress: Progress) -> None:
        """Replace what the graph holds at once; where that takes two steps, only by what has been counted."""
        if self.target.profile.swap != "move":
            self.target.put(self._pieces(progress), self.graph)
            return
        aside = staging(self.graph)
        self._tidy()
        self.target.add(self._pieces(progress), aside)
        assert self.source
        expected = Expected.of(self.source.lines(self.scratch))
        lacking = list(compare_counts(counts(self.target, aside), expected, "", exact=True))
        if lacking:
            remedy = "nothing was replaced; see the store's log, and run it again"
            raise LoadError(
                f"did not keep what it was sent: {lacking[0].message}", where=self.target.shown, remedy=remedy
            )
        self.target.update(move(aside, self.graph))

    def _patch(self, progress: Progress) -> None:
        assert self.patch is not None
        progress("Patching", 0, 0)
        patches.apply(self.patch, self.target, self.graph)

    def _verify(self, compare_up_to: int, progress: Progress) -> Verification:
        if self.source is None:
            assert self.patch is not None
            findings = list(compare_patch(self.target, self.graph, self.patch.removed, self.patch.added))
            changed = f"{len(self.patch.removed):,} taken out", f"{len(self.patch.added):,} put in"
            return Verification(count(self.target, self.graph), changed, tuple(findings))
        exact = self.mode != "add"
        source = self.source
        step = partial(progress, "Counting")
        expected = Expected.of(source.lines(self.scratch), lambda done: step(done, 0))
        there = counts(self.target, self.graph)
        findings = list(compare_counts(there, expected, named(self.target, self.graph), exact=exact))
        levels = ["counts by predicate" if exact else "at least as many of each predicate"]
        if exact and (merged := expected.total - sum(there.values())) > 0 and not findings:
            levels[0] += f" ({merged:,} are kept as one with another of the same value)"
        if expected.total <= compare_up_to:
            done, rounded = 0, 0

            def compared(triples: int) -> None:
                nonlocal done
                done += triples
                progress("Comparing", done, expected.total)

            lines = source.lines(self.scratch)
            for found in compare_values(self.target, self.graph, lines, exact=exact, step=compared):
                if isinstance(found, Finding):
                    findings.append(found)
                else:
                    rounded += found
            levels.append("all values" + (f" ({rounded:,} coordinates as 32-bit floats)" if rounded else ""))
        return Verification(expected.total, tuple(levels), tuple(findings))


def plan(
    target: Target,
    source: Source | None,
    *,
    mode: Mode = "replace",
    graph: str = "",
    patch: Path | None = None,
    scratch: Path,
) -> Plan:
    """What loading a source into a store will do; nothing is changed yet.

    Without `graph`, the data goes to the default graph where the store has one, else to the dataset's graph. In the
    mode `patch`, a source without a patch of its own needs `patch`; without a source, only the changes are verified.
    Raises `LoadError` for a graph that is no IRI, and for what cannot be loaded so.
    """
    graph = _graph(target, source, graph)
    before = count(target, graph)
    made = Plan(target, source, mode, graph, scratch, before, notes=source.notes if source else ())
    if mode == "patch":
        return _patched(made, patch)
    assert source
    if mode == "add":
        if source.notes:
            remedy = "give them IRIs, or use --mode replace, which makes IRIs of them"
            raise LoadError("has blank nodes, which each load would add again", where=source.name, remedy=remedy)
        made.atomic = False
        return made
    if before:
        made.atomic = _is_atomic(target, source, before)
        made.notes += () if made.atomic else (_slow_swap(made),)
        made.loss = _loss(made)
    return made


def _graph(target: Target, source: Source | None, graph: str) -> str:
    if graph and not is_iri(graph):
        remedy = "write an absolute IRI such as https://example.org/dataset/towns, without < and >"
        raise LoadError(f"{graph!r} is no IRI of a graph", remedy=remedy)
    if graph or target.profile.default_graph:
        return graph
    if source is None or not source.graph:
        said = f"{target.profile.title} has no default graph, and the data does not say which graph it is for"
        raise LoadError(said, where=target.shown, remedy="name one with --graph IRI")
    return source.graph


def _is_atomic(target: Target, source: Source, before: int) -> bool:
    """Whether the store replaces so much at once; the lines are counted only where their bytes leave a doubt."""
    most = target.profile.atomic
    if before > most:
        return False
    return most >= 2**63 or sum(piece.count(b"\n") for piece in source.pieces()) <= most


def _slow_swap(made: Plan) -> str:
    profile = made.target.profile
    limit = f"more than {profile.atomic:,} triples" if profile.atomic else "a graph"
    return (
        f"{profile.title} cannot replace {limit} at once: until the load is finished, {_named(made.graph)} holds a part"
        f" of the new data. For large data, use its bulk loader: {DOCUMENTATION}#{profile.recipe}"
    )


def _loss(made: Plan) -> str:
    """What would be gone that is not of this dataset, which the beginnings of its subjects' IRIs tell."""
    assert made.source
    beginnings = made.source.beginnings()
    other = stranger(made.target, made.graph, beginnings) if beginnings else "what it is, is not known"
    if not other:
        return ""
    said = f"such as {other}" if beginnings else other
    return (
        f"{_named(made.graph)} holds {made.before:,} triples, which will be gone; some are of another dataset: {said}"
    )


def _named(graph: str) -> str:
    return f"<{graph}>" if graph else "the default graph"


def _patched(made: Plan, path: Path | None) -> Plan:
    path = path or (made.source.patch if made.source else None)
    if path is None:
        remedy = "name a file of `kzlod diff --format patch`, or a release that has changes.rdfp"
        raise InputError("there is no patch", where=made.source.name if made.source else "", remedy=remedy)
    if not made.before:
        remedy = "check --graph, or load the whole release with --mode replace"
        where = named(made.target, made.graph)
        raise LoadError("holds no triples, so there is nothing to patch", where=where, remedy=remedy)
    made.patch = patches.read(path)
    if made.source:
        made.patch = patches.mended(made.patch, made.source.lines(made.scratch))
    made.atomic = len(made.patch) <= made.target.profile.lines
    return made
