"""What Spark's workers do in Python: where rows start, blocks of rows for SQL, the rows that SQL is not sure of.

A file is cut where rows start, which quotes make a question of what stands before. So its parts are looked at
twice: `seams` says of each where rows start if it begins within quotes, and if not; `survey` counts the rows of the
spans that this gives. Then `blocks` hands the rows to SQL, and `Reading` does what SQL left.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from uuid import uuid4

from kzlod.csvw.chunks import Chunk, Chunks, Rest, in_utf8, placed, reread
from kzlod.csvw.keys import Keys, Report
from kzlod.csvw.model import Dialect, TableGroup
from kzlod.csvw.notation import N_TRIPLES
from kzlod.csvw.plan import Plan
from kzlod.csvw.rows import Executor, Mode, Run
from kzlod.csvw.sqlcells import Traits
from kzlod.csvw.sqldialect import CELL, MARK, ROW
from kzlod.csvw.tables import TRIMS, Row
from kzlod.findings import Finding

Each = Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]
"""Calls a function with each of some things, and gives the results: here, or in Spark's tasks."""
MOST = 1000
"""Findings that come back of a part of the output; of more only the number does."""
NONE = Traits(quoted=False, spaced=False, special=False, lines=False, reserved=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A table's file, where every worker sees it, and how it is read; `size` is how many bytes are read at once."""

    path: str
    dialect: Dialect
    width: int
    size: int


class Seams(NamedTuple):
    """A part of a file: whether its quotes are odd in number, and where its first row starts.

    `outside` is where it starts if the part begins outside quotes, `inside` if within; None where none starts.
    """

    odd: bool
    outside: int | None
    inside: int | None


class Span(NamedTuple):
    """Whole rows of a file: from where to where, their line, and how many rows come before (see `chunks.Chunk`).

    `sound` says that its rows can be told apart; else only `tables` can, from here to the end of the file.
    """

    start: int
    end: int
    line: int = 0
    row: int = 0
    source: int = 0
    sound: bool = True


class Survey(NamedTuple):
    """How many lines, rows of data and rows a span has, and what their texts may hold, up to its end.

    Or up to where it cannot be told what the rows are (`broken`).
    """

    end: int
    lines: int
    rows: int
    source: int
    traits: Traits
    broken: bool


class Block(NamedTuple):
    """Rows for SQL: the places of the first, and a text; or what is left to `Reading` (`odd`)."""

    row: int
    source: int
    line: int
    text: str
    odd: bool


BLOCK = "row long, source long, line long, text string, odd boolean"


class _Part:
    """A part of a file as a stream."""

    def __init__(self, path: str, start: int, end: int) -> None:
        self._file = Path(path).open("rb")  # noqa: SIM115 (closed by __exit__)
        self.place, self._end = start, end
        self._file.seek(start)

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = self._file.read(min(size, self._end - self.place))
        self.place += len(data)
        return data

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def seams(source: Source, span: Span) -> Seams:
    """Where the first row of a part of a file starts."""
    quote = (source.dialect.quote or "").encode()
    odd, found = 0, dict[int, int]()
    with _Part(source.path, span.start, span.end) as part:
        while piece := part.read(source.size):
            texts = piece.split(quote) if quote else [piece]
            for parity in {0, 1} - found.keys():
                first = next((n for n in range(parity ^ odd, len(texts), 2) if b"\n" in texts[n]), None)
                if first is not None:
                    before = sum(len(each) + len(quote) for each in texts[:first])
                    found[parity] = part.place - len(piece) + before + texts[first].index(b"\n") + 1
            odd ^= (len(texts) - 1) % 2
    return Seams(bool(odd), found.get(0), found.get(1))


def survey(source: Source, span: Span) -> Survey:
    """How many lines and rows a span has, and what its texts hold."""
    line, row, number = span.line, span.row, span.source
    traits = NONE
    with _Part(source.path, span.start, span.end) as part:
        for chunk in _chunks(source, span, part):
            if isinstance(chunk, Rest):
                return Survey(part.place - len(chunk.data), chunk.line, chunk.row, chunk.source, traits, True)
            line, row = chunk.line + chunk.data.count(b"\n"), chunk.row + chunk.rows
            number = chunk.source + chunk.rows + chunk.comments
            if chunk.regular:
                traits = either(traits, chunk.traits)
    return Survey(span.end, line, row, number, traits, False)


def in_spans(source: Source, whole: Span, size: int, each: Each) -> tuple[list[Span], Traits]:
    """The rows of a file in spans of about `size` bytes, and what their texts may hold; `each` does the work."""
    parts = [Span(*pair) for pair in pairwise([*range(whole.start, whole.end, size), whole.end])]
    starts, odd = [whole.start], False
    for part, seam in zip(parts, each(partial(seams, source), parts) if len(parts) > 1 else [], strict=False):
        start = seam.inside if odd else seam.outside
        if start is not None and whole.start < part.start and start < whole.end:
            starts.append(start)
        odd ^= seam.odd
    spans = [Span(*pair) for pair in pairwise([*starts, whole.end])]
    placed, line, row, number, traits = list[Span](), whole.line, whole.row, whole.source, NONE
    for span, found in zip(spans, each(partial(survey, source), spans), strict=True):
        if found.end > span.start:
            placed.append(Span(span.start, found.end, line, row, number))
        line, row, number = line + found.lines, row + found.rows, number + found.source
        traits = either(traits, found.traits)
        if found.broken:
            placed.append(Span(found.end, whole.end, line, row, number, sound=False))
            break
    return placed, traits


def either(one: Traits, other: Traits) -> Traits:
    """What the texts may hold that are of one of two kinds."""
    return Traits(
        one.quoted or other.quoted,
        one.spaced or other.spaced,
        one.special or other.special,
        one.lines or other.lines,
        one.reserved or other.reserved,
    )


def _chunks(source: Source, span: Span, part: _Part) -> Iterator[Chunk | Rest]:
    chunks = Chunks(source.dialect, source.width, size=source.size)
    return chunks.read(cast(BinaryIO, part), b"", line=span.line, row=span.row, source=span.source)


def blocks(source: Source, span: Span) -> Iterator[Block]:
    """The rows of a span, for SQL."""
    if not span.sound:
        left = {"start": span.start, "line": span.line, "row": span.row, "source": span.source}
        yield Block(span.row, span.source, span.line, json.dumps(left), True)
        return
    dialect = source.dialect
    with _Part(source.path, span.start, span.end) as part:
        for chunk in _chunks(source, span, part):
            assert isinstance(chunk, Chunk)  # the survey has seen it
            text = chunk.data.decode()
            if not chunk.regular or CELL in text or ROW in text:
                place = {"line": chunk.line, "row": chunk.row, "source": chunk.source}
                yield Block(chunk.row, chunk.source, chunk.line, json.dumps({"data": text, **place}), True)
            else:
                yield from _even(chunk, _separated(text, dialect.delimiter, dialect.quote or ""))


def _separated(text: str, delimiter: str, quote: str) -> str:
    """Rows as they are in a block: taken out of their quotes, with `CELL` and `ROW` between them.

    >>> _separated("a,|b,||c|||\\n||,|d|\\n", ",", "|")
    'a\\x1fb,|c|\\x1e\\x1fd'
    """

    def plain(outside: str) -> str:
        return outside.replace(delimiter, CELL).replace("\n", ROW)

    if not quote or quote not in text:
        return plain(text.removesuffix("\n"))
    pieces = text.removesuffix("\n").split(quote)
    pieces[0], pieces[-1] = plain(pieces[0]), plain(pieces[-1])
    # Where nothing is between the end of quotes and their next start, they are a quote within a cell.
    pieces[2:-1:2] = [plain(piece) if piece else quote for piece in pieces[2:-1:2]]
    return "".join(pieces)


def _even(chunk: Chunk, text: str) -> Iterator[Block]:
    """A chunk's rows in blocks, of which each starts anew after a row of several lines."""
    row, source, line = chunk.row, chunk.source, chunk.line
    if "\n" not in text:
        yield Block(row, source, line, text, False)
        return
    kept: list[str] = []
    for record in text.split(ROW):
        kept.append(record)
        if breaks := record.count("\n"):
            yield Block(row, source, line, ROW.join(kept), False)
            row, source, line = row + len(kept), source + len(kept), line + len(kept) + breaks
            kept.clear()
    if kept:
        yield Block(row, source, line, ROW.join(kept), False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker needs to read rows of a table that SQL is not sure of."""

    group: TableGroup
    position: int
    mode: Mode
    node: str
    aligned: bool
    told: bool
    """Whether it was said that the file is not in its encoding."""
    plan: Plan
    source: Source

    def triples(self, path: str) -> tuple[str, list[Finding], int]:
        """Read what SQL left in a part of the output; returns the part's path, the findings, how many more there are.

        The part itself is left as it is, so that the work may be done again.
        """
        found: list[Finding] = []
        more = 0

        def report(finding: Finding) -> None:
            nonlocal more
            if len(found) < MOST:
                found.append(finding)
            else:
                more += 1

        executor = self._executor(report, None)
        made, mark = f"{path}.{uuid4().hex}", MARK.encode()
        if Path(path).stat().st_size == 0:
            return path, [], 0
        with Path(path).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            if (start := content.find(mark)) < 0:
                return path, [], 0
            with Path(made).open("wb") as out:
                done = 0
                while start >= 0:
                    out.write(content[done:start])
                    done = content.find(b"\n", start) + 1
                    if done - start > 2:
                        out.writelines(text.encode() for text in self._read(executor, content[start + 1 : done - 1]))
                    start = content.find(mark, done)
                out.write(content[done:])
        return made, found, more

    def keys(self, left: str) -> list[tuple[str, str, int]]:
        """The keys of rows that SQL is not sure of: what keeps them, the key, the line."""
        from kzlod.csvw.sparkkeys import Collected

        keys = Collected(self.group)
        for _ in self._read(self._executor(lambda finding: None, keys), left.encode()):
            pass
        return keys.collected()

    def _executor(self, report: Report, keys: Keys | None) -> Executor:
        """What reads the rows; their keys are kept where there are `keys`."""
        unkept = Keys(self.group, lambda finding: None)
        run = Run(self.group, self.position, self.mode, report, keys or unkept, iter(()))
        run.node, run.aligned = self.node, self.aligned
        executor = Executor(run, self.plan, self.source.dialect)
        executor.keyed = keys is not None
        return executor

    def _read(self, executor: Executor, left: bytes) -> Iterator[str]:
        """The N-Triples of what SQL left: a row, some rows, or all from somewhere to the end of the file."""
        dialect, what = self.source.dialect, json.loads(left)
        if isinstance(what, list):
            number, line, source, *texts = what
            trim = TRIMS.get(dialect.trim)
            row = Row(int(line), int(source), texts if trim is None else [trim(each) for each in texts])
            yield from N_TRIPLES.written(executor.run([row], int(number)))
            return

        def problem(line: int, code: str, message: str, remedy: str) -> None:
            if code != "table.encoding" or not self.told:
                executor.table.problem(line + what["line"], code, message, remedy)

        with Path(self.source.path).open("rb") as stream:
            if "data" in what:
                rows = reread(what["data"].encode(), in_utf8(dialect), problem)
            else:
                stream.seek(what["start"])
                rows = reread(b"", dialect, problem, stream)
            yield from N_TRIPLES.written(
                executor.run(placed(rows, line=what["line"], source=what["source"]), what["row"])
            )
