"""Building a release: a dataset in one folder in every form, whole or not at all, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kzlod.dataset import Dataset
from kzlod.diff import changes, dropped_iris, write_changes
from kzlod.errors import FindingsError, ReleaseError
from kzlod.findings import Finding
from kzlod.release.catalogue import describe
from kzlod.release.dumps import write_dumps
from kzlod.release.facts import write_facts
from kzlod.release.files import SUMS, File, listed
from kzlod.release.folder import building, point, put
from kzlod.release.report import write_report
from kzlod.release.subsets import write_subsets
from kzlod.release.tables import write_tables
from kzlod.release.verbatim import write_verbatim
from kzlod.release.versions import order

LATEST = "latest"
WITHDRAWN = "data/withdrawn.csv"
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its folder, how many triples it holds, the hash of its canonical N-Quads, its files."""

    path: Path
    triples: int
    digest: str
    files: tuple[File, ...]
    new: bool
    """False where the same bytes were there before."""
    previous: str
    """The version that it was compared with, empty where there was none."""


def build(
    dataset: Dataset,
    out: Path,
    *,
    findings: Sequence[Finding] = (),
    replace: bool = False,
    previous: Path | None = None,
    step: Step = lambda _: None,
) -> Release:
    """Build the release of a dataset's version below `out`, and point `latest` to it.

    `findings` are what the gate found, for the release's report; `previous` is the folder of the release before, by
    default that of the greatest version below this one in `out`; `step` is told what is being written.

    Raises `FindingsError` where `findings` has errors, or an IRI of the previous release is gone that
    `data/withdrawn.csv` does not list; `ReleaseError` where the folder cannot be written, or the version exists with
    other bytes and `replace` is false.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise FindingsError(errors)
    project = dataset.project
    parent = out / project.id
    target = parent / project.version
    with building(parent) as folder:
        before = previous or _previous(parent, project.version)
        write_dumps(dataset, folder, step=step)
        _write_rest(dataset, folder, findings, step)
        if before:
            step(f"changes since {before.name}")
            _write_changes(dataset, folder, before)
        step("catalogue")
        written = tuple(listed(folder))
        described = describe(dataset, folder, written, previous=before.name if before else "")
        files = tuple(sorted((*written, *described), key=lambda file: file.path.encode()))
        sums = _sums(files)
        (folder / SUMS).write_text(sums, "utf-8")
        same = _same(target, sums)
        if not same:
            if target.exists() and not replace:
                remedy = "raise the version in kzlod.toml, or give --replace to write over it"
                message = f"version {project.version} exists with other bytes"
                raise ReleaseError(message, where=str(target), remedy=remedy)
            put(folder, target)
        point(parent / LATEST, project.version)
    digest = next(file.sha256 for file in files if file.path == f"{project.id}.nq")
    return Release(target, len(dataset.table), digest, files, not same, before.name if before else "")


def _write_rest(dataset: Dataset, folder: Path, findings: Sequence[Finding], step: Step) -> None:
    step("tables")
    write_tables(dataset, folder)
    step("facts")
    write_facts(dataset, folder)
    step("subsets")
    write_subsets(dataset, folder)
    write_verbatim(dataset, folder)
    write_report(dataset, folder, findings)


def _write_changes(dataset: Dataset, folder: Path, before: Path) -> None:
    project = dataset.project
    with changes(before, dataset.table, project=project, dump=folder / f"{project.id}.nq") as diff:
        gone = dropped_iris(diff, project.base)
        if gone:
            remedy = f"keep it, or say in {WITHDRAWN} why it is withdrawn and what replaces it"
            raise FindingsError(
                Finding(WITHDRAWN, None, None, "release.dropped", f"{iri} of version {before.name} is gone", remedy)
                for iri in gone
            )
        write_changes(diff, folder)


def _previous(parent: Path, version: str) -> Path | None:
    """The folder of the greatest version below a version, if there is one."""
    folders = (path for path in parent.iterdir() if (path / SUMS).is_file() and not path.is_symlink())
    earlier = [path for path in folders if order(path.name) < order(version)]
    return max(earlier, key=lambda path: order(path.name), default=None)


def _same(target: Path, sums: str) -> bool:
    """Whether a folder holds exactly the files of a list of checksums, with those bytes, and the list itself."""
    path = target / SUMS
    return path.is_file() and path.read_bytes() == sums.encode() and _sums(listed(target)) == sums


def _sums(files: Iterable[File]) -> str:
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)
