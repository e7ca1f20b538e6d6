"""The changes of a release as its files: for people, for programs, and as a patch for a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kzlod.diff.compute import Diff
from kzlod.diff.patch import rdf_patch, sparql_update
from kzlod.diff.report import markdown, to_json
from kzlod.errors import ReleaseError

FORMATS: dict[str, tuple[str, Callable[[Diff], Iterator[str]]]] = {
    "markdown": ("changes.md", markdown),
    "json": ("changes.json", to_json),
    "patch": ("changes.rdfp", rdf_patch),
    "update": ("changes.ru", sparql_update),
}
"""By name: the file of a release that holds it, and what writes it, in pieces."""


def write_changes(diff: Diff, folder: Path) -> None:
    """Write `changes.md`, `changes.json`, `changes.rdfp` and `changes.ru` into a folder.

    Raises `ReleaseError` where they cannot be written.
    """
    for name, pieces in FORMATS.values():
        try:
            with (folder / name).open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(pieces(diff))
        except OSError as error:
            remedy = "free space, or name another folder with --out"
            raise ReleaseError(
                f"cannot be written: {error.strerror or error}", where=str(folder / name), remedy=remedy
            ) from error
