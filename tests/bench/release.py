"""A release of a cube of 9 million triples: whole, compared, verified, beside writing and compressing its dumps."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.cube import make
from tests.bench.measure import Measure, Row, run

_ROWS = 1_000_000
_KZLOD = str(Path(sys.executable).with_name("kzlod"))
# What is read and ordered before anything is written is the same on both sides, and is told apart.
_TIMED = """
import sys, time
from pathlib import Path
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.release.build import build
from kzlod.release.dumps import write_dumps
start = time.perf_counter()
with Dataset.open(Project.read(Path(sys.argv[1]))) as dataset:
    read = time.perf_counter()
    if sys.argv[3] == "dumps":
        Path(sys.argv[2]).mkdir()
        write_dumps(dataset, Path(sys.argv[2]))
    else:
        build(dataset, Path(sys.argv[2]))
    print(f"{read - start:.1f} {time.perf_counter() - read:.1f}", file=open(sys.argv[4], "w"))
"""


def bench() -> Iterator[Row]:
    """Build, verify and diff."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        old = make(folder / "old", _ROWS)
        _, dumps_alone = _timed(folder, old, folder / "dumps", "dumps")[1]
        shutil.rmtree(folder / "dumps")
        whole, (reading, seconds) = _timed(folder, old, folder / "dist", "build")
        yield Row("reading the cube's N-Triples", f"{reading:.1f} s", "", None)
        yield Row(
            "build: order, all formats, checksums, catalogue, statistics",
            f"{seconds:.1f} s, {whole.megabytes:.0f} MB",
            "under 90 s, 1500 MB",
            seconds < 90 and whole.megabytes < 1500,
        )
        ratio = seconds / dumps_alone
        yield Row(
            "the same beside writing and compressing the dumps alone", f"{ratio:.2f}", "at most 2.5", ratio <= 2.5
        )
        new = make(folder / "new", _ROWS, version="1.1.0", changed=10_000)
        _timed(folder, new, folder / "dist", "build")
        releases = [str(folder / "dist" / "trade" / version) for version in ("1.0.0", "1.1.0")]
        yield _row("diff of two releases, 10,000 changes", ["diff", *releases, "--format", "patch"], 20, 2000)
        yield _row("verify", ["verify", releases[0]], 60, None)


def _timed(folder: Path, project: Path, out: Path, what: str) -> tuple[Measure, tuple[float, float]]:
    told = folder / "told"
    measured = run([sys.executable, "-c", _TIMED, str(project), str(out), what, str(told)], runs=1, warm=False)
    reading, seconds = told.read_text().split()
    return measured, (float(reading), float(seconds))


def _row(name: str, arguments: list[str], aim: float, megabytes: float | None) -> Row:
    measured = run([_KZLOD, *arguments], runs=1, warm=False)
    aims = f"under {aim} s" + (f", {megabytes:.0f} MB" if megabytes else "")
    reached = measured.seconds < aim and (megabytes is None or measured.megabytes < megabytes)
    return Row(name, f"{measured.seconds:.1f} s, {measured.megabytes:.0f} MB", aims, reached)
