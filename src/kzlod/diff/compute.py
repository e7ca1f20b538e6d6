"""What one dump has and another has not: the quads, and subject by subject what became of it."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Literal

from kzlod.diff.canonical import NotCanonicalError, looks_ordered
from kzlod.diff.merge import QuadFile, differences
from kzlod.diff.sides import Side, from_table, ordered, release, side
from kzlod.errors import InputError
from kzlod.project import Project
from kzlod.quads import Quad, QuadTable
from kzlod.vocab import OWL

Kind = Literal["added", "removed", "revised", "withdrawn"]
_DEPRECATED = f"<{OWL}deprecated>"
_COMPUTED = ("conflict/", "check/", ".well-known/genid/")


@dataclass(frozen=True, slots=True)
class Revision:
    """The values of a predicate that a subject had before and has not now, and the other way round (tokens)."""

    predicate: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a subject (its token): it is new, it is gone, it is withdrawn, or other things are said of it."""

    subject: str
    kind: Kind
    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """The change by predicate; a value that only moved to another graph is none."""
        old = {(p, o) for _, p, o, _ in self.removed}
        new = {(p, o) for _, p, o, _ in self.added}
        found = []
        for predicate in sorted({p for p, _ in old ^ new}):
            values = [tuple(sorted(o for p, o in one if p == predicate)) for one in (old - new, new - old)]
            found.append(Revision(predicate, *values))
        return tuple(found)


class Diff:
    """The difference of two sides: the quads `removed` from the old one and `added` in the new one, in order.

    It holds files until it is closed; use it in a `with`.
    """

    def __init__(self, old: Side, new: Side, removed: QuadFile, added: QuadFile, resources: ExitStack) -> None:
        self.old, self.new, self.removed, self.added = old, new, removed, added
        self._resources = resources

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the two were compared."""
        return tuple(dict.fromkeys(self.old.notes + self.new.notes))

    def changes(self) -> Iterator[Change]:
        """What became of each subject that differs, in order."""
        both = heapq.merge(((quad, False) for quad in self.removed), ((quad, True) for quad in self.added))
        for subject, group in groupby(both, key=lambda item: item[0][0]):
            quads = list(group)
            kind: Kind = "revised"
            if any(p == _DEPRECATED and new for (_, p, _, _), new in quads):
                kind = "withdrawn"
            elif not any(self.old.dump.about(subject)):
                kind = "added"
            elif not any(self.new.dump.about(subject)):
                kind = "removed"
            removed = tuple(quad for quad, new in quads if not new)
            yield Change(subject, kind, removed, tuple(quad for quad, new in quads if new))

    def close(self) -> None:
        """Remove what was fetched, unpacked, sorted or found."""
        self._resources.close()

    def __enter__(self) -> Diff:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def compare(old: str | Path, new: str | Path, *, step: Callable[[str], None] = lambda _: None) -> Diff:
    """The difference of two things: each a release's folder, a project's folder or an RDF file, or the web address of
    a release's folder or an RDF file; files may be compressed (`.zst`, `.gz`).

    Where one is in a format that has no named graphs, graphs are not compared. `step` is told what is being done.
    Raises `InputError` for what is not there, is not RDF, is cut short, or is not what its checksum says.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one, two = Path(folder) / "1.ttl", Path(folder) / "2.ttl"
    ...     _ = one.write_text("<http://e/a> <http://e/p> 1 ."), two.write_text("<http://e/a> <http://e/p> 2 .")
    ...     with compare(one, two) as found:
    ...         [(change.subject, change.kind) for change in found.changes()]
    [('<http://e/a>', 'revised')]
    """
    with ExitStack() as resources:
        step(f"reading {old}")
        before = side(str(old), _scratch(resources, "old"))
        step(f"reading {new}")
        after = side(str(new), _scratch(resources, "new"))
        step("comparing")
        return _compare(before, after, resources)


def changes(old_release: Path, table: QuadTable, *, project: Project, dump: Path | None = None) -> Diff:
    """The difference of an earlier release and a project's dataset, which is `table`.

    `dump` names the canonical N-Quads of the table where they are written already, and spares writing them again.
    Raises `InputError` as `compare` does.
    """
    with ExitStack() as resources:
        new = from_table(table, project, _scratch(resources, "new"), dump=dump)
        return _compare(release(old_release, _scratch(resources, "old")), new, resources)


def _scratch(resources: ExitStack, name: str) -> Path:
    return Path(resources.enter_context(tempfile.TemporaryDirectory(prefix=f"kzlod-{name}-")))


def _compare(old: Side, new: Side, resources: ExitStack) -> Diff:
    try:
        if old.format.quads != new.format.quads:
            old, new = _flat(old, new, resources), _flat(new, old, resources)
        old, new = (one if looks_ordered(one.dump.path) else _ordered(one, resources) for one in (old, new))
        folder = _scratch(resources, "changes")
        try:
            found = _split(old, new, folder)
        except NotCanonicalError:
            old, new = _ordered(old, resources), _ordered(new, resources)
            found = _split(old, new, folder)
    except OSError as error:
        where = f"{old.name} or {new.name}"
        raise InputError(f"cannot be compared: {error.strerror or error}", where=where, remedy="free space") from error
    return Diff(old, new, *found, resources.pop_all())


def _ordered(one: Side, resources: ExitStack) -> Side:
    return one if one.dump.sound else ordered(one, _scratch(resources, "sorted"))


def _flat(one: Side, other: Side, resources: ExitStack) -> Side:
    """A side without its graphs, where the other's format has none."""
    if not one.format.quads:
        return one
    note = f"{other.name} is {other.format.title}, which has no named graphs: graphs are not compared"
    found = ordered(one, _scratch(resources, "flat"), triples=True)
    return replace(found, notes=(*found.notes, note))


def _split(old: Side, new: Side, folder: Path) -> tuple[QuadFile, QuadFile]:
    """Files of what only the old side has and of what only the new side has."""
    paths, counts = (folder / "removed.nq", folder / "added.nq"), [0, 0]
    with paths[0].open("wb") as removed, paths[1].open("wb") as added:
        for is_new, line in differences(old.dump, new.dump):
            (added if is_new else removed).write(line)
            counts[is_new] += 1
    return QuadFile(paths[0], counts[0]), QuadFile(paths[1], counts[1])


def dropped_iris(diff: Diff, base: str) -> list[str]:
    """The IRIs below `base` that the old side speaks of and the new side no longer does.

    Computed nodes (conflict sets, checks, genid IRIs) are left out. So is what `data/withdrawn.csv` lists: its rows are
    statements about those IRIs, and the new side does speak of them.
    """
    dropped = (change.subject[1:-1] for change in diff.changes() if change.kind == "removed")
    return [iri for iri in dropped if iri.startswith(base) and not iri.removeprefix(base).startswith(_COMPUTED)]
