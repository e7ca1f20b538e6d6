"""Compressed tables: the content of `.gz` and `.zst` files as a stream; one that is cut short is no end."""

from __future__ import annotations

import gzip
import io
from typing import Any, BinaryIO, cast

_PIECE = 1 << 16


def opened(stream: BinaryIO, name: str) -> BinaryIO:
    """The content of a file that has this name; of one that is not compressed, the stream itself.

    Reading raises `OSError` or `EOFError` where the file is broken.
    """
    if name.endswith(".gz"):
        return cast(BinaryIO, _Gzip(stream))
    return cast(BinaryIO, io.BufferedReader(_Zstd(stream), 1 << 18)) if name.endswith(".zst") else stream


class _Gzip(gzip.GzipFile):
    """Closes its file too."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(fileobj=stream)
        self._under = stream

    def close(self) -> None:
        super().close()
        self._under.close()


class _Zstd(io.RawIOBase):
    """The frames of a zstd file, one after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        import zstandard

        self._stream, self._zstd = stream, zstandard
        self._frame: Any = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._left, self._waiting = b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting:
            piece = self._left or self._stream.read(_PIECE)
            if not piece:
                if self._begun:
                    raise EOFError("the file is cut short")
                return 0
            try:
                self._waiting = memoryview(self._frame.decompress(piece))
            except self._zstd.ZstdError as error:
                raise OSError(f"it does not unpack as zstd: {error}") from error
            self._begun, self._left = not self._frame.eof, b""
            if self._frame.eof:
                self._left = self._frame.unused_data
                self._frame = self._zstd.ZstdDecompressor().decompressobj()
        size = min(len(buffer), len(self._waiting))
        buffer[:size] = self._waiting[:size]
        self._waiting = self._waiting[size:]
        return size

    def close(self) -> None:
        self._stream.close()
        super().close()
