"""A project's quads as N-Quads, made once for the same inputs: what a query needs, without reading tables again.

A snapshot is a file in a folder of caches, named by the digest of everything that it depends on: the inputs, byte for
byte, and the package. What is not the same has another name, so no snapshot is out of date; the oldest are removed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kzlod.project import FILE, Project

_KEPT = 8


def quads(project: Project, *, cache: Path | None = None) -> bytes:
    """The quads of a project as N-Quads, in no order.

    With a folder `cache` they are kept there for the next time; a folder that cannot be written is passed over. Raises
    `FindingsError` where the project's tables are not sound.

    >>> b"<https://" in quads(Project.reference())
    True
    """
    kept = cache / f"{digest(project)}.nq" if cache else None
    if kept and kept.is_file():
        with suppress(OSError):
            os.utime(kept)
            return kept.read_bytes()
    made = _read(project)
    if kept:
        with suppress(OSError):
            _keep(kept, made)
    return made


def _read(project: Project) -> bytes:
    from kzlod.dataset import Dataset

    with Dataset.open(project) as dataset:
        return "".join(dataset.sound().table.texts()).encode()


def digest(project: Project, *, also: tuple[str, ...] = ()) -> str:
    """SHA-256 of the inputs of the quads and of the folders `also`, and of the package's files by name, size, time."""
    sha = hashlib.sha256()
    for path in _inputs(project, ("data", "ontology", *also)):
        content = path.read_bytes()
        sha.update(f"{project.shown(path)}\0{len(content)}\0".encode())
        sha.update(content)
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".ttl"):
            found = path.stat()
            sha.update(f"{path.name}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return sha.hexdigest()


def _inputs(project: Project, folders: tuple[str, ...]) -> Iterator[Path]:
    yield project.root / FILE
    for folder in folders:
        yield from sorted(path for path in (project.root / folder).rglob("*") if path.is_file())


def _keep(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(target)
    newest = sorted(target.parent.glob("*.nq"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[_KEPT:]:
        path.unlink(missing_ok=True)
