"""A SPARQL endpoint, asked over HTTP (SPARQL 1.1 Protocol) through SPARQLWrapper, with bounds on all that it may do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlsplit

from kzlod import __version__
from kzlod.errors import RemoteError
from kzlod.remote import failures
from kzlod.remote.address import checked, shown
from kzlod.remote.credentials import Credentials
from kzlod.remote.patience import Patience, retry_after

T = TypeVar("T")
AGENT = f"kzlod/{__version__} (+https://w3id.org/kzlod/)"
ROWS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
MOST = 1 << 28
"""How many bytes an answer may have, where nothing else is said."""
LONG = 2000
"""From how many bytes on a query is sent by POST: a URL of 2,083 is what every server and proxy takes."""
_PIECE = 1 << 16
_AGAIN = frozenset({429, 502, 503, 504})
_NOT_DONE = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers: a media type, in lower case and without parameters, bytes, and what server it is."""

    media_type: str
    body: bytes
    server: str = ""


class Endpoint:
    """A SPARQL endpoint.

    `url` takes queries and `update_url` updates (the same, where there is no other). `timeout` is how many seconds the
    endpoint may say nothing, and after how many an answer that still comes is given up; `most` is how many bytes an
    answer may have.
    """

    def __init__(
        self,
        url: str,
        *,
        update_url: str | None = None,
        timeout: float = 60.0,
        patience: Patience | None = None,
        user_agent: str | None = None,
        credentials: Credentials | None = None,
        most: int = MOST,
    ) -> None:
        """Nothing is sent yet; raises `RemoteError` for what is no address, and for one with credentials in it."""
        self.url = checked(url)
        self.update_url = checked(update_url) if update_url else self.url
        self.shown = shown(self.url)
        self.timeout = timeout
        self.most = most
        self._patience = patience or Patience()
        self._agent = user_agent or AGENT
        self._credentials = credentials
        self._met = False
        if not (self._agent.isascii() and self._agent.isprintable()):
            raise RemoteError(f"the user agent {self._agent!r} is not plain text", remedy="use ASCII, on one line")

    def query(self, sparql: str, *, accept: str = ROWS, parameters: Mapping[str, str] | None = None) -> Answer:
        """The answer to a query: by GET, or by POST where it is long; `parameters` are sent beside it.

        It is asked again, with longer and longer pauses, while the endpoint cannot be reached, breaks off, or says that
        it is too busy (429, 502, 503, 504). Raises `RemoteError` where that does not help, and for all else that is no
        answer: another status, a page of HTML, a redirect in a circle, too many bytes, too many seconds.
        """

        def once() -> Answer:
            answer = self._send(sparql, accept=accept, parameters=parameters or {}, update=False)
            if answer.media_type in ("text/html", "application/xhtml+xml"):
                raise failures.page(self.shown)
            return answer

        return self._persist(once, self.shown, again=_AGAIN, idempotent=True)

    def update(self, sparql: str) -> None:
        """Have an update carried out, once: it is sent again only where it surely has not been carried out.

        Raises `RemoteError` as `query` does; after a connection that broke off, the update may have been carried out.
        """
        self._persist(
            lambda: self._send(sparql, accept="*/*", parameters={}, update=True),
            shown(self.update_url),
            again=_NOT_DONE,
            idempotent=False,
        )

    def _send(self, sparql: str, *, accept: str, parameters: Mapping[str, str], update: bool) -> Answer:
        from kzlod.remote.wrapper import Wrapper

        url = self.update_url if update else self.url
        parts = urlsplit(url)
        wrapper = Wrapper(parts._replace(query="").geturl(), self._credentials)
        for name, value in (*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()):
            wrapper.addParameter(name, value)
        long = len(sparql.encode()) > LONG
        wrapper.ask(sparql, update=update, post=update or long, accept=accept, agent=self._agent, timeout=self.timeout)
        deadline = time.monotonic() + self.timeout
        with closing(wrapper.query().response) as response:
            self._met = True
            server = response.headers.get("server", "")
            return Answer(response.headers.get_content_type(), self._read(response, shown(url), deadline), server)

    def _read(self, response: HTTPResponse, where: str, deadline: float) -> bytes:
        body = bytearray()
        while piece := response.read1(_PIECE):
            body += piece
            if len(body) > self.most:
                raise RemoteError(f"answers with more than {self.most:,} bytes", where=where, remedy="ask for less")
            if time.monotonic() > deadline:
                raise failures.slow(where, self.timeout)
        if response.length:
            raise ConnectionError(f"the answer broke off {response.length:,} bytes before its end")
        return bytes(body)

    def _persist(self, once: Callable[[], T], where: str, *, again: frozenset[int], idempotent: bool) -> T:
        """Do something until it works, with longer and longer pauses."""
        failed, waited = 0, 0.0
        while True:
            after = 0.0
            try:
                return once()
            except HTTPError as error:
                with closing(error):
                    self._met = True
                    problem = failures.status(error, where, self._credentials)
                    hopeless = error.code not in again
                    after = retry_after(error.headers.get("retry-after", ""))
            except URLError as error:
                problem, hopeless = failures.unreached(error, where)
                hopeless = hopeless or not self._met
            except TimeoutError:
                # What takes too long takes as long again, and the endpoint may still be at work on it.
                raise failures.slow(where, self.timeout) from None
            except (OSError, HTTPException) as error:
                problem, hopeless = failures.broken(error, where, done=not idempotent), not idempotent
            failed += 1
            pause = max(after, self._patience.wait(failed))
            if hopeless:
                raise problem
            if failed >= self._patience.tries or waited + pause > self._patience.total:
                raise failures.in_vain(problem, failed, after)
            self._patience.sleep(pause)
            waited += pause
