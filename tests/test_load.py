"""`kzlod load` into real stores: an Oxigraph server, an Oxigraph folder, Virtuoso 7; broken off, run full, misled."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from click.testing import Result

from kzlod.load import plan, source
from kzlod.load.plan import DOCUMENTATION
from kzlod.load.probe import opened
from kzlod.load.profile import FOLDER, PROFILES
from kzlod.load.verify import Expected
from tests import published
from tests.bench import cube
from tests.stores import PASSWORD, Store, free_port, oxigraph
from tests.web import served

Run = Callable[..., Result]
XSD = "http://www.w3.org/2001/XMLSchema#"
ENTRY = "from kzlod.cli import main; main()"
_GRAPHS = count()


@dataclass(frozen=True)
class Place:
    """A store, as the command line names it: its target, the options that choose a graph, and that graph."""

    target: str
    options: tuple[str, ...] = ()
    graph: str = ""
    store: Store | None = None

    def content(self) -> set[tuple[str, str, str]]:
        """All triples of the graph, read by other means than kzlod; decimals as numbers."""
        if self.store is None:
            name = ox.NamedNode(self.graph) if self.graph else ox.DefaultGraph()
            quads = list(ox.Store.read_only(self.target).quads_for_pattern(None, None, None, name))
            return {_plain(quad) for quad in quads}
        parameters = {"graph": self.graph} if self.graph else {"default": ""}
        url = self.store.graphs.removesuffix("-auth")
        answer = httpx.get(url, params=parameters, headers={"accept": "application/n-triples"}, timeout=60)
        return {_plain(triple) for triple in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}

    def update(self, sparql: str) -> None:
        """Change the store by other means than kzlod."""
        if self.store is None:
            ox.Store(self.target).update(sparql)
            return
        known = self.store.credentials
        auth = httpx.DigestAuth(known.user, known.password) if known else None
        answer = httpx.post(self.store.update, data={"update": sparql}, auth=auth, timeout=60)
        assert answer.is_success, answer.text

    def triples(self, *lines: str) -> str:
        """Triples inside the graph, as SPARQL has them."""
        text = "\n".join(lines)
        return f"GRAPH <{self.graph}> {{ {text} }}" if self.graph else text


def _plain(triple: ox.Quad | ox.Triple) -> tuple[str, str, str]:
    value = triple.object
    if isinstance(value, ox.Literal) and value.datatype.value == XSD + "decimal":
        return triple.subject.value, triple.predicate.value, str(Decimal(value.value).normalize())
    return str(triple.subject)[1:-1], triple.predicate.value, str(value)


def lines(path: Path) -> set[tuple[str, str, str]]:
    """The triples of a file of N-Triples; decimals as numbers."""
    return {_plain(triple) for triple in ox.parse(path.read_bytes(), ox.RdfFormat.N_TRIPLES)}


@pytest.fixture(params=["oxigraph", "folder", "virtuoso"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty graph of each kind of store."""
    if request.param == "oxigraph":
        store = request.getfixturevalue("oxigraph_store")
        yield Place(store.url, store=store)
    elif request.param == "folder":
        yield Place(str(tmp_path / "store"))
    else:
        yield from _virtuoso(request.getfixturevalue("virtuoso_store"), monkeypatch)


@pytest.fixture
def virtuoso_place(virtuoso_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty graph of Virtuoso."""
    yield from _virtuoso(virtuoso_store, monkeypatch)


def _virtuoso(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("KZLOD_USER", "dba")
    monkeypatch.setenv("KZLOD_PASSWORD", PASSWORD)
    graph = f"http://example.org/load/{next(_GRAPHS)}"
    yield Place(store.url, ("--graph", graph), graph, store)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A release."""
    return published.make(tmp_path / "towns" / "1.0.0")


@pytest.fixture
def new(old: Path, tmp_path: Path, kzlod: Run) -> Path:
    """The next release, with its changes: a value, a text and a town are others, a decimal only looks so."""
    folder = published.make(tmp_path / "towns" / "1.1.0")
    for name in ("towns.nt", "towns.nq"):
        path = folder / name
        text = path.read_text("utf-8")
        text = (
            text.replace('"3.50"^^', '"77.25"^^')
            .replace('"Город > <b> 7"', '"Қала\\n7"')
            .replace('"2.50"^^', '"2.5"^^')
        )
        kept = [line for line in text.splitlines() if "thing/039>" not in line]
        path.write_text("\n".join(sorted(kept)) + "\n", "utf-8")
    changes = kzlod("diff", old / "towns.nt", folder / "towns.nt", "--format", "patch")
    assert changes.exit_code == 0, changes.stderr
    (folder / "changes.rdfp").write_text(changes.stdout, "utf-8")
    published.restate(folder)
    return folder


def test_replace_and_patch(place: Place, old: Path, new: Path, kzlod: Run) -> None:
    """A release, the same again, the next one, back, and forward by the patch."""
    total = len(lines(old / "towns.nt"))
    steps = (
        (old, "in steps", ()),
        (old, "at once", ()),
        (new, "at once", ()),
        (old, "at once", ()),
        (new, "at once", ("--mode", "patch")),
    )
    for release, how, mode in steps:
        result = kzlod("load", place.target, release, *place.options, *mode)
        assert result.exit_code == 0, result.output
        assert f", {how}, in " in result.stdout
        total = len((release / "towns.nt").read_text("utf-8").splitlines())
        assert result.stdout.splitlines()[-1] == f"verified: {total:,} triples, counts by predicate, all values"
        assert result.stderr == ""
        assert place.content() == lines(release / "towns.nt")


@pytest.mark.parametrize("format_", ["patch", "update"])
def test_a_file_of_changes(place: Place, old: Path, new: Path, tmp_path: Path, kzlod: Run, format_: str) -> None:
    """Applied twice, it has been applied once; a store without the release before is not patched."""
    file = tmp_path / {"patch": "changes.rdfp", "update": "changes.ru"}[format_]
    file.write_text(kzlod("diff", old, new, "--format", format_).stdout, "utf-8")
    nothing = kzlod("load", place.target, file, *place.options, "--mode", "patch")
    assert nothing.exit_code == 2
    assert "holds no triples, so there is nothing to patch; check --graph" in nothing.stderr
    assert kzlod("load", place.target, old, *place.options).exit_code == 0
    for _ in range(2):
        result = kzlod("load", place.target, file, *place.options, "--mode", "patch")
        assert result.exit_code == 0, result.output
        assert re.search(r"^verified: \d+ triples, \d+ taken out, \d+ put in$", result.stdout, re.MULTILINE)
        assert place.content() == lines(new / "towns.nt")


def test_a_patch_for_what_is_not_there(place: Place, old: Path, new: Path, kzlod: Run) -> None:
    """The patch of a release is verified by the whole release."""
    place.update(f"INSERT DATA {{ {place.triples('<http://e/a> <http://e/b> 1')} }}")
    result = kzlod("load", place.target, new, *place.options, "--mode", "patch")
    assert result.exit_code == 1
    assert re.search(r"^not as loaded: \d+ differences$", result.stdout, re.MULTILINE)


def test_a_patch_of_what_stays(place: Place, tmp_path: Path, kzlod: Run) -> None:
    """A triple that leaves one of its graphs stays, and so does a value that is taken out in another spelling."""
    spelled = f'<http://e/s> <http://e/p> "1.50"^^<{XSD}decimal> .'
    value = f'<http://e/s> <http://e/p> "1.5"^^<{XSD}decimal> .'
    moved = "<http://e/s> <http://e/q> <http://e/o> ."
    before = tmp_path / "before.nt"
    before.write_text("\n".join((value, spelled, moved, "")))
    assert kzlod("load", place.target, before, *place.options).exit_code == 0
    release = tmp_path / "next"
    release.mkdir()
    dump = release / "towns.nt"
    dump.write_text("\n".join((value, moved, "")))
    (release / "SHA256SUMS").write_text(f"{hashlib.sha256(dump.read_bytes()).hexdigest()}  towns.nt\n")
    gone = (spelled.removesuffix("."), moved.removesuffix("."))
    (release / "changes.rdfp").write_text("TX .\n" + "".join(f"D {line}<http://e/g> .\n" for line in gone) + "TC .\n")
    result = kzlod("load", place.target, release, *place.options, "--mode", "patch")
    assert result.exit_code == 0, result.output
    assert place.content() == lines(dump)


def test_add(place: Place, old: Path, new: Path, kzlod: Run) -> None:
    for release in (old, old, new):
        result = kzlod("load", place.target, release, *place.options, "--mode", "add")
        assert result.exit_code == 0, result.output
        assert ", at least as many of each predicate, all values" in result.stdout
    assert place.content() == lines(old / "towns.nt") | lines(new / "towns.nt")


def test_what_is_of_another_dataset(place: Place, old: Path, kzlod: Run) -> None:
    """It is not lost without a word."""
    place.update(f"INSERT DATA {{ {place.triples('<http://other.example/a/b> <http://e/p> 1')} }}")
    before = place.content()
    result = kzlod("load", place.target, old, *place.options)
    assert result.exit_code == 2
    assert "will be gone; some are of another dataset: such as <http://other.example/a/b>" in result.stderr
    assert result.stderr.endswith("nothing was loaded; give --yes to go on all the same\n")
    assert place.content() == before
    assert kzlod("load", place.target, old, *place.options, "--yes").exit_code == 0
    assert place.content() == lines(old / "towns.nt")


def test_other_graphs_stay(place: Place, old: Path, new: Path, kzlod: Run) -> None:
    other = f"{place.graph or 'http://example.org/load'}/other"
    place.update(f"INSERT DATA {{ GRAPH <{other}> {{ <http://e/a> <http://e/b> <http://e/c> }} }}")
    for release in (old, new):
        assert kzlod("load", place.target, release, *place.options).exit_code == 0
    kept = Place(place.target, graph=other, store=place.store)
    assert kept.content() == {("http://e/a", "http://e/b", "<http://e/c>")}


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE DATA {{ {} }}",
        "DELETE DATA {{ {} }} ; INSERT DATA {{ {other} }}",
        "INSERT DATA {{ {other} }}",
    ],
    ids=["lost", "changed", "more"],
)
def test_a_store_that_does_not_keep(place: Place, old: Path, tmp_path: Path, harm: str) -> None:
    """What a store has lost, changed or has besides after the upload is found, and shown."""
    near = f"<{published.BASE}thing/001> <{published.BASE}ontology#near>"
    lost, other = f"{near} <{published.BASE}thing/000>", f"{near} <{published.BASE}thing/011>"
    from kzlod.remote.credentials import Credentials

    known = Credentials("dba", PASSWORD) if place.store and place.store.credentials else None
    with opened(place.target, credentials=known) as target:
        planned = plan(target, source(str(old), tmp_path), graph=place.graph, scratch=tmp_path)
        told: list[str] = []

        def harmed(doing: str, done: int, total: int) -> None:
            if doing == "Loading" and done == total and not told:
                told.append(doing)

        original = target.select

        def select(sparql: str) -> Iterator[tuple[str, ...]]:
            if told and told.pop():
                target.update(harm.format(place.triples(lost), other=place.triples(other)))
                told.clear()
            return original(sparql)

        target.select = select  # type: ignore[method-assign]
        found = planned.run(progress=harmed).verification
    messages = [finding.message for finding in found.findings]
    assert (f"lacks {lost}" in messages) == harm.startswith("DELETE")
    assert (f"has {other}" in messages) == ("other" in harm)
    assert str(found).startswith("not as loaded: ")


# Large enough to be broken off.


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """90,000 triples, 13 MB, canonical and in no order."""
    return cube.make(tmp_path_factory.mktemp("large"), 10_000) / "data" / "cube.nt"


_KILLED = """
import os, signal, sys
from pathlib import Path
from kzlod.load import plan, source
from kzlod.load.probe import opened
from kzlod.remote.credentials import find
target, release, graph, scratch = sys.argv[1:]
def killed(doing, done, total):
    if done > 9_000_000:
        os.kill(os.getpid(), signal.SIGKILL)
known = find(target, os.environ) if "://" in target else None
with opened(target, credentials=known) as there:
    plan(there, source(release, Path(scratch)), graph=graph, scratch=Path(scratch)).run(progress=killed)
"""


def test_a_client_that_is_killed(place: Place, large: Path, tmp_path: Path, kzlod: Run) -> None:
    """What was there stays until all of the new data has arrived; run again, it ends as if nothing had been."""
    before = tmp_path / "before.nt"
    before.write_bytes(b"".join(large.read_bytes().splitlines(keepends=True)[:900]))
    assert kzlod("load", place.target, before, *place.options).exit_code == 0
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, place.target, large, place.graph, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert place.content() == lines(before)
    # What waited to be swapped in is not mixed with another release.
    assert kzlod("load", place.target, before, *place.options).exit_code == 0
    result = kzlod("load", place.target, large, *place.options, "--compare-up-to", 2_000_000 if not place.store else 0)
    assert result.exit_code == 0, result.output
    assert ", at once, in " in result.stdout
    assert "verified: 90,000 triples, counts by predicate" in result.stdout
    assert _names(place) <= {place.graph}


def _names(place: Place) -> set[str]:
    """The graphs that a load could have left behind."""
    if place.store is None:
        assert not [path for path in Path(place.target).parent.iterdir() if path.name.startswith(".store")]
        return {
            name.value for name in ox.Store.read_only(place.target).named_graphs() if isinstance(name, ox.NamedNode)
        }
    query = 'SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), "urn:kzlod:")) }'
    rows = httpx.get(place.store.query, params={"query": query}, headers={"accept": "text/csv"}, timeout=60).text
    return set(rows.replace('"', "").split()[1:])


@contextmanager
def _server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """An Oxigraph server on disk that a test may kill."""
    command = [Path(sys.executable).with_name("oxigraph"), "serve", "-l", folder, "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield server
    finally:
        server.kill()
        server.wait()


def test_a_server_that_is_killed(large: Path, tmp_path: Path, kzlod: Run) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with _server(tmp_path / "store", port) as server, opened(url) as target:
        planned = plan(target, source(str(large), tmp_path), scratch=tmp_path)

        def killed(_: str, done: int, __: int) -> None:
            if done > 9_000_000:
                server.kill()

        with pytest.raises(Exception, match="run the same command again: nothing is doubled") as caught:
            planned.run(progress=killed)
        assert type(caught.value).__mro__[1].__name__ == "RemoteError"
    with _server(tmp_path / "store", port):
        result = kzlod("load", url, large, "--compare-up-to", 0)
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines()[-1] == "verified: 90,000 triples, counts by predicate"


@contextmanager
def _small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_server_that_runs_full(large: Path, old: Path, tmp_path: Path, kzlod: Run) -> None:
    """Nothing is lost by it, and with more room the same command does it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with _small_disk(tmp_path / "disk", "10m") as disk, _server(disk / "store", port):
        assert kzlod("load", url, old).exit_code == 0
        result = kzlod("load", url, large, "--yes")
        assert result.exit_code == 2, result.output
        assert len(result.stderr.splitlines()) == 2
        assert re.search(
            r"(free space there|see whether the store still runs), and run the same command again", result.stderr
        )
        assert Place(url, store=Store(url, url + "/query", url + "/update", url + "/store")).content() == lines(
            old / "towns.nt"
        )
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)


def test_a_folder_that_runs_full(large: Path, old: Path, tmp_path: Path, kzlod: Run) -> None:
    """What was there stays."""
    folder = tmp_path / "store"
    assert kzlod("load", folder, old).exit_code == 0
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); {ENTRY}"
    command = [sys.executable, "-c", code, "load", folder, large, "--yes"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2, result.stderr
    assert "run it again" in result.stderr
    assert Place(str(folder)).content() == lines(old / "towns.nt")
    assert kzlod("load", folder, large, "--yes", "--compare-up-to", 0).exit_code == 0


# Who may, and where to.


def test_credentials(
    virtuoso_place: Place, old: Path, tmp_path: Path, kzlod: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("load", virtuoso_place.target, old, *virtuoso_place.options)
    monkeypatch.setenv("KZLOD_PASSWORD", "not-the-secret")
    wrong = kzlod(*arguments)
    assert (wrong.exit_code, "refuses the credentials (401); check KZLOD_USER" in wrong.stderr) == (2, True)
    assert "not-the-secret" not in wrong.output
    monkeypatch.delenv("KZLOD_USER")
    monkeypatch.delenv("KZLOD_PASSWORD")
    monkeypatch.setenv("HOME", str(tmp_path))
    none = kzlod(*arguments)
    assert (none.exit_code, "asks for credentials (401); set KZLOD_USER" in none.stderr) == (2, True)
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login dba password {PASSWORD}\n")
    netrc.chmod(0o600)
    assert kzlod(*arguments).exit_code == 0


def test_the_graph(place: Place, old: Path, tmp_path: Path, kzlod: Run) -> None:
    """The dataset's own where there is no default graph; what is no IRI is refused, what names none is asked for."""
    wrong = kzlod("load", place.target, old, "--graph", "no graph")
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("kzlod: 'no graph' is no IRI of a graph; write an absolute IRI such as ")
    with (old / "catalog.ttl").open("a", encoding="utf-8") as catalogue:
        catalogue.write(f'<{published.RELEASE}> <http://www.w3.org/ns/dcat#version> "1.0.0" .\n')
    result = json.loads(kzlod("load", place.target, old, "--json").stdout)
    assert result["graph"] == ("http://example.org/dataset/towns" if place.graph else "")
    assert result["verification"]["findings"] == []
    file = tmp_path / "some.nt"
    file.write_text("<http://e/a> <http://e/b> <http://e/c> .\n")
    result = kzlod("load", place.target, file, "--yes")
    assert result.exit_code == (2 if place.graph else 0)
    assert "name one with --graph IRI" in result.stderr or not place.graph


def test_a_store_of_no_known_kind(oxigraph_store: Store, old: Path, new: Path, kzlod: Run) -> None:
    """By the Graph Store Protocol where it is spoken, by updates where it is not; it is said that it takes a while."""
    for url in (oxigraph_store.url, oxigraph_store.query, oxigraph_store.url):
        for release in (old, new):
            result = kzlod("load", url, release, "--store", "generic")
            assert result.exit_code == 0, result.output
            assert ("cannot replace a graph at once" in result.stderr) == (
                "in steps" in result.stdout and "kzlod:" in result.stderr
            )
    assert Place(oxigraph_store.url, store=oxigraph_store).content() == lines(new / "towns.nt")
    assert "docs/loading.md#other-stores" in result.stderr


def test_updates_alone(oxigraph_store: Store, old: Path, new: Path, tmp_path: Path) -> None:
    """A store that does not speak the Graph Store Protocol."""
    with opened(oxigraph_store.url, store="generic") as target:
        target.graphs = ""  # type: ignore[attr-defined]
        for release in (old, new):
            planned = plan(target, source(str(release), tmp_path), graph="http://e/g", scratch=tmp_path)
            assert planned.run().verification.findings == ()
    assert Place(oxigraph_store.url, graph="http://e/g", store=oxigraph_store).content() == lines(new / "towns.nt")


def test_what_is_no_store(tmp_path: Path, old: Path, kzlod: Run) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "file").write_text("no store")
    with served(tmp_path / "site") as site:
        said = kzlod("load", site.url, old)
        assert (said.exit_code, "is no store that takes SPARQL queries; give the address" in said.stderr) == (2, True)
    gone = kzlod("load", f"http://127.0.0.1:{free_port()}", old)
    assert (gone.exit_code, "cannot be reached: " in gone.stderr) == (2, True)
    full = kzlod("load", tmp_path / "site", old)
    assert (full.exit_code, "is no Oxigraph store, and not empty" in full.stderr) == (2, True)
    secret = kzlod("load", "http://me:secret@127.0.0.1/", old)
    assert (secret.exit_code, "secret" in secret.output) == (2, False)


def test_a_folder_in_use(tmp_path: Path, old: Path, kzlod: Run) -> None:
    with oxigraph(tmp_path, on_disk=True):
        result = kzlod("load", tmp_path / "store", old)
    assert result.exit_code == 2
    assert result.stderr.endswith("is in use; stop the server that has it open, or load through the server\n")


# What is loaded.


def test_blank_nodes(place: Place, tmp_path: Path, kzlod: Run) -> None:
    """They are added by no load, since each would add them anew; a load that replaces gives them names."""
    file = tmp_path / "blank.ttl"
    file.write_text('<http://e/a> <http://e/b> [ <http://e/c> "1" ] .')
    refused = kzlod("load", place.target, file, *place.options, "--mode", "add")
    assert refused.exit_code == 2
    assert "has blank nodes, which each load would add again; give them IRIs, or use --mode replace" in refused.stderr
    for _ in range(2):
        made = kzlod("load", place.target, file, *place.options, "--yes")
        assert made.exit_code == 0, made.output
        assert "has blank nodes: they are" in made.stderr
    assert len(place.content()) == 2


def test_values_that_stores_write_in_their_own_way(place: Place, tmp_path: Path, kzlod: Run) -> None:
    values = [
        *('"true"^^x:boolean', '"0"^^x:boolean', '"007"^^x:integer', '"7"^^x:nonNegativeInteger', '"1.50"^^x:decimal'),
        *('"30050000000.0"^^x:decimal', '"1.5E3"^^x:double', '"2024-01-02"^^x:date', '"2024"^^x:gYear', '"a"@EN-gb'),
        *('"2024-01-02T03:04:05.10+05:00"^^x:dateTime', '"\\t\\"\\\\ ქ 😀"', '""', f'"{"long " * 3000}"'),
    ]
    file = tmp_path / "values.ttl"
    triples = "".join(f"<http://e/s{n}> <http://e/p> {value} .\n" for n, value in enumerate(values))
    both = '<http://e/t> <http://e/p> "1.50"^^x:decimal , "1.5"^^x:decimal .'
    file.write_text(f"@prefix x: <{XSD}> .\n{triples}{both}", "utf-8")
    result = kzlod("load", place.target, file, *place.options)
    assert result.exit_code == 0, result.output
    assert (
        "verified: 16 triples, counts by predicate (1 are kept as one with another of the same value)" in result.stdout
    )


def test_what_virtuoso_changes(virtuoso_place: Place, tmp_path: Path, kzlod: Run) -> None:
    """Decimals beyond its digits are reported; an IRI that it would cut off is not sent."""
    file = tmp_path / "values.nt"
    file.write_text(f'<http://e/s> <http://e/p> "0.{"1" * 40}"^^<{XSD}decimal> .\n')
    result = kzlod("load", virtuoso_place.target, file, *virtuoso_place.options)
    assert result.exit_code == 1
    assert f'  lacks <http://e/s> <http://e/p> "0.{"1" * 40}"^^<{XSD}decimal>' in result.stdout
    file.write_text(f"<http://e/s> <http://e/p> <http://e/{'l' * 3000}> .\n")
    result = kzlod("load", virtuoso_place.target, file, *virtuoso_place.options, "--yes")
    assert result.exit_code == 2
    assert "an IRI has 3,009 bytes, of which Virtuoso would cut off the end" in result.stderr


def test_files_that_are_damaged(place: Place, old: Path, tmp_path: Path, kzlod: Run) -> None:
    """Nothing of them gets into a store."""
    short = tmp_path / "short.nt"
    short.write_text("<http://e/a> <http://e/b> <http://e/c> .\n<http://e/a> <http://e")
    assert kzlod("load", place.target, short, *place.options).exit_code == 2
    path = old / "towns.nt"
    path.write_bytes(path.read_bytes()[:-200])
    result = kzlod("load", place.target, old, *place.options)
    assert result.exit_code == 2
    assert "is not what SHA256SUMS says; fetch it again" in result.stderr
    assert kzlod("load", place.target, tmp_path / "nothing", *place.options).exit_code == 2
    if place.store:
        assert place.content() == set()


def test_without_a_release(oxigraph_store: Store, tiny: Path, kzlod: Run) -> None:
    """The latest release of the project; a project without one is not loaded by surprise."""
    none = kzlod("load", oxigraph_store.url, "--project", tiny)
    assert (none.exit_code, "there is no release; make one with `kzlod build`" in none.stderr) == (2, True)
    assert kzlod("build", "--project", tiny, "--out", tiny / "dist").exit_code == 0
    result = kzlod("load", oxigraph_store.url, "--project", tiny)
    assert result.exit_code == 0, result.output
    project = kzlod("load", oxigraph_store.url, tiny)
    assert project.stdout.splitlines()[-1] == result.stdout.splitlines()[-1]


def test_counts_leave_room_for_equal_values() -> None:
    some = [f'<http://e/s> <http://e/p> "{value}"^^<{XSD}decimal> .'.encode() for value in ("1.5", "1.50", "2")]
    expected = Expected.of(some)
    assert (expected.total, expected.least["<http://e/p>"]) == (3, 2)


def test_each_store_has_its_recipe(root: Path) -> None:
    text = (root / DOCUMENTATION).read_text("utf-8")
    headings = {line.strip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert {profile.recipe for profile in (*PROFILES.values(), FOLDER)} <= headings
