"""Queries that mean harm: without end, without bound, or leading out. They are refused, and others are answered."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from kzlod.query.tokens import calls_service
from kzlod.web.engine.confine import confinement
from tests.serving import Served, serving

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i"
WITHOUT_BOUND = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PATHS = "SELECT * { ?a (<x:a>|!<x:b>)* ?c . ?c (<x:a>|!<x:b>)* ?d }"
ELSEWHERE = "<http://127.0.0.1:9/>"
SERVICES = [
    "SERVICE {} {{ ?s ?p ?o }}",
    "service {} {{ ?s ?p ?o }}",
    "SeRvIcE SILENT {} {{ ?s ?p ?o }}",
    "SERVICE#\n{} {{ ?s ?p ?o }}",
    "# '\n SERVICE {} {{ ?s ?p ?o }} # '",
    '?s ?p "# \\"" . SERVICE {} {{ ?a ?b ?c }}',
    "?s ?p '''it's''' . SERVICE {} {{ ?a ?b ?c }}",
    "\\u0053ERVICE {} {{ ?s ?p ?o }}",
    "\\U00000053\\u0045RVICE {} {{ ?s ?p ?o }}",
    "\\u0023\\u000ASERVICE {} {{ ?s ?p ?o }}",
    "?s ?p 1SERVICE {} {{ ?a ?b ?c }}",
    "?s ?p 1.5e3service{}{{ ?a ?b ?c }}",
    "?s ?p trueSERVICE{}{{ ?a ?b ?c }}",
    "?s ?p 'x'@enSERVICE . SERVICE{}{{ ?a ?b ?c }}",
    "SERVICE?x {{ ?a ?b ?c }} VALUES ?x {{ {} }}",
    "{{}}SERVICE{}{{ ?a ?b ?c }}",
    "OPTIONAL {{ SERVICE {} {{ ?s ?p ?o }} }}",
    "FILTER EXISTS {{ SERVICE {} {{ ?s ?p ?o }} }}",
    "{{ SELECT * {{ SERVICE {} {{ ?s ?p ?o }} }} }}",
    "FILTER(1<2&&3>2)SERVICE {} {{ ?s ?p ?o }}",
    "?s ?p <http://e/#> . SERVICE {} {{ ?a ?b ?c }}",
    '?s ?p "\\u0022 . SERVICE {} {{ ?a ?b ?c }} #"',
    '?s ?p "\\\\\\u0022 . SERVICE {} {{ ?a ?b ?c }} #"',
]
HARMLESS = [
    "SELECT ?service { ?service ?p 'SERVICE' } # SERVICE",
    'SELECT * { ?s <http://e/SERVICE> """SERVICE <x> {""" }',
    "PREFIX service: <http://e/> SELECT * { ?s service:x service:y . GRAPH service:g { ?a ?b ?c } }",
    "PREFIX e: <http://e/> SELECT * { ?s e:service _:service . ?s e:p 'x'@service }",
]


@pytest.mark.parametrize("clause", SERVICES)
def test_no_query_calls_a_service(live: Served, clause: str) -> None:
    query = f"SELECT * {{ {clause.format(ELSEWHERE)} }}"
    answer = live.sparql(query)
    assert answer.status_code in (400, 403), answer.text
    assert live.sparql(f"PREFIX : {ELSEWHERE} SELECT * {{ {clause.format(':x')} }}").status_code in (400, 403)
    if answer.status_code == 403:
        assert "SERVICE" in answer.text


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_alone_is_harmless(live: Served, query: str) -> None:
    assert not calls_service(query)
    assert live.sparql(query).status_code == 200


def test_the_engine_cannot_open_a_connection(live: Served) -> None:
    """The kernel refuses it, whatever a query says: tried in a process that is confined as the engine is."""
    confine = confinement(1 << 30)
    assert confine is not None
    with socket.create_server(("127.0.0.1", 0)) as server:
        child = os.fork()
        if child == 0:
            confine()
            with suppress(PermissionError), socket.socket() as client:
                client.connect(server.getsockname())
                os._exit(1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for engine in live.engines():
        status = Path(f"/proc/{engine}/status").read_text()
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { " + "{" * 5000 + "}" * 5000 + " }",
        "SELECT (" + "(" * 5000 + "1" + ")" * 5000 + " AS ?n) {}",
        "SELECT (" + "!" * 5000 + "1 AS ?n) {}",
        "SELECT * { ?s " + "^" * 5000 + "<x:a> ?o }",
        "SELECT * { ?s <x:a>" + "/<x:a>" * 5000 + " ?o }",
        "SELECT * { ?s " + "(" * 500 + "<x:a>" + ")*" * 500 + " ?o }",
        "SELECT (1" + "+1" * 5000 + " AS ?n) {}",
        "ASK { ?s ?p " + "[ ?p " * 5000 + "1" + "]" * 5000 + " }",
    ],
    ids=["groups", "brackets", "not", "inverse", "sequence", "star", "sum", "nodes"],
)
def test_what_is_nested_too_deep_is_refused(live: Served, query: str) -> None:
    before = live.engines()
    assert live.sparql(query).status_code == 400
    assert live.engines() == before


LONG = {
    "dots": "a." * 400_000,
    "quotes": "'\"" * 300_000,
    "angles": "<a" * 300_000,
    "escapes": "\\u0027" * 100_000,
    "prefixes": "PREFIX " * 100_000,
    "spaces": "PREFIX" + " " * 800_000,
    "backslashes": "a:\\" * 200_000,
    "long quotes": "'''" * 250_000,
    "groups": "{ " * 400_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_query_that_is_long_to_read_holds_up_nobody(live: Served, name: str) -> None:
    """A reader that goes back over what it has read would need hours for these."""
    headers, query = {"content-type": "application/sparql-query"}, f"SELECT * {{ ?s ?p service from {LONG[name]}"
    with ThreadPoolExecutor(1) as pool, httpx.Client(timeout=60) as client:
        asked = pool.submit(client.post, f"{live.url}/sparql", content=query, headers=headers)
        time.sleep(0.1)
        start = time.monotonic()
        assert live.get("/health").status_code == 200
        assert time.monotonic() - start < 3
        assert asked.result().status_code in (400, 403)


@pytest.mark.parametrize("query", [ENDLESS, SORTED, PATHS])
def test_a_query_without_end_is_ended(live: Served, query: str) -> None:
    start = time.monotonic()
    answer = live.sparql(query)
    assert answer.status_code in (503, 504), answer.text[:300]
    assert "Traceback" not in answer.text
    assert time.monotonic() - start < 12
    assert live.sparql("ASK {}").json()["boolean"] is True


def test_an_answer_without_end_is_cut_off(live: Served) -> None:
    size, start = 0, time.monotonic()
    request = {"query": WITHOUT_BOUND, "format": "tsv"}
    with (
        pytest.raises(httpx.RemoteProtocolError),
        live.client.stream("POST", f"{live.url}/sparql", data=request) as answer,
    ):
        assert answer.status_code == 200
        for piece in answer.iter_bytes():
            size += len(piece)
    assert 1 << 20 < size < 120 << 20
    assert time.monotonic() - start < 12


def test_others_are_answered_all_the_while(live: Served) -> None:
    """While thirty ask without end, others are answered, and the engine's processes stay few."""
    stop = time.monotonic() + 6
    statuses: list[int] = []

    def attack(number: int) -> None:
        while time.monotonic() < stop:
            query = f"{ENDLESS} # {number} {time.monotonic()}"
            statuses.append(attacker.post(f"{live.url}/sparql", data={"query": query}).status_code)

    with httpx.Client(timeout=30) as attacker, ThreadPoolExecutor(30) as pool:
        for number in range(30):
            pool.submit(attack, number)
        time.sleep(1.5)
        slowest, asked = 0.0, 0
        while time.monotonic() < stop - 1:
            for path in (f"/thing/china.ttl?{asked}", "/api/sources.json", f"/sparql?query=ASK%7B%7D%23{asked}"):
                start = time.monotonic()
                assert live.get(path).status_code == 200
                slowest, asked = max(slowest, time.monotonic() - start), asked + 1
            assert len(live.engines()) <= 8
        assert asked >= 6
    assert slowest < 3
    assert set(statuses) <= {503, 504}


def test_the_engine_killed_comes_back(live: Served) -> None:
    def kill() -> None:
        for pid in live.engines():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    failed: list[int] = []
    stop = threading.Event()

    def ask(number: int) -> None:
        with httpx.Client(timeout=30) as client:
            asked = 0
            while not stop.is_set():
                asked += 1
                status = client.get(f"{live.url}/sparql", params={"query": f"ASK {{}} # {number} {asked}"}).status_code
                if status != 200:
                    failed.append(status)

    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            pool.submit(ask, number)
        for _ in range(3):
            time.sleep(0.7)
            kill()
        time.sleep(1)
        stop.set()
    assert live.get("/health").json()["status"] == "ok"
    assert live.sparql("ASK {}").json()["boolean"] is True
    assert set(failed) <= {503}
    assert len(failed) < 20


def test_no_engine_is_left_when_the_server_is_killed(reference_release: Path, tmp_path: Path) -> None:
    with serving(reference_release, tmp_path) as served:
        engines = served.engines()
        assert engines
        served.process.kill()
        served.process.wait()
        deadline = time.monotonic() + 5
        while any(Path(f"/proc/{pid}/exe").exists() for pid in engines):
            assert time.monotonic() < deadline
            time.sleep(0.05)
