"""What lies at a path, opened as an Oxigraph store: a release's folder, an RDF file, a store on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import InputError
from kzlod.formats import by_suffix
from kzlod.quads.dump import dump
from kzlod.quads.read import ox_format, syntax
from kzlod.quads.unpack import SUFFIXES, unpack

_REMEDY = "name a release's folder, an RDF file, or the folder of an Oxigraph store"


def opened(path: Path) -> ox.Store:
    """The data at a path, its kind found out by what lies there.

    A folder with a file `CURRENT` is an Oxigraph store (RocksDB has one), and is not written to. Any other folder is a
    release, or holds a dataset's releases with the link `latest`; its N-Quads are read. A file is RDF of the format
    that its name says, perhaps compressed (`.gz`, `.zst`). Raises `InputError` for all else.
    """
    where = str(path)
    if (path / "CURRENT").is_file():
        try:
            return ox.Store.read_only(str(path))
        except (OSError, ValueError, RuntimeError) as error:
            message = f"cannot be opened as an Oxigraph store: {error}"
            raise InputError(message, where=where, remedy="stop what writes to it, or load it anew") from error
    if path.is_dir():
        return _loaded(dump(path, remedy=_REMEDY))
    if path.is_file():
        return _loaded(path)
    raise InputError("is no file" if path.exists() else "is not there", where=where, remedy=_REMEDY)


def _loaded(path: Path) -> ox.Store:
    if path.suffix not in SUFFIXES:
        return _filled(path, path, path.name)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "unpacked"
        unpack(path, plain, shown=str(path))
        return _filled(plain, path, path.stem)


def _filled(plain: Path, path: Path, name: str) -> ox.Store:
    """A store with what a file holds; `name` says its format, and `path` is where messages say that it is."""
    format_ = by_suffix(name)
    store = ox.Store()
    with syntax(format_, str(path)):
        store.bulk_load(path=str(plain), format=ox_format(format_), base_iri=path.resolve().as_uri())
    return store
