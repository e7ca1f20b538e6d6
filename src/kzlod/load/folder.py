"""An Oxigraph store on disk, opened by this process alone, and filled by its bulk loader."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kzlod.errors import LoadError
from kzlod.load.profile import FOLDER, Profile
from kzlod.load.target import Row
from kzlod.quads.read import token


class Folder:
    """A folder with an Oxigraph store, made where it is not there.

    Raises `LoadError` for a folder that holds something else, and for one that is in use.
    """

    profile: Profile = FOLDER

    def __init__(self, path: Path) -> None:
        self.shown = str(path)
        self._path = path
        self._aside, self._new = (path.with_name(f".{path.name}.{part}") for part in ("replaced", "loading"))
        if self._aside.is_dir() and not path.exists():
            # A replacement ended between its two renames.
            self._aside.rename(path)
        if path.exists() and not path.is_dir():
            raise LoadError("is no folder", where=self.shown, remedy="name a folder for an Oxigraph store")
        if path.is_dir() and any(path.iterdir()) and not (path / "CURRENT").is_file():
            remedy = "name an empty folder, or one that holds such a store"
            raise LoadError("is no Oxigraph store, and not empty", where=self.shown, remedy=remedy)
        self._store = self._open(path)

    def _open(self, path: Path) -> ox.Store:
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            return ox.Store(path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            said = error.strerror or str(error)
            if "lock" in said.lower():
                remedy = "stop the server that has it open, or load through the server"
                raise LoadError("is in use", where=self.shown, remedy=remedy) from error
            remedy = "free space, and run it again" if "space" in said or "too large" in said else "run it again"
            raise LoadError(f"cannot be read or written: {said}", where=self.shown, remedy=remedy) from error

    def close(self) -> None:
        """Let others open the folder."""
        # A store is closed when nothing refers to it any more.
        del self._store

    def select(self, sparql: str) -> Iterator[Row]:
        """The rows of a SELECT."""
        with self._translated():
            answer = self._store.query(sparql)
            assert isinstance(answer, ox.QuerySolutions)
            for solution in answer:
                yield tuple(token(term) for term in solution if term is not None)

    def update(self, sparql: str) -> None:
        """Carry out an update, as one transaction."""
        with self._translated():
            self._store.update(sparql)

    def add(self, lines: Iterator[bytes], graph: str) -> None:
        """Add N-Triples by the bulk loader."""
        self._load(self._store, lines, graph)

    def put(self, lines: Iterator[bytes], graph: str) -> None:
        """Fill a new store beside this one, with the other graphs that this one has, and let it take its place."""
        with self._translated():
            shutil.rmtree(self._new, ignore_errors=True)
            new = self._open(self._new)
            self._load(new, lines, graph)
            kept = ox.NamedNode(graph) if graph else ox.DefaultGraph()
            for name in (ox.DefaultGraph(), *self._store.named_graphs()):
                if name != kept:
                    new.bulk_extend(self._store.quads_for_pattern(None, None, None, name))
            new.flush()
            del new
            self.close()
            shutil.rmtree(self._aside, ignore_errors=True)
            self._path.rename(self._aside)
            self._new.rename(self._path)
            self._store = self._open(self._path)
            shutil.rmtree(self._aside)

    def clear(self, graph: str) -> None:
        """Empty a graph."""
        with self._translated():
            self._store.clear_graph(ox.NamedNode(graph) if graph else ox.DefaultGraph())

    def _load(self, store: ox.Store, lines: Iterator[bytes], graph: str) -> None:
        to_graph = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        with self._translated():
            # Lenient: the lines are canonical, which has been proved.
            store.bulk_load(
                io.BufferedReader(_Pieces(lines), 1 << 20), ox.RdfFormat.N_TRIPLES, to_graph=to_graph, lenient=True
            )


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken
