"""`kzlod describe`: drafts of metadata, for tables as people write them; every draft converts at once."""

from __future__ import annotations

import csv as python_csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kzlod import csvw
from kzlod.csvw.draft import draft
from kzlod.errors import FindingsError, InputError

Run = Callable[..., Result]


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


def described(tmp_path: Path, data: str | bytes) -> dict[str, dict[str, Any]]:
    """The columns of a table's draft, which converts with no error and no warning."""
    (tmp_path / "t.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    made = draft(tmp_path / "t.csv")
    (tmp_path / "t.csv-metadata.json").write_text(json.dumps(made))
    said: list[Any] = []
    for engine in ("rows", "auto"):
        csvw.convert(tmp_path / "t.csv", tmp_path / "t.nt", mode="minimal", engine=engine, report=said.append)
    assert said == []
    return {"": made} | {column["name"]: column for column in made["tableSchema"]["columns"]}


@pytest.mark.parametrize(
    ("cells", "datatype"),
    [
        (["01067", "80331"], None), (["0", "00", "1"], None), (["7", "x", "2024-01-01"], None), (["50%", "20%"], None),
        (["12", "-5"], "integer"), (["1.50", "+2"], "decimal"), (["1e5", "2E-3"], "double"), (["1,5", "NaN"], None),
        (["1,234", "5,678.9"], {"base": "decimal", "format": {"groupChar": ","}}),
        (["1.234,5", "0,1"], {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}),
        (["1 234,5", "2000"], {"base": "decimal", "format": {"decimalChar": ",", "groupChar": " "}}),
        (["1\xa0234,5", "2"], {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "\xa0"}}),
        (["2024-12-31", "1999-01-01Z"], "date"), (["2024-12", "1999-01"], "gYearMonth"),
        (["20241231", "19990101"], {"base": "date", "format": "yyyyMMdd"}), (["20241331", "19990101"], "integer"),
        (["31.12.2024", "01.01.1999"], {"base": "date", "format": "dd.MM.yyyy"}),
        (["12/31/2024", "1/1/1999"], {"base": "date", "format": "M/d/yyyy"}),
        (["2024-12-31T10:00:00Z", "1999-01-01T00:00:00"], "dateTime"),
        (["2024-12-31 10:00", "1999-01-01 00:00"], {"base": "dateTime", "format": "yyyy-MM-dd HH:mm"}),
        (["31.12.2024 10:00:59", "01.01.1999 00:00:00"], {"base": "dateTime", "format": "dd.MM.yyyy HH:mm:ss"}),
        (["10:30", "23:59"], {"base": "time", "format": "HH:mm"}), (["10:30:00", "23:59:59"], "time"),
        (["true", "false"], "boolean"), (["yes", "no"], {"base": "boolean", "format": "yes|no"}),
        (["Y", "N", "Y"], {"base": "boolean", "format": "Y|N"}),
        (["TRUE"], {"base": "boolean", "format": "TRUE|FALSE"}),
        (["http://example.org/", "https://example.org/a"], "anyURI"), (["http://a/b c"], None),
    ],
    ids=str,
)  # fmt: skip
def test_datatypes(tmp_path: Path, cells: list[str], datatype: Any) -> None:
    rows = "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))
    assert described(tmp_path, f"n,v\n{rows}")["v"].get("datatype") == datatype
    # The same where SQL has to look at all rows, and with a last one that is of no datatype.
    more = "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells * 1000))
    assert described(tmp_path, f"n,v\n{more}")["v"].get("datatype") == datatype
    assert "datatype" not in described(tmp_path, f"n,v\n{more}0,of none\n")["v"]


def test_null_markers_and_columns_without_values(tmp_path: Path) -> None:
    rows = "1,NA,-,n/a,,NA\n2,3.5,true,2024-01-01,,\n3,,false,n/a,,..\n"
    for times in (1, 1000):
        columns = described(tmp_path, f"id,a,b,c,d,e\n{rows * times}")
        assert [columns[name].get("null") for name in "abcde"] == [
            ["", "NA"], ["", "-"], ["", "n/a"], None, ["", "..", "NA"],
        ]  # fmt: skip
        assert columns["d"]["rdfs:comment"] == columns["e"]["rdfs:comment"] == f"No value in {3 * times:,} rows."
        assert "required" not in columns["a"] and columns["id"]["required"]


def test_a_wide_table_says_where_a_key_was_looked_for(tmp_path: Path) -> None:
    def schema(titles: list[str]) -> dict[str, Any]:
        rows = "".join(",".join([str(row if title == "id" else "x") for title in titles]) + "\n" for row in range(9))
        return described(tmp_path, ",".join(titles) + "\n" + rows)[""]["tableSchema"]

    names = [f"c{number}" for number in range(1299)]
    assert "primaryKey" not in (late := schema([*names, "id"]))
    assert late["rdfs:comment"] == "No key among the first 200 columns; the other 1,100 may have one."
    assert (early := schema(["id", *names]))["primaryKey"] == "id" and "rdfs:comment" not in early
    assert "rdfs:comment" not in schema(names[:200])


def test_keys_dimensions_and_measures(tmp_path: Path) -> None:
    rows = [f"{c},{y},{s}" for c in "ABCD" for y in range(2000, 2010) for s in "MF"]
    table = "country,year,sex,people\n" + "".join(f"{row},{n}\n" for n, row in enumerate(rows))
    columns = described(tmp_path, table)
    assert columns[""]["tableSchema"]["primaryKey"] == ["country", "year", "sex"]
    assert columns[""]["tableSchema"]["aboutUrl"] == "#{country}/{year}/{sex}"
    assert columns["year"]["datatype"] == "gYear" and "dimension" in columns["sex"]["rdfs:comment"]
    assert "measure" in columns["people"]["rdfs:comment"]
    columns = described(tmp_path, "people,id\n" + "".join(f"{n * n},{n}\n" for n in range(1, 50)))
    assert columns[""]["tableSchema"]["primaryKey"] == "id" and columns["id"]["rdfs:comment"].startswith("Key: ")
    assert "primaryKey" not in described(tmp_path, "a,b\nx,1\nx,1\n")[""]["tableSchema"]


def test_a_format_that_may_be_another_is_said(tmp_path: Path) -> None:
    columns = described(tmp_path, 'a,b,c\n01/02/2024,"1,234",13/02/2024\n03/04/2024,"5,678",14/02/2024\n')
    assert "All cells are in the format MM/dd/yyyy too" in columns["a"]["rdfs:comment"]
    assert "in the format decimalChar ',' groupChar '.' too" in columns["b"]["rdfs:comment"]
    assert "too" not in columns["c"]["rdfs:comment"]


@pytest.mark.parametrize(
    ("data", "dialect"),
    [
        ("a;b\r\n1;2\r\n", {"delimiter": ";"}), ("a|b\n1|2\n", {"delimiter": "|"}),
        ("\ufeffa,b\n1,2\n", None), (" a , b \n 1 , 2 \n", None), ('"a,;;",b\n"x\ny",2', None),
        ("a,b\r1,2\r", {"lineTerminators": ["\r"]}), ("a,b\n1,2\n\n", {"skipBlankRows": True}),
        ("a,b\n1,é\n".encode("cp1252"), {"encoding": "windows-1252"}),
        ("é,b\n1,2\n".encode("cp1252"), {"encoding": "windows-1252"}),
        ("a,b\n1,é\n".encode("utf-16"), {"encoding": "utf-16"}),
    ],
)  # fmt: skip
def test_how_a_file_is_written(tmp_path: Path, data: str | bytes, dialect: Any) -> None:
    columns = described(tmp_path, data)
    assert columns[""].get("dialect") == dialect
    assert len(columns) == 3


def test_titles_of_all_kinds(tmp_path: Path) -> None:
    columns = described(tmp_path, 'a,a,A,,_x,a/b,100%,é,"b ""c"""\n1,2,3,4,5,6,7,8,9\n')
    assert list(columns)[1:] == ["a", "a_2", "A_3", "column_4", "x", "a_b", "100", "column_8", "b_c"]
    assert [column.get("titles") for column in columns.values()][1:] == [
        "a", "a", "A", None, "_x", "a/b", "100%", "é", 'b "c"',
    ]  # fmt: skip


def test_ten_thousand_columns(tmp_path: Path) -> None:
    titles = ",".join(f"c{n}" for n in range(10_000))
    row = ",".join(["1", "x", "2024-01-01", ""] * 2500)
    (tmp_path / "t.csv").write_text(f"{titles}\n{row}\n{row}\n")
    made = draft(tmp_path / "t.csv")
    columns = made["tableSchema"]["columns"]
    assert [column.get("datatype") for column in columns] == ["integer", None, "date", None] * 2500
    (tmp_path / "m.json").write_text(json.dumps(made))
    csvw.convert(tmp_path / "m.json", tmp_path / "t.nt", mode="minimal")


_SMALL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import kzlod.csvw.draft
from kzlod.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
main(sys.argv[1:])
"""


def test_a_draft_is_written_whole_or_not(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",".join(f"c{n}" for n in range(1000)) + "\n" + ",".join("1" * 1000) + "\n")
    (tmp_path / "out.json").write_text("what was there")
    command = [sys.executable, "-c", _SMALL_DISK, "describe", "t.csv", "--out", "out.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "out.json: cannot be written: File too large; free space" in done.stderr
    assert (tmp_path / "out.json").read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "t.csv"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('a,b\n1,x"y\n', r't\.csv:2: a " stands within'), ('a,b\n1,2\n3,"y\n', r't\.csv:3: a " is never closed'),
        ("a\n" + "x" * 17_000_000, r"t\.csv:2: the row has more than 16,777,216 characters, in cell 1"),
        ("a," * 20_000, r"t\.csv:1: the row has 20,001 cells, and may have 16,384"),
        (b"a\n\x81\n", r"t\.csv:2: the file is not WINDOWS-1252: the byte 0x81"),
    ],
)  # fmt: skip
def test_what_would_not_convert_is_said(tmp_path: Path, data: str | bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(FindingsError, match=said):
        draft(tmp_path / "t.csv")


def test_a_table_that_its_server_says_is_utf8_and_is_not(tmp_path: Path) -> None:
    def fetch(url: str, accept: str) -> csvw.Response:
        return csvw.Response(url, io.BytesIO(b"a\n\xe9\n"), {"content-type": "text/csv; charset=utf-8"})

    with pytest.raises(InputError, match="the file is not UTF-8: the byte 0xE9 after ''; save the file as UTF-8"):
        draft("http://example.org/t.csv", fetch=fetch)
