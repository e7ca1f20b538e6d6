"""`kzlod serve` at 32 connections, beside the bare `oxigraph` server and Virtuoso with the same data."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from kzlod.project import Project
from kzlod.query import catalog
from tests.bench.cube import make
from tests.bench.measure import Row
from tests.serving import serving
from tests.stores import oxigraph, virtuoso

_CONNECTIONS, _SECONDS, _ROUNDS = 32, 6, 3
_CUBE = 1_000_000
_KZLOD = str(Path(sys.executable).with_name("kzlod"))
_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local n = math.random(#paths)
function request()
  n = n %% #paths + 1
  return wrk.format("GET", paths[n], {["accept"] = "%s"})
end
"""
# Milliseconds that a connection waits before it asks again.
_PAUSE = "function delay() return math.random(0, %d) end"
_ROWS = "application/sparql-results+json"
_BUILD = """
import sys
from pathlib import Path
from kzlod.dataset import Dataset
from kzlod.project import Project
from kzlod.release.build import build
with Dataset.open(Project.read(Path(sys.argv[1]))) as dataset:
    build(dataset, Path(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did: requests a second, the 99th percentile of how long they took, in ms, and how many failed."""

    rate: float
    p99: float
    failed: int


def load(url: str, paths: Sequence[str], folder: Path, *, accept: str = _ROWS, pause: float = 0) -> Load:
    """Ask for paths in turn with `wrk`; each connection pauses between two questions, so many ms in the mean."""
    (folder / "paths").write_text("\n".join(paths) + "\n")
    paused = _PAUSE % round(2 * pause) if pause else ""
    (folder / "ask.lua").write_text(_SCRIPT % (folder / "paths", accept) + paused)
    options = ["-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", "--timeout", "30s", "--latency"]
    command = ["wrk", *options, "-s", str(folder / "ask.lua"), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (rate,) = re.findall(r"Requests/sec: +([0-9.]+)", said)
    ((number, unit),) = re.findall(r"99% +([0-9.]+)(us|ms|s)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Load(float(rate), float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], int(failed[1]) if failed else 0)


def bench() -> Iterator[Row]:
    """The reference dataset, then a cube of 9 million triples."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([_KZLOD, "build", "--out", str(folder / "dist")], check=True, capture_output=True)
        release = (folder / "dist" / Project.reference().id / "latest").resolve()
        yield from _reference(release, folder)
        yield from _cube(folder)


def _reference(release: Path, folder: Path) -> Iterator[Row]:
    (folder / "served").mkdir()
    _start(release, folder / "served")
    seconds = _start(release, folder / "served")
    yield Row("start on the reference dataset", f"{seconds:.2f} s", "under 2 s", seconds < 2)
    project = Project.reference()
    lines = (release / f"{project.id}.nt").read_bytes().splitlines()
    subjects = sorted({line.split(b" ", 1)[0].decode() for line in lines})
    random.Random(1).shuffle(subjects)
    lookups = [f"SELECT ?p ?o WHERE {{ {subject} ?p ?o }} #{n}" for n in range(20) for subject in subjects]
    canned = [(query.name, query.fill({})) for query in catalog(project)]
    with ExitStack() as stack:
        served = stack.enter_context(serving(release, folder / "served"))
        bare = stack.enter_context(_bare(release, folder, project.id))
        other = stack.enter_context(_virtuoso(release, folder, project.id)) if shutil.which("virtuoso-t") else None
        whole = {"kzlod serve": f"{served.url}/sparql?", "bare oxigraph": f"{bare}/query?union-default-graph&"}
        if other:
            whole["Virtuoso"] = f"{other}?"
        asked = {
            "canned queries": [sparql for _, sparql in canned],
            "point look-ups, 45,000 different ones": lookups,
        }
        for what, queries in asked.items():
            # What is asked more often than once is asked once before: the front keeps answers, the others their pages.
            if what.startswith("canned"):
                _alternating(whole, queries, folder, rounds=1)
            loads = _alternating(whole, queries, folder)
            for who, one in loads.items():
                failed = f", {one.failed} failed" if one.failed else ""
                yield Row(f"{what}: {who}", f"{one.rate:,.0f} a second, p99 {one.p99:.1f} ms{failed}", "", None)
            share = loads["kzlod serve"].rate / loads["bare oxigraph"].rate
            aim = 0.7 if what.startswith("canned") else 0.25
            yield Row(f"{what}: share of the bare server's", f"{share:.2f}", f"at least {aim}", share >= aim)
        api = [f"/api/{name}.json" for name, _ in canned]
        load(served.url, api, folder)
        full = load(served.url, api, folder)
        half = load(served.url, api, folder, pause=1000 * _CONNECTIONS / (full.rate / 2))
        name = f"the API at half load, {half.rate:,.0f} of {full.rate:,.0f} a second: p99"
        yield Row(name, f"{half.p99:.1f} ms", "under 20 ms", half.p99 < 20)
        documents = [f"/{path}" for path in _documents(subjects, project.base)]
        for suffix, accept in ((".html", "text/html"), (".ttl", "text/turtle")):
            one = load(served.url, [path + suffix for path in documents], folder, accept=accept)
            failed = f", {one.failed} failed" if one.failed else ""
            result = f"{one.rate:,.0f} a second, p99 {one.p99:.1f} ms{failed}"
            yield Row(f"documents of all things, {suffix}", result, "at least 500", one.rate >= 500 and not one.failed)


def _alternating(
    servers: dict[str, str], queries: Sequence[str], folder: Path, *, rounds: int = _ROUNDS
) -> dict[str, Load]:
    """Ask each server in turn, several times; the median of each."""
    loads: dict[str, list[Load]] = {who: [] for who in servers}
    for _ in range(rounds):
        for who, address in servers.items():
            host, _, rest = address.partition("//")[2].partition("/")
            paths = [f"/{rest}{urlencode({'query': query})}" for query in queries]
            loads[who].append(load(f"http://{host}", paths, folder))
    return {who: sorted(all_, key=lambda one: one.rate)[rounds // 2] for who, all_ in loads.items()}


def _documents(subjects: Sequence[str], base: str) -> list[str]:
    paths = {
        subject[1:-1].removeprefix(base).partition("#")[0] for subject in subjects if subject.startswith(f"<{base}")
    }
    return sorted(path for path in paths if not path.startswith(("release/", "catalog/", "dataset/")))


def _start(release: Path, folder: Path) -> float:
    start = time.perf_counter()
    with serving(release, folder) as served:
        urllib.request.urlopen(f"{served.url}/health").read()
        return time.perf_counter() - start


@contextmanager
def _bare(release: Path, folder: Path, id_: str) -> Iterator[str]:
    with oxigraph(folder, on_disk=True) as store:
        _post(f"{store.url}/store", release / f"{id_}.nq", "application/n-quads")
        yield store.url


def _post(url: str, path: Path, media_type: str) -> None:
    command = ["curl", "-sf", "-X", "POST", "-H", f"content-type: {media_type}", "-T", str(path), url]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def _virtuoso(release: Path, folder: Path, id_: str) -> Iterator[str]:
    (folder / "virtuoso").mkdir()
    with virtuoso(folder / "virtuoso") as store:
        command = [_KZLOD, "load", store.url, str(release)]
        assert store.credentials is not None
        known = {"KZLOD_USER": store.credentials.user, "KZLOD_PASSWORD": store.credentials.password}
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **known})
        yield store.query


def _cube(folder: Path) -> Iterator[Row]:
    project = make(folder / "cube", _CUBE)
    # The library builds what `kzlod build` refuses: observations of codes that are not there.
    command = [sys.executable, "-c", _BUILD, str(project), str(folder / "cubes")]
    subprocess.run(command, check=True, capture_output=True)
    release = (folder / "cubes" / "trade" / "latest").resolve()
    shutil.rmtree(project)
    (folder / "large").mkdir()
    first, again = (_start(release, folder / "large") for _ in range(2))
    yield Row("first start on a cube of 9 million triples", f"{first:.1f} s", "", None)
    yield Row("start on it once loaded", f"{again:.2f} s", "under 5 s", again < 5)
    with serving(release, folder / "large") as served:
        dump = (release / "trade.nt").open("rb")
        with dump:
            subjects = sorted({line.split(b" ", 1)[0].decode() for line in dump.readlines(40 << 20)})
        paths = [f"/{path}.ttl" for path in _documents(subjects, "http://example.org/trade/")]
        random.Random(1).shuffle(paths)
        one = load(served.url, paths, folder, accept="text/turtle")
        result = f"{one.rate:,.0f} a second, p99 {one.p99:.1f} ms"
        yield Row(f"documents of {len(paths):,} of its observations", result, "at least 500", one.rate >= 500)
        health = json.loads(urllib.request.urlopen(f"{served.url}/health").read())
        assert health["status"] == "ok"
