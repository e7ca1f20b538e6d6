"""IC-1 to IC-21 of the Data Cube specification on a cube of statistics, in this process: sound, then with faults sown.

Nine triples an observation; areas and flows have code lists. Reading is not counted in the seconds, and is in the
peak. KZLOD_BENCH_ROWS sets how many observations there are (a million).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kzlod import cube
from kzlod.quads import QuadTable
from kzlod.quads.load import load_file
from tests.bench.cube import make
from tests.bench.measure import Row

_ROWS = int(os.environ.get("KZLOD_BENCH_ROWS", "1000000"))
_BASE = "http://example.org/trade/"
_STRUCTURE = f"""
PREFIX : <{_BASE}>
PREFIX dim: <{_BASE}dim/>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sdmx: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:dataset qb:structure :structure .
:structure a qb:DataStructureDefinition ; qb:component [ qb:dimension sdmx:refArea ], [ qb:dimension dim:partner ],
    [ qb:dimension dim:product ], [ qb:dimension sdmx:refPeriod ], [ qb:dimension dim:flow ],
    [ qb:measure dim:value ], [ qb:measure dim:weight ] .
sdmx:refArea rdfs:range skos:Concept ; qb:codeList :areas .
dim:partner rdfs:range skos:Concept ; qb:codeList :areas .
dim:product rdfs:range rdfs:Resource .
sdmx:refPeriod rdfs:range xsd:gYear .
dim:flow rdfs:range skos:Concept ; qb:codeList :flows .
:areas a skos:ConceptScheme .
:flows a skos:ConceptScheme .
"""
_SKOS, _TYPE = "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# Every code that the observations use, as a concept of its scheme.
_CODES = f"""
INSERT INTO quads SELECT code, unnest(['<{_TYPE}>', '<{_SKOS}inScheme>']),
    unnest(['<{_SKOS}Concept>', CASE WHEN contains(code, '/area/') THEN '<{_BASE}areas>' ELSE '<{_BASE}flows>' END]),
    '', source, NULL
FROM (SELECT o AS code, min(source) AS source FROM quads WHERE regexp_matches(o, '/code/(area|flow)/') GROUP BY o)
"""
# Of a thousand observations each one is there twice, has no product, has no weight, has a flow that is no code.
_FAULTS = (
    "INSERT INTO quads SELECT replace(s, '/obs/', '/copy/'), p, o, g, source, line FROM quads WHERE hash(s) % 1000 = 1"
    " AND contains(s, '/obs/')",
    "DELETE FROM quads WHERE hash(s) % 1000 = 2 AND contains(p, '/product>')",
    "DELETE FROM quads WHERE hash(s) % 1000 = 3 AND contains(p, '/weight>')",
    "UPDATE quads SET o = replace(o, '/flow/', '/none/') WHERE hash(s) % 1000 = 4 AND contains(o, '/code/flow/')",
)
_SOWN = ["cube.ic-11", "cube.ic-12", "cube.ic-14", "cube.ic-19"]


def bench() -> Iterator[Row]:
    """A process for each of the two cubes, which says what it took and found."""
    with TemporaryDirectory() as name:
        data = make(Path(name), _ROWS) / "data" / "cube.nt"
        (Path(name) / "structure.ttl").write_text(_STRUCTURE, "utf-8")
        for what, expected in (("sound", []), ("faults", _SOWN)):
            command = [sys.executable, "-m", "tests.bench.cube_checks", str(data), what]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            seconds, reading, peak, *found = told.split()
            result = (
                f"{float(seconds):.2f} s; peak {float(peak):,.0f} MB, {float(reading):,.0f} MB of it at reading;"
                f" {', '.join(found) or 'nothing'} found"
            )
            yield Row(f"{_ROWS:,} observations, {what}", result, "what was sown is found", found == expected)


def main(data: Path, what: str) -> None:
    """Check a cube, and print seconds, the peak before and after in MB, and the codes of what was found."""
    with QuadTable() as table:
        assert table.add_canonical(data, table.source("cube.nt"))
        load_file(table, data.parents[1] / "structure.ttl")
        for statement in (_CODES, *(_FAULTS if what == "faults" else ())):
            table.sql.execute(statement)
        reading, start = _peak(), time.perf_counter()
        codes = {violation.code for violation in cube.check(table)}
        print(time.perf_counter() - start, reading, _peak(), *sorted(codes))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
