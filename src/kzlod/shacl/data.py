"""What validation is given: files, rdflib graphs, pyoxigraph stores and triples; as one source, as a shapes graph."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pyoxigraph as ox

from kzlod.errors import InputError
from kzlod.formats import NQUADS, NTRIPLES, by_suffix
from kzlod.quads import QuadTable
from kzlod.quads.dump import dump
from kzlod.quads.load import load_file, load_lines
from kzlod.quads.read import token
from kzlod.quads.scan import Scan
from kzlod.quads.sqltext import text
from kzlod.quads.unpack import SUFFIXES, unpack
from kzlod.shacl.foreign import triples_of
from kzlod.shacl.graph import Graph, read_files
from kzlod.shacl.source import Source

if TYPE_CHECKING:
    import rdflib

    Item = str | os.PathLike[str] | rdflib.Graph | ox.Store | ox.Triple | ox.Quad
    Given = Item | Iterable[Item]

_SCANNED = (NTRIPLES, NQUADS)
_REMEDY = "name an RDF file, or the folder of a release"


def _parts(given: Given) -> list[Any]:
    """What was given, one by one: a path, a graph, all single triples together as a list."""
    items = [given] if isinstance(given, (str, os.PathLike)) or _is_graph(given) else list(given)
    whole = [item for item in items if isinstance(item, (str, os.PathLike)) or _is_graph(item)]
    terms = [item for item in items if not (isinstance(item, (str, os.PathLike)) or _is_graph(item))]
    return [*whole, terms] if terms else whole


def paths_of(given: Given) -> list[str | os.PathLike[str]]:
    """The paths that were given; raises `InputError` for what is none."""
    parts = _parts(given)
    if not all(isinstance(part, (str, os.PathLike)) for part in parts):
        raise InputError("the engine spark validates files", remedy="write the graph to a file of N-Quads")
    return parts


def _is_graph(item: object) -> bool:
    """Whether something is a graph of triples or quads, of one library or the other."""
    rdflib = sys.modules.get("rdflib")
    return isinstance(item, (ox.Store, ox.Dataset)) or (rdflib is not None and isinstance(item, rdflib.Graph))


def _triples(graph: Any) -> Iterator[tuple[str, str, str]]:
    """The triples of such a graph, or of a list of triples, as tokens."""
    if isinstance(graph, (ox.Store, ox.Dataset, list)):
        return ((token(t.subject), token(t.predicate), token(t.object)) for t in graph)
    return triples_of(graph)


def _labelled(triples: Iterable[tuple[str, str, str]], apart: str) -> Iterator[tuple[str, str, str]]:
    """The triples, their blank nodes with other labels."""
    if not apart:
        yield from triples
        return
    for s, p, o in triples:
        yield tuple(f"_:{apart}{term[2:]}" if term.startswith("_:") else term for term in (s, p, o))  # type: ignore[misc]


def shapes_graph(given: Given) -> Graph:
    """A shapes graph that is given as files, graphs or triples; what a Turtle file declares as prefixes comes along."""
    files = Files()
    try:
        paths, graph = dict[str, Path](), Graph()
        for number, item in enumerate(_parts(given)):
            if isinstance(item, (str, os.PathLike)):
                paths[str(item)] = files.plain(Path(item))
            else:
                for s, p, o in _labelled(_triples(item), f"g{number}x"):
                    graph.add(s, p, o)
        if paths:
            read = read_files(paths)
            for s, p, o in graph.triples():
                read.add(s, p, o)
            return read
        return graph
    finally:
        files.close()


class Files:
    """Paths as files that can be read: a release's folder is its N-Quads, what is compressed is unpacked."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._folder: Path | None = None
        self._count = 0

    def close(self) -> None:
        """Remove what was unpacked."""
        self._stack.close()

    def plain(self, path: Path) -> Path:
        """A file that holds what the path stands for, its suffix that of its format.

        Raises `InputError` for what is not there, is no file, or whose name says no RDF format.
        """
        if path.is_dir():
            path = dump(path, remedy=_REMEDY)
        if not path.is_file():
            message = "is no file" if path.exists() else "is not there"
            raise InputError(message, where=str(path), remedy=_REMEDY)
        if path.suffix not in SUFFIXES:
            by_suffix(path)
            return path
        by_suffix(path.stem)
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="kzlod-")))
        self._count += 1
        target = self._folder / f"{self._count}{Path(path.stem).suffix}"
        unpack(path, target, shown=str(path))
        return target


class Data:
    """A table of quads, and files of N-Triples and N-Quads that are scanned where they lie.

    >>> import pyoxigraph as ox
    >>> with Data([ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.BlankNode("b"))]) as data:
    ...     print(data.table.sql.sql(data.source.query()).fetchall())
    [('<http://e/s>', '<http://e/p>', '_:b')]
    """

    def __init__(self, given: Given) -> None:
        self.table, self.prefixes, self._files = QuadTable(), dict[str, str](), Files()
        self._scans: dict[Scan, str] = {}
        self._stored = False
        try:
            parts = _parts(given)
            for number, item in enumerate(parts):
                # What is put into labels of blank nodes, so that two parts share none.
                apart = f"f{number}x" if len(parts) > 1 else ""
                if isinstance(item, (str, os.PathLike)):
                    self._file(Path(item), apart)
                else:
                    self.add(_labelled(_triples(item), apart))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Data:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the data; a report keeps the database open for its results."""
        self._files.close()
        self.table.sql.execute("DROP TABLE IF EXISTS quads CASCADE")

    def _file(self, path: Path, apart: str) -> None:
        plain = self._files.plain(path)
        if by_suffix(plain) in _SCANNED:
            self._scans[Scan(plain, apart)] = str(path)
        else:
            self.prefixes |= load_file(self.table, plain, shown=str(path), apart=apart)
            self._stored = True

    def add(self, triples: Iterable[tuple[str, str, str]]) -> None:
        """Add triples of tokens that nothing says the place of."""
        triples = iter(triples)
        if first := next(triples, None):
            self.table.add(((s, p, o, "", 0) for s, p, o in chain([first], triples)), self.table.source(""))
            self._stored = True

    @property
    def source(self) -> Source:
        """The triples as a query."""
        return Source(tuple(self._scans), self._stored)

    def load(self) -> None:
        """Put what would be scanned into the table: slower, but lines of every form are read."""
        for scan, shown in self._scans.items():
            load_lines(self.table, scan, shown=shown)
            self._stored = True
        self._scans = {}

    def is_empty(self) -> bool:
        """Whether there is no triple at all."""
        try:
            if any(self.table.sql.execute(scan.some()).fetchall() for scan in self._scans):
                return False
        except duckdb.InvalidInputException:  # what cannot be scanned is loaded
            pass
        self.load()
        return not self.table.sql.execute("SELECT 1 FROM quads LIMIT 1").fetchall()

    def place(self, sql: duckdb.DuckDBPyConnection) -> None:
        """Say where the results in the table `kept` come from: fill the table `place`.

        That is the line of the triple that a result is about; else the first that has its focus node and predicate;
        else the first of its focus node.
        """
        sql.execute("CREATE TEMP TABLE wanted AS SELECT DISTINCT focus, path, value FROM kept")
        rows = [
            f"SELECT s, p, o, {text(shown)}, n FROM ({scan.rows(scan.numbered())})"
            for scan, shown in self._scans.items()
        ]
        if self._stored:
            rows.append("SELECT s, p, o, path, line FROM placed WHERE path <> ''")
        nearness = "CASE WHEN q.p <> w.path THEN 2 WHEN q.o <> w.value THEN 1 ELSE 0 END"
        sql.execute(
            "INSERT INTO place SELECT focus, path, value,"
            " best[1] || CASE WHEN best[2] > 0 THEN ':' || best[2] ELSE '' END FROM ("
            f"SELECT w.*, arg_min((file, line), ({nearness}, file, line)) AS best FROM wanted w"
            f" JOIN ({' UNION ALL '.join(rows)}) q(s, p, o, file, line) ON q.s = w.focus GROUP BY ALL)"
        )
        sql.execute("DROP TABLE wanted")
