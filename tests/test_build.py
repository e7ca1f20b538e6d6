"""Building a release: every dump, the same bytes each time, whole or not at all, whatever the disk does."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import Result

from kzlod.dataset import Dataset
from kzlod.errors import ReleaseError
from kzlod.formats import FORMATS, NQUADS, Format
from kzlod.project import Project
from kzlod.quads.read import ox_format, token
from kzlod.release.build import Release, build
from tests.editing import append, put, replace

Run = Callable[..., Result]
RDFLIB = {"jsonld": "json-ld", "rdfxml": "xml", "ntriples": "nt"}
ENTRY = "from kzlod.cli import main; main()"
BUILD = """
import sys
from pathlib import Path
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.release.build import build
build(Dataset.open(Project.read(Path(sys.argv[1]))), Path(sys.argv[2]))
"""

# The reference dataset's release.


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return Dataset.open(Project.reference())


@pytest.fixture(scope="module")
def release(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return build(dataset, tmp_path_factory.mktemp("dist"))


def dump(release: Release, format_: Format) -> Path:
    return release.path / f"{release.path.parent.name}{format_.suffix}"


@pytest.fixture(scope="module")
def triples(release: Release) -> set[tuple[str, ...]]:
    """What the N-Quads say, as tokens, without their graphs."""
    quads = ox.parse(dump(release, NQUADS).read_bytes(), format=ox.RdfFormat.N_QUADS)
    return {(token(quad.subject), token(quad.predicate), token(quad.object)) for quad in quads}


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_oxigraph_reads_the_same_from_every_dump(
    format_: Format, release: Release, triples: set[tuple[str, ...]]
) -> None:
    quads = list(ox.parse(dump(release, format_).read_bytes(), format=ox_format(format_)))
    assert {(token(quad.subject), token(quad.predicate), token(quad.object)) for quad in quads} == triples
    graphs = {token(quad.graph_name) for quad in quads}
    assert len(graphs) > 1 if format_.name in ("nquads", "trig") else graphs == {""}


def by_rdflib(path: Path, format_: Format) -> set[tuple[object, ...]]:
    """The triples of a file, with the lexical forms that it has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = rdflib.Dataset(default_union=True)
        graph.parse(path, format=RDFLIB.get(format_.name, format_.name))
        return set(graph.triples((None, None, None)))


@pytest.fixture(scope="module")
def known(release: Release, triples: set[tuple[str, ...]]) -> Iterator[set[tuple[object, ...]]]:
    """What rdflib reads from the N-Quads, its literals left as they are written."""
    normalised, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    found = by_rdflib(dump(release, NQUADS), NQUADS)
    assert len(found) == len(triples)
    yield found
    rdflib.NORMALIZE_LITERALS = normalised


@pytest.mark.parametrize("format_", [one for one in FORMATS if one != NQUADS], ids=lambda one: one.name)
def test_rdflib_reads_the_same_from_every_dump(
    format_: Format, release: Release, known: set[tuple[object, ...]]
) -> None:
    assert by_rdflib(dump(release, format_), format_) == known


def test_the_n_quads_are_their_canonical_form(dataset: Dataset, release: Release) -> None:
    """RDFC-1.0 by another implementation: nothing to relabel, the lines sorted by their bytes."""
    content = dump(release, NQUADS).read_bytes()
    lines = content.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert b" _:" not in content
    assert not content.startswith(b"_:")
    canonical = ox.Dataset(ox.parse(content, format=ox.RdfFormat.N_QUADS))
    canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert sorted(f"{quad} .\n".encode() for quad in canonical) == lines
    assert release.digest == hashlib.sha256(content).hexdigest() == dataset.table.digest()
    assert release.triples == len(dataset.table)


def test_checksums(release: Release) -> None:
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=release.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    there = {path.relative_to(release.path).as_posix() for path in release.path.rglob("*") if path.is_file()}
    assert {line.removesuffix(": OK") for line in checked.stdout.splitlines()} == there - {"SHA256SUMS"}
    assert {file.path for file in release.files} == there - {"SHA256SUMS"}
    assert {dump(release, format_).name for format_ in FORMATS} <= there


def test_latest_points_to_it(release: Release) -> None:
    latest = release.path.parent / "latest"
    assert latest.is_symlink()
    assert latest.readlink() == Path(release.path.name)
    assert {path.name for path in release.path.parent.iterdir()} == {".lock", "latest", release.path.name}


def test_no_dump_names_this_machine(release: Release) -> None:
    places = [str(Path(__file__).parent.parent).encode(), str(release.path.parent.parent).encode()]
    for path in release.path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [place for place in places if place in content], path


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Adak", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    ],
)
def test_the_same_bytes_in_any_environment(environment: dict[str, str], release: Release, tmp_path: Path) -> None:
    project = Project.reference()
    subprocess.run([sys.executable, "-c", BUILD, project.root, tmp_path], env=os.environ | environment, check=True)
    made = tmp_path / project.id / project.version
    assert (made / "SHA256SUMS").read_text("utf-8") == (release.path / "SHA256SUMS").read_text("utf-8")


@pytest.mark.parametrize("alone", [False, True])
def test_it_carries_what_columns_are_called(alone: bool, tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    """The file `columns.toml`, alone or with queries beside it, and no other file of its format."""
    for path in tiny.glob("queries/*.rq") if alone else ():
        path.unlink()
    for name in ("queries/columns.toml", "queries/notes.toml", "shapes/columns.toml"):
        append(tiny, name, '[about]\nru = "о чём"\n')
    release = build(Dataset.open(Project.read(tiny)), tmp_path / "dist").path
    assert [file.relative_to(release).as_posix() for file in release.rglob("*.toml")] == ["queries/columns.toml"]
    assert (release / "queries/columns.toml").read_bytes() == (tiny / "queries/columns.toml").read_bytes()
    assert kzlod("verify", release).exit_code == 0
    listed = (release / "catalog.ttl").read_text("utf-8")
    assert '"What the columns and parameters of the queries are called, by language"@en' in listed
    assert "<https://www.iana.org/assignments/media-types/application/toml>" in listed
    assert "#input/queries/columns.toml>" in listed


# Again, and over what is there.


def built(folder: Path, out: Path, **options: bool) -> Release:
    return build(Dataset.open(Project.read(folder)), out, **options)


def states(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file of a folder, with what changes when it is written anew."""
    found = {path: path.stat() for path in folder.rglob("*")}
    return {path.relative_to(folder).as_posix(): (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_again_and_with_other_bytes(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    arguments = ("build", "--project", tiny, "--out", tmp_path / "out")
    made = tmp_path / "out" / "tiny" / "0.1.0"
    first = kzlod(*arguments)
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith(f"{made}: ")
    assert "the same as before" not in first.stdout
    there, before = states(made), content(made)

    again = kzlod(*arguments)
    assert again.exit_code == 0, again.output
    assert "the same as before" in again.stdout.splitlines()[0]
    assert states(made) == there

    put(tiny, "data/things.csv", "millbrook", label="Millbrooke")
    refused = kzlod(*arguments)
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"kzlod: {made}: version 0.1.0 exists with other bytes; "
        "raise the version in kzlod.toml, or give --replace to write over it\n"
    )
    assert states(made) == there
    assert {path.name for path in made.parent.iterdir()} == {".lock", "latest", "0.1.0"}

    replaced = kzlod(*arguments, "--replace")
    assert replaced.exit_code == 0
    assert content(made).keys() == before.keys()
    assert b"Millbrooke" in (made / "tiny.ttl").read_bytes()


def test_a_release_that_was_tampered_with_is_not_the_same(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = built(tiny, out)
    before = content(made.path)
    (made.path / "tiny.nt").write_bytes(before["tiny.nt"] + b"\n")
    with pytest.raises(ReleaseError, match="exists with other bytes"):
        built(tiny, out)
    (made.path / "tiny.nt").write_bytes(before["tiny.nt"])
    (made.path / "SHA256SUMS").write_bytes(b"\xff")
    (made.path / "extra.txt").write_text("")
    assert built(tiny, out, replace=True).new
    assert content(made.path) == before


def test_a_next_version(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = built(tiny, out)
    before = content(first.path)
    replace(tiny, "kzlod.toml", 'version = "0.1.0"', 'version = "0.2.0"')
    put(tiny, "data/things.csv", "millbrook", label="Millbrooke")
    second = built(tiny, out)
    assert content(first.path) == before
    assert (out / "tiny" / "latest").resolve() == second.path.resolve()
    assert second.path.name == "0.2.0"


# Where it cannot be written.


def nothing_left(out: Path) -> bool:
    return not [path for path in out.rglob("*") if path.name.startswith(".building-")]


def test_a_file_in_the_place_of_a_folder(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    for place in (tmp_path / "a", tmp_path / "b" / "tiny", tmp_path / "c" / "tiny" / ".lock"):
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.name == ".lock":
            place.mkdir()
        else:
            place.write_text("mine")
        out = place if place.name == "a" else tmp_path / place.relative_to(tmp_path).parts[0]
        result = kzlod("build", "--project", tiny, "--out", out)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"kzlod: {out}")
        assert ": cannot be written: " in result.stderr
        assert result.stderr.endswith("; free space, or name another folder with --out\n")
        assert len(result.stderr.splitlines()) == 1
        assert place.is_dir() or place.read_text() == "mine"


def test_a_file_in_the_place_of_a_version(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "tiny").mkdir(parents=True)
    (out / "tiny" / "0.1.0").write_text("mine")
    with pytest.raises(ReleaseError, match="exists with other bytes"):
        built(tiny, out)
    assert (out / "tiny" / "0.1.0").read_text() == "mine"
    made = built(tiny, out, replace=True)
    assert (made.path / "SHA256SUMS").is_file()
    assert nothing_left(out)


def test_a_folder_in_the_place_of_latest(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "tiny" / "latest").mkdir(parents=True)
    (out / "tiny" / "latest" / "mine").write_text("")
    with pytest.raises(ReleaseError, match="latest"):
        built(tiny, out)
    assert (out / "tiny" / "latest" / "mine").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_fills_up(tiny: Path, small_disk: Path, kzlod: Run) -> None:
    out = small_disk / "out"
    result = kzlod("build", "--project", tiny, "--out", out)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"kzlod: {out}/tiny/.building-")
    assert ": cannot be written: " in result.stderr
    assert "No space left on device" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in (out / "tiny").iterdir()] == [".lock"]


def test_a_file_that_may_not_grow(tiny: Path, tmp_path: Path) -> None:
    """A limit on the size of files stops a build; what was there before stays."""
    out = tmp_path / "out"
    made = built(tiny, out)
    before = content(made.path)
    put(tiny, "data/things.csv", "millbrook", label="Millbrooke")
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); {ENTRY}"
    result = subprocess.run(
        [sys.executable, "-c", code, "build", "--project", tiny, "--out", out, "--replace"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2, result.stderr
    assert result.stderr.startswith(f"kzlod: {out}/tiny/.building-")
    assert ": cannot be written: " in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert content(made.path) == before
    assert {path.name for path in made.path.parent.iterdir()} == {".lock", "latest", "0.1.0"}


# More than one at a time, and none to the end.


def test_another_build_at_work(tiny: Path, tmp_path: Path, kzlod: Run) -> None:
    (tmp_path / "out" / "tiny").mkdir(parents=True)
    with (tmp_path / "out" / "tiny" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = kzlod("build", "--project", tiny, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr == f"kzlod: {tmp_path}/out/tiny: another build is at work here; wait for it\n"


def test_builds_at_the_same_time(tiny: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", ENTRY, "build", "--project", str(tiny), "--out", str(tmp_path / "out")]
    running = [subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    ends = [(one.communicate()[1], one.returncode) for one in running]
    assert (b"", 0) in ends
    assert all(status == 0 or b"another build is at work here" in told for told, status in ends)
    made = tmp_path / "out" / "tiny" / "0.1.0"
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=made, check=False)
    assert checked.returncode == 0


def test_what_a_killed_build_left_is_taken_away(tiny: Path, tmp_path: Path) -> None:
    parent = tmp_path / "out" / "tiny"
    (parent / ".building-abc").mkdir(parents=True)
    (parent / ".building-abc" / "tiny.nt").write_text("half")
    (parent / ".building-latest").symlink_to("0.0.9")
    built(tiny, tmp_path / "out")
    assert {path.name for path in parent.iterdir()} == {".lock", "latest", "0.1.0"}


def test_killed_at_any_moment_the_release_is_whole(tiny: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny, tmp_path / "other")
    append(other, "ontology/ontology.ttl", f"<https://example.org/tiny/thing/x> a <{rdflib.OWL.Thing}> .\n")
    out = tmp_path / "out"
    out.mkdir()
    script = Path(__file__).with_name("killed_builds.py")
    result = subprocess.run([sys.executable, script, tiny, other, out], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    counts = json.loads(result.stdout)
    assert counts["killed"] >= 9  # a build may be done before the time of its kill
    assert counts["kept"] >= 3
    assert counts["replaced"] >= 3
