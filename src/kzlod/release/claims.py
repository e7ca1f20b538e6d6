"""What a release claims of its files: which there are, their checksums and sizes, what is in the compressed ones."""

from __future__ import annotations

import gzip
import json
import os
import re
import stat
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import zstandard

from kzlod.findings import Finding
from kzlod.release.files import CATALOGUE, SUMS, File, sha256
from kzlod.release.kinds import false
from kzlod.release.published import escapes, relative

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_PIECE = 1 << 20
_WINDOW = 1 << 27
UNLISTED = frozenset({CATALOGUE, SUMS})
"""What no catalogue lists: itself, and the list of checksums, which is written after it."""


def present(folder: Path) -> dict[str, str]:
    """The files below a folder, ordered by path, each with the reason why it cannot be read: empty where it can."""
    found: dict[str, str] = {}
    root = folder.resolve()
    for parent, folders, names in os.walk(folder):
        for name in sorted([*folders, *names]):
            path = Path(parent, name)
            linked = path.is_symlink()
            if name in names or linked:
                found[path.relative_to(folder).as_posix()] = _unreadable(path, root)
    return dict(sorted(found.items()))


def _unreadable(path: Path, root: Path) -> str:
    if not path.resolve().is_relative_to(root):
        return "is a link that leads out of the folder"
    try:
        return "" if stat.S_ISREG(path.stat().st_mode) else "is no regular file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def digests(folder: Path, paths: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 of each file that can be read."""
    readable = [path for path, reason in paths.items() if not reason]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(readable, pool.map(lambda path: sha256(folder / path), readable), strict=True))


def sums(text: str) -> tuple[dict[str, str], Finding | None]:
    """The SHA-256 of each path that a list of checksums names, and what is wrong with the list itself."""
    named: dict[str, str] = {}
    for number, line in enumerate(text.split("\n")[:-1] if text.endswith("\n") else text.split("\n"), 1):
        match = _LINE.fullmatch(line)
        reason = "is no line of a checksum and a path" if match is None else escapes(match[2])
        if match is None or reason:
            shown = f"refused: {match[2]!r}: {reason}" if match else reason
            return named, false("files", SUMS, shown, row=number)
        if match[2] in named:
            return named, false("files", SUMS, f"names {match[2]} twice", row=number)
        named[match[2]] = match[1]
    return named, None


def files(named: Mapping[str, str] | None, wrong: Finding | None, there: Mapping[str, str]) -> Iterator[int | Finding]:
    """Check that the list of checksums names what is there, and nothing else."""
    if named is None:
        yield false("files", SUMS, "is not there")
        return
    if wrong:
        yield wrong
    for path, reason in there.items():
        if reason:
            yield false("files", path, reason)
    for path in named:
        yield 1 if path in there else false("files", SUMS, f"names {path}, which is not there")
    for path in sorted(there.keys() - named.keys() - {SUMS}):
        yield false("files", path, f"is not in {SUMS}")


def checksums(named: Mapping[str, str] | None, known: Mapping[str, str]) -> Iterator[int | Finding]:
    """Check the SHA-256 of each file against the list of checksums."""
    if not named:
        yield false("checksums", SUMS, "states no checksum")
        return
    for path, stated in named.items():
        if path in known:
            yield from _same_sum("checksums", SUMS, path, stated, known[path])


def _same_sum(kind: str, where: str, path: str, stated: str, found: str) -> Iterator[int | Finding]:
    yield 1 if stated == found else false(kind, where, f"states SHA-256 {stated} of {path}, which has {found}")


def sizes(listed: Mapping[str, File], folder: Path, known: Mapping[str, str]) -> Iterator[int | Finding]:
    """Check the sizes that the catalogue states (dcat:byteSize)."""
    for path, file in listed.items():
        if path not in known:
            yield false("sizes", CATALOGUE, f"lists {path}, which is not there")
        else:
            size = (folder / path).stat().st_size
            message = f"states {file.size:,} bytes of {path}, which has {size:,}"
            yield 1 if size == file.size else false("sizes", CATALOGUE, message)


def catalogue(listed: Mapping[str, File], known: Mapping[str, str]) -> Iterator[int | Finding]:
    """Check the checksums that the catalogue states (spdx:checksumValue), and that it leaves no file out."""
    for path, file in listed.items():
        if path in known:
            yield from _same_sum("catalogue", CATALOGUE, path, file.sha256, known[path])
    for path in sorted(known.keys() - listed.keys() - UNLISTED):
        yield false("catalogue", CATALOGUE, f"leaves out {path}")


def search_engines(content: bytes, release: str, folder: Path, known: Mapping[str, str]) -> Iterator[int | Finding]:
    """Check what a schema.org description says of the files: contentSize and sha256."""
    kind, where = "schema.org", "schema.jsonld"
    try:
        downloads = json.loads(content)["distribution"]
        stated = [(item["contentUrl"], item["contentSize"], item["sha256"]) for item in downloads]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        yield false(kind, where, f"does not say what the files are: {type(error).__name__}: {error}")
        return
    for url, size, digest in stated:
        path = relative(str(url), release)
        if path is None or path not in known:
            yield false(kind, where, f"names {url}, which is not there")
        elif size != f"{(found := (folder / path).stat().st_size)} B":
            yield false(kind, where, f"states {size} of {path}, which has {found} B")
        else:
            yield from _same_sum(kind, where, path, digest, known[path])


def compressed(listed: Mapping[str, File], folder: Path, known: Mapping[str, str]) -> Iterator[int | Finding]:
    """Check that each compressed file holds the bytes of the plain one beside it, and not a byte more."""
    for path in known:
        plain, _, suffix = path.rpartition(".")
        if suffix not in ("zst", "gz"):
            continue
        if plain not in known:
            message = f"nothing says how large it may be unpacked: {plain} is not there"
            yield false("compressed", path, message)
            continue
        most = listed[plain].size if plain in listed else (folder / plain).stat().st_size
        difference = _unpacks_otherwise(folder / path, folder / plain, most)
        yield false("compressed", path, f"{difference}: {plain}") if difference else 1


def _unpacks_otherwise(path: Path, plain: Path, most: int) -> str:
    """How a compressed file differs from a plain one, empty where it does not; never unpacks much more than `most`."""
    have = 0
    try:
        with ExitStack() as stack:
            expected = stack.enter_context(plain.open("rb"))
            source = stack.enter_context(path.open("rb"))
            unpacked = stack.enter_context(_unpacked(source, path.suffix))
            while piece := unpacked.read(_PIECE):
                have += len(piece)
                if have > most:
                    return f"unpacks to more than the {most:,} bytes that are stated of"
                if expected.read(len(piece)) != piece:
                    return f"unpacks to other bytes, in or after byte {have - len(piece) + 1:,}, than are in"
            return "unpacks to fewer bytes than are in" if expected.read(1) else ""
    except (zstandard.ZstdError, EOFError, zlib.error, OSError) as error:
        return f"does not unpack ({str(error) or type(error).__name__}), unlike"


def _unpacked(source: IO[bytes], suffix: str) -> IO[bytes]:
    if suffix == ".gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=source))
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    return cast(IO[bytes], decompressor.stream_reader(source, read_across_frames=True))
