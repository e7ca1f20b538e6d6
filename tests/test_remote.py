"""SPARQL endpoints over HTTP: how they are asked, and what is said of those that misbehave."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import Result

from kzlod.errors import RemoteError
from kzlod.query.remote import Remote
from kzlod.remote.credentials import Credentials, find
from kzlod.remote.endpoint import AGENT, LONG, Endpoint
from kzlod.remote.patience import Patience
from tests.stores import Store, free_port
from tests.web import Behaviour, Handler, Site, served

ROWS = "application/sparql-results+json"
TRUE = b'{"head": {}, "boolean": true}'
SECRET = "hunter2"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server whose answers are given by `site.behaviours["sparql"]`."""
    with served(tmp_path) as site:
        yield site


@pytest.fixture
def slept() -> list[float]:
    """How long was waited, in vain."""
    return []


@pytest.fixture
def endpoint(site: Site, slept: list[float]) -> Callable[..., Endpoint]:
    def make(path: str = "sparql", *, timeout: float = 5, **options: Any) -> Endpoint:
        return Endpoint(site.url + path, timeout=timeout, patience=Patience(sleep=slept.append), **options)

    return make


def status(code: int, **headers: str) -> Behaviour:
    return lambda handler, _: handler.answer(code, b"no", {k.replace("_", "-"): v for k, v in headers.items()})


def says(body: bytes, media_type: str = ROWS, *, length: int | None = None) -> Behaviour:
    return lambda handler, _: handler.answer(200, body, {"content-type": media_type}, length=length)


def chunks(*pieces: bytes) -> Behaviour:
    """An answer in chunks that ends before its last chunk."""

    def behaviour(handler: Handler, _: bytes) -> None:
        handler.send_response(200)
        handler.send_header("content-type", ROWS)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        handler.close_connection = True

    return behaviour


def endless(code: int = 200, pause: float = 0) -> Behaviour:
    """An answer without an end, whole pieces at once or a byte now and then."""

    def behaviour(handler: Handler, _: bytes) -> None:
        handler.send_response(code)
        handler.send_header("content-type", "application/sparql-results+json")
        handler.end_headers()
        handler.close_connection = True
        try:
            while not handler.site.waiting.wait(pause):
                handler.wfile.write(b" " if pause else b" " * 50_000)
        except OSError:
            pass

    return behaviour


def stalls(handler: Handler, _: bytes) -> None:
    handler.site.waiting.wait(10)
    handler.close_connection = True


def hangs_up(handler: Handler, _: bytes) -> None:
    handler.close_connection = True


def asked_question(site: Site, number: int = -1) -> tuple[str, dict[str, list[str]]]:
    method, text = site.questions[number]
    return method, parse_qs(text, keep_blank_values=True)


class TestAsking:
    """What is sent."""

    def test_short_and_long(self, site: Site, endpoint: Callable[..., Endpoint]) -> None:
        site.behaviours["sparql"] = [says(TRUE)] * 3
        at = endpoint("sparql?key=a%26b")
        for sparql, method in (("ASK { ?я ?b '&+%' }", "GET"), ("ASK {} #" + "я" * (LONG // 2), "POST")):
            assert at.query(sparql).body == TRUE
            assert asked_question(site) == (method, {"key": ["a&b"], "query": [sparql]})
        at.query("ASK {}", parameters={"union-default-graph": ""})
        assert asked_question(site)[1] == {"key": ["a&b"], "query": ["ASK {}"], "union-default-graph": [""]}

    def test_what_is_an_update_is_not_guessed(self, site: Site, endpoint: Callable[..., Endpoint]) -> None:
        """SPARQLWrapper takes a query for an update by a word in its comments."""
        site.behaviours["sparql"] = [says(TRUE)] * 2
        sparql = "#+ summary: a\n#+ description: what to DROP, and LOAD\nASK {}"
        endpoint().query(sparql)
        assert asked_question(site) == ("GET", {"query": [sparql]})
        endpoint().update("# SELECT\nDROP ALL")
        assert asked_question(site) == ("POST", {"update": ["# SELECT\nDROP ALL"]})

    def test_user_agent(self, site: Site, endpoint: Callable[..., Endpoint]) -> None:
        site.behaviours["sparql"] = [says(TRUE)] * 2
        endpoint().query("ASK {}")
        endpoint(user_agent="me/1 (me@example.org)").query("ASK {}", accept="text/turtle")
        first, second = site.asked("sparql")
        assert (first["user-agent"], first["accept"]) == (AGENT, ROWS)
        assert (second["user-agent"], second["accept"]) == ("me/1 (me@example.org)", "text/turtle")
        with pytest.raises(RemoteError, match="on one line"):
            endpoint(user_agent="me\r\nX-Evil: 1")

    def test_redirects_keep_the_question(self, site: Site, endpoint: Callable[..., Endpoint]) -> None:
        site.behaviours["old"] = [status(code, location="/sparql") for code in (301, 302, 307, 308)]
        site.behaviours["sparql"] = [says(TRUE)] * 4
        sparql = "ASK {} #" + "x" * LONG
        for _ in range(4):
            endpoint("old").query(sparql)
            assert asked_question(site) == ("POST", {"query": [sparql]})

    @pytest.mark.parametrize("scheme", ["basic", "digest"])
    def test_credentials(self, site: Site, endpoint: Callable[..., Endpoint], scheme: str) -> None:
        challenge = {"basic": 'Basic realm="x"', "digest": 'Digest realm="x", nonce="1", qop="auth"'}[scheme]
        site.behaviours["sparql"] = [status(401, www_authenticate=challenge), status(302, location=site.url + "other")]
        site.behaviours["other"] = [says(TRUE)]
        endpoint(credentials=Credentials("me", SECRET)).query("ASK {}")
        first, second = site.asked("sparql")
        assert "authorization" not in first and second["authorization"].lower().startswith(scheme)
        assert "authorization" not in site.asked("other")[0]

    def test_credentials_stay_with_their_host(
        self, site: Site, endpoint: Callable[..., Endpoint], tmp_path: Path
    ) -> None:
        with served(tmp_path) as other:
            site.behaviours["sparql"] = [status(302, location=other.url + "sparql")]
            other.behaviours["sparql"] = [status(401, www_authenticate='Basic realm="x"')] * 2
            with pytest.raises(RemoteError, match="refuses the credentials"):
                endpoint(credentials=Credentials("me", SECRET)).query("ASK {}")
            assert ["authorization" in headers for headers in other.asked("sparql")] == [False]


class TestPatience:
    """When an endpoint is asked again."""

    @pytest.mark.parametrize("behaviour", [status(429), status(502), status(503), status(504), hangs_up, chunks(b"{")])
    def test_until_it_works(
        self, site: Site, endpoint: Callable[..., Endpoint], slept: list[float], behaviour: Behaviour
    ) -> None:
        site.behaviours["sparql"] = [behaviour, behaviour, says(TRUE)]
        assert endpoint().query("ASK {}").body == TRUE
        assert slept == [0.5, 1.0]

    def test_retry_after(self, site: Site, endpoint: Callable[..., Endpoint], slept: list[float]) -> None:
        then = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        site.behaviours["sparql"] = [status(429, retry_after="7"), status(503, retry_after=then), says(TRUE)]
        endpoint().query("ASK {}")
        assert slept[0] == 7.0 and 35 < slept[1] <= 40

    def test_busy_for_a_minute(self, site: Site, endpoint: Callable[..., Endpoint], slept: list[float]) -> None:
        site.behaviours["sparql"] = [status(429, retry_after="25")] * 9
        with pytest.raises(RemoteError, match=r"sparql: answers 429 .*, 3 times; it asks to wait for 25 s: try again"):
            endpoint().query("ASK {}")
        assert slept == [25.0, 25.0]
        site.behaviours["sparql"] = [status(429)] * 9
        with pytest.raises(RemoteError, match=r"answers 429 .*, 6 times; try again later"):
            endpoint().query("ASK {}")

    def test_waits_no_hour(self, site: Site, endpoint: Callable[..., Endpoint], slept: list[float]) -> None:
        site.behaviours["sparql"] = [status(429, retry_after="3600")]
        with pytest.raises(RemoteError, match="asks to wait for 3,600 s"):
            endpoint().query("ASK {}")
        assert slept == []

    def test_an_update_is_sent_again_only_where_it_was_not_carried_out(
        self, site: Site, endpoint: Callable[..., Endpoint], slept: list[float]
    ) -> None:
        site.behaviours["sparql"] = [status(503), status(429), says(TRUE)]
        endpoint().update("DROP ALL")
        assert len(slept) == 2
        for behaviour in (hangs_up, status(502), status(504), chunks(b"{")):
            site.behaviours["sparql"] = [behaviour, says(TRUE)]
            with pytest.raises(RemoteError):
                endpoint().update("DROP ALL")
        assert len(slept) == 2

    def test_a_server_that_restarts(self, tmp_path: Path, slept: list[float]) -> None:
        """What answered before is asked again when it cannot be reached; what never did is not."""
        with served(tmp_path) as site:
            site.behaviours["sparql"] = [says(TRUE)]
            at = Endpoint(site.url + "sparql", patience=Patience(tries=3, sleep=slept.append))
            at.query("ASK {}")
        with pytest.raises(RemoteError, match="cannot be reached: Connection refused, 3 times"):
            at.query("ASK {}")
        assert slept == [0.5, 1.0]


class TestMisbehaviour:
    """Each has a message of its own, with what to do."""

    @pytest.mark.parametrize(
        ("behaviour", "message"),
        [
            (
                says(b"<html>", "text/html; charset=utf-8"),
                r"answers with a page of HTML.*; give the address that",
            ),
            (says(b"PK", "application/zip"), r"answers with application/zip, not with SPARQL results"),
            (says(b'{"head": '), r"answers with what is not application/sparql-results\+json: Expecting value"),
            (says(b"[1, 2]"), r"answers with what is not application/sparql-results\+json"),
            (says(b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": 1}]}}'), r"answers with what is not"),
            (says(b"[" * 100_000), r"answers with what is not"),
            (says(TRUE, length=400), r"the answer is cut off .*371 bytes before its end.*, 6 times; try again later"),
            (chunks(b'{"head"'), r"the answer is cut off"),
            (hangs_up, r"the answer is cut off"),
            (status(302, location="/sparql"), r"redirects in a circle, or more than 10 times; check the address"),
            (status(302, location="file:///etc/passwd"), r"leads to file:, which is not followed; do not trust it"),
            (status(307, location="ftp://127.0.0.1/"), r"leads to ftp:, which is not followed"),
            (status(301), r"answers 301"),
            (status(401, www_authenticate='Basic realm="x"'), r"asks for credentials \(401\); set KZLOD_USER and"),
            (status(401, www_authenticate="Negotiate"), r"asks for credentials \(401\)"),
            (status(403), r"asks for credentials \(403\)"),
            (status(400), r"says that the query is wrong: no; mend the query"),
            (status(404), r"answers 404 Not Found; check the address"),
            (status(500), r"answers 500 Internal Server Error: no; "),
            (endless(), r"answers with more than 100,000 bytes; ask for less"),
            (endless(500), r"answers 500 Internal Server Error"),
            (endless(pause=0.02), r"did not answer in full within 0\.4 s; ask for less, or allow more with --timeout"),
            (stalls, r"did not answer in full within 0\.4 s"),
            (lambda h, _: h.wfile.write(b"SSH-2.0-x\r\n") and hangs_up(h, _), r"does not speak HTTP"),
        ],
    )
    def test_message(
        self, site: Site, endpoint: Callable[..., Endpoint], behaviour: Behaviour, message: str, slept: list[float]
    ) -> None:
        site.behaviours["sparql"] = [behaviour] * 12
        at = endpoint("sparql?key=" + SECRET, timeout=0.4, most=100_000)
        with pytest.raises(RemoteError, match=message) as caught:
            Remote(at, {}).ask("ASK {}")
        assert str(caught.value).startswith(f"{site.url}sparql: ") and SECRET not in str(caught.value)
        assert caught.value.remedy

    @pytest.mark.parametrize(
        ("challenge", "message"),
        [
            ('Basic realm="x"', r"refuses the credentials \(401\); check KZLOD_USER"),
            ('Digest realm="x", nonce="1", qop="auth"', r"refuses the credentials \(401\); check KZLOD_USER"),
            ("Negotiate", "in another way than Basic and Digest"),
        ],
    )
    def test_refused_credentials(
        self, site: Site, endpoint: Callable[..., Endpoint], challenge: str, message: str
    ) -> None:
        site.behaviours["sparql"] = [status(401, www_authenticate=challenge)] * 12
        with pytest.raises(RemoteError, match=message) as caught:
            endpoint(credentials=Credentials("me", SECRET)).query("ASK {}")
        assert SECRET not in f"{caught.value}{caught.value.__cause__}{endpoint(credentials=Credentials('me', SECRET))}"

    def test_nothing_there(self, slept: list[float]) -> None:
        for url, message in (
            (f"http://127.0.0.1:{free_port()}/", "cannot be reached: Connection refused; check the address"),
            ("http://nonesuch.invalid/sparql", "its host is not known; check the host's name"),
        ):
            with pytest.raises(RemoteError, match=message):
                Endpoint(url, patience=Patience(sleep=slept.append)).query("ASK {}")
        assert slept == []

    def test_certificates(self, tmp_path: Path, site: Site) -> None:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
        subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def shake_hands() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=shake_hands, daemon=True)
            thread.start()
            with pytest.raises(RemoteError, match=r"its certificate is not valid: self[- ]signed certificate; check"):
                Endpoint(f"https://127.0.0.1:{server.getsockname()[1]}/", timeout=5).query("ASK {}")
            thread.join()
        with pytest.raises(RemoteError, match=r"no secure connection: .*; check whether it is http or https"):
            Endpoint(site.url.replace("http:", "https:"), timeout=5).query("ASK {}")


class TestAddresses:
    """What is no address, and where secrets do not belong."""

    @pytest.mark.parametrize(
        "url", ["", "http://", "ftp://e/", "file:///etc/passwd", "http://e:x/", "http://a b/", "e/"]
    )
    def test_no_address(self, url: str) -> None:
        with pytest.raises(RemoteError, match=r"is not an address on the web; give it as http"):
            Endpoint(url)

    @pytest.mark.parametrize("authority", [f"me:{SECRET}@e", f"{SECRET}@e", f"me:{SECRET}%40@x@e:80"])
    def test_credentials_in_it(self, authority: str) -> None:
        for urls in ({"url": f"http://{authority}/q"}, {"url": "http://e/", "update_url": f"https://{authority}/u"}):
            with pytest.raises(RemoteError, match="has credentials in it") as caught:
                Endpoint(**urls)
            assert SECRET not in str(caught.value) and SECRET not in repr(caught.value)


class TestCredentials:
    """Where they come from."""

    def test_netrc(self, tmp_path: Path) -> None:
        netrc = tmp_path / ".netrc"
        netrc.write_text(f"machine 127.0.0.1 login me password {SECRET}\ndefault login you password no\n")
        netrc.chmod(0o600)
        home = {"HOME": str(tmp_path)}
        assert find("http://127.0.0.1:8890/sparql", home) == Credentials("me", SECRET)
        assert find("http://127.0.0.1/", {"NETRC": str(netrc)}) == Credentials("me", SECRET)
        assert find("http://example.org/", home) is None
        assert find("http://127.0.0.1/", home | {"KZLOD_USER": "a", "KZLOD_PASSWORD": "b"}) == Credentials("a", "b")
        assert find("http://127.0.0.1/", {"HOME": str(tmp_path / "nowhere")}) is None

    @pytest.mark.parametrize(
        ("text", "mode", "message"),
        [
            (f"machine 127.0.0.1 login me password {SECRET}", 0o644, "others may read it; run `chmod 600"),
            (
                f"machine 127.0.0.1 login me password {SECRET} {SECRET}",
                0o600,
                r"netrc:1: is not a netrc; mend the line",
            ),
            (f"machine 127.0.0.1 password {SECRET}", 0o600, "has no login or no password for 127.0.0.1"),
            ("\udcff", 0o600, "is not UTF-8"),
        ],
    )
    def test_broken_netrc(self, tmp_path: Path, text: str, mode: int, message: str) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_bytes(text.encode("utf-8", "surrogateescape"))
        netrc.chmod(mode)
        with pytest.raises(RemoteError, match=message) as caught:
            find("http://127.0.0.1/", {"NETRC": str(netrc)})
        assert SECRET not in str(caught.value)

    def test_half_of_them(self, tmp_path: Path) -> None:
        for there, absent in (("KZLOD_USER", "KZLOD_PASSWORD"), ("KZLOD_PASSWORD", "KZLOD_USER")):
            with pytest.raises(RemoteError, match=f"{there} is set, and {absent} is not") as caught:
                find("http://127.0.0.1/", {there: SECRET})
            assert SECRET not in str(caught.value)
        with pytest.raises(RemoteError, match="cannot be read: No such file"):
            find("http://127.0.0.1/", {"NETRC": str(tmp_path / "none")})


def test_virtuoso_asks_for_digest_credentials(virtuoso_store: Store) -> None:
    update = "INSERT DATA { GRAPH <http://e/remote> { <http://e/a> <http://e/p> 1 } }"
    store = virtuoso_store
    for credentials, message in (
        (None, "asks for credentials"),
        (Credentials("dba", SECRET), "refuses the credentials"),
    ):
        with pytest.raises(RemoteError, match=message):
            Endpoint(store.query, update_url=store.update, credentials=credentials).update(update)
    at = Endpoint(store.query, update_url=store.update, credentials=store.credentials)
    at.update(update)
    assert b'"1"' in at.query("SELECT ?o { GRAPH <http://e/remote> { ?s ?p ?o } }").body
    at.update("CLEAR GRAPH <http://e/remote>")


def test_command_line(
    site: Site, kzlod: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KZLOD_USER_AGENT", "me/1")
    monkeypatch.setenv("KZLOD_USER", "me")
    monkeypatch.setenv("KZLOD_PASSWORD", SECRET)
    site.behaviours["sparql"] = [says(TRUE), status(401, www_authenticate='Basic realm="x"'), says(TRUE)]
    result = kzlod("sparql", "ASK { thing:oslo ?p ?o }", "--endpoint", site.url + "sparql", "--format", "csv")
    assert (result.exit_code, result.stdout) == (0, "result\ntrue\n"), result.output
    assert {headers["user-agent"] for headers in site.asked("sparql")} == {"me/1"}
    assert asked_question(site)[1]["query"][0].startswith("PREFIX thing: <https://w3id.org/kzlod/thing/> ASK {")
    result = kzlod("sparql", "DROP ALL {", "--endpoint", site.url + "sparql")
    assert result.exit_code == 2 and "is an update, not a query" in result.stderr
    result = kzlod("sparql", "ASK {}", "--endpoint", f"http://me:{SECRET}@127.0.0.1/")
    assert result.exit_code == 2 and SECRET not in result.output
    result = kzlod("sparql", "ASK {}", "--endpoint", site.url, "--data", tmp_path)
    assert result.exit_code == 2 and "not both" in result.stderr
