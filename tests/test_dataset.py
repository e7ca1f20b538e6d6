"""A project's tables in the table of quads: compiled or row by row, the same quads, places and findings."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from kzlod import csvw, dataset
from kzlod.csvw import chunks, compiled, conversion, opening
from kzlod.dataset import Dataset
from kzlod.findings import Finding
from kzlod.project import Project
from kzlod.quads import table as quad_table
from kzlod.terms import iri
from tests.test_csvw_engines import cases

TOML = """[dataset]
id = "towns"
version = "1.0.0"
date = 2026-01-01
base = "http://example.org/"
license = "https://creativecommons.org/licenses/by/4.0/"
title = { en = "Towns" }
"""
TOWNS: dict[str, Any] = {
    "url": "towns.csv",
    "tableSchema": {
        "aboutUrl": "http://example.org/town/{id}",
        "primaryKey": "id",
        "columns": [
            {"name": "id", "titles": "id", "required": True},
            {"name": "name", "titles": "name", "lang": "en", "separator": ";"},
            {"name": "size", "titles": "size", "datatype": "integer"},
            {"name": "in", "titles": "in", "valueUrl": "http://example.org/region/{in}"},
        ],
        "foreignKeys": [{"columnReference": "in", "reference": {"resource": "regions.csv", "columnReference": "id"}}],
    },
}
REGIONS: dict[str, Any] = {
    "url": "regions.csv",
    "tableSchema": {
        "aboutUrl": "http://example.org/region/{id}",
        "columns": [{"name": "id", "titles": "id"}, {"name": "name", "titles": "name"}],
    },
}
HEADER = "id,name,size,in\n"
REGIONS_CSV = "id,name\n" + "".join(f"r{n},Region {n}\n" for n in range(50))
Row = tuple[str, str, str, str, str, int]


def written(root: Path, tables: list[dict[str, Any]], **files: bytes) -> Project:
    """A project with tables."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "kzlod.toml").write_text(TOML)
    metadata = {"@context": "http://www.w3.org/ns/csvw", "tables": tables}
    (root / "data/csvw.json").write_text(json.dumps(metadata), "utf-8")
    for name, data in files.items():
        (root / "data" / name.replace("_", ".")).write_bytes(data)
    return Project.read(root)


def opened(project: Project) -> tuple[list[Row], tuple[Finding, ...]]:
    """The quads of the tables with their places, and the findings."""
    query = "SELECT s, p, o, g, path, line FROM placed WHERE path LIKE 'data/%' ORDER BY ALL"
    with Dataset.open(project) as data:
        return data.table.rows(query), data.findings


def row_by_row(project: Project) -> list[Row]:
    """The quads of the tables as the row executor gives them one by one."""
    group = csvw.load(project.root / "data/csvw.json")
    paths = [Path(table.path) for table in group.tables]
    placed = [(iri(project.graph_of(path)), project.shown(path)) for path in paths]
    return sorted((s, p, o, *placed[table], line) for s, p, o, table, line in csvw.statements(group, mode="minimal"))


def same(project: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Row], tuple[Finding, ...]]:
    """What both ways give: they give the same."""
    made = opened(project)
    with monkeypatch.context() as only_rows:
        only_rows.setattr(conversion, "_SMALL", 1 << 60)
        assert made == opened(project)
    assert made[0] == row_by_row(project)
    return made


def plain(count: int = 12_000) -> list[str]:
    return [f"{n},Town {n};T{n},{n * 37 % 1000},r{n % 50}\n" for n in range(count)]


def strange() -> str:
    """Rows that are wrong, some for SQL too, and rows of several lines among them."""
    rows = plain()
    rows[10] = '10,"Town\nof two ""lines""",7,r1\n'
    rows[500] = "500,\x01\x1e\x1f,1,r1\n"
    rows[4000] = "4000,,,\n"
    rows[4001] = "4001,too few\n"
    rows[7000] = '7000,"a\n\n\nb",x,r1\n'
    rows[7001] = '7001,"a ""town""",12,nowhere\n'
    rows[9000] = "8999,again,1,r2\n"
    rows[9001] = ",no id,1,r2\n"
    rows[11_000] = "11000,a,b,c,d,e\n"
    rows[11_999] = "11999,no line feed,5,gone"
    return HEADER + "".join(rows)


def test_large_tables_are_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And small ones are not: without which the tests below would compare a way with itself."""
    read = list[str]()
    of_table = compiled.outputs

    def counted(run: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        pieces = of_table(run, *arguments, **options)
        yield next(pieces)
        read.append(run.table.url.rpartition("/")[2])
        yield from pieces

    monkeypatch.setattr(compiled, "outputs", counted)
    opened(written(tmp_path, [TOWNS, REGIONS], towns_csv=strange().encode(), regions_csv=REGIONS_CSV.encode()))
    assert read == ["towns.csv"]


LARGE = HEADER + "".join(plain())
OF_LINES = re.sub(r"(?m)^(\d*5),(.*?),", r'\1,"\2\nof ""lines""",', LARGE)
CASES: dict[str, tuple[dict[str, Any], bytes, set[str]]] = {
    "sound": ({}, LARGE.encode(), set()),
    "rows of several lines": ({}, OF_LINES.encode(), set()),
    "rows that SQL is not sure of": (
        {},
        OF_LINES.replace("9,r4", "9 x,r4").encode(),
        {"table.datatype"},
    ),
    "strange rows": (
        {},
        strange().encode(),
        {"table.datatype", "table.foreign-key", "table.primary-key", "table.ragged", "table.required"},
    ),
    "more wrong rows than findings": (
        {},
        LARGE.replace(",r3", ",gone").replace(",r41", ",lost").encode(),
        {"table.foreign-key", "check.more"},
    ),
    "quotes in the middle": ({}, LARGE.replace("9000,Town", '9000,"Town" x').encode(), {"table.quote"}),
    "a quote that stays open": ({}, LARGE.replace("9000,Town", '9000,"Town').encode(), {"table.quote"}),
    "not in the encoding": (
        {},
        LARGE.replace("Town 9000", "\udcff").encode("utf-8", "surrogateescape"),
        {"table.encoding"},
    ),
    "another header": ({}, LARGE.replace(HEADER, "id,size,name,in\n").encode(), {"table.header"}),
    "byte order mark": ({}, b"\xef\xbb\xbf" + LARGE.encode(), set()),
    "line ends of Windows": ({}, LARGE.replace("\n", "\r\n").encode(), set()),
    "two header rows": ({"dialect": {"headerRowCount": 2}}, ("a,b,c,d\n" + LARGE).encode(), set()),
    "skipped rows": ({"dialect": {"skipRows": 2}}, ('"a note\nof lines"\nanother\n' + LARGE).encode(), set()),
    "comments": (
        {"dialect": {"commentPrefix": "#"}},
        LARGE.replace("\n9000", "\n# a note\n9000").encode() + b"# the end\n",
        set(),
    ),
    "what SQL cannot do": ({"dialect": {"skipBlankRows": True}}, LARGE.replace("\n9000", "\n\n9000").encode(), set()),
    "compressed": ({"url": "towns.csv.gz"}, gzip.compress(LARGE.encode()), set()),
}


@pytest.mark.parametrize("case", CASES)
def test_both_ways_give_the_same(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, data, codes = CASES[case]
    monkeypatch.setattr(quad_table, "_TOGETHER", 1 << 20)  # several transactions
    monkeypatch.setattr(compiled, "_LEAST", 1 << 13)  # many chunks
    monkeypatch.setattr(compiled, "_WANTED", 1 << 16)
    towns = TOWNS | changed
    files = {towns["url"].replace(".", "_"): data, "regions_csv": REGIONS_CSV.encode()}
    rows, findings = same(written(tmp_path, [towns, REGIONS], **files), monkeypatch)
    assert {finding.code for finding in findings} == codes
    assert len(rows) > 40_000


def test_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of quads lies in a file where the inputs are large."""
    monkeypatch.setattr(dataset, "_LARGE", 0)
    project = written(tmp_path, [TOWNS, REGIONS], towns_csv=strange().encode(), regions_csv=REGIONS_CSV.encode())
    assert len(same(project, monkeypatch)[0]) > 40_000


def test_large_tables_that_refer_to_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys into a table that comes later, into one that was read, and into one that is not there."""
    regions: dict[str, Any] = json.loads(json.dumps(REGIONS))
    regions["tableSchema"]["foreignKeys"] = [
        {"columnReference": "name", "reference": {"resource": "towns.csv", "columnReference": "name"}},
        {"columnReference": "id", "reference": {"resource": "lost.csv", "columnReference": "id"}},
    ]
    towns: dict[str, Any] = json.loads(json.dumps(TOWNS))
    del towns["tableSchema"]["columns"][1]["separator"]
    lost = REGIONS | {"url": "lost.csv"}
    many = "id,name\n" + "".join(f"r{n},Town {n};T{n + (n % 900 == 0)}\n" for n in range(3, 12_000))
    files = {"towns_csv": LARGE.encode(), "regions_csv": many.encode() + b"r7,twice\n"}
    _, findings = same(written(tmp_path, [towns, regions, lost], **files), monkeypatch)
    assert {finding.code for finding in findings} == {"table.file"}
    (tmp_path / "data/lost.csv").write_bytes(many.encode())
    _, findings = same(Project.read(tmp_path), monkeypatch)
    assert {(finding.file, finding.code) for finding in findings} == {
        ("data/towns.csv", "table.foreign-key"),
        ("data/regions.csv", "table.foreign-key"),
    }
    assert len(findings) > 700


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_any_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[dict[str, Any], bytes, str]) -> None:
    metadata, data, _ = case
    with monkeypatch.context() as small:
        small.setattr(conversion, "_SMALL", 0)
        small.setattr(opening, "_HEAD", 60)
        small.setattr(chunks, "_PIECE", 40)
        small.setattr(compiled, "_LEAST", 10)
        small.setattr(compiled, "_WANTED", 1)
        same(written(tmp_path, [metadata], t_csv=data), small)


def test_a_project_whose_tables_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, findings = same(written(tmp_path, [TOWNS, REGIONS], towns_csv=LARGE.encode()), monkeypatch)
    assert [(finding.file, finding.code) for finding in findings] == [("data/regions.csv", "table.file")]
    assert {row[4] for row in rows} == {"data/towns.csv"}


@pytest.mark.parametrize("times", [1, 8], ids=["at once", "later"])
def test_a_file_that_breaks_off(times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said once, and nothing is made of what was read before."""
    data = gzip.compress(HEADER.encode() + "".join(plain()).encode() * times)[:-9000]
    towns = {**TOWNS, "url": "towns.csv.gz"}
    project = written(tmp_path, [towns, REGIONS], towns_csv_gz=data, regions_csv=REGIONS_CSV.encode())
    _, findings = opened(project)
    assert [(finding.file, finding.code) for finding in findings] == [("data/towns.csv.gz", "table.file")]
    monkeypatch.setattr(conversion, "_SMALL", 1 << 60)
    assert opened(project)[1] == findings
