"""The releases of a dataset that stand in one folder, as `kzlod build` puts them there: each by its own catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kzlod.errors import InputError
from kzlod.release.files import CATALOGUE, SUMS, File, sha256
from kzlod.release.published import catalogue_of, encoded, escapes, facts, printable, read_catalogue
from kzlod.vocab import DCAT, DCTERMS

CHANGES = "changes.md"


@dataclass(frozen=True)
class Version:
    """A release in its folder: its IRI, its version, the day of it, the IRI of the release before (empty for none).

    `listed` are all files that its catalogue describes, `titles` say in words what each is, by its path.
    """

    folder: Path
    iri: str
    version: str
    issued: str
    before: str
    listed: tuple[File, ...]
    titles: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Version:
        """Read a release's catalogue; raises `InputError` where it is not there or cannot be used."""
        path, content = folder / CATALOGUE, catalogue_of(folder)
        published = read_catalogue(content, where=str(path))
        said = facts(content, where=str(path))
        release, address = said[published.iri], published.iri + "/"
        words = {
            url: printable(title)
            for known in said.values()
            for url in known.get(DCAT + "downloadURL", ())
            for title in known.get(DCTERMS + "title", ())[:1]
        }
        return cls(
            folder=folder,
            iri=published.iri,
            version=published.version,
            issued=next(iter(release.get(DCTERMS + "issued", ())), ""),
            before=next(iter(release.get(DCAT + "prev", ())), ""),
            listed=published.files,
            titles={file.path: words.get(address + encoded(file.path), "") for file in published.files},
        )

    @cached_property
    def files(self) -> Mapping[str, File]:
        """The files that are here, the catalogue and the list of checksums among them, by their path in the folder."""
        files = {file.path: file for file in self.listed if not escapes(file.path)}
        for name in (CATALOGUE, SUMS):
            if (self.folder / name).is_file():
                files[name] = File(name, (self.folder / name).stat().st_size, sha256(self.folder / name))
        return {path: file for path, file in sorted(files.items()) if self._is_inside(path)}

    def _is_inside(self, path: str) -> bool:
        """Whether a file is there, and no link leads out of the release with it."""
        whole = self.folder / path
        return whole.is_file() and whole.resolve().is_relative_to(self.folder)

    @cached_property
    def changes(self) -> str:
        """What changed since the release before, as Markdown; nothing where that is not here."""
        path = self.folder / CHANGES
        return path.read_text("utf-8", errors="replace") if CHANGES in self.files else ""


def beside(release: Version) -> tuple[Version, ...]:
    """A release and the others of its dataset that stand beside it, each in the folder of its version, newest first.

    What is no release, or one of another dataset, is passed over.
    """
    series, _, _ = release.iri.rpartition("/")
    found, folders = [release], list[Path]()
    with suppress(OSError):  # a folder that may be entered but not listed
        folders = sorted(release.folder.parent.iterdir())
    for folder in folders:
        if folder == release.folder or folder.is_symlink() or not (folder / CATALOGUE).is_file():
            continue
        try:
            other = Version.read(folder)
        except InputError:
            continue
        if other.iri == f"{series}/{folder.name}":
            found.append(other)
    return tuple(sorted(found, key=lambda one: order(one.version), reverse=True))


def order(version: str) -> tuple[tuple[int, str], ...]:
    """A version's place in the order of versions: its numbers as numbers.

    >>> order("1.9.0") < order("1.10.0")
    True
    """
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|[A-Za-z]+", version))
