"""The dumps: the whole dataset in every format, plain, and compressed where large."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import zstandard

from kzlod.dataset import Dataset
from kzlod.formats import FORMATS, Format
from kzlod.quads.names import names
from kzlod.quads.write import write

LARGE = 1 << 20
"""From how many bytes a dump is also there compressed."""
_LEVEL, _WORKERS = 1, 2
"""How hard zstd tries, and with how many workers: fixed, since the bytes depend on whether there are any."""
_CHUNK = 1 << 22
_WRITERS = 2
"""How many dumps are written at a time: each is one thread's work, in order."""


def write_dumps(dataset: Dataset, folder: Path, *, step: Callable[[str], None] = lambda _: None) -> None:
    """Write `<id>.nq`, `.nt`, `.trig`, `.ttl`, `.jsonld` and `.rdf`, and the large ones as `.zst` too."""
    project = dataset.project
    names(dataset.table, project.prefixes)  # ordered and asked once, before two threads need it

    def make(format_: Format) -> None:
        step(format_.title)
        path = folder / f"{project.id}{format_.suffix}"
        write(dataset.table, format_, path, prefixes=project.prefixes)
        compress_large(path)

    with ThreadPoolExecutor(_WRITERS) as pool:
        for _ in pool.map(make, FORMATS):
            pass


def compress_large(path: Path) -> None:
    """Write a large file again as `.zst` beside it; the frame says how long its content is (RFC 8878, 3.1.1)."""
    size = path.stat().st_size
    if size < LARGE:
        return
    compressor = zstandard.ZstdCompressor(level=_LEVEL, threads=_WORKERS, write_checksum=True)
    with path.open("rb") as plain, path.with_name(f"{path.name}.zst").open("wb") as compressed:
        compressor.copy_stream(plain, compressed, size=size, read_size=_CHUNK, write_size=_CHUNK)
