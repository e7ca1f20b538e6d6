"""Compressed files, unpacked as far as is reasonable: a small file that unpacks without end is refused."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import zstandard

from kzlod.errors import InputError

RATIO = 250
"""How many times its size a file may unpack to. N-Quads of one shape shrink 15 to 60 times, at the highest levels too;
what is made to fill a disk shrinks a thousand times (gzip) or thirty thousand (zstd)."""
FREE = 64 << 20
"""What any file may unpack to, however small it is: tiny files with much repetition shrink more."""
_PIECE = 1 << 12  # a zstd block of 4 bytes can stand for 128 KiB, so a piece stands for 128 MiB at most
_CHUNK = 1 << 20


def _zstd(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        frame = zstandard.ZstdDecompressor().decompressobj()
        while piece := file.read(_PIECE):
            while piece:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                yield frame.decompress(piece)
                piece = frame.unused_data if frame.eof else b""
        if not frame.eof:
            raise EOFError


def _gzip(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        while piece := file.read(_CHUNK):
            yield piece


_UNPACKERS: dict[str, Callable[[Path], Iterator[bytes]]] = {".zst": _zstd, ".gz": _gzip}
SUFFIXES = tuple(_UNPACKERS)


def unpack(path: Path, target: Path, *, shown: str = "") -> None:
    """Unpack a `.zst` or `.gz` file to another file.

    Raises `InputError` for one that is not compressed so, is cut short, or unpacks to more than `RATIO` times its size.
    """
    shown = shown or str(path)
    written = 0
    try:
        most = max(FREE, RATIO * path.stat().st_size)
        with target.open("wb") as file:
            for piece in _UNPACKERS[path.suffix](path):
                written += len(piece)
                if written > most:
                    raise InputError(
                        f"unpacks to more than {most >> 20:,} MiB, which may be meant to fill the disk",
                        where=shown,
                        remedy="unpack it yourself if you trust it, and name the result",
                    )
                file.write(piece)
    except EOFError as error:
        raise InputError("is cut short", where=shown, remedy="fetch it again") from error
    except (zstandard.ZstdError, gzip.BadGzipFile, zlib.error) as error:
        message = f"does not unpack as {path.suffix.removeprefix('.')}: {error}"
        raise InputError(message, where=shown, remedy="fetch it again") from error
    except OSError as error:
        where = shown if not error.filename or error.filename == str(path) else str(target.parent)
        raise InputError(f"cannot be unpacked: {error.strerror or error}", where=where, remedy="free space") from error
