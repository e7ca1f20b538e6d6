"""The command line: help with examples that parse, exit statuses, forms of output, and where it finds its dataset."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result

from kzlod import __version__
from kzlod.cli import _SUMMARIES, COMMANDS, main_command
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.query import catalog
from kzlod.query.forms import ROWS
from tests.editing import ROOT, append, put

Run = Callable[..., Result]
ENTRY = (sys.executable, "-c", "from kzlod.cli import main; main()")
LABELS = "SELECT ?thing ?label { ?thing a ont:Place ; rdfs:label ?label } ORDER BY ?thing"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, those of a group one by one."""
    ctx = click.Context(main_command)
    for name in COMMANDS:
        command = main_command.get_command(ctx, name)  # type: ignore[attr-defined]
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", one) for inner, one in command.commands.items())
        else:
            yield name, command


ALL = dict(commands())


def examples(name: str) -> list[list[str]]:
    """The arguments of the examples in a command's help, without what is said of them and done with them there."""
    shown = re.findall(r"^ *kzlod (.*)$", (ALL[name].help or "").partition("Example")[2], re.MULTILINE)
    words = name.split()
    split = [shlex.split(re.split(" {2,}| [|>] ", line)[0]) for line in shown]
    assert all(arguments[: len(words)] == words for arguments in split)
    return [arguments[len(words) :] for arguments in split]


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    return subprocess.run([*ENTRY, *arguments], capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


# Help.


def test_every_file_is_a_command() -> None:
    files = {path.stem for path in (ROOT / "src/kzlod/cli").glob("*.py")} - {"__init__", "asking", "options", "results"}
    assert files == set(COMMANDS) == set(_SUMMARIES)
    assert list(COMMANDS) == sorted(COMMANDS)


def test_help_lists_every_command(kzlod: Run) -> None:
    result = kzlod("--help")
    assert result.exit_code == 0
    for name, summary in _SUMMARIES.items():
        assert re.search(rf"^  {name} +{re.escape(summary.split()[0])} ", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", ALL)
def test_help(name: str, kzlod: Run) -> None:
    result = kzlod(*name.split(), "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: kzlod {name} ")
    assert "Example" in result.stdout
    for option in ALL[name].params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts[0]} says nothing of itself"


@pytest.mark.parametrize("name", ALL)
def test_every_example_parses(name: str) -> None:
    assert examples(name), f"kzlod {name} --help shows no example"
    command = ALL[name]
    for arguments in examples(name):
        ctx = click.Context(command, info_name=name)
        values, left, _ = command.make_parser(ctx).parse_args(args=list(arguments))
        assert left == [], arguments
        for parameter in command.params:
            value = values.get(parameter.name or "")
            if isinstance(parameter.type, click.Choice) and isinstance(value, str):
                parameter.type.convert(value, parameter, ctx)
            assert not (parameter.required and value is None), arguments


def test_help_waits_for_nothing() -> None:
    code = (
        "import sys\nfrom kzlod.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stderr.split()}
    assert loaded & {"duckdb", "rdflib", "pyoxigraph", "pyshacl", "rich", "yaml", "httpx", "uritemplate"} == set()
    assert "kzlod.dataset" not in result.stderr.split()


def test_version(kzlod: Run) -> None:
    assert kzlod("--version").stdout == f"kzlod, version {__version__}\n"


# Exit statuses.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Usage: kzlod [OPTIONS] COMMAND"),
        (("nothing",), "No such command 'nothing'."),
        (("check", "--nothing"), "No such option '--nothing'."),
        (("query", "--format", "xls"), "'xls' is not one of 'table', 'csv', 'tsv', 'json', 'xml', 'markdown', 'html',"),
        (("sparql",), "Missing argument 'QUERY'."),
        (("evidence", "lock"), "Missing option '--corpus'."),
    ],
)
def test_what_it_cannot_make_sense_of(arguments: tuple[str, ...], message: str, kzlod: Run) -> None:
    result = kzlod(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr


def test_findings_are_1_and_no_findings_0(tiny: Path, kzlod: Run) -> None:
    sound = kzlod("check", "--project", tiny)
    assert (sound.exit_code, sound.stderr) == (0, "")
    assert re.fullmatch(r"tiny 0\.1\.0: [\d,]+ triples, no findings\n", sound.stdout)
    put(tiny, "data/observations.csv", "length-alder-footbridge-001", value="183", bound="about")
    found = kzlod("check", "--project", tiny)
    assert found.exit_code == 1
    assert len(found.stdout.splitlines()) == 1
    assert found.stderr.endswith(" triples, 1 error\n")


def test_warnings_are_no_findings_that_stop(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    append(tiny, "data/extra.csv", "id\n")
    assert kzlod("check", "--project", tiny).exit_code == 0
    assert kzlod("build", "--project", tiny, "--out", tmp_path / "out").exit_code == 0


def test_being_stopped_is_130(monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Dataset, "open", stop)
    result = kzlod("info")
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (130, "", "kzlod: stopped")


# Output.


def test_json_of_every_command_that_has_it(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    assert json.loads(kzlod("check", "--project", tiny, "--json").stdout) == []
    info = json.loads(kzlod("info", "--project", tiny, "--json").stdout)
    assert info["id"] == "tiny"
    assert info["classes"]["qb:Observation"] == 4
    built = json.loads(kzlod("build", "--project", tiny, "--out", tmp_path, "--json").stdout)
    assert built["path"] == str(tmp_path / "tiny" / "0.1.0")
    assert built["triples"] == info["triples"]
    assert {file["path"] for file in built["files"]} >= {f"tiny.{suffix}" for suffix in ("ttl", "nt", "nq")}
    put(tiny, "data/observations.csv", "length-alder-footbridge-001", value="183")
    [finding] = json.loads(kzlod("check", "--project", tiny, "--json").stdout)
    assert finding == {
        "file": "data/observations.csv",
        "row": 2,
        "column": "value",
        "code": "evidence.value",
        "message": "183 is not what '182 meters' says, which is 182",
        "remedy": "correct the one or the other",
        "severity": "error",
        "subject": "https://example.org/tiny/observation/length-alder-footbridge-001",
    }


def test_query_alone_lists_them_all(kzlod: Run) -> None:
    queries = catalog(Project.read(ROOT))
    result = kzlod("query", "--project", ROOT)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for query in queries:
        assert any(re.fullmatch(rf"{query.name} +{re.escape(query.summary)}", line) for line in lines)
    assert sum("--param " in line for line in lines) == sum(len(query.parameters) for query in queries)
    listed = json.loads(kzlod("query", "--project", ROOT, "--format", "json").stdout)
    assert [one["name"] for one in listed] == [query.name for query in queries]
    for one, query in zip(listed, queries, strict=True):
        assert (one["summary"], one["description"], one["text"]) == (query.summary, query.description, query.text)
        assert one["descriptions"] == query.descriptions
        described = [(parameter["name"], parameter["description"]) for parameter in one["parameters"]]
        assert described == [(name, parameter.description) for name, parameter in query.parameters.items()]


@pytest.fixture
def places(tiny: Path) -> Path:
    """A dataset with a name that needs care in every form of output."""
    put(tiny, "data/things.csv", "millbrook", label='Mill | brook, "the"\ttown\\ 磨溪')
    return tiny


SHOWN = {
    "table": "thing            label\n"
    "───────────────  ──────────────────────────────\n"
    'thing:millbrook  Mill | brook, "the" town\\ 磨溪\n'
    "(1 row)\n",
    "csv": "thing,label\r\n"
    'https://example.org/tiny/thing/millbrook,"Mill | brook, ""the""\ttown\\ 磨溪"\r\n',
    "tsv": "?thing\t?label\n"
    '<https://example.org/tiny/thing/millbrook>\t"Mill | brook, \\"the\\"\\ttown\\\\ 磨溪"@en\n',
    "markdown": "| thing | label |\n"
    "| --- | --- |\n"
    '| thing:millbrook | Mill \\| brook, "the" town\\\\ 磨溪 |\n',
}  # fmt: skip


@pytest.mark.parametrize("format_", SHOWN)
def test_forms_of_an_answer(format_: str, places: Path, kzlod: Run) -> None:
    result = kzlod("sparql", LABELS, "--project", places, "--format", format_, "--iris")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout_bytes.decode() == SHOWN[format_]


def test_json_is_that_of_the_standard(places: Path, kzlod: Run) -> None:
    """SPARQL 1.1 Query Results JSON Format."""
    answer = json.loads(kzlod("sparql", LABELS, "--project", places, "--format", "json").stdout)
    assert answer["head"] == {"vars": ["thing", "label"]}
    assert answer["results"]["bindings"] == [
        {
            "thing": {"type": "uri", "value": "https://example.org/tiny/thing/millbrook"},
            "label": {"type": "literal", "value": 'Mill | brook, "the"\ttown\\ 磨溪', "xml:lang": "en"},
        }
    ]


def test_every_form_has_as_many_rows(tiny: Path, kzlod: Run) -> None:
    printed = {form: kzlod("query", "figures", "--project", tiny, "--format", form).stdout for form in ROWS}
    rows = list(csv.DictReader(io.StringIO(printed["csv"])))
    assert len(rows) == 4
    assert len(json.loads(printed["json"])["results"]["bindings"]) == 4
    assert len(printed["tsv"].splitlines()) == 5
    assert len(printed["markdown"].splitlines()) == 6
    assert printed["xml"].count("<result>") == 4
    assert printed["html"].count("<tr>") == 5
    assert printed["table"].endswith("(4 rows)\n")


def test_ask_and_nothing(tiny: Path, kzlod: Run) -> None:
    assert kzlod("sparql", "ASK { ?s ?p ?o }", "--project", tiny, "-f", "csv").stdout.split() == ["result", "true"]
    none = kzlod("sparql", "SELECT ?s { ?s a ont:Nothing }", "--project", tiny)
    assert none.stdout == "s\n─\n(0 rows)\n"


def test_sparql_as_text_file_and_standard_input(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    file = tmp_path / "question.rq"
    file.write_text(LABELS, "utf-8")
    answers = {
        kzlod("sparql", LABELS, "--project", tiny).stdout,
        kzlod("sparql", file, "--project", tiny).stdout,
        kzlod("sparql", "-", "--project", tiny, input=LABELS).stdout,
    }
    assert len(answers) == 1
    assert "Millbrook" in answers.pop()


def test_a_parameter_changes_the_answer(kzlod: Run) -> None:
    every = kzlod("query", "trade-by-year", "--project", ROOT, "--format", "csv").stdout.splitlines()
    one = kzlod(
        "query", "trade-by-year", "--param", "year=2024", "--project", ROOT, "--format", "csv"
    ).stdout.splitlines()
    assert 1 < len(one) < len(every)
    assert set(one) < set(every)


def test_a_reader_that_stops_reading() -> None:
    everything = "SELECT ?s ?p ?o { ?s ?p ?o }"
    with subprocess.Popen(
        [*ENTRY, "sparql", everything, "--format", "csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"s,p,o\r\n"
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0


def test_an_output_that_cannot_be_written() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([*ENTRY, "query"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 2
    assert result.stderr == b"kzlod: No space left on device\n"


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "latin-1"}],
    ids=["C", "Latin-1"],
)
def test_what_is_printed_is_utf_8_under_any_locale(locale: dict[str, str], places: Path) -> None:
    result = process(
        "sparql", "-", "--project", str(places), "-f", "csv", input=LABELS.encode(), env=os.environ | locale
    )
    assert result.stdout.decode("utf-8") == SHOWN["csv"]


# Where the dataset is.


def test_the_folder_that_is_named(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    assert kzlod("info", "--project", tiny).stdout.startswith("Tiny (tiny 0.1.0)\n")
    monkeypatch.chdir(tmp_path)
    assert kzlod("info", "--project", "tiny").stdout.startswith("Tiny (tiny 0.1.0)\n")


def test_a_relative_folder_is_told_no_otherwise(tiny: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    put(tiny, "data/observations.csv", "length-alder-footbridge-001", value="x", about="x")
    told = kzlod("check", "--project", tiny).stdout
    assert told.count("data/observations.csv:2: ") == 2
    assert str(tiny) not in told
    for folder, name in ((tiny.parent, "tiny"), (tiny, "."), (tiny / "data", "..")):
        monkeypatch.chdir(folder)
        assert kzlod("check", "--project", name).stdout == told


def test_the_nearest_folder_upward(tiny: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    deep = tiny / "data" / "deeper" / "still"
    deep.mkdir(parents=True)
    for folder in (tiny, tiny / "data", deep):
        monkeypatch.chdir(folder)
        assert kzlod("info").stdout.startswith("Tiny (tiny 0.1.0)\n")
        assert kzlod("check").exit_code == 0


def test_the_dataset_that_comes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    monkeypatch.chdir(tmp_path)
    expected = Project.reference()
    assert expected.bundled
    assert kzlod("info").stdout.startswith(f"{expected.title['en']} ({expected.id} {expected.version})\n")
    assert list(tmp_path.iterdir()) == []
