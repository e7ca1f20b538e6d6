"""The command line on the reference dataset: how long a person waits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Row, run

_KZLOD = str(Path(sys.executable).with_name("kzlod"))


def bench() -> Iterator[Row]:
    """`--help`, a canned query, `check` and `build`, each as a whole process."""
    yield from _timed("kzlod --help", ["--help"], 0.2)
    yield from _timed("kzlod query trade-by-year", ["query", "trade-by-year"], 0.5)
    yield from _timed("kzlod check", ["check"], None)
    with TemporaryDirectory() as folder:
        yield from _timed("kzlod build", ["build", "--out", folder], 5, megabytes=500)


def _timed(name: str, arguments: list[str], aim: float | None, *, megabytes: float | None = None) -> Iterator[Row]:
    measured = run([_KZLOD, *arguments])
    result = f"{measured.seconds:.2f} s ({measured.fastest:.2f} to {measured.slowest:.2f}), {measured.megabytes:.0f} MB"
    aims = [] if aim is None else [f"under {aim} s"]
    aims += [] if megabytes is None else [f"under {megabytes:.0f} MB"]
    reached = (aim is None or measured.seconds < aim) and (megabytes is None or measured.megabytes < megabytes)
    yield Row(name, result, ", ".join(aims), reached if aims else None)
