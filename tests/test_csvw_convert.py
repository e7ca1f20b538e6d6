"""`kzlod convert` and `kzlod describe`: tables of anyone's, files of every kind, and what is wrong with them."""

from __future__ import annotations

import csv as python_csv
import gzip
import io
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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzlod import csvw
from kzlod.csvw.draft import draft
from kzlod.errors import FindingsError, InputError

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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tableSchema": {"columns": [{"titles": "name", "dataType": "integer"}]}}, "did you mean datatype?"),
        (
            {"tableSchema": {"aboutUrl": "http://a b/{name}", "columns": [{"titles": "name", "name": "name"}]}},
            "makes no IRI",
        ),
        ({"url": "absent.csv"}, "absent.csv: there is no such file; check the name [url]"),
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


# describe


def test_a_draft(tmp_path: Path, kzlod: Run) -> None:
    table = "code;town;year;share;open;since;note\n"
    table += "007;Oslo;2024;1.234,5;true;2.7.2024;a\n008;Bergen;2023;NA;false;31.12.1999;\n"
    (tmp_path / "t.csv").write_text(table)
    out = tmp_path / "t.csv-metadata.json"
    assert kzlod("describe", tmp_path / "t.csv", "--out", out).exit_code == 0
    made = json.loads(out.read_text())
    assert made["url"] == "t.csv" and made["dialect"] == {"delimiter": ";"}
    columns = {column["name"]: column for column in made["tableSchema"]["columns"]}
    assert "datatype" not in columns["code"] and columns["code"]["required"] is True
    assert columns["year"]["datatype"] == "gYear"
    assert columns["share"]["datatype"] == {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}
    assert columns["share"]["null"] == ["", "NA"] and "measure" in columns["share"]["rdfs:comment"]
    assert columns["open"]["datatype"] == "boolean"
    assert columns["since"]["datatype"] == {"base": "date", "format": "d.M.yyyy"}
    assert made["tableSchema"]["primaryKey"] == "code" and made["tableSchema"]["aboutUrl"] == "#{code}"
    result = kzlod("convert", tmp_path / "t.csv", "--mode", "minimal")
    assert result.exit_code == 0, result.output
    assert '"1234.5"^^<http://www.w3.org/2001/XMLSchema#decimal>' in result.stdout
    assert '"2024-07-02"^^<http://www.w3.org/2001/XMLSchema#date>' in result.stdout


VALUES = st.one_of(
    *(
        st.lists(values, min_size=5, max_size=5)
        for values in (
            st.integers(-5, 2000).map(str),
            st.decimals(-1000, 1000, places=2).map(str),
            st.floats(allow_infinity=False, allow_nan=False).map(str),
            st.dates().map(str),
            st.datetimes().map(lambda when: when.isoformat()),
            st.times().map(str),
            st.sampled_from(["true", "false", "NA", ""]),
            st.sampled_from(["1", "2", "NA", "-", "", "1,000", "2.5", "007"]),
            st.sampled_from(["2.7.2024", "13.12.1999", "1/2/2003", "", "http://e.org/", "2024", "1999-13-01"]),
            st.text(max_size=4),
        )
    )
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(VALUES, min_size=2, max_size=5),
    st.lists(st.sampled_from(["year", "id", "a b", "é", "", "name"]), min_size=5),
)
def test_every_draft_converts(
    tmp_path_factory: pytest.TempPathFactory, columns: list[list[str]], titles: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("draft")
    buffer = io.StringIO()
    writer = python_csv.writer(buffer, lineterminator="\n", quoting=python_csv.QUOTE_ALL)
    writer.writerow([f"{titles[n]}{n}" for n in range(len(columns))])
    writer.writerows(zip(*columns, strict=True))
    (folder / "t.csv").write_bytes(buffer.getvalue().encode("utf-8", "replace"))
    made = draft(folder / "t.csv")
    (folder / "m.json").write_text(json.dumps(made))
    assert csvw.validate(csvw.load(folder / "m.json")) == []
    csvw.convert(folder / "m.json", folder / "out.nt", engine="duckdb")
    list(pyoxigraph.parse((folder / "out.nt").read_bytes(), format=pyoxigraph.RdfFormat.N_TRIPLES))


def test_a_table_that_cannot_be_described(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(FindingsError, match=r"t\.csv:3: the row has 1 cells, and the header 2"):
        draft(tmp_path / "t.csv")
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(InputError, match="the file has no header"):
        draft(tmp_path / "t.csv")
    with pytest.raises(InputError, match="there is no such file"):
        draft(tmp_path / "absent.csv")
