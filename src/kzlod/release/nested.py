"""Turtle and TriG that say the same in the same words: seen by comparing their text, much faster than by parsing.

Where the statements of a Turtle file are, letter for letter, those of the graphs of a TriG file, indented there, the
two have the same triples: a statement means the same wherever it stands, if the prefixes are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 20
_LONGEST = 1 << 26
_CHANGES = 1000
"""How often the text may go on in another graph: each time takes milliseconds, and parsing takes seconds."""
_END = b" .\n"
# A brace may begin another graph, and in a text of several lines the indentation is part of the text.
_SIGNS = (b"{", b"}", b'"""', b"'''")


def same_statements(trig: Path, turtle: Path) -> bool:
    """Whether the statements of a Turtle file are those of the graphs of a TriG file; False where that is not plain.

    If it is, and the TriG file parses, so does the Turtle file, and its triples are those of the graphs.
    """
    with turtle.open("rb") as plain, trig.open("rb") as nested:
        line = plain.readline()
        while line.startswith(b"@prefix ") and line == nested.readline():
            line = plain.readline()
        sections = _sections(nested)
        return bool(sections) and _merges(plain, line, nested, sections)


def _sections(nested: BinaryIO) -> list[tuple[int, int]]:
    """Where the text in each graph begins and ends, from where the file is read; none where there is other text too."""
    found = []
    while opening := nested.readline():
        begin = nested.tell()
        end = _find(nested, b"\n}\n", begin - 1)
        if not opening.endswith(b" {\n") or end < 0:
            return []
        found.append((begin, end + 1))
        nested.seek(end + 3)
    return found


def _find(file: BinaryIO, sign: bytes, start: int) -> int:
    """Where a sign comes first after a place, -1 where it does not."""
    file.seek(start)
    piece = b""
    while data := file.read(_PIECE):
        piece = piece[1 - len(sign) :] + data
        if (found := piece.find(sign)) >= 0:
            return file.tell() - len(piece) + found
    return -1


def _merges(plain: BinaryIO, line: bytes, nested: BinaryIO, sections: list[tuple[int, int]]) -> bool:
    """Whether the rest of a Turtle file, from a line on, is what the sections hold, each to its end, in any order."""
    places = [begin for begin, _ in sections]
    ends = [end for _, end in sections]
    current = changes = 0

    def text(section: int, length: int) -> bytes:
        nested.seek(places[section])
        return nested.read(min(length, ends[section] - places[section]))

    while piece := _statements(plain, line):
        line = b""
        if any(sign in piece for sign in _SIGNS) or not piece.endswith(_END):
            return False
        left = b"    " + piece[:-1].replace(b"\n", b"\n    ") + b"\n"
        while left:
            same = _common(left, text(current, len(left)))
            same = same if same == len(left) else left.rfind(_END, 0, same) + len(_END)
            if same < len(_END):
                statement = left[: left.find(_END) + len(_END)]
                others = (other for other in range(len(places)) if text(other, len(statement)) == statement)
                current, changes = next(others, -1), changes + 1
                if current < 0 or changes > _CHANGES:
                    return False
                continue
            places[current] += same
            left = left[same:]
    return places == ends


def _statements(plain: BinaryIO, line: bytes) -> bytes:
    """The next lines up to the end of a statement, or as many as are reasonable."""
    lines = [line, plain.read(_PIECE)]
    length = _PIECE
    while (line := plain.readline()) and length < _LONGEST:
        lines.append(line)
        length += len(line)
        if line.endswith(_END):
            break
    return b"".join(lines)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their start."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
