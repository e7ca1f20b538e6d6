"""`kzlod convert` and `kzlod describe`: tables of anyone's, files of every kind, and what is wrong with them."""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pyoxigraph
import pytest
import zstandard
from click.testing import Result

from kzlod import csvw

Run = Callable[..., Result]
TABLE = "name,size,since\nOslo,1.50,2024-02-29\nBergen,,1999-12-31\n"
METADATA: dict[str, Any] = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "towns.csv",
    "tableSchema": {
        "aboutUrl": "http://example.org/{name}",
        "primaryKey": "name",
        "columns": [
            {"name": "name", "titles": "name", "required": True},
            {"name": "size", "titles": "size", "datatype": "decimal"},
            {"name": "since", "titles": "since", "datatype": "date"},
        ],
    },
}


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    (tmp_path / "towns.csv").write_text(TABLE)
    (tmp_path / "towns.json").write_text(json.dumps(METADATA))
    return tmp_path / "towns.json"


def triples(path: Path) -> set[str]:
    form = pyoxigraph.RdfFormat.from_extension(path.suffix.removeprefix("."))
    return {str(quad.triple) for quad in pyoxigraph.parse(path.read_bytes(), format=form)}


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".ttl", ".trig", ".rdf", ".jsonld"])
def test_every_format_holds_the_same_triples(towns: Path, tmp_path: Path, suffix: str, kzlod: Run) -> None:
    out = tmp_path / f"out{suffix}"
    result = kzlod("convert", towns, "--mode", "minimal", "--out", out)
    assert result.exit_code == 0, result.output
    plain = kzlod("convert", towns, "--mode", "minimal", "--engine", "rows")
    assert triples(out) == {
        str(quad.triple) for quad in pyoxigraph.parse(plain.stdout, format=pyoxigraph.RdfFormat.N_TRIPLES)
    }
    assert len(triples(out)) == 5


def test_compressed_output_and_a_folder(towns: Path, tmp_path: Path, kzlod: Run) -> None:
    wanted = kzlod("convert", towns).stdout.encode()
    for name in ("a.nt.gz", "a.nt.zst"):
        assert kzlod("convert", towns, "--out", tmp_path / name).exit_code == 0
    assert gzip.decompress((tmp_path / "a.nt.gz").read_bytes()) == wanted
    with zstandard.open(tmp_path / "a.nt.zst") as file:
        assert file.read() == wanted
    (tmp_path / "folder").mkdir()
    assert kzlod("convert", towns, "--out", tmp_path / "folder", "--format", "turtle").exit_code == 0
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["towns.ttl"]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.csv.zst", "t.tsv.zst", "t.parquet"])
def test_every_kind_of_table_is_read(tmp_path: Path, name: str, kzlod: Run) -> None:
    path = tmp_path / name
    data = (TABLE.replace(",", "\t") if ".tsv" in name else TABLE).encode()
    if name.endswith(".parquet"):
        (tmp_path / "source.csv").write_text(TABLE)
        duckdb.sql(f"COPY (FROM '{tmp_path}/source.csv') TO '{path}'")
    else:
        # Several frames follow each other as well as one.
        frames = zstandard.compress(data[:20]) + zstandard.compress(data[20:])
        path.write_bytes(gzip.compress(data) if name.endswith("gz") else frames if name.endswith("zst") else data)
    result = kzlod("convert", path, "--mode", "minimal")
    assert result.exit_code == 0, result.output
    texts = [line.split('"')[1] for line in result.stdout.splitlines()]
    assert texts[:2] == ["Oslo", "1.5" if name.endswith(".parquet") else "1.50"]
    assert "2024-02-29" in texts and len(texts) == 5


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.zst"])
def test_a_compressed_table_that_is_cut_short_is_an_error(tmp_path: Path, name: str, kzlod: Run) -> None:
    data = "".join(f"{n * n}\n" for n in range(9999)).encode()
    whole = gzip.compress(data) if name.endswith("gz") else zstandard.compress(data)
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    for engine in ("duckdb", "rows"):
        result = kzlod("convert", tmp_path / name, "--engine", engine, "--out", tmp_path / "x.nt")
        assert result.exit_code == 1 and "cannot be read to its end" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_three_lines_of_python(towns: Path, tmp_path: Path) -> None:
    csvw.convert(towns, tmp_path / "out.nt", mode="minimal")
    assert (tmp_path / "out.nt").read_text().splitlines() == [
        " ".join(triple) + " ." for triple in csvw.triples(towns, mode="minimal")
    ]
    graph = csvw.graph(towns, mode="minimal")
    assert {f"{s.n3()} {p.n3()}" for s, p, _ in graph} == {" ".join(t[:2]) for t in csvw.triples(towns, mode="minimal")}
    assert sorted(str(o) for o in graph.objects()) == ["1.50", "1999-12-31", "2024-02-29", "Bergen", "Oslo"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def test_a_table_on_the_web(towns: Path, server: str, tmp_path: Path, kzlod: Run) -> None:
    towns.rename(tmp_path / "towns.csv-metadata.json")
    result = kzlod("convert", f"{server}/towns.csv", "--mode", "minimal")
    assert result.exit_code == 0, result.output
    assert "<http://example.org/Oslo>" in result.stdout
    result = kzlod("convert", f"{server}/nothing.csv")
    assert result.exit_code == 2 and "there is no such file; check the address" in result.stderr


WRONG: list[tuple[str, str | bytes, list[str]]] = [
    ("a cell", TABLE.replace("1.50", "3o"), ["towns.csv:2: size: '3o' is not a decimal; ", "[datatype]"]),
    ("required", TABLE.replace("Bergen", ""), ["towns.csv:3: name: it is empty, and this column is", "[required]"]),
    ("a key", TABLE.replace("Bergen", "Oslo"), ["towns.csv:3: name: the key 'Oslo' is that of line 2", "[primaryKey]"]),
    ("few cells", TABLE.replace(",1999-12-31", ""), ["towns.csv:3: the row has 2 cells, and", "[cells of a row]"]),
    ("a lone quote", TABLE.replace("Bergen", 'Ber"gen'), ['towns.csv:3: a " stands within', "[quoteChar]"]),
    ("an open quote", TABLE.replace("Bergen", '"Bergen'), ['towns.csv:3: a " is never closed', "[quoteChar]"]),
    ("not UTF-8", TABLE.replace("Oslo", "Málaga").encode("latin-1"), ["towns.csv:2: the file is not UTF-8: the byte"]),
    ("carriage returns", TABLE.replace("\n", "\r"), ["towns.csv:1: the file's lines end with carriage returns"]),
    ("no header", "", ["towns.csv:1: the file has no header"]),
    ("a long cell", TABLE.replace("Bergen", "x" * 17_000_000), ["towns.csv:3: the row has more than 16,777,216"]),
    ("many columns", "a," * 20_000 + "a\n",
     ["towns.csv:1: the row has 20,001 cells, and may have 16,384; ", "[quoteChar, delimiter]"]),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["auto", "duckdb", "rows"])
@pytest.mark.parametrize(("what", "data", "said"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_what_is_wrong_is_said_and_nothing_is_written(
    towns: Path, tmp_path: Path, engine: str, what: str, data: str | bytes, said: list[str], kzlod: Run
) -> None:
    (tmp_path / "towns.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    before = sorted(tmp_path.iterdir())
    result = kzlod("convert", towns, "--engine", engine, "--out", tmp_path / "out.nt")
    if engine == "duckdb" and what in ("many columns",):
        assert result.exit_code == 2 and "so large a header; leave out --engine duckdb" in result.stderr
        return
    assert result.exit_code == 1, result.output
    assert all(words in result.stderr for words in said), result.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "data",
    ["\ufeff" + TABLE, TABLE.replace("\n", "\r\n"), "\ufeff" + TABLE.replace("\n", "\r\n"), TABLE.removesuffix("\n")],
    ids=["BOM", "CRLF", "both", "no last line feed"],
)
@pytest.mark.parametrize("engine", ["duckdb", "rows"])
def test_ways_to_write_the_same_table(towns: Path, tmp_path: Path, data: str, engine: str, kzlod: Run) -> None:
    wanted = kzlod("convert", towns, "--engine", "rows").stdout
    (tmp_path / "towns.csv").write_bytes(data.encode())
    assert kzlod("convert", towns, "--engine", engine).stdout == wanted


def test_a_table_of_no_rows(towns: Path, tmp_path: Path, kzlod: Run) -> None:
    (tmp_path / "towns.csv").write_text("name,size,since\n")
    for engine in ("duckdb", "rows"):
        result = kzlod("convert", towns, "--mode", "minimal", "--engine", engine)
        assert (result.exit_code, result.output) == (0, "")


NAMED = [{"titles": "name", "name": "name"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tableSchema": {"columns": [{"titles": "name", "dataType": "integer"}]}}, "did you mean datatype?"),
        (
            {"tableSchema": {"aboutUrl": "http://a b/{name}", "columns": NAMED}},
            "makes no IRI",
        ),
        ({"url": "absent.csv"}, "absent.csv: there is no such file; check the name [url]"),
        ({"url": "towns.json"}, "towns.json: url: it is the metadata's own, not a table's"),
        ({"tableSchema": "towns.json"}, "towns.json: tableSchema: it refers to the document that it stands in"),
        (
            {"tableSchema": {"aboutUrl": "http://x/{name:x}", "columns": NAMED}},
            "the template 'http://x/{name:x}' makes no IRI: 'http://x/{name:x}'",
        ),
        (
            {"tableSchema": {"aboutUrl": "http://x/{+a,b}{", "columns": NAMED}},
            "the template 'http://x/{+a,b}{' makes no IRI: 'http://x/{+a,b}{'",
        ),
    ],
)
def test_wrong_metadata(towns: Path, tmp_path: Path, change: dict[str, Any], said: str, kzlod: Run) -> None:
    (tmp_path / "towns.csv").write_text("name\nOslo\n")
    towns.write_text(json.dumps(METADATA | change))
    result = kzlod("convert", towns, "--out", tmp_path / "out.nt")
    assert said in result.stderr, result.output


@pytest.mark.parametrize("text", ["{", "[1]", "null", '{"@context": "x"}', ""])
def test_metadata_that_is_none(towns: Path, tmp_path: Path, text: str, kzlod: Run) -> None:
    towns.write_text(text)
    result = kzlod("convert", towns, "--out", tmp_path / "out.nt")
    assert result.exit_code == 2 and "towns.json" in result.stderr and "Traceback" not in result.output
    assert not (tmp_path / "out.nt").exists()


_FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from kzlod.cli import main
import kzlod.csvw.compiled, kzlod.csvw.sqlkeys
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
main(sys.argv[1:])
"""


@pytest.mark.parametrize("name", ["out.nt", "out.nt.zst", "out.ttl"])
def test_a_disk_that_fills_up(tmp_path: Path, name: str) -> None:
    assert resource.RLIMIT_FSIZE
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{n},{n * n * n}\n" for n in range(8000)))
    (tmp_path / name).write_text("what was there")
    command = [sys.executable, "-c", _FULL, "convert", "t.csv", "--engine", "rows", "--out", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    if name == "out.nt.zst":
        return  # it is small enough
    assert done.returncode == 2 and "cannot be written: File too large; free space" in done.stderr, done.stderr
    assert (tmp_path / name).read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, "t.csv"]


def test_standard_output_that_is_full(towns: Path) -> None:
    command = [sys.executable, "-c", "from kzlod.cli import main; main()", "convert", str(towns)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr == "kzlod: No space left on device\n"


_PEAK = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-c", "from kzlod.cli import main; main()", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
sys.exit(done.returncode)
"""
LARGE = {
    "a cell of 100 MB": (
        b"a,b\n1,",
        b"x",
        100_000_000,
        "t.csv:2: the row has more than 16,777,216 characters, in cell 2;",
    ),
    "in quotes": (
        b'a,b\n1,2\n3,"',
        b"x",
        100_000_000,
        "t.csv:3: the row has more than 16,777,216 characters, in cell 2;",
    ),
    "a million columns": (b"a", b",a", 999_999, "t.csv:1: the row has 1,000,000 cells, and may have 16,384; look for"),
    "a row of a million": (
        b"a,b\n1",
        b",1",
        999_999,
        "t.csv:2: the row has 1,000,000 cells, and may have 16,384; look",
    ),
}


@pytest.mark.parametrize("what", LARGE)
def test_what_is_too_large_takes_no_more_memory(tmp_path: Path, what: str) -> None:
    start, piece, times, said = LARGE[what]
    (tmp_path / "t.csv").write_bytes(start + piece * times)
    command = [sys.executable, "-c", _PEAK, "convert", "t.csv", "--mode", "minimal", "--out", "out.nt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith(said), done.stderr[:1000]
    assert int(done.stdout) < 400  # MB
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


BARE: list[tuple[bytes, int, str]] = [
    (b"a,b\n", 0, "warning: t.csv: the table has no rows; add some below its header"),
    (b"\n1\n", 0, "warning: t.csv:1: the header is blank; give each column a title of its own [titles]"),
    (b"a,b,a\n1,2,3\n", 0, "warning: t.csv:1: a: columns 1 and 3 have the same title, so that their values mix;"),
    ("é,b\n1,2\n".encode("latin-1"), 1, "t.csv:1: the file is not UTF-8: the byte 0xE9 after ''; save the file as UTF"),
    ("a,b\n1,2\n".encode("utf-16"), 1, "t.csv:1: the file is not UTF-8: the byte 0xFF after ''; save the file as UTF"),
    (b"", 1, 't.csv:1: the file has no header; add one, or "header": false to its dialect [titles]'),
]


@pytest.mark.parametrize(("data", "status", "said"), BARE)
def test_tables_without_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, status: int, said: str, kzlod: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_bytes(data)
    for engine in ("auto", "duckdb", "rows"):
        result = kzlod("convert", "t.csv", "--engine", engine, "--mode", "minimal", "--out", "t.nt")
        assert (result.exit_code, result.stderr[: len(said)]) == (status, said)
        assert Path("t.nt").exists() == (status == 0)


def test_provenance_on_demand(towns: Path, kzlod: Run) -> None:
    assert "prov#" not in kzlod("convert", towns).stdout
    result = kzlod("convert", towns, "--provenance")
    used = [line.split()[2] for line in result.stdout.splitlines() if "prov#entity" in line]
    assert [iri.rpartition("/")[2] for iri in used] == ["towns.csv>", "towns.json>"]
    assert any("wasGeneratedBy" in p for _, p, _ in csvw.triples(towns, provenance=True))
    result = kzlod("convert", towns, "--provenance", "--mode", "minimal")
    assert result.exit_code == 2 and "--provenance goes with --mode standard" in result.stderr


def test_an_engine_that_cannot_do_it_says_what(towns: Path, kzlod: Run) -> None:
    columns = [
        {"name": "name", "titles": "name", "ordered": True, "separator": ";"},
        *METADATA["tableSchema"]["columns"][1:],
    ]
    towns.write_text(json.dumps(METADATA | {"tableSchema": {"columns": columns}}))
    result = kzlod("convert", towns, "--engine", "duckdb")
    assert result.exit_code == 2
    assert "towns.csv: the engine duckdb cannot do an ordered list; leave out --engine duckdb" in result.stderr
    assert kzlod("convert", towns).exit_code == 0
