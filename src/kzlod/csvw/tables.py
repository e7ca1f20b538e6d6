r"""Reading the rows of a delimited file as its dialect says (Tabular Data Model, 8).

Rows come one by one, with the line of the file that each starts on and the number of the row in the file; what is
wrong with the file is reported, and reading goes on. Memory holds one row.

>>> import io
>>> from kzlod.csvw.model import Dialect
>>> for row in read(io.BytesIO(b'a,b\n1,"x\ny"\n3,4\n'), Dialect(), lambda *problem: None):
...     print(row.line, row.number, row.cells)
1 1 ['a', 'b']
2 2 ['1', 'x\ny']
4 3 ['3', '4']
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from kzlod.csvw.model import Dialect

LONGEST_ROW = 1 << 24
"""Characters that one row may have: a quote that is never closed does not swallow a file of any size."""
MOST_CELLS = 1 << 14
"""Cells that one row may have."""

Problem = Callable[[int, str, str, str], None]
"""Called with the line, a code, a message and a remedy."""


class Row(NamedTuple):
    """One row: the line that it starts on, its number in the file, and its cells (a comment has none)."""

    line: int
    number: int
    cells: list[str]
    comment: str | None = None


class _TooLongError(Exception):
    """A row is longer than `LONGEST_ROW`; the argument is what was read of its last line."""


def _python_encoding(name: str) -> str:
    """The codec of an encoding of the Encoding Standard; the standard reads Latin-1 and ASCII as Windows-1252."""
    codec = codecs.lookup(name).name
    if codec == "utf-8":
        return "utf-8-sig"
    return "cp1252" if codec in ("iso8859-1", "ascii") else codec


def _lines(stream: BinaryIO, dialect: Dialect, problem: Problem) -> Generator[tuple[str, str], None, None]:
    """The lines of a file, each with its terminator; what is not in the encoding is reported once."""
    codec = _python_encoding(dialect.encoding)
    marks = codec.startswith(("utf-16", "utf-32"))
    text = io.TextIOWrapper(stream, encoding=codec, errors="replace" if marks else "surrogateescape", newline="\n")
    bad = re.compile("\ufffd" if marks else "[\udc80-\udcff]")
    told, first = False, True
    plain = set(dialect.line_terminators) <= {"\r\n", "\n"} and "\n" in dialect.line_terminators
    crlf = "\r\n" in dialect.line_terminators
    source = _by_newline(text, crlf) if plain else _by_terminators(text, dialect.line_terminators)
    try:
        for count, pair in enumerate(source, 1):
            line = pair[0]
            if first:
                first = False
                if line.startswith("\ufeff"):  # a byte order mark that the codec left
                    line, pair = line[1:], (line[1:], pair[1])
            if not told and not line.isascii() and (match := bad.search(line)):
                told = True
                what = "a character" if marks else f"the byte 0x{ord(match[0]) - 0xDC00:02X}"
                name = dialect.encoding.upper()
                problem(
                    count,
                    "table.encoding",
                    f"the file is not {name}: {what} after {line[: match.start()][-20:]!r}",
                    f"save the file as {name}",
                )
            yield pair
    finally:
        with suppress(ValueError):  # the stream is closed already
            text.detach()


def _by_newline(text: io.TextIOWrapper, crlf: bool) -> Iterator[tuple[str, str]]:
    limit = LONGEST_ROW
    while line := text.readline(limit):
        if line[-1] != "\n":
            if len(line) >= limit:
                raise _TooLongError(line)
            yield line, ""
        elif crlf and line[-2:] == "\r\n":
            yield line[:-2], "\r\n"
        else:
            yield line[:-1], "\n"


def _by_terminators(text: io.TextIOWrapper, terminators: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    ends = re.compile("|".join(re.escape(t) for t in sorted(terminators, key=len, reverse=True)))
    longest = max(map(len, terminators))
    rest = ""
    while chunk := text.read(1 << 16):
        rest += chunk
        start = 0
        for match in ends.finditer(rest):
            # A terminator that the chunk may cut in two waits for the rest of it.
            if match.start() + longest > len(rest):
                break
            yield rest[start : match.start()], match[0]
            start = match.end()
        rest = rest[start:]
        if len(rest) > LONGEST_ROW:
            raise _TooLongError(rest)
    start = 0
    for match in ends.finditer(rest):
        yield rest[start : match.start()], match[0]
        start = match.end()
    if start < len(rest):
        yield rest[start:], ""


class _Scanner:
    """Takes a row with quotes apart; it goes on with the next line where a quote is open at the end of one."""

    __slots__ = ("cells", "delimiter", "escape", "quote", "skips", "value", "wrong")

    def __init__(self, dialect: Dialect) -> None:
        self.quote, self.delimiter = dialect.quote or "", dialect.delimiter
        self.escape = self.quote if dialect.double_quote else "\\"
        self.skips = dialect.trim != "false"
        self.cells: list[str] = []
        self.value: list[str] | None = None
        self.wrong = ""

    def feed(self, text: str) -> bool:
        """Scan a line; whether a quote is open at its end."""
        position = 0
        while True:
            if self.value is None:
                start = position
                if self.skips:
                    while text.startswith((" ", "\t"), start) and not text.startswith(self.delimiter, start):
                        start += 1
                if not text.startswith(self.quote, start):
                    position = self._plain(text, position)
                    if position < 0:
                        return False
                    continue
                self.value, position = [], start + len(self.quote)
            position = self._quoted(text, position, self.value)
            if position < 0:
                return True
            end = text.find(self.delimiter, position)
            after = text[position:] if end < 0 else text[position:end]
            if after and not (self.skips and not after.strip(" \t")):
                self.wrong = f"{after[:40]!r} follows the closing {self.quote} of a cell"
                self.value.append(after)
            self.cells.append("".join(self.value))
            self.value = None
            if end < 0:
                return False
            position = end + len(self.delimiter)

    def _plain(self, text: str, position: int) -> int:
        """A cell without quotes around it: where the next one starts, -1 at the end of the row."""
        start = position
        while True:
            end = text.find(self.delimiter, position)
            if self.escape != "\\" or end < 1 or (end - len(text[:end].rstrip("\\"))) % 2 == 0:
                break
            position = end + 1
        cell = text[start:] if end < 0 else text[start:end]
        if self.escape == "\\":
            cell = re.sub(r"\\(.)", r"\1", cell, flags=re.DOTALL)
        elif self.quote in cell:
            self.wrong = f"a {self.quote} stands within {cell[:40]!r}, which does not begin with one"
        self.cells.append(cell)
        return -1 if end < 0 else end + len(self.delimiter)

    def _quoted(self, text: str, position: int, value: list[str]) -> int:
        """The rest of a quoted cell: where it ends, -1 where its quote is still open."""
        while True:
            close = text.find(self.quote, position)
            slash = text.find("\\", position) if self.escape == "\\" else -1
            if slash >= 0 and (close < 0 or slash < close):
                value.append(text[position:slash] + text[slash + 1 : slash + 2])
                position = slash + 2
                continue
            if close < 0:
                value.append(text[position:])
                return -1
            value.append(text[position:close])
            position = close + len(self.quote)
            if self.escape != self.quote or not text.startswith(self.quote, position):
                return position
            value.append(self.quote)
            position += len(self.quote)


def _cells_begun(text: str, dialect: Dialect, scanner: _Scanner | None) -> int:
    """How many cells of a row were begun at the end of what was read of it, the lines that a scanner saw included."""
    if dialect.quote is None:
        return text.count(dialect.delimiter) + 1
    scanner = scanner or _Scanner(dialect)
    scanner.feed(text)
    return len(scanner.cells) + (scanner.value is not None)


def _too_many(count: int) -> tuple[str, str]:
    """The message and remedy for a row of so many cells."""
    return f"the row has {count:,} cells, and may have {MOST_CELLS:,}", "look for another delimiter, or split the table"


_BLANK = " \t\r\n"
TRIMS: dict[str, Callable[[str], str]] = {
    "true": lambda cell: cell.strip(_BLANK),
    "start": lambda cell: cell.lstrip(_BLANK),
    "end": lambda cell: cell.rstrip(_BLANK),
}


def read(stream: BinaryIO, dialect: Dialect, problem: Problem) -> Generator[Row, None, None]:
    """The rows of a file, comments and header included.

    `problem` is called for what is wrong: `table.encoding`, `table.quote`, `table.size`. A row of a file with
    quotes may span lines; its `line` is the one that it starts on.
    """
    delimiter, prefix, trim = dialect.delimiter, dialect.comment_prefix, TRIMS.get(dialect.trim)
    # What cannot be split at the delimiters alone, if the text holds it.
    special = dialect.quote if dialect.double_quote or dialect.quote is None else "\\"
    blanks = (" ", "\t", "\r")
    line = number = 0
    start = 1
    scanner: _Scanner | None = None
    lines = _lines(stream, dialect, problem)
    try:
        for text, terminator in lines:
            line += 1
            number += 1
            if prefix and text.startswith(prefix):
                yield Row(line, number, [], text[len(prefix) :])
                start = line + 1
                continue
            if special is None or (special not in text and (dialect.quote or special) not in text):
                cells = text.split(delimiter)
                if len(cells) > MOST_CELLS:
                    problem(start, "table.size", *_too_many(len(cells)))
                    return
                if trim is not None and any(blank in text for blank in blanks):
                    cells = [trim(cell) for cell in cells]
                yield Row(start, number, cells)
                start = line + 1
                continue
            scanner = _Scanner(dialect)
            length, joined = len(text), 0
            while scanner.feed(text):
                assert scanner.value is not None
                following = next(lines, None)
                if following is None:
                    scanner.cells.append("".join(scanner.value))
                    scanner.wrong = f"a {scanner.quote} is never closed"
                    break
                scanner.value.append(terminator)
                if len(scanner.value) - joined > 4096:  # small strings take much more memory than their text
                    scanner.value[joined:] = ["".join(scanner.value[joined:])]
                    joined = len(scanner.value)
                text, terminator = following
                line += 1
                length += len(text) + 1
                if length > LONGEST_ROW:
                    raise _TooLongError(text)
            cells = scanner.cells
            if len(cells) > MOST_CELLS:
                problem(start, "table.size", *_too_many(len(cells)))
                return
            if scanner.wrong:
                quote = scanner.quote
                remedy = f"close the quote, and write a {quote} within a cell as {scanner.escape}{quote}"
                problem(start, "table.quote", scanner.wrong, remedy)
            yield Row(start, number, cells if trim is None else [trim(cell) for cell in cells])
            start, scanner = line + 1, None
    except _TooLongError as error:
        cell = _cells_begun(error.args[0], dialect, scanner)
        message = f"the row has more than {LONGEST_ROW:,} characters, in cell {cell}; no more is read"
        problem(start, "table.size", message, "look for a quote that is not closed, or shorten the cell")
    finally:
        lines.close()
