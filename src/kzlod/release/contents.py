"""What a release claims of its dumps: canonical form, the same triples in all formats, subsets that are subsets.

A parser writes the triples of each format again as N-Quads lines. Where they come in the dumps' own order, the lines
are compared as bytes while they pass; where they do not, as sets, by sums of hashes and then, to name one that differs,
by SQL. Either way memory stays bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import duckdb
import pyoxigraph as ox

from kzlod.findings import Finding
from kzlod.formats import JSONLD, RDFXML, TRIG, Format, by_suffix
from kzlod.quads.quiet import quiet
from kzlod.quads.read import ox_format
from kzlod.quads.sqltext import text
from kzlod.release.kinds import false
from kzlod.release.nested import same_statements
from kzlod.release.published import printable

WHOLE = 128 << 20
"""How large a JSON-LD file may be that cannot be read as a stream: each byte takes 20 bytes of memory then."""
_PIECE = 1 << 20
_BESIDE = "512MB"
_SHOWN = 300
_GRAPHS = 100
_LONGEST = 4 << 20
_IRI = r'<[^\x00-\x20<>"{}|^`\\]*>'
_STRING = r'"(?:[^"\\\x00-\x1f\x7f]|\\[btnfr"\\]|\\u00(?:0[0-7BEF]|1[0-9A-F]|7F))*"'
_LITERAL = rf"{_STRING}(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\^\^{_IRI})?"
_QUAD = rf"{_IRI} {_IRI} (?:{_IRI}|{_LITERAL})(?: {_IRI})? \."
_XSD_STRING = '"^^<http://www.w3.org/2001/XMLSchema#string>'
_PLAIN = rf"{_IRI} {_IRI} {_STRING}\^\^<http://www\.w3\.org/2001/XMLSchema#string>(?: {_IRI})? \."
_TRIPLE = r'(\S+ \S+ (?:[<_]\S+|"(?:[^"\\]|\\.)*"\S*))(?: \S+)? \.'
_GRAPH = re.compile(rb" (<[^<>\" ]*>) \.\n\Z")


class _DifferentError(Exception):
    """Why a file cannot hold the triples that it should."""


def connect(scratch: Path, *, memory: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A database that keeps what it cannot hold in memory in a folder."""
    sql = duckdb.connect(config={"memory_limit": memory, "temp_directory": str(scratch / "spill")})
    quiet(sql)
    return sql


def lines(*paths: Path, name: str = "") -> str:
    """SQL: the lines of text files, in order, as the column `l`; `name` adds a column for the file's path."""
    # A path is a pattern to DuckDB, in which a bracket takes the meaning from what it encloses.
    plain = [text(re.sub(r"([*?\[])", r"[\1]", str(path))) for path in paths]
    named = f", filename = {text(name)}" if name else ""
    return (
        f"read_csv([{', '.join(plain)}], columns = {{'l': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '',"
        f" header = false, auto_detect = false, compression = 'none', max_line_size = {_LONGEST}{named})"
    )


def reason(error: duckdb.Error) -> str:
    """What DuckDB says of a file that it cannot read, in a line."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def canonical(sql: duckdb.DuckDBPyConnection, path: Path, *, rewritten: bool) -> Iterator[int | Finding]:
    """Check that a file is canonical N-Quads (RDF Dataset Canonicalization 1.0, section 5) without blank nodes.

    `rewritten` says that a parser wrote these very lines, so that each is canonical as it stands; what is left is that
    they are sorted and unique.
    """
    kind, shown = "canonical", path.name
    try:
        count, length, unsorted = sql.execute(
            "SELECT count(*), coalesce(sum(strlen(l) + 1), 0), min(n) FILTER (l <= before) FROM"
            f" (SELECT l, lag(l, 1, '') OVER () AS before, row_number() OVER () AS n FROM {lines(path)})"
        ).fetchall()[0]
        if unsorted is not None:
            yield false(kind, shown, "is not sorted, or says something twice", row=unsorted)
        if length != path.stat().st_size:
            message = "has empty lines, carriage returns, a byte order mark, or no line feed at its end"
            yield false(kind, shown, message)
        if not rewritten:
            form = f"NOT regexp_full_match(l, {text(_QUAD)})"
            plain = f"contains(l, {text(_XSD_STRING)}) AND regexp_full_match(l, {text(_PLAIN)})"
            wrong = sql.execute(f"SELECT l FROM {lines(path)} WHERE {form} OR ({plain}) LIMIT 1").fetchall()
            if wrong:
                yield false(kind, shown, f"has a line that is not canonical, or a blank node: {cut(wrong[0][0])}")
        yield count
    except duckdb.Error as error:
        yield false(kind, shown, f"is not canonical: {reason(error)}")


def cut(line: str) -> str:
    """A line as a message shows it."""
    return printable(line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…")


def subsets(sql: duckdb.DuckDBPyConnection, folder: Path, paths: Sequence[str], whole: Path) -> Iterator[int | Finding]:
    """Check that each line of the subsets, which are N-Triples, is one of the whole."""
    others = [path for path in paths if not path.endswith(".nt")]
    if others:
        yield false("subsets", others[0], "is not N-Triples, so it was not compared")
    if not paths:
        return
    numbered = {str(folder / path): path for path in paths}
    try:
        wrong = sql.execute(
            f"SELECT file, l FROM {lines(*(folder / path for path in paths), name='file')}"
            f" WHERE hash(l) NOT IN (SELECT hash(l) FROM {lines(whole)}) LIMIT 1"
        ).fetchall()
    except duckdb.Error as error:
        yield false("subsets", "subsets/", f"cannot be compared: {reason(error)}")
        return
    if wrong:
        file, line = wrong[0]
        yield false("subsets", numbered.get(file, file), f"has what {whole.name} has not: {cut(line)}")
    yield len(paths)


def compare(
    candidate: Path, references: Sequence[Path], *, scratch: Path, nested: Path | None = None
) -> tuple[bool, str]:
    """Whether a parser of a dump writes the very lines of the first reference; how its triples differ from all of them.

    References are N-Quads or N-Triples files; a dump without named graphs holds what the N-Triples file holds. An
    empty text says that the triples are the same. A Turtle file whose statements are, letter for letter, those of a
    TriG file (`nested`) is not parsed: its triples are the same if those of the TriG file are, which is known first.
    """
    if nested is not None and same_statements(nested, candidate):
        return False, ""
    format_ = by_suffix(candidate)
    with TemporaryDirectory(dir=scratch) as temporary:
        kept = Path(temporary, "lines.nq")
        try:
            if _streamed(candidate, format_, references[0], kept):
                return True, ""
            for number, reference in enumerate(references):
                if _same_sums(kept, reference, Path(temporary)):
                    return number == 0, ""
            again = _again(references[0], Path(temporary))
            return False, _difference(kept, again, Path(temporary), than=references[0].name)
        except _DifferentError as error:
            return False, str(error)
        except SyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            return False, f"does not parse as {format_.title}{line}: {error.msg}"
        except (duckdb.Error, OSError, UnicodeDecodeError) as error:
            shown = reason(error) if isinstance(error, duckdb.Error) else str(error)
            return False, f"cannot be compared: {shown}"


def _streamed(candidate: Path, format_: Format, reference: Path, kept: Path) -> bool:
    """Whether a dump, written again, is a reference byte for byte; if not, its lines are in `kept`."""
    attempts = [ox_format(format_)]
    if format_ == JSONLD:
        attempts = [ox.RdfFormat.STREAMING_JSON_LD] + attempts * (candidate.stat().st_size <= WHOLE)
    for attempt in attempts:
        try:
            most = 2 * reference.stat().st_size + _PIECE
            with candidate.open("rb") as file, reference.open("rb") as expected, _Lines(expected, kept, most) as lines_:
                source: BinaryIO = _WithoutEntities(file) if format_ == RDFXML else file  # type: ignore[assignment]
                # IRIs are checked in TriG, whose lines prove N-Quads canonical; the others are compared with those.
                quads = ox.parse(source, attempt, lenient=format_ != TRIG)
                ox.serialize(quads, lines_, ox.RdfFormat.N_QUADS)  # type: ignore[arg-type]
                return lines_.same()
        except SyntaxError:
            if attempt is attempts[-1]:
                if len(attempts) == 1 and format_ == JSONLD:
                    raise _DifferentError(
                        "cannot be read as a stream: @type does not come first in each node (Streaming JSON-LD),"
                        f" and it has more than {WHOLE:,} bytes"
                    ) from None
                raise
    raise AssertionError("there is at least one attempt")


class _WithoutEntities:
    """RDF/XML that declares no entities: a few lines of them can stand for more than any memory holds."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._end = file, b""

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if b"<!DOCTYPE" in self._end + data:
            raise _DifferentError("declares a document type, which is not read, since it may declare entities")
        self._end = (self._end + data)[-8:]
        return data


class _Lines:
    """Takes lines and compares them with a file while they are the same, and keeps all of them when they are not."""

    def __init__(self, expected: BinaryIO, kept: Path, most: int) -> None:
        self._expected, self._path, self._most = expected, kept, most
        self._length = 0
        self._kept: BinaryIO | None = None

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept is not None:
            self._kept.close()

    def write(self, data: bytes) -> int:
        if self._kept is None and self._expected.read(len(data)) != data:
            self._keep()
        self._length += len(data)
        if self._length > self._most:
            raise _DifferentError(f"says more than twice as much as {Path(self._expected.name).name}")
        if self._kept is not None:
            self._kept.write(data)
        return len(data)

    def _keep(self) -> None:
        self._kept = self._path.open("wb")
        self._expected.seek(0)
        left = self._length
        while left:
            piece = self._expected.read(min(left, _PIECE))
            self._kept.write(piece)
            left -= len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def same(self) -> bool:
        """Whether that was all, and the same."""
        if self._kept is None and self._expected.read(1):
            self._keep()
        return self._kept is None


def unite(quads: Path, triples: Path, *, scratch: Path) -> tuple[bool, str]:
    """How an N-Triples file differs from an N-Quads file without its graphs; answers as `compare` does."""
    if _without_graphs(quads, triples):
        return True, ""
    with TemporaryDirectory(dir=scratch) as temporary:
        kept = Path(temporary, "lines.nt")
        try:
            with connect(Path(temporary), memory=_BESIDE) as sql:
                triple = f"regexp_extract(l, {text(_TRIPLE)}, 1) || ' .'"
                sql.execute(
                    f"COPY (SELECT DISTINCT {triple} FROM {lines(quads)}) TO {text(str(kept))}"
                    " (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
                )
            if _same_sums(kept, triples, Path(temporary)):
                return True, ""
            one, other = (_again(path, Path(temporary)) for path in (triples, kept))
            return False, _difference(one, other, Path(temporary), than=quads.name)
        except SyntaxError as error:
            return False, f"does not parse, or {quads.name} does not: {error.msg}"
        except (duckdb.Error, OSError) as error:
            return False, f"cannot be compared: {reason(error) if isinstance(error, duckdb.Error) else error}"


def _without_graphs(quads: Path, triples: Path) -> bool:
    """Whether sorted N-Quads lines less their graphs are the lines of a file, in its order: the fast way."""
    graphs: list[bytes] = []
    with quads.open("rb") as one, triples.open("rb") as other:
        last = rest = b""
        while data := one.read(_PIECE):
            whole, feed, rest = (rest + data).rpartition(b"\n")
            plain = _less(graphs, whole + feed)
            if (expected := other.read(len(plain))) != plain:
                # The first piece in which some graph is mentioned, or one with a triple that is in several graphs.
                fresh = {match[1] for line in whole.split(b"\n") if (match := _GRAPH.search(line + b"\n"))}
                graphs += sorted(known for graph in fresh if (known := b" " + graph + b" .\n") not in graphs)
                lines_ = [last, *_less(graphs, whole + feed).splitlines(keepends=True)]
                plain = b"".join(line for before, line in pairwise(lines_) if line != before)
                other.seek(-len(expected), 1)
                if len(graphs) > _GRAPHS or plain != other.read(len(plain)):
                    return False
            last = plain[plain.rfind(b"\n", 0, -1) + 1 :] or last
        return not rest and not other.read(1)


def _less(graphs: Sequence[bytes], plain: bytes) -> bytes:
    for graph in graphs:
        plain = plain.replace(graph, b" .\n")
    return plain


def _same_sums(one: Path, other: Path, scratch: Path) -> bool:
    """Whether two files have the same lines in whatever order: as many, with the same sum of their hashes of 64 bits.

    By chance, sums of different lines are the same once in 10^19 times.
    """
    with connect(scratch, memory=_BESIDE) as sql:
        query = "SELECT count(*), sum(hash(l)) FROM "
        return sql.execute(query + lines(one)).fetchall() == sql.execute(query + lines(other)).fetchall()


def _difference(candidate: Path, reference: Path, scratch: Path, *, than: str) -> str:
    """A line that one file of canonical lines has and the other has not, in words; how often does not matter."""
    ways = ((candidate, reference, f"has what {than} has not"), (reference, candidate, f"lacks what {than} has"))
    with connect(scratch, memory=_BESIDE) as sql:
        for has, lacks, words in ways:
            unknown = f"hash(l) NOT IN (SELECT hash(l) FROM {lines(lacks)})"
            found = sql.execute(f"SELECT min(l) FROM {lines(has)} WHERE {unknown}").fetchall()
            if found[0][0] is not None:
                return f"{words}: {cut(found[0][0])}"
    return ""


def _again(path: Path, scratch: Path) -> Path:
    """A file of N-Quads or N-Triples as a parser writes it."""
    again = scratch / f"again-{path.name}"
    with path.open("rb") as file, again.open("wb") as out:
        ox.serialize(ox.parse(file, ox.RdfFormat.N_QUADS, lenient=True), out, ox.RdfFormat.N_QUADS)
    return again
