"""Converting tables to a file of RDF, by the executor that is fastest for each table.

    csvw.convert("trade.csv", "trade.nt.zst", metadata="trade.json", mode="minimal")

The file appears when it is whole, under its own name; what is wrong with the tables raises, and leaves no file.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from io import BufferedIOBase
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from kzlod.csvw import described, discover, iri
from kzlod.csvw.discover import dialect_of
from kzlod.csvw.fetch import BROKEN, Fetch, Response, is_plain
from kzlod.csvw.keys import Keys, Report
from kzlod.csvw.model import TableGroup
from kzlod.csvw.notation import N_TRIPLES, RECORDS, Notation
from kzlod.csvw.reported import Reported
from kzlod.csvw.rows import Mode, Run, Statement, at
from kzlod.errors import InputError, ReleaseError
from kzlod.findings import Finding
from kzlod.formats import FORMATS, NQUADS, NTRIPLES, Format, by_suffix, is_rdf

if TYPE_CHECKING:
    from kzlod.csvw.compiled import Output

Local = Literal["auto", "duckdb", "rows"]
"""The engines that run here."""
Engine = Local | Literal["spark"]
Progress = Callable[[int], None]
"""Called with how many bytes of the tables have been read since the last call."""

RULES = {
    "table.datatype": "datatype",
    "table.encoding": "encoding",
    "table.file": "url",
    "table.foreign-key": "foreignKeys",
    "table.format": "format",
    "table.header": "titles",
    "table.iri": "uriTemplate",
    "table.length": "length, minLength, maxLength",
    "table.line-ends": "lineTerminators",
    "table.primary-key": "primaryKey",
    "table.quote": "quoteChar",
    "table.ragged": "cells of a row",
    "table.range": "minimum, maximum",
    "table.required": "required",
    "table.size": "quoteChar, delimiter",
    "table.titles": "titles",
}
"""What the standard calls the rules that findings are about: properties of the Metadata Vocabulary, else terms."""

_SMALL = 1 << 17
"""Files of fewer bytes are read row by row: that is done before DuckDB has started."""
_LEVEL, _WORKERS = 1, 2
"""How hard zstd tries, and with how many workers: fixed, since the bytes depend on whether there are any."""
_AHEAD, _PIECE = 2, 1 << 18
"""How many outputs may wait to be written, and how much of one is at a time: more takes the system longer by half."""


def outputs(
    group: TableGroup, *, mode: Mode, provenance: bool = False, report: Report, engine: Local = "auto"
) -> Iterator[Output]:
    """The N-Triples of a group in large pieces, in the order of its rows, whichever engine makes them.

    Raises `InputError` where the engine `duckdb` is asked for, and a table uses what it cannot do.
    """
    pieces = _pieces(group, N_TRIPLES, mode=mode, provenance=provenance, report=report, engine=engine)
    return (piece for _, piece in pieces)


def records(group: TableGroup, *, report: Report, engine: Local = "auto") -> Iterator[tuple[int, Output]]:
    """What the cells of a group say (minimal mode), for `QuadTable.add_records`.

    In large pieces, each with the position of its table in the group, in the order of the rows.
    """
    return _pieces(group, RECORDS, mode="minimal", report=report, engine=engine)


def _pieces(
    group: TableGroup, notation: Notation, *, mode: Mode, provenance: bool = False, report: Report, engine: Local
) -> Iterator[tuple[int, Output]]:
    """The statements of a group in large pieces, with the positions of their tables."""
    from kzlod.csvw import compiled
    from kzlod.csvw.sqlkeys import SqlKeys
    from kzlod.csvw.sqlvalues import NotCompilableError

    def written(statements: Iterable[Statement]) -> bytes:
        return "".join(notation.written(statements)).encode()

    if engine == "auto" and not any(_is_large(table.url) for table in group.tables):
        engine = "rows"
    fresh = (f"_:b{number}" for number in count())
    node, started = "", described.now()
    with ExitStack() as stack:
        database = None if engine == "rows" else stack.enter_context(compiled.Engine())
        keyed = any(table.primary_key or table.foreign_keys for table in group.tables)
        keys = SqlKeys(group, report, database.sql) if database and keyed else Keys(group, report)
        if mode == "standard":
            node = described.node(group.id, fresh)
            yield 0, written(at(described.group(group, node, fresh), 0, 0))
        for position, table in enumerate(group.tables):
            run = Run(group, position, mode, report, keys, fresh)
            yield position, written(run.described(node))
            try:
                if database is None:
                    raise NotCompilableError
                if (response := run.open()) is not None:
                    with response.stream as stream:
                        dialect = dialect_of(response, table.dialect, own=table.own_dialect)
                        least = _SMALL if engine == "auto" else 0
                        pieces = compiled.outputs(run, stream, dialect, notation, database, least=least)
                        yield from ((position, piece) for piece in pieces)
            except NotCompilableError as error:
                if engine == "duckdb":
                    message = f"the engine duckdb cannot do {error}"
                    raise InputError(message, where=table.path, remedy="leave out --engine duckdb") from error
                yield from ((position, piece) for piece in compiled.joined(notation.written(run.rows())))
            except BROKEN as error:
                run.broken(error)
            keys.end(position)
        if provenance and mode == "standard":
            made = described.provenance(group, node, started, described.now(), fresh)
            yield 0, written(at(made, 0, 0))


def _is_large(url: str) -> bool:
    """Whether a table may have `_SMALL` bytes or more: what is not here or is compressed may."""
    path = iri.to_path(url)
    if path is None or not is_plain(path):
        return True
    try:
        return path.stat().st_size >= _SMALL
    except (OSError, ValueError):  # said when it is opened
        return False


@dataclass(frozen=True, slots=True)
class Target:
    """What is written where: the file, its format, its compression (a suffix, or nothing)."""

    path: Path
    format: Format
    compression: str = ""

    @classmethod
    def of(cls, out: str | os.PathLike[str], source: str, format_: str | None = None) -> Target:
        """The target that `--out` and `--format` name: a file, or a folder that gets the source's name.

        Raises `InputError` where neither says a format.

        >>> Target.of("towns.ttl.gz", "towns.csv").format.title
        'Turtle'
        """
        path = Path(out)
        chosen = next((each for each in FORMATS if each.name == format_), None)
        if path.is_dir() or os.fspath(out).endswith(("/", os.sep)):
            name = source.rstrip("/").rpartition("/")[2].partition("?")[0]
            path = path / f"{name.partition('.')[0] or 'table'}{(chosen or NTRIPLES).suffix}"
        compression = path.suffix if path.suffix in (".gz", ".zst") else ""
        return cls(path, chosen or by_suffix(path.name.removesuffix(compression)), compression)


def told(finding: Finding) -> str:
    """A finding with the standard's name for its rule.

    >>> print(told(Finding("t.csv", 2, "size", "table.datatype", "'3o' is not a decimal")))
    t.csv:2: size: '3o' is not a decimal [datatype]
    """
    rule = RULES.get(finding.code)
    return f"{finding} [{rule}]" if rule else str(finding)


def convert(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    metadata: str | os.PathLike[str] | None = None,
    mode: Mode = "standard",
    format: str | None = None,
    engine: Engine = "auto",
    master: str = "local[*]",
    provenance: bool = False,
    fetch: Fetch | None = None,
    progress: Progress | None = None,
    report: Report | None = None,
) -> Path | None:
    """Convert a table, or the tables of a metadata document, to a file of RDF; returns its path.

    `source` and `metadata` are as in `kzlod.csvw.load`. `out` is a file, whose name says its format and compression
    (`.nt`, `.nt.zst`, `.ttl.gz` …), or a folder; without it standard output gets what comes, N-Triples if no `format`
    is named. The file is there when it is whole. Warnings go to `report`. The engine `spark` runs on `master`, and
    makes a new folder of N-Triples, `out`, whose files one after the other are what the others write.

    Raises `FindingsError` for tables with errors (its first thousand findings), `MetadataError` for metadata that
    cannot be used, `InputError` for what cannot be read, `ReleaseError` for a file that cannot be written.
    """
    if engine == "spark":
        return _on_spark(discover.load(source, metadata=metadata, fetch=fetch), out, format, master, mode=mode,
                         provenance=provenance, progress=progress, report=report)  # fmt: skip
    target = None if out is None else Target.of(out, os.fspath(source), format)
    form = target.format if target else next((each for each in FORMATS if each.name == format), NTRIPLES)
    group = discover.load(source, metadata=metadata, fetch=fetch)
    with nullcontext(sys.stdout.buffer) if target is None else written(target.path, target.compression) as stream:
        write(group, stream, mode=mode, format_=form, engine=engine, provenance=provenance, progress=progress,
              report=report)  # fmt: skip
    return target.path if target else None


def _on_spark(
    group: TableGroup,
    out: str | os.PathLike[str] | None,
    format_: str | None,
    master: str,
    *,
    mode: Mode,
    provenance: bool,
    progress: Progress | None,
    report: Report | None,
) -> Path:
    from kzlod.csvw import spark
    from kzlod.quads.spark import session

    if out is None or is_rdf(Path(Path(out).name.removesuffix(".gz").removesuffix(".zst"))):
        raise InputError("the engine spark writes a folder", remedy="name a new folder with --out")
    if format_ not in (None, NTRIPLES.name):
        raise InputError("the engine spark writes N-Triples alone", remedy="leave out --format")
    tell = Reported(report)
    for finding in group.findings:
        tell(finding)
    with session(master, progress=progress is not None) as own:
        spark.convert(group, Path(out), mode=mode, provenance=provenance, report=tell, check=tell.check, spark=own)
    return Path(out)


def write(
    group: TableGroup,
    stream: IO[bytes],
    *,
    mode: Mode,
    format_: Format,
    engine: Local = "auto",
    provenance: bool = False,
    progress: Progress | None = None,
    report: Report | None = None,
) -> None:
    """Write a group's triples to a stream: see `convert`."""
    tell = Reported(report)
    for finding in group.findings:
        tell(finding)
    if progress is not None:
        group = replace(group, fetch=_counted(group.fetch, progress))
    pieces = outputs(group, mode=mode, provenance=provenance, report=tell, engine=engine)
    if format_ in (NTRIPLES, NQUADS):
        _copy(pieces, stream)
    else:
        with tempfile.TemporaryFile() as plain:
            _copy(pieces, cast(IO[bytes], plain))
            if not tell.failed:
                plain.seek(0)
                _serialise(cast(IO[bytes], plain), stream, format_)
    tell.check()


def _copy(pieces: Iterable[Output], stream: IO[bytes]) -> None:
    """Write pieces in a thread of its own: the system copies or compresses some while the next are made."""
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as writer:
        for piece in pieces:
            waiting.append(writer.submit(_write, piece, stream))
            if len(waiting) > _AHEAD:
                waiting.popleft().result()
        for last in waiting:
            last.result()


def _write(piece: Output, stream: IO[bytes]) -> None:
    view = memoryview(piece)
    for start in range(0, len(view), _PIECE):
        stream.write(view[start : start + _PIECE])


def _serialise(plain: IO[bytes], stream: IO[bytes], format_: Format) -> None:
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(format_.media_type)
    assert form is not None
    pyoxigraph.serialize(pyoxigraph.parse(plain, format=pyoxigraph.RdfFormat.N_TRIPLES), stream, format=form)


@contextmanager
def written(path: Path, compression: str = "") -> Iterator[IO[bytes]]:
    """A stream to a file that is there when it is whole. Raises `ReleaseError` where it cannot be written."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as plain, _compressed(plain, compression) as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        if error.filename not in (None, str(part), str(path), str(path.parent)):
            raise
        remedy = "free space, or name another place with --out"
        raise ReleaseError(f"cannot be written: {error.strerror or error}", where=str(path), remedy=remedy) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _compressed(plain: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=plain, mtime=0) as stream:
            yield cast(IO[bytes], stream)
    elif suffix == ".zst":
        import zstandard

        with zstandard.ZstdCompressor(level=_LEVEL, threads=_WORKERS).stream_writer(plain, closefd=False) as stream:
            yield _NoNumber(stream)  # type: ignore[misc]
    else:
        yield plain


class _NoNumber(BufferedIOBase):
    """A stream that compresses: what is written to its file's number would not be."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(data)
        return len(data)


def _counted(fetch: Fetch, progress: Progress) -> Fetch:
    """A fetcher whose streams say how much of them was read."""

    def counted(url: str, accept: str) -> Response:
        response = fetch(url, accept)
        return replace(response, stream=cast(Any, _Counted(response.stream, progress)))

    return counted


class _Counted(BufferedIOBase):
    def __init__(self, stream: Any, progress: Progress) -> None:
        self._stream, self._progress = stream, progress

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        data: bytes = self._stream.read(-1 if size is None else size)
        self._progress(len(data))
        return data

    def read1(self, size: int = -1) -> bytes:
        return self.read(1 << 16 if size < 0 else size)

    def close(self) -> None:
        self._stream.close()
        super().close()
