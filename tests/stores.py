"""Real stores on this machine, on free ports of the loopback address: `oxigraph serve`, and Virtuoso 7."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kzlod.remote.credentials import Credentials

PASSWORD = "only-for-tests"
_STARTS = 60.0
"""How many seconds a store may take to answer for the first time."""
# Virtuoso plans a query of many patterns for a second; the fewer plans it looks at, the sooner it answers.
_INI = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
ServerThreads = 8
CheckpointInterval = 0
MaxOptimizeLayouts = 10

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 4

[SPARQL]
ResultSetMaxRows = 100000
"""


@dataclass(frozen=True)
class Store:
    """A running store: its base URL, and where it takes queries, updates and graphs."""

    url: str
    query: str
    update: str
    graphs: str
    credentials: Credentials | None = None


def free_port() -> int:
    """A port of the loopback address that nothing listens to."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _running(command: Sequence[object], ready: str, log: Path) -> Iterator[None]:
    """Start a server, wait until it answers, end it afterwards."""
    with log.open("wb") as output:
        server = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output, cwd=log.parent)
    try:
        deadline = time.monotonic() + _STARTS
        while not _answers(ready):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text("utf-8", "replace")
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def oxigraph(folder: Path, *options: str, on_disk: bool = False) -> Iterator[Store]:
    """An Oxigraph server: in memory, or with its store in `folder/store`; its log goes to `folder`."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    place = ["--location", folder / "store"] if on_disk else []
    binary = Path(sys.executable).with_name("oxigraph")
    command = [binary, "serve", *place, "--bind", f"127.0.0.1:{port}", *options]
    with _running(command, url, folder / "oxigraph.log"):
        yield Store(url, f"{url}/query", f"{url}/update", f"{url}/store")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Store]:
    """A Virtuoso 7 with an empty database in `folder`; updates are for the user dba (Digest)."""
    sql, http = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, sql=sql, http=http), "utf-8")
    url = f"http://127.0.0.1:{http}"
    command = [_virtuoso(), "+configfile", ini, "+foreground"]
    # Virtuoso changes a password at a start of its own, which makes the database too.
    passwords = ["+pwdold", "dba", "+pwddba", PASSWORD, "+pwddav", PASSWORD]
    made = subprocess.run([*command, *passwords], capture_output=True, text=True, cwd=folder, timeout=_STARTS)
    assert "The DBA password is changed" in made.stderr + made.stdout, made.stderr
    with _running(command, f"{url}/sparql?query=ASK%7B%7D", folder / "output.log"):
        credentials = Credentials("dba", PASSWORD)
        yield Store(url, f"{url}/sparql", f"{url}/sparql-auth", f"{url}/sparql-graph-crud-auth", credentials)


def _virtuoso() -> str:
    found = shutil.which("virtuoso-t")
    if found is None:
        pytest.skip("Virtuoso 7 is not here: apt-get install virtuoso-opensource-7")
    return found


@pytest.fixture(scope="session")
def virtuoso_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One Virtuoso for all tests: each works in graphs of its own."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as store:
        yield store


@pytest.fixture
def oxigraph_store(tmp_path: Path) -> Iterator[Store]:
    """An empty Oxigraph server in memory."""
    with oxigraph(tmp_path) as store:
        yield store
