"""Starting a dataset: a folder with everything that a dataset has, and a tiny example that checks and builds at once.

What is written is `template/`, itself a sound dataset, with four texts in it replaced: where its IRIs begin, its id,
its title and its date.
"""

from __future__ import annotations

import datetime
import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from kzlod.errors import ProjectError
from kzlod.project import FILE, ID
from kzlod.terms import is_iri

_BASE, _ID, _TITLE, _DATE = "https://base.invalid/", "dataset-id", "Dataset title", "0001-01-01"
_MARKER = re.compile("|".join(map(re.escape, (_BASE, _ID, _TITLE, _DATE))))
# No query, fragment, user, `.` or `..`: each would be another IRI once resolved, or none that the terms fit behind.
_WEB = re.compile(r"https?://[^/?#@:\[\]]+(:\d+)?/((?!\.\.?/)[^/?#\[\]]+/)*")


@dataclass(frozen=True, slots=True)
class NewDataset:
    """A dataset that was started: its folder, and its files as paths from there."""

    root: Path
    id: str
    base: str
    title: str
    files: tuple[str, ...]


def init(
    folder: Path,
    *,
    id: str | None = None,
    base: str | None = None,
    title: str | None = None,
    date: datetime.date | None = None,
) -> NewDataset:
    """Start a dataset in a folder that is empty or not there yet.

    `id` names the dataset and its dumps (default: the folder's name), `base` is where its IRIs begin (default:
    `https://example.org/<id>/`), `title` is in English (default: the id in words), `date` is that of its first version
    (default: today). Raises `ProjectError` for an id, base or title that cannot be one, a folder that holds anything,
    a file in its place, and a place that cannot be written; then nothing is there that was not there before.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = init(Path(folder) / "old-bridges")
    >>> made.id, made.base, made.title, made.files[-1]
    ('old-bridges', 'https://example.org/old-bridges/', 'Old bridges', 'tests/shapes/thing/pass.ttl')
    """
    root = _vacant(folder)
    id = _id(root.name) if id is None else id
    if not ID.fullmatch(id):
        raise ProjectError(f"the id {id!r} is not lower-case letters, digits and hyphens", remedy="such as my-dataset")
    base = f"https://example.org/{id}/" if base is None else base
    if not is_iri(base) or not _WEB.fullmatch(base):
        remedy = "write one such as https://example.org/my-dataset/"
        raise ProjectError(f"the base {base!r} is no web address that ends in /", remedy=remedy)
    title = id.replace("-", " ").capitalize() if title is None else unicodedata.normalize("NFC", title.strip())
    if not title or any(unicodedata.category(char) in ("Cc", "Cs", "Cn", "Zl", "Zp") for char in title):
        raise ProjectError(f"the title {title!r} is empty, or has characters that are no text", remedy="write one line")
    values = {_BASE: base, _ID: id, _TITLE: title, _DATE: (date or datetime.date.today()).isoformat()}
    texts = {name: _filled(name, text, values) for name, text in _template()}
    _write(root, texts)
    return NewDataset(root, id, base, title, tuple(sorted(texts)))


def _id(name: str) -> str:
    """The id that a folder's name makes: without accents, in lower case, hyphens for all that is no letter or digit.

    >>> _id("Old brücke_2")
    'old-brucke-2'
    """
    plain = unicodedata.normalize("NFKD", name)
    id = "-".join(re.findall("[a-z0-9]+", re.sub(r"[^\x00-\x7f]", "", plain).lower()))
    if not id or any(char.isalnum() and not char.isascii() for char in plain):
        raise ProjectError(f"the folder's name {name!r} makes no id", remedy="give one with --id")
    return id


def _vacant(folder: Path) -> Path:
    """The folder's whole path; raises `ProjectError` where it is no place for a dataset."""
    try:
        root = folder.resolve()
        nearest = _nearest(root)
        if not nearest.is_dir():
            raise ProjectError("is a file, not a folder", where=str(nearest), remedy="name another place")
        if nearest == root and any(root.iterdir()):
            remedy = "name a folder that is empty or not there yet"
            raise ProjectError("holds files already", where=str(folder), remedy=remedy)
    except (OSError, RuntimeError) as error:  # before Python 3.13 a loop of links is a RuntimeError
        raise _cannot(folder, error) from error
    return root


def _nearest(path: Path) -> Path:
    """The nearest of a path and its parents that is there."""
    return next(candidate for candidate in (path, *path.parents) if candidate.exists())


def _cannot(folder: Path, error: OSError | RuntimeError) -> ProjectError:
    reason = getattr(error, "strerror", None) or error
    return ProjectError(f"cannot be written: {reason}", where=str(folder), remedy="free it, or name another place")


def _template() -> Iterator[tuple[str, str]]:
    """The template's files, by their paths from its top."""

    def walk(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[str, str]]:
        for entry in folder.iterdir():
            if entry.is_dir():
                yield from walk(entry, path / entry.name)
            else:
                yield str(path / entry.name), entry.read_bytes().decode()

    return walk(files("kzlod") / "template", PurePosixPath())


def _filled(name: str, text: str, values: Mapping[str, str]) -> str:
    # All at once: a value may hold what another marker reads. A string of JSON is one of TOML too, but for U+007F.
    escape = name.endswith(".toml")
    return _MARKER.sub(lambda m: json.dumps(values[m[0]], ensure_ascii=False)[1:-1] if escape else values[m[0]], text)


def _write(root: Path, texts: Mapping[str, str]) -> None:
    """Write the files beside where they will stand, and move them there in one step.

    Where the folder is there already its entries are moved one by one, `kzlod.toml` last, so that what a killed run
    leaves is no project.
    """
    nearest = _nearest(root)
    moved: list[Path] = []
    staging: Path | None = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=".kzlod-init-", dir=nearest))
        inner = staging / root.relative_to(nearest)
        for name, text in texts.items():
            path = inner / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        for entry in sorted(staging.iterdir(), key=lambda entry: entry.name == FILE):
            entry.rename(nearest / entry.name)
            moved.append(nearest / entry.name)
    except OSError as error:
        for path in moved:
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise _cannot(root, error) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
