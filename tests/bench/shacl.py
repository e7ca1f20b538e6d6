"""SHACL from N-Triples on disk to the report, reading included: a cube of statistics, beside Jena and pySHACL.

Nine triples an observation, eight properties checked; the shapes are those of ../shared/bench. KZLOD_BENCH_ROWS sets
how many observations the middle cube has (a million); the others have a tenth and five times as many.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from kzlod.quads.canonical import lines_of
from tests.bench.cube import make
from tests.bench.measure import Measure, Row, run

_ROWS = int(os.environ.get("KZLOD_BENCH_ROWS", "1000000"))
_KZLOD = str(Path(sys.executable).with_name("kzlod"))
_BENCH = Path(__file__).parents[3] / "shared" / "bench"
_SHAPES, _SPARQL, _JENA = _BENCH / "shapes.ttl", _BENCH / "shapes-sparql.ttl", _BENCH / "jena.sh"
_PYSHACL = """
import sys, pyshacl, rdflib
data, shapes = (rdflib.Graph().parse(path) for path in sys.argv[1:])
pyshacl.validate(data, shacl_graph=shapes)
"""
# Of so many lines one is left out, has a code that is none, a bad or a negative number, or a second value.
_FAULTS = """
SELECT CASE n % 97 WHEN 1 THEN replace(line, '/code/', '/none/') WHEN 2 THEN replace(line, '"^^', 'x"^^')
    WHEN 3 THEN replace(line, ' "', ' "-') ELSE line END FROM lines WHERE n % 97 <> 0
UNION ALL SELECT replace(line, '"^^', '1"^^') FROM lines WHERE n % 97 = 4 AND contains(line, '"^^')
UNION ALL SELECT replace(line, '/hs6/', '/hs6/9') FROM lines WHERE n % 97 = 5 AND contains(line, '/hs6/')
"""


def bench() -> Iterator[Row]:
    """Seeded faults, then three sizes, and a SPARQL constraint; peers on the sizes that they manage."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        small, middle = _cube(folder, "small", _ROWS // 10), _cube(folder, "middle", _ROWS)
        yield _faulty(folder, small)
        own = _own(small)
        yield _row(f"{9 * _ROWS // 10:,} triples", own, seconds=1)
        yield _peer("Jena", _jena(small), own, 10)
        yield _peer(
            "pySHACL", run([sys.executable, "-c", _PYSHACL, str(small), str(_SHAPES)], runs=1, warm=False), own, 50
        )
        yield _row("the same, with a SPARQL constraint", _own(small, _SPARQL), seconds=5)
        own = _own(middle)
        yield _row(f"{9 * _ROWS:,} triples", own, seconds=6, megabytes=2_000)
        yield _peer("Jena", _jena(middle), own, 15)
        middle.unlink()
        yield _row(
            f"{45 * _ROWS:,} triples", _own(_cube(folder, "large", 5 * _ROWS), runs=1), seconds=40, megabytes=6_000
        )


def _cube(folder: Path, name: str, rows: int) -> Path:
    return make(folder / name, rows) / "data" / "cube.nt"


def _own(data: Path, *more: Path, runs: int = 3) -> Measure:
    """The command; where reporter and partner are the same it ends with findings."""
    shapes = [option for path in (_SHAPES, *more) for option in ("--shapes", str(path))]
    return run([_KZLOD, "validate", str(data), *shapes], runs=runs, warm=runs > 1, statuses=(0, 1) if more else (0,))


def _jena_command(data: Path) -> list[str]:
    return ["bash", str(_JENA), "shacl", "validate", "--shapes", str(_SHAPES), "--data", str(data)]


def _jena(data: Path) -> Measure:
    return run(_jena_command(data), runs=1, warm=False)


def _row(name: str, measured: Measure, *, seconds: float, megabytes: float = 0) -> Row:
    result = f"{measured.seconds:.2f} s, {measured.megabytes:.0f} MB"
    aim = f"under {seconds} s" + (f", under {megabytes:,.0f} MB" if megabytes else "")
    reached = measured.seconds < seconds and (not megabytes or measured.megabytes < megabytes)
    return Row(name, result, aim, reached)


def _peer(name: str, measured: Measure, own: Measure, times: float) -> Row:
    ratio = measured.seconds / own.seconds
    result = f"{ratio:.0f} times kzlod ({measured.seconds:.1f} s, {measured.megabytes:,.0f} MB)"
    return Row(f"{name}, the same", result, f"at least {times} times", ratio >= times)


def _faulty(folder: Path, clean: Path) -> Row:
    """Whether a cube with faults has as many results here as in Jena, by component."""
    data = folder / "faulty.nt"
    with duckdb.connect() as sql:
        sql.execute("SET enable_progress_bar = false")
        sql.execute(f"CREATE TABLE lines AS SELECT *, row_number() OVER () AS n FROM {lines_of(clean)}")
        sql.execute(f"COPY ({_FAULTS}) TO '{data}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')")
    own = [_KZLOD, "validate", str(data), "--shapes", str(_SHAPES), "--format", "turtle"]
    counts = [_components(command) for command in (own, _jena_command(data))]
    shown = " and ".join(f"{sum(count.values()):,}" for count in counts)
    name = f"results on {9 * _ROWS // 10:,} triples with faults, of {len(counts[0])} components, here and in Jena"
    return Row(name, shown, "the same numbers", counts[0] == counts[1])


def _components(command: list[str]) -> Counter[str]:
    """How many results of each component a report in Turtle has."""
    report = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return Counter(re.findall(r"sh:sourceConstraintComponent\s+sh:(\w+)", report))
