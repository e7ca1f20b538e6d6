"""Building a release: all dumps of a dataset in one folder, whole or not at all, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kzlod.dataset import Dataset
from kzlod.errors import ReleaseError
from kzlod.formats import FORMATS
from kzlod.quads.write import write
from kzlod.release.files import SUMS, File, listed
from kzlod.release.folder import building, point, put


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its folder, how many triples it holds, the hash of its canonical N-Quads, its files."""

    path: Path
    triples: int
    digest: str
    files: tuple[File, ...]
    new: bool
    """False where the same bytes were there before."""


def build(
    dataset: Dataset, out: Path, *, replace: bool = False, step: Callable[[str], None] = lambda _: None
) -> Release:
    """Build the release of a dataset's version below `out`, and point `latest` to it.

    `step` is told what is being written. The dataset is published as it is: check it first. Raises `ReleaseError` where
    the folder cannot be written, or the version exists with other bytes and `replace` is false.
    """
    project = dataset.project
    parent = out / project.id
    target = parent / project.version
    with building(parent) as folder:
        for format_ in FORMATS:
            step(format_.title)
            write(dataset.table, format_, folder / f"{project.id}{format_.suffix}", prefixes=project.prefixes)
        step("checksums")
        files = tuple(listed(folder))
        sums = _sums(files)
        (folder / SUMS).write_text(sums, "utf-8")
        same = _same(target, sums)
        if not same:
            if target.exists() and not replace:
                remedy = "raise the version in kzlod.toml, or give --replace to write over it"
                raise ReleaseError(
                    f"version {project.version} exists with other bytes", where=str(target), remedy=remedy
                )
            put(folder, target)
        point(parent / "latest", project.version)
    digest = next(file.sha256 for file in files if file.path.endswith(".nq"))
    return Release(target, len(dataset.table), digest, files, new=not same)


def _same(target: Path, sums: str) -> bool:
    """Whether a folder holds exactly the files of a list of checksums, with those bytes, and the list itself."""
    path = target / SUMS
    return path.is_file() and path.read_text("utf-8") == sums == _sums(listed(target))


def _sums(files: Iterable[File]) -> str:
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)
