"""A table's file in pieces of whole rows, for engines that read many rows at once.

Each piece says what its texts may hold, and whether an engine's own reader of CSV gives the same cells as `tables`:
where it might not (a quote in the middle of a cell, a lone carriage return, a blank line, a NUL), the piece is not
`regular`, and `tables` reads it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from kzlod.csvw.model import Dialect
from kzlod.csvw.sqlcells import Traits
from kzlod.csvw.sqlvalues import NotCompilableError
from kzlod.csvw.tables import LONGEST_ROW, Problem, Row, read

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\n"
_SPECIAL = bytes([*range(0x20), 0x7F, *b'"\\'])
_PIECE = 1 << 16
"""How many bytes are read at a time, at least."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some whole rows of a file, as UTF-8 with line feeds between them (`data`), and where they are."""

    data: bytes
    line: int
    """The line that the first row starts on."""
    row: int
    """How many rows of data come before."""
    source: int
    """How many rows of the file come before: of data, and comments and the header too."""
    rows: int
    """How many rows of data it has."""
    comments: int
    traits: Traits
    regular: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """The file from here on, which only `tables` can read: its bytes, and where it is."""

    data: bytes
    line: int
    row: int
    source: int


class Chunks:
    """Cuts a file into chunks. Raises `NotCompilableError` for a dialect that no chunk could have.

    `size` is how many bytes a chunk aims at; it may be changed between chunks.
    """

    def __init__(self, dialect: Dialect, width: int, *, size: int) -> None:
        self.size, self.dialect = size, dialect
        self._quote = (dialect.quote or "").encode()
        self._delimiter = dialect.delimiter.encode()
        self._codec = codecs.lookup(dialect.encoding).name
        plain = set(dialect.line_terminators) <= {"\r\n", "\n"} and "\n" in dialect.line_terminators
        if not plain or len(self._delimiter) != 1 or len(self._quote) > 1 or self._delimiter in (b"\r", b"\n", b"\0"):
            raise NotCompilableError("the dialect's line terminators, delimiter or quote")
        if self._codec in ("iso8859-1", "ascii"):
            self._codec = "cp1252"
        if self._codec != "utf-8" and not re.match("cp125|iso8859|koi8", self._codec):
            raise NotCompilableError(f"the encoding {dialect.encoding}")
        if dialect.skip_blank_rows:
            raise NotCompilableError("blank rows that are skipped")
        self._width = width + dialect.skip_columns
        if self._width == 0:
            raise NotCompilableError("a table without columns")
        self._crlf = "\r\n" in dialect.line_terminators
        self._escapes = b"\\" if not dialect.double_quote else b""
        quote, edge = re.escape(self._quote), b"[^" + re.escape(self._delimiter) + b"\\n]"
        cell = quote + b"[^Q]*+(?:" + quote * 2 + b"[^Q]*+)*+" + quote
        well_quoted = b"[^Q]*+(?:(?<!" + edge + b")" + cell + b"(?!" + edge + b")[^Q]*+)*+"
        prefix = (dialect.comment_prefix or "").encode()
        # A quote in a comment is none: it cannot be told by their number then where quotes are open.
        self._misleading = re.compile(b"(?m)^" + re.escape(prefix) + b".*" + quote) if prefix and quote else None
        self._well_quoted = re.compile(well_quoted.replace(b"[^Q]", b"[^" + (quote or b"Q") + b"]"))

    def read(self, stream: BinaryIO, data: bytes, *, line: int, row: int, source: int) -> Iterator[Chunk | Rest]:
        """The chunks of a file of which `data` was read already, from the start of a row on."""
        ended = False
        while True:
            while not ended and len(data) < self.size:
                piece = stream.read(max(self.size - len(data), _PIECE))
                ended = not piece
                data += piece
            if not data:
                return
            cut = len(data) if ended else self._boundary(data)
            if cut == 0:
                if len(data) > LONGEST_ROW:
                    yield Rest(data, line, row, source)
                    return
                piece = stream.read(max(len(data), _PIECE))
                ended = not piece
                data += piece
                continue
            taken, data = data[:cut], data[cut:]
            chunk = self._chunk(taken, line, row, source)
            if chunk is None:
                yield Rest(taken + data, line, row, source)
                return
            yield chunk
            line += taken.count(b"\n")
            row += chunk.rows
            source += chunk.rows + chunk.comments

    def _boundary(self, data: bytes) -> int:
        """Where the last whole row ends; 0 where none does."""
        end = data.rfind(b"\n")
        if not self._quote or end < 0:
            return end + 1
        total, after = data.count(self._quote), data.count(self._quote, end)
        while end >= 0 and (total - after) % 2:
            # Within quotes: the line feed is before the quote that opens them.
            opening = data.rfind(self._quote, 0, end)
            after += 1 + data.count(self._quote, opening + 1, end)
            end = data.rfind(b"\n", 0, opening)
            after += data.count(self._quote, max(end, 0), opening)
        return end + 1

    def _chunk(self, data: bytes, line: int, row: int, source: int) -> Chunk | None:
        """The chunk that some rows are; None where it cannot be told where its rows end, or what they say."""
        if not data.isascii() or self._codec != "utf-8":
            try:
                text = data.decode(self._codec)
            except UnicodeDecodeError:
                return None
            data = data if self._codec == "utf-8" else text.encode()
        quoted = bool(self._quote) and self._quote in data
        inner, outside = 0, data
        if quoted:
            pieces = data.split(self._quote)
            if len(pieces) % 2 == 0:
                return None
            if b"\r" in data and self._crlf:
                pieces[0::2] = [piece.replace(b"\r\n", b"\n") for piece in pieces[0::2]]
                data = self._quote.join(pieces)
            outside = b"".join(pieces[0::2])
            inner = b"".join(pieces[1::2]).count(b"\n")
            if self._well_quoted.fullmatch(data) is None or (self._misleading and self._misleading.search(data)):
                return None
        elif b"\r" in data and self._crlf:
            outside = data = data.replace(b"\r\n", b"\n")
        rows, comments = outside.count(b"\n") + (not data.endswith(b"\n")), 0
        prefix = (self.dialect.comment_prefix or "").encode()
        commented = bool(prefix) and prefix in data  # that is soon said, of one character
        strange = (
            b"\r" in outside
            or b"\0" in data
            or data.startswith((b"\n", b"\xef\xbb\xbf"))
            or b"\n\n" in data
            or (commented and (data.startswith(prefix) or b"\n" + prefix in data))
            or (self._escapes and (quoted or self._escapes in data))
            or outside.count(self._delimiter) != rows * (self._width - 1)
        )
        if strange:
            there = [each.comment is None for each in reread(data, self.dialect)]
            rows, comments = there.count(True), there.count(False)
        return Chunk(data, line, row, source, rows, comments, self._traits(data, quoted, inner > 0), not strange)

    def _traits(self, data: bytes, quoted: bool, lines: bool) -> Traits:
        """What there is in the texts of some rows; where in doubt, that there is something."""
        if not data.translate(None, _UNRESERVED + self._delimiter + self._quote):
            return Traits(quoted, lines, quoted or lines, lines, quoted or lines)
        white = b" \t\r" if quoted else b" \t\r".replace(self._delimiter, b"")
        spaced = lines or any(bytes([one]) in data for one in white)
        ends = b"\n" if lines or quoted else b"\n" + self._delimiter
        texts = data.translate(None, ends)
        special = lines or b"\xef\xbf" in data or len(texts.translate(None, _SPECIAL)) != len(texts)
        return Traits(quoted, spaced, special, lines)


def reread(
    data: bytes, dialect: Dialect, problem: Problem = lambda *problem: None, rest: BinaryIO | None = None
) -> Iterator[Row]:
    """The rows of a piece of a file that does not begin it, lines and rows counted from 0; `rest` is what follows.

    An empty line goes before: at the start of a file a byte order mark would count for nothing.
    """
    stream = io.BytesIO(b"\n" + data) if rest is None else cast(BinaryIO, io.BufferedReader(Chain(b"\n" + data, rest)))
    rows = read(stream, dialect, lambda line, *what: problem(line - 2, *what))
    next(rows, None)
    for row in rows:
        yield row._replace(line=row.line - 2, number=row.number - 2)


def placed(rows: Iterable[Row], *, line: int, source: int) -> Iterator[Row]:
    """Rows of a piece of a file with their places in the file: its first line, and how many rows come before."""
    return (row._replace(line=row.line + line, number=row.number + source + 1) for row in rows)


def in_utf8(dialect: Dialect) -> Dialect:
    """How the data of a chunk is read, which has neither a header nor the file's encoding."""
    return Dialect(
        quote=dialect.quote, double_quote=dialect.double_quote, delimiter=dialect.delimiter, trim=dialect.trim,
        comment_prefix=dialect.comment_prefix, line_terminators=dialect.line_terminators,
        skip_columns=dialect.skip_columns,
    )  # fmt: skip


class Chain(io.RawIOBase):
    """What was read already, then the stream that it was read from."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = memoryview(head), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer)
        piece: Any = self._head[:size] if self._head else self._stream.read(size)
        self._head = self._head[size:]
        buffer[: len(piece)] = piece
        return len(piece)
