"""Clients that mean harm: idle, slow, huge, or asking for what is not theirs. Others are answered all the while."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest

from tests.serving import Served

IDLE = 1000


@contextmanager
def connected(live: Served) -> Iterator[socket.socket]:
    """A bare connection."""
    url = httpx.URL(live.url)
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        yield connection


def exchange(live: Served, *pieces: bytes) -> bytes:
    """All that comes back for what is sent."""
    with connected(live) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                connection.sendall(piece)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def request(path: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", b"host: x", b"connection: close", *headers, b"", b""])


TRAVERSALS = [
    "/../../../etc/passwd",
    "/release/kazakhstan-china/0.1.0/../../../../../etc/passwd",
    "/release/kazakhstan-china/0.1.0/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/release/kazakhstan-china/0.1.0/..%2f..%2f..%2fetc%2fpasswd",
    "/release/kazakhstan-china/0.1.0/%252e%252e/etc/passwd",
    "/release/kazakhstan-china/0.1.0//etc/passwd",
    "/release/kazakhstan-china/0.1.0/./kazakhstan-china.nt",
    "/release/kazakhstan-china/0.1.0/tables/..\\..\\kazakhstan-china.nt",
    "/release/kazakhstan-china/0.1.0/%00",
    "/release/kazakhstan-china/0.1.0/kazakhstan-china.nt%00.html",
    "/release/kazakhstan-china/0.1.0/.lock",
    "/release/kazakhstan-china/latest/../../kzlod.toml",
    "/thing/../../../../etc/passwd",
    "/thing/..%2f..%2f..%2fetc%2fpasswd.ttl",
    "/queries/../../../../etc/passwd",
    "/queries/..%2f..%2fkzlod.toml.html",
    "/api/../../../etc/passwd",
    "/api/..%2ftrade-by-year.csv",
    "/style.css/../../app.py",
    "/templates/base.html",
    "//etc/passwd",
    "/file:///etc/passwd",
    "/.well-known/../kazakhstan-china.nt",
    "/~root/.ssh/id_rsa",
    "/%",
    "/%zz",
    "/%ff%fe",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_nothing_outside_the_release_is_served(live: Served, path: str) -> None:
    answer = exchange(live, request(path.encode()))
    status = int(answer.split(b" ", 2)[1])
    assert status in (400, 404)
    for word in (b"root:", b"Traceback", b"[dataset]", b".py", b"/usr", b"/root/"):
        assert word not in answer


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (request(b"/", *(b"x-%d: %s" % (n, b"y" * 1000) for n in range(100))), {431}),
        (request(b"/", b"x: " + b"y" * 1_000_000), {431}),
        (request(b"/" + b"a" * 100_000), {414, 431}),
        (request(b"/?" + b"a=b&" * 20_000), {414, 431}),
        (request(b"/sparql?" + b"a=b&" * 100 + b"query=ASK%7B%7D"), {400}),
        (request(b"/", b"accept: " + b"text/html;q=0.1," * 1500), {200}),
        (request(b"/sparql", b"content-length: 99999999999", method=b"POST"), {413}),
        (request(b"/thing/china", b"content-length: 99999999999", method=b"POST"), {405}),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\nconnection: close\r\n\r\n", {200, 400}),
        (b"GET / HTTP/9.9\r\nhost: x\r\n\r\n", {400, 505}),
        (b"NONSENSE\r\n\r\n", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), {400}),
        (b"GET http://evil.example/thing/china HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", {303}),
        (b"CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", {400, 405}),
        (b"TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", {405}),
        (request(b"/", b"transfer-encoding: chunked", b"content-length: 5", method=b"POST"), {400, 405}),
        (request(b"/thing/china%0d%0aSet-Cookie:%20a=b"), {404}),
        (request(b"/queries/x%0d%0aSet-Cookie:%20a=b.html"), {404}),
        (request(b"/api/trade-by-year?year=%0d%0aSet-Cookie:%20a=b", b"accept: text/html"), {303}),
    ],
)
def test_what_is_no_decent_request_is_refused(live: Served, sent: bytes, statuses: set[int]) -> None:
    answer = exchange(live, sent)
    head = answer.partition(b"\r\n\r\n")[0]
    assert int(answer.split(b" ", 2)[1]) in statuses, answer[:300]
    assert b"\nset-cookie" not in head.lower()
    assert b"evil" not in head
    assert b"Traceback" not in answer


def test_a_line_of_a_head_without_end(live: Served) -> None:
    answer = exchange(live, b"GET / HTTP/1.1\r\nx: ", *([b"y" * 10_000] * 300))
    assert answer == b"" or b" 431 " in answer


def test_a_body_is_taken_up_to_a_limit(live: Served) -> None:
    url, direct = f"{live.url}/sparql", {"content-type": "application/sparql-query"}
    fits = live.client.post(url, content="ASK {} #" + "x" * 900_000, headers=direct)
    assert fits.json()["boolean"] is True
    for content in (b"ASK {} #" + b"x" * 2_000_000, iter([b"ASK {} #", *([b"x" * 100_000] * 20)])):
        try:
            assert live.client.post(url, content=content, headers=direct).status_code == 413
        except httpx.TransportError:
            pass  # the server has gone while the rest was being sent
    assert live.client.post(f"{live.url}/", content=b"x" * 5_000_000).status_code == 405


def test_a_thousand_idle_connections(live: Served) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connected(live)) for _ in range(IDLE)]
        for connection in idle[::2]:
            connection.sendall(b"GET / HTTP/1.1\r\nhost:")
        start = time.monotonic()
        for number in range(20):
            assert live.get(f"/thing/kazakhstan?{number}").status_code == 303
        assert time.monotonic() - start < 10


def test_slow_clients_are_given_up(live: Served) -> None:
    """One that sends nothing, one that never ends its head, one that never ends its body, one that does not read."""
    slow_body = (
        b"POST /sparql HTTP/1.1\r\nhost: x\r\ncontent-type: application/sparql-query\r\ncontent-length: 50\r\n\r\nASK"
    )
    whole = b"GET /release/kazakhstan-china/0.1.0/kazakhstan-china.nq HTTP/1.1\r\nhost: x\r\n\r\n"
    with ExitStack() as stack:
        silent, headless, bodiless, deaf = (stack.enter_context(connected(live)) for _ in range(4))
        headless.sendall(b"GET / HTTP/1.1\r\nx:")
        bodiless.sendall(slow_body)
        deaf.sendall(whole * 20)
        for _ in range(8):
            time.sleep(1.5)
            assert live.get("/health").status_code == 200
            with suppress(OSError):
                headless.sendall(b"y")
        assert rest(silent) == b""
        assert rest(headless) == b""
        assert b" 408 " in rest(bodiless)
        assert len(rest(deaf)) < 40_000_000


def test_requests_in_a_row_are_answered_in_order(live: Served) -> None:
    paths = [b"/thing/china.nt", b"/health", b"/thing/kazakhstan", b"/nothing"]
    sent = b"".join(b"GET " + path + b" HTTP/1.1\r\nhost: x\r\n\r\n" for path in paths) + request(b"/health")
    answer = exchange(live, sent)
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", answer)
    assert statuses == [b"200", b"200", b"303", b"404", b"200"]
