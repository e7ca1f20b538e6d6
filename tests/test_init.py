"""`kzlod init`: the example really checks, builds and answers under any base; bad input leaves nothing behind."""

from __future__ import annotations

import csv
import datetime
import re
import shutil
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rdflib import RDF, Graph, Namespace

from kzlod.errors import ProjectError
from kzlod.init import init

Run = Callable[..., Result]
TEMPLATE = Path(__file__).parent.parent / "src" / "kzlod" / "template"
FILES = sorted(path for path in TEMPLATE.rglob("*") if path.is_file())
MARKERS = ("base.invalid", "dataset-id", "Dataset title", "0001-01-01")
KZ = Namespace("https://w3id.org/kzlod/ns#")
BASES = {
    "bridges": "https://example.org/bridges/",
    "figures": "http://localhost:8080/a~b/o'brien,(x)&y/",
    "b-2": "https://пример.example/мост/",
}
CONFLICTS = """\
measured,of,spread,value,written,source
Length,Alder footbridge,8,182,182 meters,Notice: the Alder footbridge
Length,Alder footbridge,8,190,more than 190 meters,A walk along the Alder
Opening year,Alder footbridge,2,1931,1931,Notice: the Alder footbridge
Opening year,Alder footbridge,2,1933,1933,A walk along the Alder
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A dataset made with nothing but a folder's name."""
    return init(tmp_path / "bridges").root


def test_it_says_what_it_made_and_what_to_try(kzlod: Run, tmp_path: Path) -> None:
    folder = tmp_path / "Old brücke_2"
    result = kzlod("init", folder)
    assert result.exit_code == 0, result.stderr
    first, _, *lines = result.stdout.splitlines()
    assert first == f"{folder}: Old brucke 2 (old-brucke-2), its IRIs begin with https://example.org/old-brucke-2/"
    assert {line.split()[0] for line in lines[: lines.index("")]} == {path.name for path in folder.iterdir()}
    assert f"Next: cd '{folder}'" in lines
    assert contents(folder).keys() == {path.relative_to(TEMPLATE).as_posix() for path in FILES}


@pytest.mark.parametrize("id_", BASES)
def test_the_example_checks_builds_and_answers(kzlod: Run, tmp_path: Path, id_: str) -> None:
    folder, base, title = tmp_path / "new" / "dataset", BASES[id_], 'A "title" \\ with "quotes"'
    assert kzlod("init", folder, "--id", id_, "--base", base, "--title", title).exit_code == 0
    assert not [name for name, text in contents(folder).items() for marker in MARKERS if marker.encode() in text]
    described = tomllib.loads((folder / "kzlod.toml").read_text("utf-8"))["dataset"]
    assert (described["id"], described["base"], described["title"]) == (id_, base, {"en": title})
    assert described["date"] == datetime.date.today()

    checked = kzlod("check", "--project", folder, "--corpus", folder / "documents")
    assert (checked.exit_code, checked.output.endswith(", no findings\n")) == (0, True), checked.output

    built = kzlod("build", "--project", folder, "--out", tmp_path / "out")
    assert built.exit_code == 0, built.stderr
    graph = Graph().parse(tmp_path / "out" / id_ / "latest" / f"{id_}.ttl")
    own = Namespace(base)
    bridge, town, located = own["thing/alder-footbridge"], own["thing/millbrook"], own["ontology#locatedIn"]
    assert (bridge, located, town) in graph
    claim = {(RDF.subject, bridge), (RDF.predicate, located), (RDF.object, town), (KZ.evidence, own["passage/001-02"])}
    assert claim <= set(graph.predicate_objects(own["claim/alder-footbridge-located-in-millbrook-001"]))
    assert len(list(graph.subjects(RDF.type, KZ.ConflictSet))) == 2

    answer = kzlod("query", "conflicts", "--project", folder, "--format", "csv")
    assert answer.stdout.replace("\r\n", "\n") == CONFLICTS, answer.output


def test_each_query_answers(kzlod: Run, made: Path) -> None:
    names = [path.stem for path in sorted(made.glob("queries/*.rq"))]
    listed = kzlod("query", "--project", made).stdout
    assert [line.split()[0] for line in listed.splitlines() if not line.startswith(" ")] == names
    for name in names:
        assert "row" in kzlod("query", name, "--project", made).stdout
    one = kzlod("query", "figures", "--project", made, "--param", "indicator=length").stdout
    assert "(2 rows)" in one and "Opening year" not in one


def test_locking_the_evidence_changes_nothing(kzlod: Run, made: Path) -> None:
    before = contents(made)
    locked = kzlod("evidence", "lock", "--project", made, "--corpus", made / "documents")
    assert locked.stdout == "4 passages, 4 mentions, 0 changes\n"
    assert contents(made) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("observations.csv", ",182,", ",18z,", "data/observations.csv:2: value: "),
        ("observations.csv", ",more-than,", ",over,", "data/observations.csv:3: bound: "),
        ("observations.csv", ",182,", ",183,", "data/observations.csv:2: value: 183 is not what '182 meters' says"),
        ("observations.csv", "alder-footbridge,2024", "no-bridge,2024", "data/observations.csv:2: about: "),
        ("periods.csv", "2024-12-31", "", "data/periods.csv:2: lacks its first or its last day"),
        ("relations.csv", "locatedIn", "standsIn", "data/relations.csv:2: predicate: "),
        ("relations.csv", ",millbrook,", ",millbrook-council,", "is no place; use a thing of class Place"),
        ("things.csv", ",town,", ",city,", "data/things.csv:4: kind: "),
    ],
)
def test_what_is_wrong_in_the_new_dataset_is_found(
    kzlod: Run, made: Path, file: str, old: str, new: str, finding: str
) -> None:
    path = made / "data" / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    checked = kzlod("check", "--project", made)
    assert checked.exit_code == 1
    assert [line for line in checked.stdout.splitlines() if finding in line], checked.stdout


def test_an_empty_folder_is_filled_in_place(kzlod: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    before = folder.stat().st_ino
    monkeypatch.chdir(folder)
    result = kzlod("init", ".")
    assert result.exit_code == 0, result.stderr
    assert folder.stat().st_ino == before
    assert 'id = "empty"' in (folder / "kzlod.toml").read_text("utf-8")
    assert {path.name for path in folder.iterdir()} == {path.name for path in TEMPLATE.iterdir()}


def refused(kzlod: Run, top: Path, *arguments: object) -> str:
    """The message of a run that fails and leaves everything below `top` as it was."""
    before = sorted((path, path.is_file() and path.read_bytes()) for path in top.rglob("*"))
    result = kzlod("init", *arguments)
    assert result.exit_code == 2
    assert result.stdout == "" and result.stderr.startswith("kzlod: ") and result.stderr.count("\n") == 1
    assert sorted((path, path.is_file() and path.read_bytes()) for path in top.rglob("*")) == before
    return result.stderr


@pytest.mark.parametrize("name", ["kzlod.toml", ".hidden", "folder/file"])
def test_a_folder_that_holds_anything_is_refused(kzlod: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "full" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    message = refused(kzlod, tmp_path, tmp_path / "full")
    assert "full: holds files already; name a folder that is empty or not there yet" in message


@pytest.mark.parametrize("below", ["", "a/b"])
def test_a_file_in_its_place_is_refused(kzlod: Run, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    message = refused(kzlod, tmp_path, tmp_path / "file" / below)
    assert f"{tmp_path}/file: is a file, not a folder; name another place" in message


def test_a_place_that_cannot_be_written_is_refused(kzlod: Run, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for place in (Path("/proc/dataset"), tmp_path / ("long" * 100), loop):
        assert "cannot be written: " in refused(kzlod, tmp_path, place, "--id", "x")


@pytest.mark.parametrize("there", [True, False])
def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "new" / "dataset"
    if there:
        folder.mkdir(parents=True)
    before = list(tmp_path.rglob("*"))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "from kzlod.cli import main; main(['init', sys.argv[1]])"
    )
    run = subprocess.run([sys.executable, "-B", "-c", code, str(folder)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"kzlod: {folder}: cannot be written: ") and run.stderr.count("\n") == 1
    assert list(tmp_path.rglob("*")) == before


def test_a_move_that_fails_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if target.name == "kzlod.toml":
            assert len(list(target.parent.iterdir())) > 3, "the project's file is the last to be moved"
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(ProjectError, match="cannot be written: Input/output error"):
        init(tmp_path, id="x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("id_", ["", "Bridges", "a b", "-a", "a--b", "a/b", "мост"])
def test_a_bad_id_is_refused(kzlod: Run, tmp_path: Path, id_: str) -> None:
    message = refused(kzlod, tmp_path, tmp_path / "new", f"--id={id_}")
    assert f"the id {id_!r} is not lower-case letters, digits and hyphens" in message


@pytest.mark.parametrize("name", ["мост", "Straße", "..."])
def test_a_folder_whose_name_makes_no_id_is_refused(kzlod: Run, tmp_path: Path, name: str) -> None:
    assert "makes no id; give one with --id" in refused(kzlod, tmp_path, tmp_path / name)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "example.org/",
        "https://example.org",
        "https://example.org/a#",
        "https://example.org/?a=/",
        "https://example.org/a b/",
        "https://example.org/{a}/",
        'https://example.org/"/',
        "https://example.org/%zz/",
        "https://example.org/../a/",
        "https://example.org//a/",
        "https://example.org:port/",
        "https://[::1/",
        "urn:example:a/",
    ],
)
def test_a_bad_base_is_refused(kzlod: Run, tmp_path: Path, base: str) -> None:
    message = refused(kzlod, tmp_path, tmp_path / "new", f"--base={base}")
    assert f"the base {base!r} is no web address that ends in /" in message


@pytest.mark.parametrize("title", ["", " ", "two\nlines", "a\x00", "\ufffe"])
def test_a_bad_title_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(ProjectError, match=r"the title .* write one line"):
        init(tmp_path / "new", title=title)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TEMPLATE).as_posix())
def test_the_template_is_canonical(path: Path) -> None:
    content = path.read_bytes()
    text = content.decode("utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert b"\r" not in content and content.endswith(b"\n") and not re.search(rb"[ \t]\n|\n\n\Z", content)
    if path.suffix == ".csv":
        header, *rows = csv.reader(text.splitlines())
        assert [row[0] for row in rows] == sorted({row[0] for row in rows}), "sort by the first column"
        assert {len(row) for row in rows} <= {len(header)}


def test_the_template_is_itself_a_sound_dataset(kzlod: Run, tmp_path: Path) -> None:
    shutil.copytree(TEMPLATE, tmp_path / "template")
    checked = kzlod("check", "--project", tmp_path / "template", "--corpus", TEMPLATE / "documents")
    assert (checked.exit_code, checked.output.endswith(", no findings\n")) == (0, True), checked.output
