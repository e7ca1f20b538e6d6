"""What serving a release needs besides its files, made once and kept: a store, and the list of its documents.

Both lie in a folder of caches, named by the SHA-256 that the release states for its N-Quads: another release has
another name, so what is kept is never out of date. A folder appears whole or not at all; the oldest are removed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import InputError
from kzlod.release.files import SUMS
from kzlod.web.lines import SortedLines

_KEPT = 6
_BUILDING, _STALE = ".building-", 24 * 3600
_FORM = "1"
"""Raised when what is kept changes its form."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A store on disk, the sorted N-Quads that it holds, and the addresses of all documents, a line each."""

    store: Path
    quads: Path
    documents: Path
    digest: str


def kept(folder: Path, *, id_: str, base: str, cache: Path) -> Kept:
    """The store of a release, made if it is not there yet.

    Raises `InputError` for a release without N-Quads or without their checksum.
    """
    digest = stated_digest(folder, f"{id_}.nq")
    quads = folder / f"{id_}.nq"
    target = cache / "served" / f"{_FORM}-{digest}"
    if not (target / "documents").is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=target.parent, prefix=_BUILDING))
        try:
            _make(folder, quads, building, base)
            with suppress(OSError):  # another process was faster: its folder is the same
                building.rename(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        forget(target)
    with suppress(OSError):
        os.utime(target)
    unpacked = target / "quads.nq"
    return Kept(target / "store", unpacked if unpacked.is_file() else quads, target / "documents", digest)


def stated_digest(folder: Path, name: str) -> str:
    """The SHA-256 that a release states for one of its files; raises `InputError` where it states none."""
    path = folder / SUMS
    try:
        listed = dict(line.split("  ", 1)[::-1] for line in path.read_text("utf-8").splitlines() if "  " in line)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read", where=str(path), remedy="name a whole release") from error
    digest = listed.get(name, "")
    if len(digest) != 64 or not digest.isalnum():
        raise InputError(f"states no SHA-256 of {name}", where=str(path), remedy="name a whole release")
    return digest


def _make(folder: Path, quads: Path, building: Path, base: str) -> None:
    if not quads.is_file():
        packed = quads.with_name(f"{quads.name}.zst")
        if not packed.is_file():
            remedy = "fetch it too: `kzlod get … --format nq`"
            raise InputError("is not there", where=str(quads), remedy=remedy)
        from kzlod.quads.unpack import unpack

        quads = building / "quads.nq"
        unpack(packed, quads, shown=str(packed))
    try:
        store = ox.Store(building / "store")
        store.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        del store
    except (SyntaxError, OSError, ValueError) as error:
        remedy = "see `kzlod verify`"
        raise InputError(f"cannot be loaded into a store: {error}", where=str(quads), remedy=remedy) from error
    _write_documents(quads, building / "documents.part", base)
    (building / "documents.part").rename(building / "documents")


def _write_documents(quads: Path, target: Path, base: str) -> None:
    """Write the address of each document, without the base: the IRIs of subjects below it, less their fragments."""
    start = f"<{base}".encode()
    last, fragmented, subject = b"", set[bytes](), b""
    with target.open("wb") as file:
        for line in SortedLines.of_file(quads):
            if line.startswith(subject + b" ") or not line.startswith(start):
                continue
            subject = line[: line.index(b" ")]
            path, mark, _ = subject[len(start) : -1].partition(b"#")
            if mark:
                fragmented.add(path)
            if path and path != last and not (path in fragmented and not mark):
                file.write(path + b"\n")
            last = path


def forget(target: Path) -> None:
    """Remove the oldest of what is kept beside a folder, and what a process that was killed has left."""
    for stale in target.parent.glob(f"{_BUILDING}*"):
        if time.time() - stale.stat().st_mtime > _STALE:
            shutil.rmtree(stale, ignore_errors=True)
    there = [path for path in target.parent.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for path in sorted(there, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        if path != target:
            shutil.rmtree(path, ignore_errors=True)
