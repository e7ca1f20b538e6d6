"""What is loaded: canonical N-Triples, from a release as they are, from all else made first."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import zstandard

from kzlod.diff.canonical import is_canonical, sort_lines
from kzlod.diff.sides import SUMS, ordered, published_iri, side
from kzlod.errors import InputError
from kzlod.project import FILE, Project

PATCH = "changes.rdfp"
_PIECE = 1 << 20
_BEGINNING = re.compile(rb"^<([^:>]+:(?://[^/>]*/(?:[^/#?>]*[/#])?)?)", re.MULTILINE)
_MOST_BEGINNINGS = 40
_RELEASE = re.compile(r"release/([^/]+)/[^/]+")
_SUFFIXES = (".nt", ".nt.zst")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of canonical N-Triples without blank nodes, plain or `.zst`.

    `graph` is the IRI of the dataset, empty where it is not known; `notes` say what was changed to load it; `patch` is
    the patch that comes with a release, None where there is none.
    """

    name: str
    path: Path
    graph: str
    notes: tuple[str, ...] = ()
    patch: Path | None = None

    @property
    def size(self) -> int:
        """How many bytes the file has, as it is."""
        return self.path.stat().st_size

    def pieces(self, progress: Callable[[int], None] = lambda _: None) -> Iterator[bytes]:
        """The triples in pieces of whole lines, about 1 MB each; `progress` is told how far the file has been read.

        Raises `InputError` for a file that ends in the middle of a line, or does not unpack.
        """
        rest = b""
        try:
            with self.path.open("rb") as file:
                plain = _unpacked(file) if self.path.suffix == ".zst" else file
                while data := plain.read(_PIECE):
                    whole, end, rest = (rest + data if rest else data).rpartition(b"\n")
                    if end:
                        yield whole + end
                    progress(file.tell())
        except zstandard.ZstdError as error:
            raise InputError(f"does not unpack: {error}", where=self.name, remedy="fetch it again") from error
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=self.name) from error
        if rest:
            raise InputError("is cut short: its last line has no end", where=self.name, remedy="fetch it again")

    def lines(self, scratch: Path) -> Iterator[bytes]:
        """The lines, each once and in the order of their bytes, without their line feeds."""
        made = scratch / "ordered.nt"
        if not made.is_file():
            if self._is_ordered():
                return self._split()
            sort_lines(self._plain(scratch), made)
        return Source(self.name, made, "")._split()

    def beginnings(self) -> frozenset[str]:
        """What the IRIs of all subjects begin with: the scheme, the host, the first part of the path.

        Empty where they are too many to tell what is of this dataset.
        """
        found: set[bytes] = set()
        for piece in self.pieces():
            found.update(_BEGINNING.findall(piece))
            if len(found) > _MOST_BEGINNINGS:
                return frozenset()
        return frozenset(beginning.decode() for beginning in found)

    def _split(self) -> Iterator[bytes]:
        for piece in self.pieces():
            yield from piece[:-1].split(b"\n")

    def _is_ordered(self) -> bool:
        return all(one < other for one, other in pairwise(self._split()))

    def _plain(self, scratch: Path) -> Path:
        if self.path.suffix != ".zst":
            return self.path
        plain = scratch / "plain.nt"
        with plain.open("wb") as file:
            file.writelines(self.pieces())
        return plain


def _unpacked(file: BinaryIO) -> BinaryIO:
    return zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)


def source(place: str, scratch: Path) -> Source:
    """What stands at a path or a web address: a release, a project or an RDF file; the default graph is all graphs.

    `scratch` is a folder for what must be made first. Raises `InputError` for what is not there, is not RDF, or is not
    what a release's list of checksums says.
    """
    path = Path(place)
    folder = path / "latest" if (path / "latest").is_dir() else path
    if folder.is_dir() and not (folder / FILE).is_file():
        found = _release(folder.resolve(), scratch)
        if found:
            return found
    if path.is_file() and path.suffix == ".nt" and is_canonical(path):
        return Source(place, path, "")
    made = ordered(side(place, scratch), scratch, triples=True)
    if (path / FILE).is_file():
        return Source(made.name, made.dump.path, Project.read(path).dataset_iri, made.notes)
    return Source(made.name, made.dump.path, _dataset(made.iri), made.notes)


def of_project(project: Project, scratch: Path) -> Source:
    """The latest release of a project, from its folder `dist`; of the bundled dataset without one, its tables.

    Raises `InputError` for a project that has no release.
    """
    releases = project.root / "dist" / project.id
    if (releases / "latest").is_dir() or not project.bundled:
        if not (releases / "latest").is_dir():
            remedy = "make one with `kzlod build`, or name what is to be loaded"
            raise InputError("there is no release", where=str(releases), remedy=remedy)
        found = source(str(releases), scratch)
        return found if found.graph else Source(found.name, found.path, project.dataset_iri, patch=found.patch)
    return source(str(project.root), scratch)


def _release(folder: Path, scratch: Path) -> Source | None:
    """A release's N-Triples, proved by its list of checksums; None where it has none of the two."""
    sums = folder / SUMS
    listed = dict(line.split("  ", 1)[::-1] for line in _lines(sums) if "  " in line)
    dumps = [folder / name for name in listed if "/" not in name and name.endswith(_SUFFIXES)]
    dumps = [path for path in dumps if path.is_file() and path.name.split(".")[0] != "facts"]
    if not dumps:
        return None
    path = min(dumps, key=lambda path: (path.suffix == ".zst", path.name))
    id_ = path.name.split(".nt")[0]
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != listed[path.name]:
            raise InputError(f"is not what {SUMS} says", where=str(path), remedy="fetch it again")
    patch = folder / PATCH
    return Source(
        f"{id_} {folder.name}",
        path,
        _dataset(published_iri(folder / "catalog.ttl", id_)),
        patch=patch if patch.is_file() else None,
    )


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "replace").splitlines() if path.is_file() else []


def _dataset(release: str) -> str:
    """The IRI of the dataset that a release's IRI is of.

    >>> _dataset("http://example.org/release/towns/1.0.0")
    'http://example.org/dataset/towns'
    """
    return _RELEASE.sub(r"dataset/\1", release) if release else ""
