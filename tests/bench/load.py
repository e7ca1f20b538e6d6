"""Loading a cube of 9 million triples into an empty Oxigraph, beside `curl` and `oxigraph load` with the same file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Measure, Row, run
from tests.stores import oxigraph

_ROWS = 1_000_000
_KZLOD, _OXIGRAPH = (str(Path(sys.executable).with_name(name)) for name in ("kzlod", "oxigraph"))
_MEGABYTES = 300
_MADE = """
import sys
from pathlib import Path
from kzlod.diff.canonical import sort_lines
from tests.bench.cube import make
sort_lines(make(Path(sys.argv[1]), int(sys.argv[2])) / "data" / "cube.nt", Path(sys.argv[3]))
"""


def bench(rows: int = _ROWS) -> Iterator[Row]:
    """Each way into a store of its own, one after the other; the file is in canonical order, as a release's is."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "cube.nt"
        # In a process of its own: what a process has needed at most, those that it starts are said to need too.
        subprocess.run([sys.executable, "-c", _MADE, str(folder / "project"), str(rows), str(file)], check=True)
        shutil.rmtree(folder / "project")
        posted = _with_curl(folder, file)
        with _server(folder) as url:
            loaded, uploading = _with_kzlod(folder, url, file)
        yield from _rows("server, on disk", "curl --upload-file", posted, uploading, 0.85)
        reached = loaded.megabytes < _MEGABYTES
        yield Row("its client's memory", f"{loaded.megabytes:.0f} MB", f"under {_MEGABYTES} MB", reached)
        bulk = run([_OXIGRAPH, "load", "--location", str(folder / "bulk"), "--file", str(file)], runs=1, warm=False)
        shutil.rmtree(folder / "bulk")
        loaded, uploading = _with_kzlod(folder, str(folder / "folder"), file)
        yield from _rows("folder", "oxigraph load", bulk.seconds, uploading, 0.8)
        both = f"{loaded.megabytes:.0f} MB; oxigraph load {bulk.megabytes:.0f} MB"
        yield Row("the memory of both: the store itself", both, "", None)


def _rows(into: str, other: str, seconds: float, uploading: float, aim: float) -> Iterator[Row]:
    yield Row(f"into a {into}: {other}", f"{seconds:.1f} s", "", None)
    yield Row(f"into a {into}: kzlod load, without verifying", f"{uploading:.1f} s", "", None)
    ratio = seconds / uploading
    yield Row(f"into a {into}: how many times as fast", f"{ratio:.2f}", f"at least {aim}", ratio >= aim)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """An empty server on disk, whose store is removed afterwards."""
    with oxigraph(folder, on_disk=True) as store:
        yield store.url
    shutil.rmtree(folder / "store")


def _with_curl(folder: Path, file: Path) -> float:
    with _server(folder) as url:
        start = time.perf_counter()
        subprocess.run(
            [
                *("curl", "--silent", "--fail", "--request", "POST", "--header", "content-type: application/n-triples"),
                *("--upload-file", str(file), f"{url}/store?default&no_transaction"),
            ],
            check=True,
        )
        return time.perf_counter() - start


def _with_kzlod(folder: Path, target: str, file: Path) -> tuple[Measure, float]:
    """The whole process, with its verification of counts, and the seconds of its upload alone."""
    told = folder / "told.json"
    command = [_KZLOD, "load", target, str(file), "--compare-up-to", "0", "--json"]
    measured = run(["sh", "-c", 'exec "$@" > "$0"', str(told), *command], runs=1, warm=False)
    return measured, float(json.loads(told.read_text())["seconds"])
