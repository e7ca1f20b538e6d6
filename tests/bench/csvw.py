"""Tables to N-Triples: trade statistics, nine triples a row, every cell checked; beside SQL by hand, and other tools.

KZLOD_BENCH_ROWS sets how many rows the smaller table has (a million), the larger has five times as many.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tests.bench.cube import TOML, rows
from tests.bench.measure import Measure, Row, alternately, run

_ROWS = int(os.environ.get("KZLOD_BENCH_ROWS", "1000000"))
_KZLOD = str(Path(sys.executable).with_name("kzlod"))
_BASE = "http://example.org/trade/"
_QB = "http://purl.org/linked-data/cube#"
_SDMX = "http://purl.org/linked-data/sdmx/2009/dimension#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_OBS = _BASE + "obs/{year}/{reporter}/{partner}/{hs6}/{flow}"
_IRIS = {
    "reporter": (_SDMX + "refArea", _BASE + "code/area/{reporter}"),
    "partner": (_BASE + "dim/partner", _BASE + "code/area/{partner}"),
    "hs6": (_BASE + "dim/product", _BASE + "code/hs6/{hs6}"),
    "flow": (_BASE + "dim/flow", _BASE + "code/flow/{flow}"),
}
_LITERALS = {
    "year": (_SDMX + "refPeriod", "gYear"),
    "value": (_BASE + "dim/value", "decimal"),
    "weight": (_BASE + "dim/weight", "decimal"),
}
_SAME = {_TYPE: _QB + "Observation", _QB + "dataSet": _BASE + "dataset"}
_COLUMNS = ("reporter", "partner", "hs6", "year", "flow", "value", "weight")
_FORMATS = {"hs6": "^[0-9]{6}$", "flow": "^(M|X|RM|RX)$"}
_PEERS = {"morph-kgc": ("morph-kgc", 20), "maplib": ("maplib polars", 25), "rdflib": ("rdflib", 100)}

_BY_HAND = """
import duckdb, sys
with duckdb.connect(config={{"threads": 1}}) as sql:
    sql.execute("SET enable_progress_bar = false")
    sql.execute('''COPY (SELECT {lines} FROM (SELECT *, {subject} AS s FROM read_csv('{table}', header = true,
        auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {columns})))
        TO '{out}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\\x01')''')
"""
_RDFLIB = """
import csv
from rdflib import Graph, Literal, URIRef
graph = Graph()
for row in csv.DictReader(open({table!r}, newline="")):
    s = URIRef({obs!r}.format(**row))
    for p, o in {same!r}.items():
        graph.add((s, URIRef(p), URIRef(o)))
    for p, o in {iris!r}.values():
        graph.add((s, URIRef(p), URIRef(o.format(**row))))
    for name, (p, datatype) in {literals!r}.items():
        graph.add((s, URIRef(p), Literal(row[name], datatype=URIRef({xsd!r} + datatype))))
graph.serialize({out!r}, format="nt", encoding="utf-8")
"""
_MAPLIB = """
import polars as pl
from maplib import Model
table = pl.read_csv({table!r}, infer_schema=False)
def made(template):
    pieces = template.replace("}}", "{{").split("{{")
    return pl.concat_str([pl.col(one) if n % 2 else pl.lit(one) for n, one in enumerate(pieces) if one])
frame = table.select(
    made({obs!r}).alias("s"), *(made(o).alias(name) for name, (_, o) in {iris!r}.items()),
    *(pl.col(name).cast(pl.Float64) if datatype == "decimal" else pl.col(name)
      for name, (_, datatype) in {literals!r}.items()),
)
lines = [f"ottr:Triple(?s, <{{p}}>, <{{o}}>)" for p, o in {same!r}.items()]
lines += [f"ottr:Triple(?s, <{{p}}>, ?{{name}})" for name, (p, _) in ({iris!r} | {literals!r}).items()]
kinds = ["ottr:IRI ?s", *(f"ottr:IRI ?{{name}}" for name in {iris!r})]
kinds += [f"?{{name}}" for name in {literals!r}]
model = Model()
model.map("@prefix t: <http://example.org/t#>. @prefix ottr: <http://ns.ottr.xyz/0.4/>. t:Row ["
          + ", ".join(kinds) + "] :: {{ " + ", ".join(lines) + " }} .", frame)
model.write({out!r}, format="ntriples")
"""
_OPEN = """
import sys
from pathlib import Path
from kzlod.csvw import conversion
from kzlod.dataset import Dataset
from kzlod.project import Project
conversion._SMALL = int(sys.argv[2])
Dataset.open(Project.read(Path(sys.argv[1]))).close()
"""
"""Reads a project; its tables of fewer than so many bytes row by row."""


def bench() -> Iterator[Row]:
    """Convert, by hand, compress, in turn; row by row; a project's table; with peers; a larger table."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        metadata = _make(folder, "small", _ROWS)
        out, zst, by_hand = folder / "out.nt", folder / "out.nt.zst", folder / "hand.nt"
        hand = [sys.executable, "-c", _by_hand(folder / "small.csv", by_hand)]
        plain = _command(metadata, out)
        # What a process gets of memory that the one before gave back it gets sooner: both come after one like it.
        small, other = alternately({out: plain, by_hand: hand})
        (compressed,) = alternately({zst: _command(metadata, zst)})
        yield _speed(f"{_ROWS:,} rows", small, _ROWS)
        yield _ratio("beside SQL by hand, one thread, nothing checked", small, other, 1.5)
        yield _ratio(".nt.zst beside .nt", compressed, small, 1.4)
        digests = set()
        for _ in range(2):
            subprocess.run(plain, check=True)
            digests.add(_digest(out))
        yield Row("the same bytes again", "yes" if len(digests) == 1 else "no", "yes", len(digests) == 1)
        subprocess.run(hand, check=True)
        assert _lines(out) == _lines(by_hand), "the two make different triples"
        by_hand.unlink()
        yield from _rows(folder)
        yield from _project(folder / "project")
        yield from _peers(folder, small)
        yield from _large(folder, out)


def _command(metadata: Path, out: Path, *options: str) -> list[str]:
    return [_KZLOD, "convert", str(metadata), "--mode", "minimal", "--out", str(out), *options]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(path: Path) -> str:
    """What tells whether two files have the same lines, in any order."""
    source = (
        f"read_csv('{path}', header = false, columns = {{'l': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '')"
    )
    with duckdb.connect() as sql:
        sql.execute("SET threads = 1")  # the memory of this process counts in what is measured after
        return str(sql.execute(f"SELECT count(*), sum(hash(l)::HUGEINT) FROM {source}").fetchone())


def _speed(name: str, measured: Measure, rows: int) -> Row:
    speed = 9 * rows / measured.seconds
    result = f"{measured.seconds:.2f} s, {speed / 1e6:.1f} M triples/s, {measured.megabytes:.0f} MB"
    return Row(name, result, "over 5 M triples/s, under 400 MB", speed >= 5e6 and measured.megabytes < 400)


def _ratio(name: str, one: Measure, other: Measure, most: float) -> Row:
    ratio = one.seconds / other.seconds
    return Row(name, f"{ratio:.2f} ({one.seconds:.2f} s / {other.seconds:.2f} s)", f"at most {most}", ratio <= most)


def _rows(folder: Path) -> Iterator[Row]:
    """Row by row, on a tenth of the table."""
    metadata = _make(folder, "tenth", _ROWS // 10)
    measured = run(_command(metadata, folder / "tenth.nt", "--engine", "rows"), runs=1, warm=False)
    speed = 9 * (_ROWS // 10) / measured.seconds
    result = f"{speed / 1e3:,.0f} thousand triples/s, {measured.megabytes:.0f} MB"
    yield Row(f"row by row, {_ROWS // 10:,} rows", result, "over 200", speed >= 200_000)


def _project(folder: Path) -> Iterator[Row]:
    """A project's own table into the table of quads, compiled and row by row."""
    (folder / "data").mkdir(parents=True)
    (folder / "kzlod.toml").write_text(TOML.replace("VERSION", "1.0.0"), "utf-8")
    _make(folder / "data", "csvw", _ROWS)
    command = [sys.executable, "-c", _OPEN, str(folder)]
    one = run([*command, "0"], runs=3)
    other = run([*command, str(1 << 60)], runs=1, warm=False)
    result = f"{one.seconds:.1f} s, {one.megabytes:.0f} MB"
    reached = one.seconds < 10 and one.megabytes < 700
    yield Row(f"a project's table of {_ROWS:,} rows, read", result, "under 10 s, under 700 MB", reached)
    yield _ratio("the same beside row by row", one, other, 0.5)


def _large(folder: Path, out: Path) -> Iterator[Row]:
    """Five times as many rows, then with a primary key."""
    metadata, count = _make(folder, "large", 5 * _ROWS), 5 * _ROWS
    yield _speed(f"{count:,} rows", run(_command(metadata, out), runs=1, warm=False), count)
    described = json.loads(metadata.read_text())
    described["tableSchema"]["primaryKey"] = ["year", "reporter", "partner", "hs6", "flow"]
    metadata.write_text(json.dumps(described))
    keyed = run(_command(metadata, out), runs=1, warm=False)
    result = f"{keyed.seconds:.2f} s, {keyed.megabytes:.0f} MB"
    yield Row(f"{count:,} rows with a primary key", result, "under 400 MB", keyed.megabytes < 400)


def _peers(folder: Path, own: Measure) -> Iterator[Row]:
    """Other tools, each in an environment of its own."""
    table, out = str(folder / "small.csv"), str(folder / "peer.nt")
    said = {"table": table, "out": out, "obs": _OBS, "same": _SAME, "iris": _IRIS, "literals": _LITERALS, "xsd": _XSD}
    (folder / "mapping.ttl").write_text(_rml(table))
    config = (
        f"[CONFIGURATION]\noutput_file = {out}\noutput_format = N-TRIPLES\n[trade]\nmappings = {folder}/mapping.ttl\n"
    )
    (folder / "morph.ini").write_text(config)
    arguments = {
        "morph-kgc": ["-m", "morph_kgc", str(folder / "morph.ini")],
        "maplib": ["-c", _MAPLIB.format(**said)],
        "rdflib": ["-c", _RDFLIB.format(**said)],
    }
    for name, (packages, times) in _PEERS.items():
        python = folder / name / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder / name], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages.split()], check=True)
        measured = run([str(python), *arguments[name]], runs=1, warm=False)
        ratio = measured.seconds / own.seconds
        result = f"{ratio:.0f} times kzlod ({measured.seconds:.1f} s, {measured.megabytes:,.0f} MB)"
        yield Row(name, result, f"at least {times} times", ratio >= times)
        Path(out).unlink()


def _make(folder: Path, name: str, count: int) -> Path:
    """The table and its metadata."""
    with duckdb.connect() as sql:
        sql.execute("SET threads = 1")
        sql.execute(f"COPY (SELECT {', '.join(_COLUMNS)} FROM ({rows(count)})) TO '{folder / name}.csv' (HEADER)")
    columns = []
    for column in _COLUMNS:
        one: dict[str, object] = {"name": column, "titles": column, "required": True}
        if column in _IRIS:
            one |= {"propertyUrl": _IRIS[column][0], "valueUrl": _IRIS[column][1]}
            one |= {"datatype": {"base": "string", "format": _FORMATS[column]}} if column in _FORMATS else {}
        else:
            one |= {"propertyUrl": _LITERALS[column][0], "datatype": _LITERALS[column][1]}
        columns.append(one)
    columns += [
        {"virtual": True, "name": f"v{n}", "propertyUrl": p, "valueUrl": o} for n, (p, o) in enumerate(_SAME.items())
    ]
    schema = {"aboutUrl": _OBS, "columns": columns}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "url": f"{name}.csv", "tableSchema": schema}))
    return path


def _pieces(template: str) -> list[str]:
    """A template as pieces of SQL."""
    pieces = template.replace("}", "{").split("{")
    return [one if n % 2 else f"'{one}'" for n, one in enumerate(pieces) if one]


def _by_hand(table: Path, out: Path) -> str:
    pieces: list[str] = []
    for predicate, o in _SAME.items():
        pieces += ["s", f"' <{predicate}> <{o}> .\n'"]
    for predicate, o in _IRIS.values():
        pieces += ["s", f"' <{predicate}> <'", *_pieces(o), "'> .\n'"]
    for name, (predicate, datatype) in _LITERALS.items():
        pieces += ["s", f"' <{predicate}> \"'", name, f"'\"^^<{_XSD}{datatype}> .\n'"]
    lines = f"concat({', '.join(pieces)})".replace(" .\n')", " .')").replace("', '", "")
    columns = "{" + ", ".join(f"'{column}': 'VARCHAR'" for column in _COLUMNS) + "}"
    subject = f"concat({', '.join(_pieces('<' + _OBS + '>'))})"
    return _BY_HAND.format(lines=lines, subject=subject, table=table, out=out, columns=columns)


def _rml(table: str) -> str:
    """The same as a mapping in RML."""
    maps = [
        f"rr:predicateObjectMap [ rr:predicate <{p}>; rr:objectMap [ rr:constant <{o}> ] ]" for p, o in _SAME.items()
    ]
    maps += [
        f'rr:predicateObjectMap [ rr:predicate <{p}>; rr:objectMap [ rr:template "{o}" ] ]' for p, o in _IRIS.values()
    ]
    for name, (p, t) in _LITERALS.items():
        made = f'rml:reference "{name}"; rr:datatype <{_XSD}{t}>'
        maps.append(f"rr:predicateObjectMap [ rr:predicate <{p}>; rr:objectMap [ {made} ] ]")
    return (
        "@prefix rr: <http://www.w3.org/ns/r2rml#>. @prefix rml: <http://semweb.mmlab.be/ns/rml#>."
        " @prefix ql: <http://semweb.mmlab.be/ns/ql#>.\n<#Row> a rr:TriplesMap; rml:logicalSource"
        f' [ rml:source "{table}"; rml:referenceFormulation ql:CSV ]; rr:subjectMap [ rr:template "{_OBS}" ];\n'
        + ";\n".join(maps)
        + "."
    )
