"""Bad input: each fault ends with one message that says where, what and what to do; no traceback, nothing written."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import Result

from tests.editing import ROOT, append, copy_reference, drop_column, line_of, put, repeat, replace

Run = Callable[..., Result]
OBSERVATIONS, PASSAGES, PERIODS = "data/observations.csv", "data/passages.csv", "data/periods.csv"
RELATIONS, THINGS = "data/relations.csv", "data/things.csv"
BRIDGE = "https://example.org/tiny/thing/alder-footbridge"


def said(result: Result, status: int) -> str:
    """What a command said: it ended by itself, with this exit status and no traceback."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    assert result.exit_code == status, result.output
    return result.output


class Fault(NamedTuple):
    """A fault in a row: what is written over, the column that is told, what is said of it."""

    table: str
    key: str
    cells: dict[str, str]
    column: str
    message: str


NO_CODE = "is no code of the scheme `{}`; use one that data/codes.csv has, or add it there first"


def no_row(table: str, key: str) -> str:
    return f"data/{table}.csv has no row '{key}'; add the row to data/{table}.csv, or correct the value"


FAULTS = {
    "a letter in a number": Fault(
        OBSERVATIONS, "cargo-volume-2024-002", {"value": "293OOOOO"},
        "value", "'293OOOOO' is not a decimal; write it in the format #0.##########",
    ),
    "not a number": Fault(
        OBSERVATIONS, "crop-exports-2023-001", {"value": "NaN"},
        "value", "'NaN' is not a decimal; write it in the format #0.##########",
    ),
    "an empty cell": Fault(
        OBSERVATIONS, "deals-2015-count-004", {"value": ""},
        "value", "it is empty, and this column is required; fill it in",
    ),
    "an unknown code": Fault(
        OBSERVATIONS, "exports-2024-002", {"status": "actually"},
        "status", f"'actually' {NO_CODE.format('status')}",
    ),
    "an unknown code in the second column of two with one property": Fault(
        OBSERVATIONS, "gas-pipeline-volume-carried-2024-001", {"bound_2": "over"},
        "bound_2", f"'over' {NO_CODE.format('bound')}",
    ),
    "a code of another list": Fault(
        THINGS, "almaty", {"kind": "actual"},
        "kind", f"'actual' {NO_CODE.format('kind')}",
    ),
    "an unknown indicator": Fault(
        OBSERVATIONS, "partnership-portfolio-jobs-002", {"indicator": "job"},
        "indicator", no_row("indicators", "job"),
    ),
    "an unknown thing": Fault(
        OBSERVATIONS, "pipe-plant-value-2014-004", {"about": "pipeplant"},
        "about", no_row("things", "pipeplant"),
    ),
    "a reference to a row that is not there": Fault(
        OBSERVATIONS, "imports-2024-002", {"mention": "002-19-99"},
        "mention", no_row("mentions", "002-19-99"),
    ),
    "a figure without evidence": Fault(
        OBSERVATIONS, "cargo-volume-growth-2024-002", {"mention": ""},
        "mention", "it is empty, and this column is required; fill it in",
    ),
    "a unit that does not suit": Fault(
        OBSERVATIONS, "universal-energy-solar-capacity-2019-001", {"unit": "KiloM"},
        "unit", "'KiloM' is a unit that the indicator does not allow; "
        "use one of the indicator's units, or add it to data/indicators.csv",
    ),
    "a value that is not what as_written says": Fault(
        OBSERVATIONS, "khorgos-joint-projects-value-004", {"value": "477000"},
        "value", "477000 is not what '$477 million' says, which is 477000000; correct the one or the other",
    ),
    "words that cannot be said of the value": Fault(
        OBSERVATIONS, "trade-share-2023-001", {"as_written_2": "nearly two-thirds"},
        "as_written_2", "'nearly two-thirds' cannot be said of 28.3; correct the one or the other",
    ),
    "words without a number": Fault(
        OBSERVATIONS, "working-professions-year-2025-003", {"as_written": "this year"},
        "as_written", "no number can be read from 'this year'; write the figure as the document has it",
    ),
    "a wrong bound": Fault(
        OBSERVATIONS, "fdi-stock-2015-004", {"bound": "exact"},
        "bound", "exact is not how 'more than $17 billion' bounds the figure, which is more-than; "
        "give each bound that the words have, and no other",
    ),
    "a bound that the words do not have": Fault(
        OBSERVATIONS, "foreign-capital-companies-2025-000", {"bound_2": "about"},
        "bound_2", "about and more-than is not how 'over 5,000' bounds the figure, which is more-than; "
        "give each bound that the words have, and no other",
    ),
    "a speaker who is no agent": Fault(
        OBSERVATIONS, "upcoming-joint-projects-value-002", {"stated_by": "astana"},
        "stated_by", "'astana' is no agent, and so cannot have said it; name a person, an organisation or a group",
    ),
    "a date that does not exist": Fault(
        PERIODS, "2024", {"start": "2024-02-30"},
        "start", "'2024-02-30' is not a date: there is no such day; write it in the format yyyy-MM-dd",
    ),
    "a period that ends before it starts": Fault(
        PERIODS, "2022", {"start": "2022-12-31", "end": "2022-01-01"},
        "start", "'2022-12-31' is after the end; a period ends on the day that it starts or later",
    ),
    "a passage without a source": Fault(
        PASSAGES, "000-01", {"source": ""}, "source", "it is empty, and this column is required; fill it in",
    ),
    "a passage of an unknown source": Fault(
        PASSAGES, "004-01", {"source": "009"},
        "source", no_row("sources", "009"),
    ),
    "a claim about an unknown thing": Fault(
        RELATIONS, "asian-studies-department-part-of-kaziss-002", {"subject": "asian-department"},
        "subject", no_row("things", "asian-department"),
    ),
    "an unknown predicate": Fault(
        RELATIONS, "belt-and-road-initiative-initiated-at-kazakhstan-001", {"predicate": "initiatedOn"},
        "predicate", "'initiatedOn' is no predicate of the ontology; use one that ontology/ontology.ttl declares",
    ),
    "a control character in one of four columns with one property": Fault(
        THINGS, "akorda", {"label_kk": "Ақ\x07орда"},
        "label_kk", "the text holds the control character U+0007, which RDF/XML cannot carry; take it out",
    ),
    "a latitude beyond the pole": Fault(
        "data/coordinates.csv", "astana", {"latitude": "151.1811"},
        "latitude", "'151.1811' is more than 90",
    ),
}  # fmt: skip
TWICE = "xi-visit-date-2013-002"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, kzlod: Run) -> tuple[Path, list[str]]:
    """A copy of the reference dataset with all these faults, and the lines that `kzlod check` prints."""
    project = copy_reference(tmp_path_factory.mktemp("faults") / "project")
    first = (project / OBSERVATIONS).read_text("utf-8").splitlines()[1].partition(",")[0]
    put(project, OBSERVATIONS, first, note="Over\nthree\nlines: what is below stands two lines further down.")
    for fault in FAULTS.values():
        put(project, fault.table, fault.key, **fault.cells)
    repeat(project, OBSERVATIONS, TWICE, value="2014", as_written="2014", status="actually")
    result = kzlod("check", "--project", project)
    said(result, 1)
    return project, result.stdout.splitlines()


def place(project: Path, fault: Fault) -> str:
    return f"{fault.table}:{line_of(project, fault.table, fault.key)}: {fault.column}"


def twice(project: Path) -> str:
    last = line_of(project, OBSERVATIONS, TWICE)
    return f"{OBSERVATIONS}:{last}: id: the key '{TWICE}' is that of line {last - 1}; give each row its own"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_row(checked: tuple[Path, list[str]], name: str) -> None:
    project, lines = checked
    assert f"{place(project, FAULTS[name])}: {FAULTS[name].message}" in lines


def test_a_duplicate_key(checked: tuple[Path, list[str]]) -> None:
    assert twice(checked[0]) in checked[1]


def test_a_fault_is_told_once(checked: tuple[Path, list[str]]) -> None:
    project, lines = checked
    places = {place(project, fault) for fault in FAULTS.values()} | {twice(project).partition(": the")[0]}
    assert [line for line in lines if not any(line.startswith(f"{place}: ") for place in places)] == []
    assert len(lines) == len(places)


def test_lines_are_counted_as_an_editor_counts(checked: tuple[Path, list[str]]) -> None:
    project, lines = checked
    fault = FAULTS["a speaker who is no agent"]
    [told] = [line for line in lines if fault.message in line]
    number = int(told.split(":")[1])
    assert (project / OBSERVATIONS).read_text("utf-8").splitlines()[number - 1].startswith(fault.key)


# Whole files: each stops before its rows are looked at.


def lose(file: str) -> Callable[[Path], None]:
    return lambda project: (project / file).unlink()


def folder_in_place(file: str) -> Callable[[Path], None]:
    def break_it(project: Path) -> None:
        (project / file).unlink()
        (project / file).mkdir()

    return break_it


def write(file: str, text: str) -> Callable[[Path], None]:
    return lambda project: (project / file).write_text(text, "utf-8") and None


def swap(file: str, old: str, new: str | bytes) -> Callable[[Path], None]:
    return lambda project: replace(project, file, old, new)


FILES: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "a missing column": (
        lambda project: drop_column(project, OBSERVATIONS, "unit"), 1,
        "data/observations.csv:1: unit: the column 'unit' is missing; add it, or correct the header or the metadata",
    ),
    "a column by another name": (
        swap(OBSERVATIONS, ",unit,", ",units,"), 1,
        "data/observations.csv:1: unit: the column 'unit' is missing; add it, or correct the header or the metadata",
    ),
    "a missing column that other tables refer to": (
        lambda project: drop_column(project, PERIODS, "id"), 1,
        "data/periods.csv:1: id: the column 'id' is missing; add it, or correct the header or the metadata",
    ),
    "an empty file": (write(OBSERVATIONS, ""), 1, "data/observations.csv:1: the file has no header; "),
    "not UTF-8": (
        swap(THINGS, "Afghanistan", "Ägypten".encode("latin-1")), 1,
        "data/things.csv:2: the file is not UTF-8: the byte 0xC4 after 'istan,Place,country,'; save the file as UTF-8",
    ),
    "a quote within a cell": (
        swap(OBSERVATIONS, ",001-05-8,", ',001-05-"8",'), 1,
        "data/observations.csv:2: a \" stands within '001-05-\"8\"', which does not begin with one; ",
    ),
    "a missing table": (lose(PERIODS), 1, "data/periods.csv: there is no such file; check the name"),
    "a folder in a table's place": (
        folder_in_place(PERIODS), 1, "data/periods.csv: it cannot be read: Is a directory",
    ),
    "a column without aboutUrl": (
        swap("data/csvw.json", '"aboutUrl": "https://w3id.org/kzlod/period/{id}", ', ""), 1,
        "data/csvw.json: data/periods.csv, label, start, end, type: has no aboutUrl, and so makes nodes without an "
        "IRI, which cannot be published; give the table one, or the column",
    ),
    "metadata that is not JSON": (
        swap("data/csvw.json", '"tables": [', '"tables": [,'), 2,
        "kzlod: data/csvw.json:5: it is not JSON: Expecting value",
    ),
    "metadata that is not there": (
        lose("data/csvw.json"), 2,
        "kzlod: data/csvw.json: is not there, and data/agreements.csv is; describe the tables in it (CSV on the Web)",
    ),
    "Turtle that does not parse": (
        lambda project: append(project, "ontology/ontology.ttl", 'kzo:Place rdfs:label "x .\n'), 2,
        "kzlod: ontology/ontology.ttl:{last}: does not parse as Turtle: ",
    ),
    "a Turtle file that is not UTF-8": (
        swap("ontology/ontology.ttl", "rdfs:comment \"", b'rdfs:comment "\xff'), 2, "kzlod: ontology/ontology.ttl:",
    ),
    "shapes that do not parse": (
        lambda project: append(project, "shapes/thing.ttl", "shape:Thing sh:property [ .\n"), 2,
        "kzlod: shapes/thing.ttl:{last}: does not parse as Turtle: ",
    ),
    "kzlod.toml that is not TOML": (
        lambda project: append(project, "kzlod.toml", "[dataset\n"), 2,
        "kzlod: {project}/kzlod.toml:{last}: is not TOML: ",
    ),
    "kzlod.toml that is not UTF-8": (
        swap("kzlod.toml", "# The dataset", b"# \xff"), 2,
        "kzlod: {project}/kzlod.toml: is not UTF-8; save it as UTF-8",
    ),
    "kzlod.toml without a version": (
        swap("kzlod.toml", "version =", "edition ="), 2,
        'kzlod: {project}/kzlod.toml: dataset.version: is missing; give it a text in quotes, such as "1.0.0"',
    ),
    "kzlod.toml with a number for a text": (
        swap("kzlod.toml", 'version = "0.1.0"', "version = 0.1"), 2,
        "kzlod: {project}/kzlod.toml: dataset.version: 0.1 is not what it takes; "
        'give it a text in quotes, such as "1.0.0"',
    ),
    "kzlod.toml with a version that names no folder": (
        swap("kzlod.toml", 'version = "0.1.0"', 'version = "../1"'), 2,
        "kzlod: {project}/kzlod.toml: dataset.version: '../1' cannot name a folder; write one such as 1.0.0",
    ),
    "kzlod.toml with a base that is no IRI": (
        swap("kzlod.toml", 'base = "https://w3id.org/kzlod/"', 'base = "kzlod"'), 2,
        "kzlod: {project}/kzlod.toml: dataset.base: 'kzlod' is no IRI that ends in / or #",
    ),
    "no kzlod.toml": (
        lose("kzlod.toml"), 2, "kzlod: {project}: there is no kzlod.toml here; make one with `kzlod init`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_fault_in_a_file(name: str, project: Path, tmp_path: Path, kzlod: Run) -> None:
    break_it, status, message = FILES[name]
    break_it(project)
    result = kzlod("build", "--project", project, "--out", tmp_path / "out")
    said(result, status)
    file = message.removeprefix("kzlod: ").partition(":")[0]
    last = (project / file).read_bytes().count(b"\n") if (project / file).is_file() else 0
    if file == "{project}/kzlod.toml":
        last = (project / "kzlod.toml").read_bytes().count(b"\n")
    begins = message.replace("{project}", str(project)).replace("{last}", str(last))
    # Where a column is missing, the header's width may be told too.
    [told] = [line for line in result.stderr.splitlines() if ":1: the header has " not in line]
    assert told.startswith(begins)
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


def test_columns_that_changed_places(project: Path, kzlod: Run) -> None:
    replace(project, OBSERVATIONS, ",value,unit,", ",unit,value,")
    lines = said(kzlod("check", "--project", project), 1).splitlines()
    remedy = "put the columns in the same order"
    assert lines[:2] == [
        f"{OBSERVATIONS}:1: unit: column 9 is 'value', where the metadata has 'unit'; {remedy}",
        f"{OBSERVATIONS}:1: value: column 8 is 'unit', where the metadata has 'value'; {remedy}",
    ]


@pytest.mark.parametrize("command", [("info",), ("query", "figures"), ("sparql", "ASK {}"), ("check", "--json")])
def test_no_command_goes_on_with_a_broken_table(command: tuple[str, ...], tiny: Path, kzlod: Run) -> None:
    put(tiny, OBSERVATIONS, "length-alder-footbridge-001", value="l82")
    result = kzlod(*command, "--project", tiny)
    assert "data/observations.csv" in said(result, 1)
    if "--json" in command:
        [finding] = json.loads(result.stdout)
        assert finding["row"] == 2
        assert finding["column"] == "value"
        assert finding["code"] == "table.datatype"
    else:
        assert result.stdout == ""
        assert result.stderr.startswith("data/observations.csv:2: value: 'l82' is not a decimal")


@pytest.mark.parametrize(
    "command",
    [
        ("build",),
        ("check",),
        ("info",),
        ("query", "figures"),
        ("sparql", "ASK {}"),
        ("validate", "data/new.ttl", "--shapes", "data/new.ttl"),
        ("diff", "data/new.ttl", "data/new.ttl"),
        ("load", "store", "data/new.ttl"),
    ],
    ids=lambda command: command[0],
)
def test_every_command_refuses_rdf_1_2(
    command: tuple[str, ...], tiny: Path, kzlod: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tiny / "data/new.ttl").write_text('<http://e/a> <http://e/p> "b" ;\n<http://e/q> "a"@ar--rtl .\n')
    monkeypatch.chdir(tiny)
    result = kzlod(*command)
    assert said(result, 2) == (
        "kzlod: data/new.ttl:2: holds a text with a direction (RDF 1.2), which is not supported;"
        " write what it says as RDF 1.1\n"
    )


def test_findings_keep_a_dataset_from_being_built(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    put(tiny, OBSERVATIONS, "length-alder-footbridge-001", value="183")
    result = kzlod("build", "--project", tiny, "--out", tmp_path / "out")
    said(result, 1)
    told = "data/observations.csv:2: value: 183 is not what '182 meters' says, which is 182"
    assert result.stderr.startswith(told)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("triple", "message"),
    [
        (
            f"<{BRIDGE}> <http://example.org/123> 1 .",
            "the predicate <http://example.org/123> does not end in a name, which RDF/XML needs; "
            "end the property's IRI in a name",
        ),
        (
            rf'<{BRIDGE}> <http://example.org/p> "\u0001" .',
            "the text holds the control character U+0001, which RDF/XML cannot carry; take it out",
        ),
        (
            f"<{BRIDGE}> <http://example.org/p> <{BRIDGE}-2> .",
            f"{BRIDGE}-2 is not there; correct the name, or add what it names",
        ),
    ],
    ids=["predicate without a name", "control character", "link to nothing"],
)
def test_an_rdf_file_that_cannot_be_published(triple: str, message: str, tiny: Path, kzlod: Run) -> None:
    append(tiny, "data/more.ttl", triple)
    assert said(kzlod("check", "--project", tiny), 1).splitlines()[0] == f"data/more.ttl: {message}"


def test_blank_nodes_of_an_rdf_file_are_a_warning(tiny: Path, kzlod: Run) -> None:
    append(tiny, "data/more.ttl", f"<{BRIDGE}> <http://example.org/p> [] .")
    told = said(kzlod("check", "--project", tiny), 0)
    assert "data/more.ttl: has blank nodes (1), which were given genid IRIs; give them IRIs of your own" in told
    assert told.endswith("1 warning\n")


def test_a_table_that_nothing_describes_is_a_warning(tiny: Path, kzlod: Run) -> None:
    append(tiny, "data/extra.csv", "id\na\n")
    told = said(kzlod("check", "--project", tiny), 0)
    assert told.startswith("data/extra.csv: is no table of data/csvw.json, and is not read; describe it there")


def test_an_ordered_list_makes_nodes_without_iris(tiny: Path, kzlod: Run) -> None:
    replace(tiny, "data/csvw.json", '"name": "label",', '"name": "label", "separator": "|", "ordered": true,')
    told = said(kzlod("check", "--project", tiny), 1)
    assert re.match(r"data/csvw\.json: data/\w+\.csv, label: has an ordered list, and so makes nodes without", told)


# Queries.

QUERIES: dict[str, tuple[tuple[str, ...], str]] = {
    "an unknown query": (
        ("query", "trade-by-yaer"), "kzlod: there is no query 'trade-by-yaer'; did you mean trade-by-year",
    ),
    "a query unlike any other": (
        ("query", "qqqq"), "kzlod: there is no query 'qqqq'; `kzlod query` alone lists them",
    ),
    "an unknown parameter": (
        ("query", "trade-by-year", "--param", "yaer=2024"),
        "kzlod: the query trade-by-year has no parameter 'yaer'; it has: year",
    ),
    "a word for a number": (
        ("query", "trade-by-year", "--param", "year=last"),
        "kzlod: year='last' is not what the parameter takes; give a whole number, such as 2024",
    ),
    "a parameter without =": (
        ("query", "trade-by-year", "--param", "year"), "kzlod: --param 'year' has no value; write --param NAME=VALUE",
    ),
    "a parameter with two values": (
        ("query", "trade-by-year", "-p", "year=2023", "-p", "year=2024"),
        "kzlod: --param year is given twice; give it once",
    ),
    "SPARQL that does not parse": (("sparql", "SELECT * { ?s ?p }"), "kzlod: is not SPARQL: "),
    "triples as CSV": (("sparql", "CONSTRUCT WHERE { ?s ?p ?o }", "-f", "csv"), "kzlod: csv is a form of rows"),
    "an update": (("sparql", "CLEAR ALL # {"), "kzlod: is not SPARQL: "),
    "SERVICE": (
        ("sparql", "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"),
        "kzlod: SERVICE would open a connection, and is not allowed; ask that endpoint itself",
    ),
    "no SPARQL at all": (
        ("sparql", "trade by year"),
        "kzlod: 'trade by year': is neither SPARQL nor a file that can be read; give SPARQL, a file of it, or - ",
    ),
    "an empty text": (("sparql", ""), "kzlod: '': is neither SPARQL nor a file that can be read; "),
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_a_fault_in_a_question(name: str, kzlod: Run) -> None:
    arguments, message = QUERIES[name]
    result = kzlod(*arguments, "--project", ROOT)
    assert said(result, 2).startswith(message)
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("#+ summary: [", "queries/bad.rq:1: its header is not YAML: "),
        ("#+ description: none", "queries/bad.rq: has no summary; begin it with a line such as `#+ summary: "),
        ("#+ summary: True", "queries/bad.rq: its summary is no text: True; put it in quotes, or write a text for"),
        ("#+ summary: {en: 7}", "queries/bad.rq: its summary is no text: 7; put it in quotes"),
        ("#+ summary: {}", "queries/bad.rq: has no summary; "),
        ("#+ summary: {en: ''}", "queries/bad.rq: its summary is no text: ''; put it in quotes"),
        ("#+ summary: {english: S}", "queries/bad.rq: its summary: 'english' is no language tag; give one such as"),
        ("#+ summary: {no: S}", "queries/bad.rq: its summary: 'False' is no language tag; give one such as"),
        ("#+ summary: S\n#+ description: [D]", "queries/bad.rq: its description is no text: ['D']; put it in quotes"),
        ("#+ summary: S\n#+ description: {e: D}", "queries/bad.rq: its description: 'e' is no language tag; give one"),
        (
            "#+ summary: S\n#+ parameters: {year: {description: {en: 2024}}}",
            "queries/bad.rq: the description of the parameter year is no text: 2024; put it in quotes, or write a text",
        ),
        (
            "#+ summary: S\n#+ parameters: {year: {type: integer}}",
            "queries/bad.rq: has no slot for year; write `VALUES",
        ),
        (
            "#+ summary: S\n#+ parameters: {year: {type: whole}}",
            "queries/bad.rq: the parameter year has the unknown type",
        ),
        ("#+ summary: S\n#+ parameters: [year]", "queries/bad.rq: its parameters are not a table of names"),
        ("#+ summary: S\n#+ parameters: {year: integer}", "queries/bad.rq: the parameter year is no table of fields"),
    ],
)
def test_a_query_with_a_wrong_header(header: str, message: str, tiny: Path, kzlod: Run) -> None:
    append(tiny, "queries/bad.rq", header + "\nSELECT * { ?s ?p ?o }\n")
    for arguments in (("query",), ("query", "bad")):
        result = kzlod(*arguments, "--project", tiny)
        assert said(result, 2).startswith(f"kzlod: {message}")
        assert result.stdout == ""
    checked = kzlod("check", "--project", tiny)
    assert checked.exit_code == 1
    assert message in checked.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[kind\n", "queries/columns.toml:1: is not TOML: "),
        ("\n[kind]\n[kind]\n", "queries/columns.toml:3: is not TOML: "),
        (b'[kind]\nru = "\xff"\n', "queries/columns.toml: is not UTF-8; save it as UTF-8"),
        ('kind = "вид"\n', "queries/columns.toml: kind is no table: 'вид'; write its texts below [kind], "),
        ('[kind]\nru = ""\n', "queries/columns.toml: [kind] is no text: ''; write its texts below [kind], "),
        ('[kind.ru]\na = "b"\n', "queries/columns.toml: [kind] is no text: {'a': 'b'}; write its texts below [kind], "),
        ('[kind]\nrussian = "вид"\n', "queries/columns.toml: [kind]: 'russian' is no language tag; give one such as "),
    ],
)
def test_wrong_names_of_columns(
    content: str | bytes, message: str, tiny: Path, tiny_release: Path, tmp_path: Path, kzlod: Run
) -> None:
    """`kzlod check` finds them, and no page is made; what is asked at the command line does not look at them."""
    release = shutil.copytree(tiny_release, tmp_path / "release")
    for folder in (tiny, release):
        (folder / "queries/columns.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    checked = kzlod("check", "--project", tiny)
    assert checked.exit_code == 1
    assert message in checked.stdout
    assert said(kzlod("site", release, "--out", tmp_path / "site"), 2).startswith(f"kzlod: {message}")
    assert kzlod("query", "figures", "--project", tiny).exit_code == 0


def test_sparql_that_is_not_utf_8(tmp_path: Path, kzlod: Run) -> None:
    query = tmp_path / "question.rq"
    query.write_bytes(b'ASK { ?s ?p "\xff" }')
    assert f"{query}: is not UTF-8 at byte 13; save it as UTF-8" in said(kzlod("sparql", query), 2)
    assert "-: is not UTF-8 at byte 13" in said(kzlod("sparql", "-", input=query.read_bytes()), 2)


# Documents.


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lambda folder: replace(folder, "documents/001-town-notice.txt", "182", "183"),
            "data/observations.csv:2: as_written: '182 meters' is not in the passage any more; ",
        ),
        (
            lambda folder: (folder / "documents/001-town-notice.txt").unlink(),
            "data/sources.csv:2: file: 001-town-notice.txt: cannot be read: No such file or directory; "
            "name the folder that holds the documents with --corpus",
        ),
        (
            lambda folder: replace(folder, "documents/001-town-notice.txt", "1", b"\xff"),
            "data/sources.csv:2: file: 001-town-notice.txt: is not UTF-8 at byte ",
        ),
        (
            lambda folder: put(folder, "data/mentions.csv", "001-02-2", start="1", end="11"),
            "data/observations.csv:2: as_written: '182 meters' is not what the document has at 1 to 11; make the "
            "passages and mentions anew with `kzlod evidence lock`, after a look at what changed",
        ),
        (
            lambda folder: put(folder, PASSAGES, "001-01", end="9999"),
            "data/passages.csv:2: start: the paragraph stands at 0 to ",
        ),
        (
            lambda folder: put(folder, PASSAGES, "001-01", start="o"),
            "data/passages.csv:2: start: 'o' is not an integer; ",
        ),
    ],
    ids=["changed", "missing", "not UTF-8", "figure elsewhere", "passage elsewhere", "no number"],
)
def test_a_fault_in_a_document(break_it: Callable[[Path], object], message: str, tiny: Path, kzlod: Run) -> None:
    assert said(kzlod("check", "--project", tiny, "--corpus", tiny / "documents"), 0)
    break_it(tiny)
    assert said(kzlod("check", "--project", tiny, "--corpus", tiny / "documents"), 1).startswith(message)


def test_a_corpus_that_is_not_there(tiny: Path, kzlod: Run) -> None:
    for command in (("check",), ("evidence", "lock")):
        told = said(kzlod(*command, "--project", tiny, "--corpus", tiny / "none"), 2)
        assert f"Invalid value for '--corpus': Directory '{tiny / 'none'}' does not exist." in told


def test_locking_a_wrong_figure_writes_nothing(tiny: Path, kzlod: Run) -> None:
    put(tiny, OBSERVATIONS, "length-alder-footbridge-001", as_written="183 meters")
    before = {path: path.read_bytes() for path in (tiny / "data").iterdir()}
    result = kzlod("evidence", "lock", "--project", tiny, "--corpus", tiny / "documents")
    told = "data/observations.csv:2: mention: '183 meters' is not in passage 001-02; write the figure exactly as "
    assert said(result, 1).startswith(told)
    assert {path: path.read_bytes() for path in (tiny / "data").iterdir()} == before


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lose("data/sources.csv"),
            "kzlod: data/sources.csv: cannot be read: No such file or directory; put the table there",
        ),
        (
            lambda folder: drop_column(folder, "data/sources.csv", "file"),
            "kzlod: data/sources.csv:1: file: the column is ",
        ),
        (swap("data/sources.csv", "001", b"\xff"), "kzlod: data/sources.csv: is not UTF-8 at byte "),
        (swap("data/sources.csv", "001,", '001,"x"y,'), "kzlod: data/sources.csv:2: is no table: "),
        (
            lambda folder: drop_column(folder, OBSERVATIONS, "as_written"),
            "kzlod: data/observations.csv:1: as_written: the ",
        ),
    ],
    ids=["no sources", "no column", "not UTF-8", "quotes", "no figures"],
)
def test_locking_broken_tables(break_it: Callable[[Path], object], message: str, tiny: Path, kzlod: Run) -> None:
    break_it(tiny)
    result = kzlod("evidence", "lock", "--project", tiny, "--corpus", tiny / "documents")
    assert said(result, 2).startswith(message)
