"""Getting a published release: what there is, and its files, each whole and as the catalogue states or not at all."""

from __future__ import annotations

import fcntl
import glob
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from kzlod.errors import InputError, MismatchError, ReleaseError
from kzlod.formats import FORMATS
from kzlod.release.download import download, read, written
from kzlod.release.files import CATALOGUE, File, sha256
from kzlod.release.published import Published, encoded, read_catalogue
from kzlod.remote.patience import Patience

if TYPE_CHECKING:
    from httpx import Client

MOST = 64 << 20
"""How many bytes a catalogue, or another file that states no size of itself, may have."""
_PIECE = 1 << 20
_DEFAULTS = (".nt.zst", ".ttl", ".nt", ".nq")
_FORMATS = {format_.name: format_.suffix for format_ in FORMATS}
Progress = Callable[[File, int], None]


@dataclass(slots=True)
class Web:
    """A release on the web; `base` is the address of its folder, with a slash at the end."""

    base: str
    client: Client
    patience: Patience = field(default_factory=Patience)

    def document(self, path: str) -> bytes:
        """A small file of the release, whole; raises `MismatchError` where there is none."""
        found, content = read(self.client, self.shown(path), most=MOST, patience=self.patience)
        # `latest/` that leads to a version is that version from now on; an address that is no folder's is none.
        if found.endswith("/" + path) and found.startswith(("http://", "https://")):
            self.base = found.removesuffix(path)
        return content

    def bring(self, file: File, part: Path, progress: Callable[[int], None]) -> bool:
        """Bring a file of the size that is stated into `part`; returns whether some of it was there before."""
        url = self.shown(file.path)
        return download(self.client, url, part, size=file.size, patience=self.patience, progress=progress)

    def shown(self, path: str) -> str:
        """The address of a file of the release."""
        return self.base + encoded(path)


@dataclass(frozen=True, slots=True)
class Folder:
    """A release in a folder."""

    path: Path

    def document(self, path: str) -> bytes:
        """A small file of the release, whole; raises `MismatchError` where there is none."""
        with self._open(path) as file:
            content = file.read(MOST + 1)
        if len(content) > MOST:
            raise InputError(f"has more than {MOST:,} bytes, which no such document has", where=self.shown(path))
        return content

    def bring(self, file: File, part: Path, progress: Callable[[int], None]) -> bool:
        """Copy a file of the size that is stated to `part`; nothing of it was there before."""
        where, have = self.shown(file.path), 0
        with written(part), self._open(file.path) as source, part.open("wb") as target:
            while piece := source.read(_PIECE):
                have += len(piece)
                if have > file.size:
                    raise MismatchError(f"has more than the {file.size:,} bytes that the catalogue states", where=where)
                target.write(piece)
                progress(have)
        if have < file.size:
            raise MismatchError(f"has {have:,} bytes, the catalogue states {file.size:,}", where=where)
        return False

    def shown(self, path: str) -> str:
        """The path of a file of the release."""
        return str(self.path / path)

    @contextmanager
    def _open(self, path: str) -> Iterator[BinaryIO]:
        full = self.path / path
        if not full.resolve().is_relative_to(self.path.resolve()):
            raise MismatchError("leads out of the release's folder", where=str(full), remedy="do not trust it")
        if not full.is_file():
            raise MismatchError(
                "is not there", where=str(full), remedy="name the folder of a release, or its catalogue"
            )
        try:
            file = full.open("rb")
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=str(full)) from error
        with file:
            yield file


Source = Web | Folder
"""Where a release is published."""


@dataclass(frozen=True, slots=True)
class Got:
    """A file that was asked for: what it is, where it is now, whether it was fetched or there already."""

    file: File
    path: Path
    new: bool


def source(place: str, *, client: Client | None = None, patience: Patience | None = None) -> Source:
    """Where a release is: from the address of its folder or catalogue, or from a path.

    Raises `ReleaseError` for an address that is neither on the web nor a path.

    >>> source("dist/oslo/1.0.0/catalog.ttl").shown("oslo.nt")
    'dist/oslo/1.0.0/oslo.nt'
    """
    scheme, sign, _ = place.partition("://")
    if sign and scheme.lower() in ("http", "https"):
        try:
            parts = urlsplit(place)
        except ValueError as error:
            raise ReleaseError("is no address", where=place, remedy="write http(s)://host/folder/") from error
        if not parts.netloc or parts.query or parts.fragment:
            raise ReleaseError("is no address of a release's folder", where=place, remedy="leave out ? and #")
        if client is None:
            raise ReleaseError("is on the web, and no connection is opened", where=place, remedy="hand in a client")
        base = place.removesuffix(CATALOGUE)
        return Web(base if base.endswith("/") else base + "/", client, patience or Patience())
    if sign or re.match(r"file:", place, re.IGNORECASE):
        raise ReleaseError("is neither on the web nor a path", where=place, remedy="give http(s)://… or a folder")
    path = Path(place)
    return Folder(path.parent if path.name == CATALOGUE and not path.is_dir() else path)


def catalogue(origin: Source) -> Published:
    """What a release holds, as its catalogue says.

    Raises `MismatchError` where there is no catalogue, `InputError` for one that cannot be used.
    """
    return read_catalogue(origin.document(CATALOGUE), where=origin.shown(CATALOGUE))


def choose(published: Published, names: Sequence[str] = ()) -> tuple[File, ...]:
    """The files of a release that some names mean, in the catalogue's order; without names, the whole dataset.

    A name is a file's path, a format (`turtle`), a suffix (`.nt.zst`) or a pattern of paths (`tables/*.csv`). Raises
    `ReleaseError` for a name that means none of the files.
    """
    files = {file.path: file for file in published.files}
    if not names:
        found = next((path for end in _DEFAULTS if (path := published.id + end) in files), "")
        if not found:
            raise _unknown(published, "there is no dump of the whole dataset")
        return (files[found],)
    chosen: set[str] = set()
    for name in names:
        suffix = _FORMATS.get(name.lower(), "." + name.lstrip("."))
        dump = [path for stem in (published.id, "facts") if (path := stem + suffix) in files]
        found_here = [name] if name in files else dump[:1] or [path for path in files if fnmatchcase(path, name)]
        if not found_here:
            raise _unknown(published, f"there is no {name!r}")
        chosen.update(found_here)
    return tuple(file for path, file in files.items() if path in chosen)


def _unknown(published: Published, message: str) -> ReleaseError:
    paths = [file.path for file in published.files if "/" not in file.path]
    return ReleaseError(message, where=published.iri, remedy=f"--list shows all; some are {', '.join(paths[:12])}")


def get(
    place: str,
    *,
    names: Sequence[str] = (),
    out: Path = Path(),
    client: Client | None = None,
    patience: Patience | None = None,
    progress: Progress = lambda _, __: None,
) -> tuple[Got, ...]:
    """Get files of a release, from the web or from a folder, into a folder; what `names` may be, `choose` says.

    A file appears under its name when its size and SHA-256 are those that the catalogue states; until then the file
    that was there stays, and what has arrived is beside it with the suffix `.part`, where the next attempt goes on.
    Raises `MismatchError` for a file that is not as the catalogue states, `InputError` for a catalogue that cannot be
    used, `ReleaseError` for what cannot be had or written.
    """
    origin = source(place, client=client, patience=patience)
    return tuple(_get(origin, file, out, progress) for file in choose(catalogue(origin), names))


def _get(origin: Source, file: File, out: Path, progress: Progress) -> Got:
    target = out / file.path
    with written(target):
        if target.is_file() and target.stat().st_size == file.size and sha256(target) == file.sha256:
            return Got(file, target, new=False)
        target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{file.sha256[:8]}.part")
    with _alone(part):
        _complete(origin, file, part, progress)
        with written(target):
            part.replace(target)
            for stale in target.parent.glob(f"{glob.escape(target.name)}.{'[0-9a-f]' * 8}.part*"):
                stale.unlink()
    return Got(file, target, new=True)


def _complete(origin: Source, file: File, part: Path, progress: Progress) -> None:
    """Bring the whole file; where the rest does not fit what was there before, once more from the start."""
    resumed = origin.bring(file, part, partial(progress, file))
    if resumed and sha256(part) != file.sha256:
        os.truncate(part, 0)
        origin.bring(file, part, partial(progress, file))
    digest = sha256(part)
    if digest != file.sha256:
        part.unlink()
        message = f"its SHA-256 is {digest}, the catalogue states {file.sha256}"
        raise MismatchError(message, where=origin.shown(file.path), remedy="nothing was replaced; tell the publisher")


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    """Keep others from writing the same file meanwhile."""
    with written(part):
        lock = os.open(part, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ReleaseError("is being fetched already", where=str(part), remedy="wait for it") from error
        yield
    finally:
        os.close(lock)
