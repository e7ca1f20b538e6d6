"""The files of a release as its page has them: by what they are for, with the whole dataset first."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from glob import escape
from itertools import groupby

from kzlod.release.files import CATALOGUE, SUMS, File

_PURPOSES = {
    "files_dataset": ("{id}.ttl*", "{id}.nq*", "{id}.trig*", "{id}.jsonld*", "{id}.nt*", "{id}.rdf*"),
    "files_facts": ("facts.csv*", "facts.*"),
    "files_csv": ("tables/*.json", "tables/*.csv*"),
    "files_parquet": ("tables/*.parquet*",),
    "files_sources": ("subsets/source-*",),
    "files_tables": ("subsets/table-*",),
    "files_links": ("links/*", "subsets/links-*"),
    "vocabularies": ("vocabulary/*",),
    "files_shapes": ("report.*", "shapes/*"),
    "queries": ("queries/*",),
    "changes": ("changes.md", "changes.*"),
    "files_about": (SUMS, CATALOGUE, "*"),
}
"""What files are for, in the words of pages, and the paths of such files: both in the order of the page."""


def by_purpose(files: Iterable[File], id_: str) -> dict[str, list[File]]:
    """The files of a release in groups; `id_` is the dataset's, which the names of its dumps begin with.

    >>> files = [File(path, 1, "") for path in ("notes.txt", "oslo.nq", "oslo.ttl", "tables/towns.csv")]
    >>> {purpose: [file.path for file in group] for purpose, group in by_purpose(files, "oslo").items()}
    {'files_dataset': ['oslo.ttl', 'oslo.nq'], 'files_csv': ['tables/towns.csv'], 'files_about': ['notes.txt']}
    """
    paths = [(purpose, path.format(id=escape(id_))) for purpose, paths in _PURPOSES.items() for path in paths]

    def place(file: File) -> int:
        return next(number for number, (_, path) in enumerate(paths) if fnmatchcase(file.path, path))

    ordered = sorted(files, key=lambda file: (place(file), file.path))
    return {purpose: list(group) for purpose, group in groupby(ordered, key=lambda file: paths[place(file)][0])}
