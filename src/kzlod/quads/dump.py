"""The dump in a release's folder that holds all of a dataset: its N-Quads."""

from __future__ import annotations

from pathlib import Path

from kzlod.errors import InputError
from kzlod.formats import NQUADS
from kzlod.quads.unpack import SUFFIXES


def dump(folder: Path, *, remedy: str) -> Path:
    """The N-Quads of a release's folder, or of the release that is `latest` in it; perhaps compressed.

    Raises `InputError` where there are none, or those of several datasets.
    """
    inner = folder / "latest" if (folder / "latest").is_dir() else folder
    dumps = [path for suffix in ("", *SUFFIXES) for path in sorted(inner.glob(f"*{NQUADS.suffix}{suffix}"))]
    if not dumps:
        raise InputError("holds no N-Quads", where=str(folder), remedy=remedy)
    if len({path.name.removesuffix(".gz").removesuffix(".zst") for path in dumps}) > 1:
        raise InputError("holds the dumps of several datasets", where=str(folder), remedy="name one of the files")
    return dumps[0]
