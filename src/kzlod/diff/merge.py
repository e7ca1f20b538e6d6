"""Dumps read in step: what one has and the other has not, and what each has about a subject."""

from __future__ import annotations

import hashlib
import operator
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kzlod.diff.canonical import NotCanonicalError, are_canonical, quad
from kzlod.errors import InputError
from kzlod.quads import Quad

_CHUNK = 1 << 20
_BLOCK = 1 << 16
_STEP, _STRIDE = 1 << 7, 1 << 18


@dataclass(frozen=True, slots=True)
class QuadFile:
    """Some quads, in order, as a file of canonical N-Quads that holds `count` of them."""

    path: Path
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Quad]:
        with self.path.open("rb") as file:
            yield from map(quad, file)


@dataclass(slots=True)
class Dump:
    """A file of N-Quads; once `differences` read it to its end, its quads can be looked up by subject.

    `digest` is the SHA-256 that the file must have, `""` where nothing says so. `sound` says that the file is canonical
    and in order, because kzlod wrote it.
    """

    path: Path
    shown: str
    digest: str = ""
    sound: bool = False
    _subjects: list[bytes] = field(default_factory=list)
    _offsets: list[int] = field(default_factory=list)

    def forget(self) -> None:
        """Start the index anew."""
        self._subjects.clear()
        self._offsets.clear()

    def index(self, subject: bytes, offset: int) -> None:
        """Note which subject a line is about, for one line in a block of the file."""
        self._subjects.append(subject)
        self._offsets.append(offset)

    def prove(self, digest: str) -> None:
        """Raise `InputError` where the file's digest is not the one that it should have."""
        if digest != self.digest:
            raise InputError(
                "has not the SHA-256 that its release's SHA256SUMS states: it was edited, or cut short",
                where=self.shown,
                remedy="fetch or build it again; `kzlod verify` tells more",
            )

    def about(self, subject: str) -> Iterator[Quad]:
        """The quads of a subject (its token), in order."""
        key = subject.encode() + b" "
        block = max(bisect_left(self._subjects, key[:-1]) - 1, 0)
        start, *ends = self._offsets[block : block + 2] or [0]
        with self.path.open("rb") as file:
            file.seek(start)
            piece = file.read(ends[0] - start if ends else -1)
            before = 0 if piece.startswith(key) else piece.find(b"\n" + key) + 1
            # What is not in the block may begin where the next one does.
            file.seek(start + (before if before or piece.startswith(key) else len(piece)))
            for line in file:
                if not line.startswith(key):
                    return
                yield quad(line)


class _Reader:
    """A dump from its start to its end: the buffer holds what comes next, from `at`, always the start of a line."""

    def __init__(self, dump: Dump, *, checked: bool) -> None:
        self.dump, self.buffer, self.at = dump, b"", 0
        self._file = dump.path.open("rb")
        dump.forget()
        self._sha = hashlib.sha256()
        self._read, self._last = 0, b""
        self._checked, self._unchecked, self._highest = checked, b"", b""

    def fill(self) -> bool:
        """Read on; False at the end of the file."""
        data = self._file.read(_CHUNK)
        if not data:
            return False
        if self.dump.digest:
            self._sha.update(data)
        if self._checked:
            self._check(data)
        self._index(data)
        self._read += len(data)
        self.buffer, self.at = self.buffer[self.at :] + data, 0
        return True

    def _index(self, data: bytes) -> None:
        for position in range(0, len(data), _BLOCK):
            start = data.find(b"\n", position) + 1 if self._read or position else 0
            end = data.find(b" ", start)
            if end > 0 and (start or not self._read + position):
                self.dump.index(data[start:end], self._read + start)

    def _check(self, data: bytes) -> None:
        """Raise `NotCanonicalError` unless what was read is canonical and each line greater than the one before."""
        whole, _, self._unchecked = (self._unchecked + data).rpartition(b"\n")
        if whole:
            lines = whole.split(b"\n")
            ordered = self._highest < lines[0] and all(map(operator.lt, lines, lines[1:]))
            if not ordered or not are_canonical(whole + b"\n"):
                raise NotCanonicalError
            self._highest = lines[-1]

    def line(self) -> bytes:
        """The next line, empty at the end; raises `NotCanonicalError` where it is not greater than the last."""
        while (end := self.buffer.find(b"\n", self.at)) < 0:
            if not self.fill():
                if self.at < len(self.buffer):
                    raise NotCanonicalError
                return b""
        line = self.buffer[self.at : end + 1]
        if line <= self._last:
            raise NotCanonicalError
        return line

    def advance(self, length: int) -> None:
        """Pass over some whole lines."""
        if length:
            end = self.at + length
            self._last = self.buffer[max(self.buffer.rfind(b"\n", self.at, end - 1) + 1, self.at) : end]
            self.at = end

    def close(self) -> None:
        self._file.close()

    def prove(self) -> None:
        """Raise `InputError` where the file, once it is read, does not have the digest that it should have."""
        if self.dump.digest:
            self.dump.prove(self._sha.hexdigest())


def _pass_common(one: _Reader, other: _Reader) -> None:
    """Move both readers over the whole lines that they have in common, comparing bytes and not lines."""
    width, growing, same = _STEP, True, 0
    while width >= _STEP:
        room = min(len(one.buffer) - one.at, len(other.buffer) - other.at) - same
        if room <= 0:
            same -= _settle(one, other, same)
            used_up = [reader for reader in (one, other) if len(reader.buffer) - reader.at <= same]
            if not all(reader.fill() for reader in used_up):
                break
            continue
        size = min(width, room)
        start, there = one.at + same, other.at + same
        if one.buffer[start : start + size] == other.buffer[there : there + size]:
            same += size
            width = min(width * 2, _STRIDE) if growing else width // 2
        else:
            growing, width = False, size // 2
    _settle(one, other, same)


def _settle(one: _Reader, other: _Reader, same: int) -> int:
    """Pass over the whole lines among so many bytes in common; returns how many bytes that were."""
    length = max(one.buffer.rfind(b"\n", one.at, one.at + same) + 1 - one.at, 0)
    one.advance(length)
    other.advance(length)
    return length


def _canonical(line: bytes) -> bytes:
    quad(line)
    return line


def differences(old: Dump, new: Dump) -> Iterator[tuple[bool, bytes]]:
    """The lines that one of two dumps has and the other has not, in order; True for those of `new`.

    Dumps in canonical form are in the order of their lines' bytes, so a diff is one pass over both, in memory that
    does not grow; most of it compares large blocks of bytes. Lines that both have are checked in one of the two, and in
    neither where a checksum or their origin vouches for one. Raises `NotCanonicalError` for what must be sorted first,
    `InputError` for a file without the digest that it should have; both may come late, after lines were given.
    """
    vouched = any(dump.sound or dump.digest for dump in (old, new))
    left, right = _Reader(old, checked=not vouched), _Reader(new, checked=False)
    try:
        while (a := left.line()) != (b := right.line()) or a:
            if a == b:
                left.advance(len(a))
                right.advance(len(b))
                _pass_common(left, right)
            elif not b or (a and a < b):
                yield False, _canonical(a)
                left.advance(len(a))
            else:
                yield True, _canonical(b)
                right.advance(len(b))
        left.prove()
        right.prove()
    finally:
        left.close()
        right.close()
