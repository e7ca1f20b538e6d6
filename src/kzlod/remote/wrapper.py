"""SPARQLWrapper, with an opener of its own: http and https only, few redirects, credentials for the asked host only.

SPARQLWrapper opens a request with the process-wide opener of `urllib`, which follows a redirect to FTP, turns the POST
of a redirected query into a GET without the query, and sends Digest credentials to one realm only.
"""

from __future__ import annotations

import string
from email.message import Message
from http.client import HTTPResponse
from typing import IO, Any
from urllib import request as http
from urllib.parse import quote, urljoin, urlsplit

from SPARQLWrapper import GET, INSERT, JSON, POST, SELECT, SPARQLWrapper

from kzlod.errors import RemoteError
from kzlod.remote.address import shown
from kzlod.remote.credentials import Credentials

REDIRECTS = 10


class Wrapper(SPARQLWrapper):
    """One request to an endpoint."""

    def __init__(self, endpoint: str, credentials: Credentials | None) -> None:
        super().__init__(endpoint, returnFormat=JSON)
        self._opener = _opener(endpoint, credentials)
        self._seconds = 0.0

    def ask(self, sparql: str, *, update: bool, post: bool, accept: str, agent: str, timeout: float) -> None:
        """Say what is asked. Whether it is an update is said, not guessed from words in its comments."""
        self.queryString, self.queryType = sparql, INSERT if update else SELECT
        self.agent, self._seconds = agent, timeout
        self.setMethod(POST if post else GET)
        self.setOnlyConneg(True)
        self.addCustomHttpHeader("Accept", accept)

    def _query(self) -> tuple[HTTPResponse, str]:
        try:
            return self._opener.open(self._createRequest(), timeout=self._seconds), self.returnFormat
        except ValueError as error:  # of `urllib`, for any other scheme
            said = "asks for credentials in another way than Basic and Digest"
            where, remedy = shown(self.endpoint), "ask those who run it for one of the two"
            raise RemoteError(said, where=where, remedy=remedy) from error


def _opener(endpoint: str, credentials: Credentials | None) -> http.OpenerDirector:
    """Opens http and https, and answers a challenge for Basic or Digest credentials (RFC 7617, RFC 7616)."""
    opener = http.OpenerDirector()
    handlers: list[http.BaseHandler] = [
        http.ProxyHandler(),
        http.HTTPHandler(),
        http.HTTPSHandler(),
        http.HTTPDefaultErrorHandler(),
        http.HTTPErrorProcessor(),
        http.UnknownHandler(),
        _Redirects(),
    ]
    if credentials:
        passwords = http.HTTPPasswordMgrWithDefaultRealm()
        root = urlsplit(endpoint)._replace(path="/", query="").geturl()
        passwords.add_password(None, root, credentials.user, credentials.password)
        handlers += [_Challenges(), http.HTTPBasicAuthHandler(passwords), http.HTTPDigestAuthHandler(passwords)]
    for handler in handlers:
        opener.add_handler(handler)
    return opener


class _Challenges(http.BaseHandler):
    """Ends the connection of a challenge before it is answered on another, which `urllib` leaves open."""

    handler_order = 480

    def http_error_401(self, req: http.Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> None:
        fp.close()


class _Redirects(http.BaseHandler):
    """Follows redirects with the same method and body, but for 303, whose answer is had by GET."""

    parent: http.OpenerDirector

    def http_error_302(self, req: http.Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> Any:
        if "location" not in headers:
            return None
        fp.close()
        start = getattr(req, "start", req.full_url)
        target = urljoin(req.full_url, quote(headers["location"], encoding="iso-8859-1", safe=string.punctuation))
        where, remedy = shown(start), "check the address"
        scheme = urlsplit(target).scheme
        if scheme not in ("http", "https") or (scheme == "http" and req.type == "https"):
            raise RemoteError(f"leads to {scheme}:, which is not followed", where=where, remedy="do not trust it")
        hops = getattr(req, "hops", 0) + 1
        if hops > REDIRECTS:
            raise RemoteError(f"redirects in a circle, or more than {REDIRECTS} times", where=where, remedy=remedy)
        kept = {name: value for name, value in req.headers.items() if code != 303 or name != "Content-type"}
        again = http.Request(target, data=None if code == 303 else req.data, headers=kept)
        again.start, again.hops = start, hops  # type: ignore[attr-defined]
        return self.parent.open(again, timeout=req.timeout)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302
