"""Tables on Spark, in local mode with several partitions: what DuckDB and the row executor say, part after part.

One session serves this file.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import zstandard
from click.testing import Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kzlod import csvw
from kzlod.csvw import Dialect, TableGroup, sqldialect
from kzlod.csvw import spark as on_spark
from kzlod.csvw.chunks import placed, reread
from kzlod.csvw.sparkrows import Block, Source, Span, blocks, in_spans, survey
from kzlod.csvw.sqlcells import escaped
from kzlod.csvw.sqldialect import CELL, ROW
from kzlod.csvw.sqlvalues import NotCompilableError, value_sql
from kzlod.csvw.tables import TRIMS, Row, read
from kzlod.errors import InputError, MetadataError, ReleaseError
from kzlod.findings import Finding
from kzlod.quads.spark import session
from tests.conformance.test_csvw import BASE, Entry, Web, entries
from tests.test_csvw_engines import DATATYPES, KEYS, TEMPLATES, WORDS, cases, group, run

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SMALL = on_spark.Sizes(least=64, most=1 << 20, read=40)
"""Parts so small that the small tables of tests have several."""


def converted(
    load: Callable[[], TableGroup], mode: Any, spark: SparkSession, folder: Path, *, sizes: on_spark.Sizes = SMALL
) -> tuple[str, list[str], int]:
    """The N-Triples, the findings, the number of parts."""
    found: list[Finding] = []
    out = folder / "out"
    on_spark.convert(
        load(), out, mode=mode, provenance=False, report=found.append, check=lambda: None, spark=spark, sizes=sizes
    )
    parts = sorted(out.iterdir())
    data = b"".join(part.read_bytes() for part in parts)
    for part in parts:
        part.unlink()
    out.rmdir()
    assert not list(folder.iterdir())
    return data.decode(), sorted(map(str, found)), len(parts)


ROWS = [f'{n},"{"a" * (n % 7)}{chr(10) * (n % 3 == 0)}b ""{n}""",{n % 100 or "x"}\n' for n in range(2000)]


def table(rows: list[str], **more: Any) -> TableGroup:
    columns = [{"name": name, "titles": name} for name in ("id", "text", "size")]
    columns[2] |= {"datatype": "integer"}
    schema = {"aboutUrl": "http://e/{id}", "columns": columns}
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema, **more}
    return group(metadata, t=("id,text,size\n" + "".join(rows)).encode())


@pytest.mark.parametrize("mode", ["minimal", "standard"])
def test_rows_keep_their_order_lines_and_numbers(mode: str, spark: SparkSession, tmp_path: Path) -> None:
    rows = [*ROWS]
    rows[700] = "700,b\n"
    rows[900] = '900," c",\n'
    wanted = run(lambda: table(rows), mode, "rows")
    sizes = on_spark.Sizes(least=4000, most=1 << 20, read=1000)
    text, found, parts = converted(lambda: table(rows), mode, spark, tmp_path, sizes=sizes)
    assert (text, found) == wanted
    assert len(found) == 19
    assert parts > 6


def here(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """What Spark does in tasks, without Spark."""
    return [pickle.loads(pickle.dumps(function))(item) for item in items]


NOISE = st.lists(
    st.sampled_from([*'abé,"\n\r#;\\', '"', "\n", '""', '"\n', ',"', "\r\n", "\x1e", "\x1f"]), max_size=60
).map("".join)
CELLS = st.sampled_from(["", "a", "é", '""', '"x\ny"', '"\n\n"', '"""a"""', '",;\r\n"', '""""', "#"])
SOUND = st.lists(st.tuples(CELLS, CELLS), max_size=25).map(lambda rows: "".join(f"{one},{two}\n" for one, two in rows))


@settings(max_examples=300, deadline=None)
@given(
    NOISE | SOUND,
    st.sampled_from([Dialect(), Dialect(), Dialect(quote=None), Dialect(comment_prefix="#"), Dialect(delimiter=";")]),
    st.integers(1, 20),
)
@example('#,"\n\n"\n,\n', Dialect(comment_prefix="#"), 1)
def test_parts_have_the_rows_of_the_whole(text: str, dialect: Dialect, size: int) -> None:
    """Wherever a file is cut, each row comes once, with its cells, its line and its numbers."""
    data = text.encode()
    wanted = [row for row in read(io.BytesIO(data), dialect, lambda *problem: None) if row.comment is None]
    width = len(wanted[0].cells) if wanted else 1
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        source, whole = Source(file.name, dialect, width, max(size // 3, 1)), Span(0, len(data), 1)
        spans, _ = in_spans(source, whole, size, here)
        found = [row for span in spans for block in blocks(source, span) for row in rows_of(block, source)]
        assert survey(source, whole).broken or all(span.sound for span in spans)
    assert [row for row, _ in found] == wanted
    assert [number for _, number in found] == list(range(len(wanted)))


def rows_of(block: Block, source: Source) -> Iterator[tuple[Row, int]]:
    """A block's rows, and how many rows of data come before each."""
    if not block.odd:
        for n, text in enumerate(block.text.split(ROW)):
            yield Row(block.line + n, block.source + n + 1, trimmed(text.split(CELL), source.dialect)), block.row + n
        return
    what = json.loads(block.text)
    data = what["data"].encode() if "data" in what else Path(source.path).read_bytes()[what["start"] :]
    rows = placed(reread(data, source.dialect), line=what["line"], source=what["source"])
    for n, row in enumerate(row for row in rows if row.comment is None):
        yield row, what["row"] + n


def trimmed(cells: list[str], dialect: Dialect) -> list[str]:
    return [TRIMS[dialect.trim](cell) for cell in cells] if dialect.trim != "false" else cells


HOSTILE = [
    *WORDS, "it's", "''", "\\'", "${x}", "$1", "\\1", "a\\", "\x00a\x00", "\x85", "\u2028", "e\u0301", "\U0010ffff",
    "\U0001f600;\U0001f600", "a\n", "\na", "a\nb$", "a*~+ %7E", "\x1e", "\x1f", "I\u0307", "ß", "\u1680x\u2003", "0.10",
    "9" * 21, "1" * 19 + "." + "9" * 18, "0." + "0" * 20 + "1", "1e309", "-1E-400", "4.9e-324", "١٢", "1_000", " 1",
    "0x1F", "1d", "Infinity", "2024-1-1", "2024-02-30T00:00:00", "epoch", "now", "x" * 1999, "12 " * 600,
]  # fmt: skip
"""Texts that engines may take differently."""
PATTERNS = [
    ".",
    "^a",
    "b$",
    "a|b$",
    "[^a-c]",
    r"\d+",
    r"\w",
    r"[\w.]+",
    "a{2}",
    "(?:ab|b)*",
    r"[$]",
    r"\$",
    "é",
    "[.]b",
]


def functions() -> dict[str, str]:
    """SQL over the text `t`, as the engine writes it that is asked: what it gives is the same on both."""
    items = sqldialect.split("t", ";")
    sql = {f"text {literal!r}": sqldialect.text(literal) for literal in HOSTILE if "\x00" not in literal}
    for n, pattern in enumerate(PATTERNS):
        sql |= {
            f"matches {pattern}": sqldialect.matches("t", pattern),
            f"found {pattern}": sqldialect.found("t", pattern),
        }
        if "*" not in pattern:
            sql[f"replaced {pattern}"] = sqldialect.replaced("t", f"({pattern})", r"<$0\1>" if n % 2 else r"\\\1")
    sql |= {f"split {by}": sqldialect.joined(sqldialect.split("t", by), "\x01") for by in r";,|.\^[]&-a é'"}
    sql |= {
        "percent_encoded": sqldialect.percent_encoded("t"),
        "trimmed": sqldialect.trimmed("t"),
        "trimmed start": sqldialect.trimmed("t", end=False),
        "trimmed end": sqldialect.trimmed("t", start=False),
        "trimmed of": sqldialect.trimmed("t", of="'a\\0"),
        "concat": sqldialect.concat(["'it''s'", sqldialect.text("\\"), "t", "';'"]),
        "as_text": sqldialect.as_text("length(t)"),
        "array": sqldialect.joined(sqldialect.array(["t", "'x'"]), "'"),
        "size": sqldialect.as_text(sqldialect.size(items)),
        "each": sqldialect.joined(sqldialect.each(items, sqldialect.concat(["'<'", "x", "'>'"])), ""),
        "only": sqldialect.joined(sqldialect.only(items, "x NOT IN ('', 'a')"), ", "),
        "escaped": escaped("t", on_spark.ALL),
        "replace": f"replace(t, {sqldialect.text(chr(92))}, 'x')",
        "substr": "substr(t, 2, 3)",
        "upper": "upper(CASE WHEN " + sqldialect.matches("t", "[a-f0-9]*") + " THEN t ELSE '' END)",
        "smaller": "t < 'b'",
        "case": "CASE t WHEN '' THEN 'empty' ELSE t END",
    }
    return sql


def datatypes() -> dict[str, str]:
    """For each datatype and text: whether SQL is sure, and its forms where it is."""
    sql = {}
    for declared in DATATYPES:
        metadata = {
            "@context": "http://www.w3.org/ns/csvw",
            "url": "t.csv",
            "tableSchema": {"columns": [{"name": "t", "datatype": declared}]},
        }
        (column,) = group(metadata, t=b"t\n").tables[0].columns
        for canonical in (False, True):
            with suppress(NotCompilableError):
                value = value_sql(column.datatype, "t", canonical=canonical)
                form = sqldialect.concat([value.lexical, "'|'", value.canonical])
                sql[f"{declared} {canonical}"] = f"CASE WHEN {value.sure} THEN {form} ELSE 'unsure' END"
    return sql


@pytest.mark.parametrize("made", [functions, datatypes])
def test_both_dialects_say_the_same(made: Callable[[], dict[str, str]], spark: SparkSession) -> None:
    ours = made()
    with sqldialect.on_spark():
        theirs = made()
    assert list(ours) == list(theirs)
    named = [", ".join(f"{sql} AS e{n}" for n, sql in enumerate(each.values())) for each in (ours, theirs)]
    wanted = duckdb.execute(f"SELECT {named[0]} FROM (SELECT unnest(?::VARCHAR[]) AS t)", [HOSTILE]).fetchall()
    spark.createDataFrame([(text,) for text in HOSTILE], "t string").coalesce(1).createOrReplaceTempView("hostile")
    found = [tuple(row) for row in spark.sql(f"SELECT {named[1]} FROM hostile").collect()]
    differ = [
        (name, text, ours_, theirs_)
        for text, row, other in zip(HOSTILE, wanted, found, strict=True)
        for name, ours_, theirs_ in zip(ours, row, other, strict=True)
        if ours_ != theirs_
    ]
    assert not differ


def test_spark_is_never_sure_of_more(spark: SparkSession) -> None:
    """A long text may be too much for Java's regular expressions: it is left to the row executor then."""
    with sqldialect.on_spark():
        deep = sqldialect.matches("t", "(?:ab|c)*"), sqldialect.matches("t", "[abc]*")
    frame = spark.createDataFrame([("ab" * 1000,), ("ab" * 1001,), ("ab" * 100_000,)], "t string")
    assert [tuple(row) for row in frame.selectExpr(*deep).collect()] == [(True, True), (False, True), (False, True)]


def agree(
    load: Callable[[], TableGroup], mode: Any, spark: SparkSession, folder: Path, sizes: on_spark.Sizes = SMALL
) -> int:
    """Spark says what DuckDB says, byte for byte, and the row executor; returns the number of parts.

    What it cannot do, DuckDB cannot either; 0 then.
    """
    wanted = run(load, mode, "rows")
    try:
        text, found, parts = converted(load, mode, spark, folder, sizes=sizes)
    except InputError as error:
        assert "the engine spark cannot do" in error.message
        with pytest.raises(InputError, match="the engine duckdb cannot do"):
            run(load, mode, "duckdb")
        assert not list(folder.iterdir())
        return 0
    assert found == wanted[1]
    assert text == wanted[0]
    assert text == run(load, mode, "duckdb")[0]
    return parts


@pytest.mark.parametrize("separator", [None, ";"])
def test_all_datatypes_over_all_texts(separator: str | None, spark: SparkSession, tmp_path: Path) -> None:
    columns = [{"name": f"c{n}", "titles": f"c{n}", "datatype": each} for n, each in enumerate(DATATYPES)]
    if separator:
        columns = [{**column, "separator": separator, "null": ["", "NA"], "default": "-"} for column in columns]
    texts = [text for text in HOSTILE if len(text) < 100]
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    data = (
        ",".join(column["titles"] for column in columns)
        + "\n"
        + "".join(",".join([q] * len(columns)) + "\n" for q in quoted)
    )
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"columns": columns}}
    sizes = on_spark.Sizes(least=3000, most=3000, read=2000)  # less than a thousand findings each
    load = lambda: group(metadata, t=data.encode())  # noqa: E731
    text, found, parts = converted(load, "minimal", spark, tmp_path, sizes=sizes)
    assert parts > 2
    assert (text, found) == run(load, "minimal", "rows")
    assert len(found) > 1000


def test_templates_over_all_texts(spark: SparkSession, tmp_path: Path) -> None:
    """Every template that compiles, in one table."""
    compiled = []
    for template in TEMPLATES:
        columns = [{"name": name, "titles": name} for name in "ab"]
        columns.append({"name": "v", "virtual": True, "aboutUrl": template, "valueUrl": template})  # type: ignore[dict-item]
        metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"columns": columns}}
        with suppress(InputError):
            run(lambda metadata=metadata: group(metadata, t=b"a,b\n1,2\n"), "minimal", "duckdb")  # type: ignore[misc]
            compiled.append({**columns[-1], "name": f"v{len(compiled)}"})
    assert len(compiled) > 8
    columns = [{"name": "a", "titles": "a", "datatype": "string"}, {"name": "b", "titles": "b", "null": "NA"}]
    schema = {"columns": [*columns, *compiled], "rowTitles": ["b"]}
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
    texts = ['"' + text.replace('"', '""') + '"' for text in HOSTILE if len(text) < 100]
    data = "a,b\n" + "".join(f"{one},{two}\n" for one, two in pairwise(texts))
    assert agree(lambda: group(metadata, t=data.encode()), "standard", spark, tmp_path) > 2


SOME = [*entries("rdf")[::12], *entries("validation")[5::40]]


@pytest.mark.parametrize("entry", SOME)
def test_the_suite_of_w3c(entry: Entry, spark: SparkSession, tmp_path: Path) -> None:
    option = entry["option"]
    metadata = BASE + option["metadata"] if "metadata" in option else None
    mode = "minimal" if option.get("minimal") else "standard"
    try:
        agree(lambda: csvw.load(BASE + entry["action"], metadata=metadata, fetch=Web(entry)), mode, spark, tmp_path)
    except MetadataError:
        assert "Negative" in entry["type"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_any_table(spark: SparkSession, tmp_path: Path, case: tuple[dict[str, Any], bytes, str]) -> None:
    metadata, data, mode = case
    agree(lambda: group(metadata, t=data), mode, spark, tmp_path)


def test_keys_over_parts(spark: SparkSession, tmp_path: Path) -> None:
    a = "".join(f'{"x" if n % 50 else chr(1)},{n % 90},"{"ab"[n % 2]}{n % 30}"\n' for n in range(100))
    b = "".join(f"{letter}{n}\n" for n in (*range(25), 3) for letter in "ab")
    load = lambda: group(KEYS, a=f"id,n,b\n{a}y,z\n".encode(), b=f"id\n{b}".encode())  # noqa: E731
    assert agree(load, "minimal", spark, tmp_path) > 4
    assert len(run(load, "minimal", "rows")[1]) > 20


TOWNS = "id,name,size\n" + "".join(f"{n},Ñ {n},{n % 7}.50\n" for n in range(400))


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """A table in every kind of file, each in a folder that the CLI is run from."""
    data = TOWNS.encode()
    (tmp_path / "towns.csv").write_bytes(data)
    (tmp_path / "towns.tsv").write_bytes(data.replace(b",", b"\t"))
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(data))
    (tmp_path / "packed.csv.zst").write_bytes(zstandard.compress(data))
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{tmp_path}/towns.csv')) TO '{tmp_path}/towns.parquet'")
    return tmp_path


@pytest.mark.parametrize("name", ["towns.csv", "towns.tsv", "packed.csv.gz", "packed.csv.zst", "towns.parquet"])
def test_a_folder_of_triples(
    name: str, towns: Path, spark: SparkSession, kzlod: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_spark, "SIZES", SMALL)
    before = sorted(towns.iterdir())
    result = kzlod("convert", towns / name, "--engine", "spark", "--master", "local[2]", "--out", towns / "out")
    assert (result.exit_code, result.output) == (0, "")
    parts = sorted(path.name for path in (towns / "out").iterdir())
    assert parts == [f"part-{n:05}.nt" for n in range(len(parts))]
    assert len(parts) > 4
    csvw.convert(towns / name, towns / "duckdb.nt", engine="duckdb")
    whole = b"".join((towns / "out" / part).read_bytes() for part in parts)
    assert whole == (towns / "duckdb.nt").read_bytes()
    assert sorted(towns.iterdir()) == sorted([*before, towns / "duckdb.nt", towns / "out"])


def refused(result: Result, folder: Path, status: int = 2) -> str:
    """What a command says that fails and leaves nothing."""
    assert result.exit_code == status
    assert not [path for path in folder.iterdir() if "out" in path.name]
    return result.output


def test_what_is_wrong_leaves_no_folder(towns: Path, spark: SparkSession, kzlod: Callable[..., Result]) -> None:
    def convert(name: str, *more: object) -> Result:
        return kzlod("convert", towns / name, "--engine", "spark", *more)

    to = ("--out", towns / "out")
    column = {"name": "id", "titles": "id", "datatype": "integer"}
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "bad.csv", "tableSchema": {"columns": [column]}}
    (towns / "bad.json").write_text(json.dumps(metadata))
    (towns / "bad.csv").write_text("id\n1\n" + "x\n" * 1500)
    told = refused(convert("bad.json", *to), towns, 1).splitlines()
    assert told[0] == f"{towns}/bad.csv:3: id: 'x' is not an integer; write digits, such as 30050000000 [datatype]"
    assert told[-1] == f"{towns}/bad.csv: there are 500 findings more; mend these first"
    assert len(told) == 1001

    column |= {"separator": ";", "ordered": True}
    (towns / "bad.json").write_text(json.dumps(metadata))
    assert "the engine spark cannot do an ordered list; leave out --engine spark" in refused(
        convert("bad.json", *to), towns
    )
    (towns / "cut.csv.gz").write_bytes((towns / "packed.csv.gz").read_bytes()[:-20])
    assert "it cannot be read to its end" in refused(convert("cut.csv.gz", *to), towns, 1)
    assert "there is no such file" in refused(convert("nothing.csv", *to), towns)
    assert "name a new folder with --out" in refused(convert("towns.csv"), towns)
    assert "name a new folder with --out" in refused(convert("towns.csv", "--out", towns / "out.nt.gz"), towns)
    assert "leave out --format" in refused(convert("towns.csv", *to, "--format", "turtle"), towns)
    (towns / "out").mkdir()
    (towns / "out" / "mine").touch()
    result = convert("towns.csv", *to)
    assert (result.exit_code, "it is there already" in result.output) == (2, True)
    assert [path.name for path in (towns / "out").iterdir()] == ["mine"]


ALONE = "import sys; sys.modules.update({}); from kzlod.cli import main; main(sys.argv[1:])"


@pytest.mark.parametrize(
    ("absent", "path", "master", "said"),
    [
        ({"pyspark": None}, None, "local[2]", "pyspark is not installed; run: pip install 'kzlod[spark]'"),
        ({}, "/nowhere", "local[2]", "Java"),
        ({}, None, "nowhere", "nowhere: this is no master of Spark; name it as local[2], "),
    ],
    ids=["pyspark", "java", "master"],
)
def test_what_is_not_there(absent: dict[str, None], path: str | None, master: str, said: str, towns: Path) -> None:
    """In a process of its own, which has no Spark yet."""
    there = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    there |= {} if path is None else {"PATH": path}
    code = ALONE.replace("{}", repr(absent))
    command = ["convert", "towns.csv", "--engine", "spark", "--master", master, "--out", "out"]
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, cwd=towns, env=there)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (towns / "out").exists()


def test_a_task_that_fails_is_told_in_a_line(spark: SparkSession) -> None:
    with (
        pytest.raises(ReleaseError, match=r"^Spark stopped: ZeroDivisionError: .*by zero; see"),
        session("local[2]") as own,
    ):
        own.sparkContext.parallelize([0]).map(lambda n: 1 // n).collect()


@pytest.mark.parametrize("place", [0, 700], ids=["at the start", "in the middle"])
@pytest.mark.parametrize(
    "odd",
    [
        b"\xef\xbb\xbf",
        b'5,a"b,1\n',
        b'5,"ab,1\n',
        b"5,\xff,1\n",
        b"#5,a,1\n",
        b"\n\n",
        b"5,a\r,1\r\n",
        b'5,"\x1e\x1f",1\n',
    ],
    ids=["BOM", "a quote within", "a quote that stays open", "not UTF-8", "comment", "blank", "CR", "control"],
)
def test_odd_files(odd: bytes, place: int, spark: SparkSession, tmp_path: Path) -> None:
    """What comes after what only the row executor reads has the right places."""
    rows = [row.encode() for row in ROWS[:1000]]
    data = b"".join([b"id,text,size\n", *rows[:place], odd, *rows[place:]])
    schema = {"columns": [{"name": name, "titles": name} for name in ("id", "text", "size")]}
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": schema}
    metadata["dialect"] = {"commentPrefix": "#"}
    agree(lambda: group(metadata, t=data), "standard", spark, tmp_path, on_spark.Sizes(least=3000, read=1000))
