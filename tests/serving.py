"""Servers for tests: `kzlod serve` in a process of its own, over the reference dataset and over a strange one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from kzlod.dataset import Dataset
from kzlod.init import init
from kzlod.project import Project
from kzlod.release.build import build
from tests.editing import put

_STARTS = 60.0
_MAIN = "from kzlod.cli import main; main()"
STRANGE = "https://strange.example/"
SCRIPT = "<script>alert(1)</script>"
MANY = 10_000


@dataclass
class Served:
    """A running server: its address without the last slash, its process, its files."""

    url: str
    process: subprocess.Popen[bytes]
    release: Path
    log: Path
    errors: Path
    base: str
    client: httpx.Client

    def get(self, path: str, *, accept: str = "", **headers: str) -> httpx.Response:
        """Ask for a path, without following redirects."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(self.url + path, headers={"accept": accept, **sent})

    def sparql(self, query: str, *, accept: str = "application/sparql-results+json", **fields: str) -> httpx.Response:
        """Ask a query by a form."""
        return self.client.post(f"{self.url}/sparql", data={"query": query, **fields}, headers={"accept": accept})

    def lines(self) -> list[dict[str, object]]:
        """The access log, when what waits has been written."""
        time.sleep(0.4)
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def engines(self) -> list[int]:
        """The processes of the engine."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]


@contextmanager
def serving(release: Path, folder: Path, *options: str, as_project: bool = False) -> Iterator[Served]:
    """A server over a release, or over a project; its caches and logs lie in `folder`."""
    log, errors = folder / "access.log", folder / "errors.log"
    what = ["--project", str(release)] if as_project else [str(release)]
    command = [sys.executable, "-c", _MAIN, "serve", *what, "--port", "0", *options]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    with log.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
    try:
        deadline = time.monotonic() + _STARTS
        while "Ctrl-C" not in errors.read_text("utf-8"):
            assert process.poll() is None and time.monotonic() < deadline, errors.read_text("utf-8")
            time.sleep(0.01)
        url = errors.read_text("utf-8").split()[-4].rstrip("/")
        base = Project.reference().base if folder.name.startswith("reference") else STRANGE
        with httpx.Client(timeout=30) as client:
            yield Served(url, process, release, log, errors, base, client)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def reference_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the reference dataset."""
    with Dataset.open(Project.reference()) as dataset:
        return build(dataset, tmp_path_factory.mktemp("dist")).path


@pytest.fixture(scope="session")
def tiny_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a dataset as `kzlod init` starts it."""
    folder = tmp_path_factory.mktemp("tiny")
    with Dataset.open(Project.read(init(folder / "footbridge").root)) as dataset:
        return build(dataset, folder / "dist").path


@pytest.fixture(scope="session")
def live(reference_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The reference dataset, served; queries may take three seconds."""
    with serving(reference_release, tmp_path_factory.mktemp("reference"), "--timeout", "3") as served:
        yield served


def strange_project(folder: Path) -> Path:
    """A project whose labels, figures and IRIs are meant to break a page, with what is withdrawn, and much of one."""
    root = init(folder, base=STRANGE).root
    put(root, "data/things.csv", "millbrook", label=f'{SCRIPT}" onmouseover="x')
    put(root, "data/observations.csv", "length-alder-footbridge-001", as_written="182 meters</dd><b>")
    (root / "data" / "strange.nt").write_text("".join(_strange()), "utf-8")
    return root


def _strange() -> Iterator[str]:
    label, see = "<http://www.w3.org/2000/01/rdf-schema#label>", "<http://www.w3.org/2000/01/rdf-schema#seeAlso>"
    odd = f"<{STRANGE}thing/odd>"
    yield f'{odd} {label} "two\\r\\nSet-Cookie: a=b"@en .\n'
    for target in ("javascript:alert(1)", "data:text/html,x", f"{STRANGE}javascript:alert(1)", "http://e/'onclick='x"):
        yield f"{odd} {see} <{target}> .\n"
    yield f"{odd} {see} <{STRANGE}../../etc/passwd> .\n"
    yield f"{odd} {see} <{STRANGE}thing/a?b=1&c=%3Cscript%3E> .\n"
    yield f'<{STRANGE}thing/a?b=1&c=%3Cscript%3E> {label} "a question"@en .\n'
    yield f'<{STRANGE}thing/Øresund> {label} "Øresund"@da .\n'
    yield f'<{STRANGE}thing/odd.ttl> {label} "named like a document"@en .\n'
    yield f'<{STRANGE}javascript:alert(1)> {label} "a path like a scheme"@en .\n'
    for number in range(MANY):
        yield f"<{STRANGE}thing/many> {see} <{STRANGE}thing/part-{number:05}> .\n"
        yield f"<{STRANGE}thing/part-{number:05}> <http://purl.org/dc/terms/isPartOf> <{STRANGE}thing/many> .\n"
    old, true = f"<{STRANGE}thing/old>", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    yield f"{old} <http://www.w3.org/2002/07/owl#deprecated> {true} .\n"
    yield f'{old} <http://www.w3.org/2004/02/skos/core#historyNote> "It was two things."@en .\n'
    yield f"{old} <http://purl.org/dc/terms/isReplacedBy> <{STRANGE}thing/millbrook> .\n"


@pytest.fixture(scope="session")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dataset that is meant to break a page, served."""
    folder = tmp_path_factory.mktemp("strange")
    with Dataset.open(Project.read(strange_project(folder / "project"))) as dataset:
        release = build(dataset, folder / "dist").path
    with serving(release, folder) as served:
        yield served
