"""The files of a release: their sizes, their hashes, their media types."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kzlod.formats import FORMATS

SUMS, CATALOGUE, SERVICE = "SHA256SUMS", "catalog.ttl", "service.ttl"
VOID_FILE, WELL_KNOWN = "void.ttl", ".well-known/void"
_CHUNK = 1 << 20
_READERS = 2
_MEDIA_TYPES = {format_.suffix: format_.media_type for format_ in FORMATS} | {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".rq": "application/sparql-query",
    ".ru": "application/sparql-update",
    ".rdfp": "application/rdf-patch",
    ".md": "text/markdown",
    ".cff": "application/yaml",
    ".toml": "application/toml",
}
_COMPRESSIONS = {".zst": "application/zstd", ".gz": "application/gzip"}


@dataclass(frozen=True, slots=True, order=True)
class File:
    """A file of a release: its path from the release's folder, with slashes; its size in bytes; its SHA-256.

    >>> File("oslo.nt.zst", 10, "").media_type, File("oslo.nt.zst", 10, "").compression
    ('application/n-triples', 'application/zstd')
    """

    path: str
    size: int
    sha256: str

    @property
    def media_type(self) -> str:
        """The media type of the content, uncompressed."""
        name = PurePosixPath(self.path)
        plain = name.with_suffix("") if self.compression else name
        if self.path == ".well-known/void":
            return "text/turtle"
        return _MEDIA_TYPES.get(plain.suffix, "application/octet-stream")

    @property
    def compression(self) -> str:
        """The media type of the compression, empty where there is none."""
        return _COMPRESSIONS.get(PurePosixPath(self.path).suffix, "")


def sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def listed(folder: Path) -> Iterator[File]:
    """The files of a release's folder, in the order of their paths' bytes; the list of checksums is not one of them."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    names = sorted(paths.keys() - {SUMS}, key=str.encode)
    with ThreadPoolExecutor(_READERS) as pool:
        for name, digest in zip(names, pool.map(lambda name: sha256(paths[name]), names), strict=True):
            yield File(name, paths[name].stat().st_size, digest)
