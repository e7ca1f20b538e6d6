"""Sorted N-Quads lines, looked up by what they begin with: the statements of a subject as the dump has them.

A release's N-Quads are canonical and sorted (RDFC-1.0, section 5), so the lines of a subject stand together and are
found by bisection in the file itself: nothing is read before it is asked for, and no lexical form changes.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path


class SortedLines:
    """Lines in the order of their bytes, each ended by a line feed: in memory, or in a file that is mapped.

    >>> lines = SortedLines(b"<http://e/a#b> x .\\n<http://e/a#b> y .\\n<http://e/a> x .\\n")
    >>> lines.beginning(b"<http://e/a#")
    [b'<http://e/a#b> x .', b'<http://e/a#b> y .']
    """

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self._data = data
        self._size = len(data)

    @classmethod
    def of_file(cls, path: Path) -> SortedLines:
        """The lines of a file."""
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                return cls(b"")
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def beginning(self, prefix: bytes, *, most: int | None = None) -> list[bytes]:
        """The lines that begin with a prefix: the first `most` of them, if told."""
        data, place, found = self._data, self._first(prefix), []
        while place < self._size and data[place : place + len(prefix)] == prefix:
            end = data.find(b"\n", place)
            found.append(data[place:end])
            if most is not None and len(found) >= most:
                break
            place = end + 1
        return found

    def __iter__(self) -> Iterator[bytes]:
        place = 0
        while place < self._size:
            end = self._data.find(b"\n", place)
            yield self._data[place:end]
            place = end + 1

    def _first(self, prefix: bytes) -> int:
        """Where the first line begins that is not before a prefix."""
        data, low, high = self._data, 0, self._size
        while low < high:
            middle = (low + high) // 2
            start = data.rfind(b"\n", low, middle) + 1 or low
            if data[start : start + len(prefix)] < prefix:
                end = data.find(b"\n", middle, high)
                low = high if end < 0 else end + 1
            else:
                high = start
        return low
