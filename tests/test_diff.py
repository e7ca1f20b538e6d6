"""`kzlod diff`: what it finds, what it says, and that its patches turn the old side into the new one in real stores."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import rdflib
import zstandard
from click.testing import Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kzlod.dataset import Dataset
from kzlod.diff import (
    changes,
    compare,
    dropped_iris,
    fetch,
    markdown,
    merge,
    rdf_patch,
    sparql_update,
    to_json,
    write_changes,
)
from kzlod.diff.canonical import are_canonical, is_canonical, looks_ordered, sort_lines
from kzlod.diff.merge import Dump, differences
from kzlod.errors import InputError, ReleaseError
from kzlod.formats import JSONLD, NQUADS, RDFXML, TRIG, TURTLE
from kzlod.project import Project
from kzlod.quads import Quad, QuadTable, unpack
from kzlod.quads.read import token
from kzlod.quads.write import write
from kzlod.terms import literal

Run = Callable[..., Result]
XSD = "http://www.w3.org/2001/XMLSchema#"
VALUE = "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
RELAXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_iri = st.sampled_from("abcdefgh").map(lambda local: f"<http://e/{local * 3}>")
_predicate = st.sampled_from("pq").map(lambda local: f"<http://e/{local}>")
_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff"), max_size=8)
_escapes = st.lists(st.sampled_from(["\\", "u", "U", "0041", "00000041", '"', "\n", "\x0b", "\x7f", "a"]), max_size=6)
_numbers = st.sampled_from(
    [("1.0", "decimal"), ("1.50", "decimal"), ("1.5", "decimal"), ("01", "integer"), ("1", "int")]
)
_literal = st.one_of(
    _text.map(literal),
    _escapes.map(lambda parts: literal("".join(parts))),
    st.builds(lambda text, tag: literal(text, language=tag), _text, st.sampled_from(["en", "zh-hans"])),
    _numbers.map(lambda number: literal(number[0], datatype=XSD + number[1])),
)
_quad = st.tuples(_iri, _predicate, _iri | _literal, st.sampled_from(["", "<http://e/g>", "<http://e/h>"]))
_quads = st.sets(_quad, max_size=25)


def line(quad: Quad) -> str:
    return " ".join(filter(None, quad)) + " ."


def canonical(quads: set[Quad]) -> str:
    return "".join(sorted(f"{line(quad)}\n" for quad in quads))


def put(folder: Path, name: str, quads: set[Quad]) -> Path:
    path = folder / name
    path.write_text(canonical(quads), "utf-8", newline="\n")
    return path


def stored(quads: str | bytes) -> set[str]:
    """What an Oxigraph store makes of some N-Quads."""
    store = ox.Store()
    store.load(quads.encode() if isinstance(quads, str) else quads, format=ox.RdfFormat.N_QUADS)
    return {str(quad) for quad in store}


def patched(old: str, patch: str) -> set[str]:
    """The lines of N-Quads that an RDF Patch leads to: its rows are N-Quads with a letter before them."""
    lines = set(old.split("\n")[:-1])
    for row in patch.split("\n")[:-1]:
        code, _, rest = row.partition(" ")
        assert code in ("H", "TX", "TC", "D", "A"), row
        assert code not in ("A", "D") or next(iter(ox.parse(rest, format=ox.RdfFormat.N_QUADS)))
        lines = lines - {rest} if code == "D" else lines | {rest} if code == "A" else lines
    return lines


# What differs, and that applying it gives the other side


def said(*texts: str) -> set[Quad]:
    return {("<http://e/a>", "<http://e/p>", text, "<http://e/g>") for text in texts}


HALVES = [literal(text, datatype=XSD + "decimal") for text in ("1.50", "1.5")]
ESCAPES = [literal(text) for text in ("\\u0041", "\\\\u0041", "\\U00000041", "\x0b0041", "\x7f", "\\")]


@RELAXED
@example(old=said(*HALVES), new=said(HALVES[1]), width=1 << 20)  # a store may hold both as one value
@example(old=said(*ESCAPES[:3]), new=said(*ESCAPES[3:]), width=1 << 20)
@given(old=_quads, new=_quads, width=st.sampled_from([1 << 20, 300, 40]))
def test_patch_applied_to_old_gives_new(old: set[Quad], new: set[Quad], width: int, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_CHUNK", width), ("_BLOCK", width // 4), ("_STEP", 4)):
            patch.setattr(merge, name, value)
        with compare(put(tmp_path, "old.nq", old), put(tmp_path, "new.nq", new)) as diff:
            assert (set(diff.removed), set(diff.added)) == (old - new, new - old)
            assert {q for c in diff.changes() for q in c.removed + c.added} == old ^ new
            kinds = {c.subject: c.kind for c in diff.changes()}
            before, after = ({s for s, *_ in quads} for quads in (old, new))
            for subject, kind in kinds.items():
                assert kind == ("added" if subject not in before else "removed" if subject not in after else "revised")
            for subject in before | after | {"<http://e/>", "<http://e/zzz>"}:
                assert set(diff.old.dump.about(subject)) == {quad for quad in old if quad[0] == subject}
            text, update = "".join(rdf_patch(diff)), "".join(sparql_update(diff))
            assert json.loads("".join(to_json(diff)))["triples"] == {"added": len(new - old), "removed": len(old - new)}
            assert "".join(markdown(diff)).startswith("# Changes from ")
    assert patched(canonical(old), text) == set(canonical(new).split("\n")) - {""}
    store = ox.Store()
    store.load(canonical(old).encode(), format=ox.RdfFormat.N_QUADS)
    store.update(update)
    assert {str(quad) for quad in store} == stored(canonical(new))


def by_rdflib(quads: set[Quad], *, graphs: bool) -> rdflib.Graph:
    found = rdflib.Dataset() if graphs else rdflib.Graph()
    return found.parse(data=canonical(quads), format="nquads" if graphs else "nt")


def exact(graph: rdflib.Graph) -> set[tuple[str, ...]]:
    """The quads of rdflib, with the lexical forms that they have."""
    quads = graph.quads() if isinstance(graph, rdflib.Dataset) else graph
    return {tuple(term.n3() for term in quad if term is not None) for quad in quads}


@settings(parent=RELAXED, max_examples=25)
@example(old=said(*ESCAPES[:3]), new=said(*ESCAPES[3:]), graphs=True)
@example(old=said(*ESCAPES[3:]), new=said(*ESCAPES[:3]), graphs=True)
@given(old=_quads, new=_quads, graphs=st.booleans())
def test_update_is_right_for_rdflib(old: set[Quad], new: set[Quad], graphs: bool, tmp_path: Path) -> None:
    """rdflib's datasets take no insertion into the default graph, so it is tested as a graph."""
    old, new = ({(s, p, o, g or "<http://e/g>" if graphs else "") for s, p, o, g in quads} for quads in (old, new))
    with compare(put(tmp_path, "old.nq", old), put(tmp_path, "new.nq", new)) as diff:
        update = "".join(sparql_update(diff))
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        patched = by_rdflib(old, graphs=graphs)
        if update:
            patched.update(update)
        assert exact(patched) == exact(by_rdflib(new, graphs=graphs))


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_an_update_has_operations_of_a_size(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {(f"<http://e/{n}>", "<http://e/p>", '"1"', f"<http://e/g{n % 2}>") for n in range(7)}
    monkeypatch.setattr("kzlod.diff.patch.CHUNK", chunk)
    with compare(put(tmp_path, "old.nq", old), put(tmp_path, "new.nq", set())) as diff:
        update = "".join(sparql_update(diff))
    assert update.count("DELETE DATA") == -(-7 // chunk) and "INSERT" not in update
    store = ox.Store()
    store.load(canonical(old).encode(), format=ox.RdfFormat.N_QUADS)
    store.update(update)
    assert len(store) == 0


@contextmanager
def oxigraph() -> Iterator[str]:
    """A real Oxigraph server, by its address."""
    beside = Path(sys.executable).with_name("oxigraph")
    binary = str(beside) if beside.is_file() else shutil.which("oxigraph")
    if binary is None:
        pytest.skip("there is no oxigraph server: pip install oxigraph")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    quiet = subprocess.DEVNULL
    with subprocess.Popen([binary, "serve", "--bind", f"127.0.0.1:{port}"], stdout=quiet, stderr=quiet) as process:
        try:
            for _ in range(200):
                try:
                    httpx.get(address)
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield address
        finally:
            process.terminate()


def edit(project: Path, name: str, before: str, after: str) -> None:
    path = project / name
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


@pytest.fixture
def edited(project: Path) -> Path:
    """The reference dataset with another value of an observation, one thing more and one claim less."""
    edit(project, "data/observations.csv", ",30050000000,", ",31050000000,")
    edit(project, "data/observations.csv", "$30.05 billion", "$31.05 billion")
    things = (project / "data/things.csv").read_text("utf-8").splitlines(keepends=True)
    name = next(row for row in things if ",Place,city," in row).partition(",")[0]
    edit(
        project,
        "data/things.csv",
        f"{name},Place,city,",
        f"a-new-town,Place,city,A *new* town,,,,,\n{name},Place,city,",
    )
    relations = (project / "data/relations.csv").read_text("utf-8").splitlines(keepends=True)
    (project / "data/relations.csv").write_text("".join(relations[:-1]), "utf-8")
    return project


def test_a_server_takes_the_update_of_the_reference_dataset(edited: Path, root: Path) -> None:
    with compare(root, edited) as diff, oxigraph() as address:
        old, new = diff.old.dump.path.read_bytes(), diff.new.dump.path.read_bytes()
        types = {"content-type": "application/n-quads"}
        assert httpx.post(f"{address}/store", content=old, headers=types).is_success
        types = {"content-type": "application/sparql-update"}
        assert httpx.post(f"{address}/update", content="".join(sparql_update(diff)), headers=types).is_success
        found = httpx.get(f"{address}/store", headers={"accept": "application/n-quads"}).content
        assert stored(found) == stored(new) != stored(old)
        assert patched(old.decode(), "".join(rdf_patch(diff))) == set(new.decode().split("\n")) - {""}


def test_the_report_says_old_new_and_passage(edited: Path, root: Path) -> None:
    with compare(root, edited) as diff:
        told, listed = "".join(markdown(diff)), json.loads("".join(to_json(diff)))
    revised, added, removed = (told.index(f"\n## {title}\n") for title in ("Revised", "Added", "Removed"))
    assert revised < added < removed
    figure = (
        r"- \[Bilateral trade, Kazakhstan, China, 2024, actual\]\(<[^>]*/observation/[^>]*>\) \(passage 002-19\)\n"
        r"  - observation value, in CCY\\_USD: 30,050,000,000 → 31,050,000,000\n"
        r"  - as written: \$30.05 billion → \$31.05 billion\n"
    )
    assert re.search(figure, told[revised:added])
    assert told.index("### Observation (1)") < told.index("### Consistency check")
    assert "holds within rounding → does not hold" in told
    assert r"[A \*new\* town](<" in told[added:removed] and "### Claim (1)" in told[removed:]
    (observation,) = [one for one in listed["changes"] if one["class"] == "Observation"]
    assert (observation["change"], observation["passages"]) == ("revised", ["002-19"])
    (value,) = [one for one in observation["values"] if one["predicate"] == VALUE]
    decimal = {"type": "literal", "datatype": f"{XSD}decimal"}
    assert (value["old"], value["new"]) == (
        [decimal | {"value": "30050000000"}],
        [decimal | {"value": "31050000000"}],
    )
    (town,) = [one for one in listed["changes"] if one["iri"].endswith("/thing/a-new-town")]
    assert (town["change"], town["label"]) == ("added", "A *new* town")


def test_values_that_look_the_same_say_how_they_differ(tmp_path: Path) -> None:
    new = {("<http://e/a>", "<http://e/p>", literal("1", datatype=XSD + "decimal"), "<http://e/g>")}
    old = {("<http://e/a>", "<http://e/p>", literal("1", datatype=XSD + "integer"), "<http://e/g>")}
    with compare(put(tmp_path, "old.nq", old), put(tmp_path, "new.nq", new)) as diff:
        assert "  - p: 1 (integer) → 1 (decimal)\n" in "".join(markdown(diff))
    old = {("<http://e/a>", "<http://e/p>", literal("1", datatype=XSD + "decimal"), "<http://e/h>")}
    with compare(put(tmp_path, "old.nq", old), put(tmp_path, "new.nq", new)) as diff:
        assert "  - moved to another graph\n" in "".join(markdown(diff))


def test_a_long_report_is_cut_and_says_so(tmp_path: Path) -> None:
    new = {(f"<http://e/{n}>", "<http://e/p>", '"1"', "") for n in range(250)}
    with compare(put(tmp_path, "old.nq", set()), put(tmp_path, "new.nq", new)) as diff:
        told = "".join(markdown(diff))
        assert len(json.loads("".join(to_json(diff)))["changes"]) == 250
    assert "### Without a class (250)" in told and told.count("\n- [") == 200 and told.endswith("- and 50 more\n")


# Dumps: their form and their order


@RELAXED
@given(quads=_quads, seed=st.randoms(use_true_random=False))
def test_any_spelling_of_the_same_is_the_same(quads: set[Quad], seed: Any, tmp_path: Path) -> None:
    spelled = []
    for quad in quads:
        s, p, o, g = quad
        if seed.random() < 0.3:
            o = re.sub("[é-\U0010ffff]", lambda match: f"\\U{ord(match[0]):08X}", o)
        if seed.random() < 0.3 and o.endswith('"'):
            o += f"^^<{XSD}string>"
        if seed.random() < 0.3:
            o = o.replace("@en", "@EN") if o.endswith("@en") else o
        space, end = seed.choice([" ", "  ", "\t"]), seed.choice(["\n", "\r\n", " # said so\n", "\n\n"])
        spelled += [space.join(filter(None, (s, p, o, g))) + " ." + end] * seed.choice([1, 2])
    seed.shuffle(spelled)
    path = tmp_path / "spelled.nq"
    path.write_bytes("".join(spelled).encode())
    with compare(path, put(tmp_path, "canonical.nq", quads)) as diff:
        assert (list(diff.removed), list(diff.added)) == ([], [])
    with compare(put(tmp_path, "canonical.nq", set()), path) as diff:
        assert set(diff.added) == quads


_pieces = st.sampled_from(
    [
        *("<http://e/a>", "<http://e/é@>", '"a"', '"a > <b"', '"@x"', "_:b", "<", "{", '"', "a", "é", "\x7f"),
        *("\\u0041", "\\n", "\\\\", " ", "  ", "\t", ".", " .", "#", " # a ."),
        *("@en", "@EN", "@en-us", f"^^<{XSD}string>", f"^^<{XSD}int>"),
    ]
)


@settings(parent=RELAXED, max_examples=500)
@example(end=" .#\n", parts=[["<http://e/a>", " "], ["<http://e/a>", " "], ["<http://e/a>"]])
@given(
    end=st.sampled_from([*[" .\n"] * 5, " .#\n", ".\n", " . \n", " .#a .\n"]),
    parts=st.lists(st.one_of(st.just(["<http://e/a>", " "]), st.lists(_pieces, max_size=2)), min_size=3, max_size=5),
)
def test_canonical_lines_are_told_from_others(parts: list[list[str]], end: str) -> None:
    text = "".join(piece for part in parts for piece in part) + end
    try:
        parsed = list(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    except SyntaxError:
        return
    lines = [f"{line((token(q.subject), token(q.predicate), token(q.object), token(q.graph_name)))}\n" for q in parsed]
    assert are_canonical(text.encode()) == (lines == [text] and "_:" not in lines[0])


def test_files_in_no_order_are_sorted(tmp_path: Path) -> None:
    quads = {(f"<http://e/{n}>", "<http://e/p>", literal("x" * (n % 50)), "") for n in range(3000)}
    text = canonical(quads).splitlines(keepends=True)
    path = tmp_path / "old.nq"
    path.write_text("".join(text[::-1] + text[:10]))
    assert is_canonical(path) and not looks_ordered(path)
    sort_lines(path, tmp_path / "sorted.nq")
    assert (tmp_path / "sorted.nq").read_text() == "".join(text)
    # One line out of its place, which no probe hits.
    path.write_text("".join([*text[:5], text[7], *text[5:]]))
    for sides in ((path, put(tmp_path, "new.nq", quads)), (tmp_path / "new.nq", path)):
        with compare(*sides) as diff:
            assert "Nothing changed." in "".join(markdown(diff))


def test_large_dumps_take_little_memory(tmp_path: Path) -> None:
    code = (
        "import re, sys; from kzlod.diff import compare, write_changes; from pathlib import Path\n"
        "with compare(*sys.argv[1:3]) as diff: write_changes(diff, Path(sys.argv[3]))\n"
        "print(int(re.search('VmHWM:[^0-9]*([0-9]+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    for name, odd in (("old.nq", "x"), ("new.nq", "y")):
        with (tmp_path / name).open("w") as file:
            for n in range(400_000):
                value = odd if n % 4000 == 0 else "z"
                file.write(f'<http://e/{n:07}> <http://e/predicate> "{value * 200}" <http://e/graph> .\n')
    arguments = [sys.executable, "-c", code, tmp_path / "old.nq", tmp_path / "new.nq", tmp_path]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    megabytes = int(subprocess.run(arguments, capture_output=True, check=True, text=True, env=env).stdout)
    assert megabytes < 150 and (tmp_path / "changes.rdfp").read_text().count("\nA ") == 100


def test_an_edited_dump_is_found_though_its_bytes_are_read_once(tmp_path: Path) -> None:
    quads = {("<http://e/a>", "<http://e/p>", '"1"', "")}
    old, new = put(tmp_path, "old.nq", quads), put(tmp_path, "new.nq", quads)
    right = hashlib.sha256(old.read_bytes()).hexdigest()
    assert list(differences(Dump(old, "old", right), Dump(new, "new"))) == []
    with pytest.raises(InputError, match=r"^old: has not the SHA-256"):
        list(differences(Dump(old, "old", "0" * 64), Dump(new, "new")))


# What can be compared


def released(folder: Path, project: Project, *, compressed: bool = False) -> Path:
    """A release's folder, as far as a diff looks at it."""
    folder.mkdir(parents=True)
    path = folder / f"{project.id}.nq"
    write(Dataset.open(project).table, NQUADS, path, prefixes={})
    if compressed:
        data = zstandard.compress(path.read_bytes())
        path.with_name(f"{path.name}.zst").write_bytes(data)
    names = sorted(folder.glob("*.nq*"))
    sums = [f"{hashlib.sha256(name.read_bytes()).hexdigest()}  {name.name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


def test_releases_projects_and_files(edited: Path, root: Path, tmp_path: Path) -> None:
    project = Project.read(root)
    release = released(tmp_path / "dist" / project.id / "1.0", project, compressed=True)
    (release.parent / "latest").symlink_to("1.0", target_is_directory=True)
    dump = release / f"{project.id}.nq"
    zipped = tmp_path / "all.nq.gz"
    zipped.write_bytes(gzip.compress(dump.read_bytes()))
    with compare(release, edited) as diff:
        expected = set(diff.removed), set(diff.added)
        assert diff.old.name == f"{project.id} 1.0" and len(expected[0]) > 10
    (tmp_path / "other").mkdir()
    shutil.copy(release / f"{dump.name}.zst", tmp_path / "other")
    for place in (release.parent, dump, dump.with_name(f"{dump.name}.zst"), zipped, tmp_path / "other"):
        with compare(place, edited) as diff:
            assert (set(diff.removed), set(diff.added)) == expected, place


@pytest.mark.parametrize("format_", [TURTLE, RDFXML, TRIG, JSONLD], ids=lambda format_: format_.name)
def test_formats_without_graphs_are_compared_without_graphs(format_: Any, tmp_path: Path) -> None:
    graph = "" if format_ == JSONLD else "<http://e/g>"
    quads = {("<http://e/a>", "<http://e/p>", literal(text), graph) for text in ("x\n", "ы")}
    with QuadTable() as table:
        table.add(((*quad, 0) for quad in quads), table.source("test"))
        write(table, format_, tmp_path / f"old{format_.suffix}", prefixes={})
    more = quads | {
        ("<http://e/b>", "<http://e/p>", '"1"', graph),
        ("<http://e/b>", "<http://e/p>", '"1"', "<http://e/h>"),
    }
    with compare(tmp_path / f"old{format_.suffix}", put(tmp_path, "new.nq", more)) as diff:
        assert list(diff.removed) == []
        assert set(diff.added) == ({("<http://e/b>", "<http://e/p>", '"1"', "")} if not format_.quads else more - quads)
        assert ("graphs are not compared" in "".join(markdown(diff))) == (not format_.quads)


def test_blank_nodes_are_compared_by_their_canonical_labels(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("[] <http://e/p> [ <http://e/q> 1 ] .")
    (tmp_path / "new.nt").write_text(f'_:x <http://e/q> "1"^^<{XSD}integer> .\n_:y <http://e/p> _:x .\n')
    with compare(tmp_path / "old.ttl", tmp_path / "new.nt") as diff:
        told = "".join(markdown(diff))
        assert list(diff.removed) == list(diff.added) == []
    assert "old.ttl has blank nodes" in told and "new.nt has blank nodes" in told


def test_nothing_to_compare_is_no_difference(tmp_path: Path) -> None:
    for name in ("old.ttl", "new.nq"):
        (tmp_path / name).touch()
    with compare(tmp_path / "old.ttl", tmp_path / "new.nq") as diff:
        assert "".join(sparql_update(diff)) == "" and "Nothing changed." in "".join(markdown(diff))


# What cannot


def bomb(compress: Callable[[bytes, int], bytes]) -> bytes:
    """128 MiB of nothing."""
    return compress(b"\0" * (1 << 24), 9) * 8


QUAD = b'<http://e/a> <http://e/p> "1" .\n'
BAD: dict[str, tuple[str, bytes, str]] = {
    "no RDF by its name": ("a.csv", b"a,b\n", "a.csv: its name says no RDF format; use one of"),
    "no RDF": ("a.nq", b"This is a letter.\n", "a.nq:1: does not parse as N-Quads"),
    "no RDF in a line": ("a.nt", QUAD * 3 + b"no\n" + QUAD, "a.nt:4: does not parse as N-Triples"),
    "no Turtle": ("a.ttl", b"<a", "a.ttl:1: does not parse as Turtle"),
    "not UTF-8": ("a.nq", QUAD.replace(b"1", b"\xff"), "a.nq:1: does not parse as N-Quads"),
    "cut short": ("a.nq", QUAD + QUAD[:-9], "a.nq: is cut short: its last line has no end; fetch it again"),
    "cut zst": ("a.nq.zst", zstandard.compress(QUAD * 5000)[:-8], "a.nq.zst: is cut short; fetch it again"),
    "empty zst": ("a.nq.zst", b"", "a.nq.zst: is cut short; fetch it again"),
    "no zst": ("a.nq.zst", QUAD, "a.nq.zst: does not unpack as zst"),
    "cut gz": ("a.nq.gz", gzip.compress(QUAD * 5000)[:-9], "a.nq.gz: is cut short; fetch it again"),
    "no gz": ("a.nq.gz", QUAD, "a.nq.gz: does not unpack as gz"),
    "broken gz": ("a.nq.gz", gzip.compress(QUAD)[:10] + b"\xff" * 99, "a.nq.gz: does not unpack as gz"),
    "zst without end": ("a.nq.zst", bomb(zstandard.compress), "a.nq.zst: unpacks to more than 64 MiB"),
    "gz without end": ("a.nt.gz", bomb(gzip.compress), "a.nt.gz: unpacks to more than 64 MiB"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_by_name(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    name, content, message = BAD[case]
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    Path("good.nq").write_bytes(QUAD)
    for arguments in ((name, "good.nq"), ("good.nq", name), (name, name)):
        result = kzlod("diff", *arguments)
        assert result.exit_code == 2 and result.stdout == ""
        assert result.stderr.startswith(f"kzlod: {message}") and result.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "good.nq"])


def test_a_bomb_is_stopped_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "FREE", 1 << 20)
    packed = tmp_path / "a.zst"
    packed.write_bytes(zstandard.compress(b"\0" * (300 << 20), 19))
    with pytest.raises(InputError, match="unpacks to more than"):
        unpack.unpack(packed, tmp_path / "a")
    assert (tmp_path / "a").stat().st_size <= max(1 << 20, unpack.RATIO * packed.stat().st_size)
    packed.write_bytes(zstandard.compress(QUAD * 10) + zstandard.compress(QUAD))
    unpack.unpack(packed, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == QUAD * 11


def test_places_without_a_dump_are_refused(tmp_path: Path, kzlod: Run) -> None:
    good = tmp_path / "good.nq"
    good.write_bytes(QUAD)
    (tmp_path / "empty").mkdir()
    (tmp_path / "two").mkdir()
    for name in ("a.nq", "b.nq"):
        (tmp_path / "two" / name).write_bytes(QUAD)
    for place, message in (
        (tmp_path / "none.nq", "is not there; name a release's folder"),
        (tmp_path / "empty", "holds no N-Quads dump and no kzlod.toml"),
        (tmp_path / "two", "holds the dumps of several datasets"),
        (Path("/dev/null"), "is no file"),
        ("ftp://example.org/a.nq", "is not there"),
    ):
        result = kzlod("diff", place, good)
        assert (result.exit_code, result.stdout) == (2, "") and message in result.stderr


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kzlod: Run) -> None:
    good, locked = tmp_path / "good.nq", tmp_path / "locked.nq"
    good.write_bytes(QUAD)
    locked.write_bytes(QUAD)
    opened = Path.open

    def refuse(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "locked.nq":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    result = kzlod("diff", good, locked)
    assert result.exit_code == 2 and "Permission denied" in result.stderr and "locked.nq" in result.stderr


@pytest.mark.parametrize("damage", ["edited", "cut", "cut at a line"])
def test_a_release_that_is_not_what_its_sums_say_is_refused(damage: str, tmp_path: Path) -> None:
    folder, other = tmp_path / "d" / "1.0", tmp_path / "new.nq"
    folder.mkdir(parents=True)
    quads = {(f"<http://e/{n}>", "<http://e/p>", '"1"', "") for n in range(9)}
    dump = put(folder, "d.nq", quads)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(dump.read_bytes()).hexdigest()}  d.nq\n")
    put(tmp_path, "new.nq", quads)
    with compare(folder, other) as diff:
        assert len(diff.added) == 0
    text = dump.read_text()
    dump.write_text(
        {
            "edited": text.replace('"1"', '"2"', 1),
            "cut": text[:-9],
            "cut at a line": text[: text.rindex("<http://e/8>")],
        }[damage]
    )
    for arguments in ((folder, other), (other, folder)):
        with pytest.raises(InputError, match="has not the SHA-256 that its release's SHA256SUMS states"):
            compare(*arguments)


# On the web


@contextmanager
def served(handler: Any) -> Iterator[str]:
    """A real web server, by its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class _Bad(BaseHTTPRequestHandler):
    """Answers that are wrong, by path."""

    def do_GET(self) -> None:
        part = self.path.split("/")[1]
        if part == "file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif part == "loop":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
        elif part == "short":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(QUAD)
        elif part in ("large", "endless"):
            self.send_response(200)
            self.send_header(*(("Content-Length", str(1 << 40)) if part == "large" else ("X", "y")))
            self.end_headers()
            self.wfile.write(QUAD * 100)
        elif part == "stall":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            time.sleep(1)
        elif part == "sums" and self.path.endswith("SHA256SUMS"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(
                b"".join(b"0" * 64 + b"  " + name + b"\n" for name in (b"../a.nq", b"/etc/a.nq", b"x/a.nq"))
            )
        else:
            self.send_error(500 if part == "broken" else 404)

    def log_message(self, *_: Any) -> None:
        pass


def test_releases_and_files_on_the_web(edited: Path, root: Path, tmp_path: Path) -> None:
    project = Project.read(root)
    release = released(tmp_path / project.id / "1.0", project, compressed=True)
    plain = released(tmp_path / "plain" / "2.0", project)
    with compare(release, edited) as diff:
        expected = set(diff.removed), set(diff.added)
    with served(partial(_Quiet, directory=str(tmp_path))) as address:
        file = f"{project.id}/1.0/{project.id}.nq"
        for place in (f"{project.id}/1.0", f"{project.id}/1.0/", "plain/2.0", file, f"{file}.zst", f"{file}?a=b#c"):
            with compare(f"{address}/{place}", edited) as diff:
                assert (set(diff.removed), set(diff.added)) == expected
                assert diff.old.name == f"{project.id} {place[-3:]}" or not place.endswith(".0")
        dump = plain / f"{project.id}.nq"
        dump.write_bytes(dump.read_bytes().replace(b"China", b"Chyna", 1))
        with pytest.raises(InputError, match="has not the SHA-256"):
            compare(f"{address}/plain/2.0", edited)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none/a.nq", "answers 404"),
        ("none/", "SHA256SUMS: answers 404"),
        ("broken/a.nq", "answers 500"),
        ("file/a.nq", "cannot be fetched"),
        ("loop/a.nq", "cannot be fetched"),
        ("short/a.nq", "cannot be fetched"),
        ("stall/a.nq", "cannot be fetched"),
        ("large/a.nq", "has more than 2,000 bytes"),
        ("endless/a.nq", "has more than 2,000 bytes"),
        ("sums", "holds no N-Quads dump"),
    ],
)
def test_bad_answers_are_refused(path: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "2,000" in message:
        monkeypatch.setattr(fetch, "MOST", 2_000)
    monkeypatch.setattr(fetch, "SECONDS", 0.3)
    (tmp_path / "new.nq").write_bytes(QUAD)
    with served(_Bad) as address, pytest.raises(InputError, match=message):
        compare(f"{address}/{path}", tmp_path / "new.nq")


# What a build needs


def test_a_build_has_the_changes_since_a_release(edited: Path, root: Path, tmp_path: Path) -> None:
    reference = Project.read(root)
    release = released(tmp_path / reference.id / "1.0", reference)
    (release / "catalog.ttl").write_text(
        f'<{reference.base}release/{reference.id}/1.0> <http://www.w3.org/ns/dcat#version> "1.0" .'
    )
    dataset = Dataset.open(Project.read(edited))
    dump = tmp_path / "new.nq"
    write(dataset.table, NQUADS, dump, prefixes={})
    texts = []
    for number, known in enumerate((None, dump)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with changes(release, dataset.table, project=dataset.project, dump=known) as diff:
            write_changes(diff, folder)
        texts.append({path.name: path.read_text("utf-8") for path in folder.iterdir()})
    assert texts[0] == texts[1] and dump.is_file()
    assert set(texts[0]) == {"changes.md", "changes.json", "changes.rdfp", "changes.ru"}
    assert patched((release / f"{reference.id}.nq").read_text("utf-8"), texts[0]["changes.rdfp"]) == set(
        dump.read_text("utf-8").split("\n")
    ) - {""}
    heads = re.findall("^H (id|prev) <uuid:([0-9a-f-]{36})> .$", texts[0]["changes.rdfp"], re.MULTILINE)
    assert [name for name, _ in heads] == ["id", "prev"] and len(set(heads)) == 2
    assert str(tmp_path) not in "".join(texts[0].values())
    with (
        pytest.raises(ReleaseError, match="cannot be written"),
        changes(release, dataset.table, project=dataset.project) as diff,
    ):
        write_changes(diff, tmp_path / "none")


def test_what_is_dropped_without_a_word_is_found(project: Path, root: Path, tmp_path: Path, kzlod: Run) -> None:
    reference = Project.read(root)
    release = released(tmp_path / reference.id / "1.0", reference)
    rows = (project / "data/same.csv").read_text("utf-8").splitlines(keepends=True)
    (project / "data/same.csv").write_text("".join(rows[:-1]), "utf-8")
    edit(project, "data/observations.csv", ",30050000000,", ",30150000000,")

    def dropped() -> list[str]:
        dataset = Dataset.open(Project.read(project))
        assert dataset.findings == ()
        with changes(release, dataset.table, project=dataset.project) as diff:
            return dropped_iris(diff, reference.base)

    (gone,) = dropped()
    path = gone.removeprefix(reference.base)
    assert path.startswith("claim/")
    with (project / "data/withdrawn.csv").open("a", encoding="utf-8") as table:
        table.write(f"{path},Said twice.,thing/khorgos\n")
    assert dropped() == []
    told = kzlod("diff", root, project).stdout
    start = told.index("## Withdrawn")
    assert told[start:].count("\n- [") == 1 and "Said twice.; replaced by Khorgos" in told[start:]


def test_computed_nodes_may_come_and_go(tmp_path: Path) -> None:
    base = "https://example.org/"
    names = ("conflict/a", "check/b", ".well-known/genid/c", "thing/d")
    old = {(f"<{base}{name}>", "<http://e/p>", '"1"', "") for name in names} | {
        ("<http://e/a>", "<http://e/p>", '"1"', "")
    }
    with compare(put(tmp_path, "old.nq", old), put(tmp_path, "new.nq", set())) as diff:
        assert dropped_iris(diff, base) == [f"{base}thing/d"]


# The command


def test_the_command_has_four_formats(edited: Path, root: Path, kzlod: Run) -> None:
    outputs = {name: kzlod("diff", root, edited, "--format", name) for name in ("markdown", "json", "patch", "update")}
    assert {result.exit_code for result in outputs.values()} == {0}
    assert kzlod("diff", root, edited).stdout == outputs["markdown"].stdout
    assert kzlod("diff", root, edited, "--json").stdout == outputs["json"].stdout
    assert json.loads(outputs["json"].stdout)["old"]["name"].startswith(Project.read(root).id)
    assert outputs["patch"].stdout.startswith("H id <uuid:") and outputs["patch"].stdout.endswith("TC .\n")
    assert outputs["update"].stdout.startswith("DELETE DATA {\nGRAPH <")
