"""A store on the web: queries and updates by the SPARQL protocol, triples by the Graph Store Protocol."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox

from kzlod.diff.patch import in_sparql
from kzlod.errors import LoadError, RemoteError
from kzlod.load.profile import Profile
from kzlod.load.target import Row, gathered, operation
from kzlod.quads.read import token
from kzlod.remote.credentials import PASSWORD, USER, Credentials
from kzlod.remote.endpoint import AGENT, ROWS, Endpoint
from kzlod.remote.patience import Patience, retry_after

_TYPE = "application/n-triples"
_EXCERPT = 300
_AGAIN = frozenset({429, 502, 503, 504})
_FULL = re.compile(r"no space|disk|quota|too large|storage|memory|exhausted", re.IGNORECASE)


@dataclass
class Server:
    """A server of a known kind; `graphs` is where it speaks the Graph Store Protocol, empty where it does not."""

    profile: Profile
    shown: str
    endpoint: Endpoint
    graphs: str
    client: httpx.Client
    patience: Patience = field(default_factory=Patience)

    def select(self, sparql: str) -> Iterator[Row]:
        """The rows of a SELECT."""
        body = self.endpoint.query(sparql, accept=ROWS).body
        try:
            answer = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
            if isinstance(answer, ox.QueryBoolean):
                raise ValueError("true or false")
            for solution in answer:
                yield tuple(token(term) for term in solution if term is not None)
        except (SyntaxError, ValueError) as error:
            remedy = "check that the address is that of a SPARQL endpoint"
            raise RemoteError(f"answers what is no table: {error}", where=self.endpoint.url, remedy=remedy) from error

    def update(self, sparql: str) -> None:
        """Carry out an update."""
        self.endpoint.update(sparql)

    def add(self, lines: Iterator[bytes], graph: str) -> None:
        """Add N-Triples in requests of the size that the store takes."""
        if not self.graphs:
            for piece in gathered(_line_by_line(lines), self.profile.lines):
                self.update(operation("INSERT DATA", in_sparql(b"\n".join(piece).decode()), graph))
        elif self.profile.chunk:
            for body in _chunks(lines, self.profile.chunk):
                self._refuse_long_iris(body)
                self._again(partial(self._send, "POST", graph, body, parameters=self.profile.parameters))
        else:
            self._send("POST", graph, lines, parameters=self.profile.parameters)

    def put(self, lines: Iterator[bytes], graph: str) -> None:
        """Put N-Triples in the place of what a graph holds, in one request."""
        self._send("PUT", graph, lines)

    def clear(self, graph: str) -> None:
        """Empty a graph."""
        if not self.graphs:
            self.update(f"DROP SILENT GRAPH <{graph}>" if graph else "DROP SILENT DEFAULT")
        else:
            self._again(partial(self._send, "DELETE", graph, b"", absent=True))

    def greet(self) -> None:
        """Have the credentials asked for and told, before a body is sent that cannot be sent twice."""
        if self.graphs:
            # Oxigraph answers a HEAD with a body, so a graph that is not there is deleted.
            self._send("DELETE", "urn:kzlod:loading:nothing", b"", absent=True)

    def _refuse_long_iris(self, body: bytes) -> None:
        most = self.profile.longest_iri
        if most and (match := re.search(rb"<[^ >]{%d,}>" % (most + 1), body)):
            raise LoadError(
                f"an IRI has {len(match[0]) - 2:,} bytes, of which {self.profile.title} would cut off the end",
                where=match[0][1:81].decode("utf-8", "replace") + "…",
                remedy=f"shorten it to {most:,} bytes",
            )

    def _address(self, graph: str, parameters: str = "") -> str:
        query = urlencode({"graph": graph}) if graph else "default"
        return f"{self.graphs}{'&' if '?' in self.graphs else '?'}{query}{'&' if parameters else ''}{parameters}"

    def _send(
        self, method: str, graph: str, body: bytes | Iterator[bytes], *, parameters: str = "", absent: bool = False
    ) -> None:
        url = self._address(graph, parameters)
        headers = {"content-type": _TYPE} if method != "DELETE" else {}
        with self._translated(self.graphs):
            answer = self.client.request(method, url, content=body, headers=headers)
        if not answer.is_success and not (absent and answer.status_code == 404):
            raise self._failure(answer)

    def _again(self, once: Callable[[], None]) -> None:
        """Do what can be done twice until it works, with longer and longer pauses."""
        failed = 0
        while True:
            try:
                return once()
            except _AgainError as error:
                failed += 1
                if failed >= self.patience.tries:
                    raise
                self.patience.sleep(self.patience.wait(failed, after=error.after))

    @contextmanager
    def _translated(self, url: str) -> Iterator[None]:
        remedy = "see whether the store still runs, and run the same command again: nothing is doubled"
        try:
            yield
        except httpx.ConnectError as error:
            raise _AgainError(f"cannot be reached: {error}", where=url, remedy=remedy) from error
        except httpx.TimeoutException as error:
            said = "says nothing for too long"
            raise RemoteError(said, where=url, remedy="allow more with --timeout, or run it again later") from error
        except httpx.TransportError as error:
            said = f"the connection broke off ({error or type(error).__name__})"
            raise _AgainError(said, where=url, remedy=remedy) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RemoteError(f"does not answer: {error}", where=url, remedy="check the address") from error

    def _failure(self, answer: httpx.Response) -> RemoteError:
        status, where = answer.status_code, self.graphs
        if status in (401, 403):
            known = isinstance(self.client.auth, Challenge)
            said = "refuses the credentials" if known else "asks for credentials"
            remedy = f"{'check' if known else 'set'} {USER} and {PASSWORD}, or the netrc"
            return RemoteError(f"{said} ({status})", where=where, remedy=remedy)
        text = " ".join("".join(c if c.isprintable() else " " for c in answer.text).split())
        html = "html" in answer.headers.get("content-type", "") and "<" in text
        said = f"answers {status} {answer.reason_phrase}".rstrip() + (
            f": {text[:_EXCERPT]}" if text and not html else ""
        )
        if status in (507, 500, 413) and (status != 500 or _FULL.search(text)):
            remedy = "free space there, and run the same command again: nothing is doubled"
            return RemoteError(said, where=where, remedy=remedy)
        if status in _AGAIN:
            after = retry_after(answer.headers.get("retry-after", ""))
            return _AgainError(said, where=where, remedy="try again later", after=after)
        remedy = "check the address" if status in (404, 405) else "see the store's log"
        return RemoteError(said, where=where, remedy=remedy)


class _AgainError(RemoteError):
    """A failure that a later attempt may make good; `after` is how long the server says to wait."""

    def __init__(self, message: str, *, where: str, remedy: str, after: float = 0) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.after = after


class Challenge(httpx.Auth):
    """Answers the first challenge for Basic or Digest credentials (RFC 7617, RFC 7616), and remembers which it was."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request, and once more with the credentials where they are asked for."""
        if self._chosen is None:
            answer = yield request
            if answer.status_code != 401:
                return
            user, password = self._credentials.user, self._credentials.password
            digest = answer.headers.get("www-authenticate", "").lower().startswith("digest")
            self._chosen = httpx.DigestAuth(user, password) if digest else httpx.BasicAuth(user, password)
        yield from self._chosen.auth_flow(request)


def client(*, credentials: Credentials | None, timeout: float) -> httpx.Client:
    """A client that follows no redirect, so that what is sent goes nowhere else."""
    auth = Challenge(credentials) if credentials else None
    return httpx.Client(auth=auth, timeout=httpx.Timeout(timeout, connect=30), headers={"user-agent": AGENT})


def _chunks(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Pieces of whole lines, put together to at least a size."""
    held: list[bytes] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) >= size:
            yield b"".join(held)
            held.clear()
    if held:
        yield b"".join(held)


def _line_by_line(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from piece[:-1].split(b"\n")
