"""Addresses on the web that a user gives: http or https, with a host, and without secrets in them."""

from __future__ import annotations

import string
from urllib.parse import quote, urlsplit

from kzlod.errors import RemoteError


def is_address(text: str) -> bool:
    """Whether a text is meant as an address on the web.

    >>> is_address("HTTP://127.0.0.1:7878"), is_address("data/things.ttl")
    (True, False)
    """
    return text.lower().startswith(("http://", "https://"))


def shown(url: str) -> str:
    """An address as it stands in messages: without what follows a question mark, which may hold a key.

    >>> shown("https://example.org/sparql?apikey=secret")
    'https://example.org/sparql'
    """
    return url.partition("?")[0]


def checked(url: str) -> str:
    """The address as it is sent, in ASCII; raises `RemoteError` for what is none, and for one with credentials in it.

    >>> checked("http://127.0.0.1:7878/query")
    'http://127.0.0.1:7878/query'
    >>> checked("http://example.org/sparql/ą b")
    'http://example.org/sparql/%C4%85%20b'
    >>> checked("http://me:secret@example.org/sparql")
    Traceback (most recent call last):
    kzlod.errors.RemoteError: http://example.org/sparql: has credentials in it, which others can read; set KZLOD_USER \
and KZLOD_PASSWORD, or write them to a netrc
    """
    if "@" in (authority := url.partition("://")[2].partition("/")[0].partition("?")[0]):
        remedy = "set KZLOD_USER and KZLOD_PASSWORD, or write them to a netrc"
        raise RemoteError(
            "has credentials in it, which others can read",
            where=url.replace(authority, authority.rpartition("@")[2], 1),
            remedy=remedy,
        )
    remedy = "give it as http://HOST:PORT/PATH or https://HOST/PATH"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError) as error:
        raise RemoteError("is not an address on the web", where=repr(url), remedy=remedy) from error
    if parts.scheme not in ("http", "https") or not host or any(char in string.whitespace for char in parts.netloc):
        raise RemoteError("is not an address on the web", where=repr(url), remedy=remedy)
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    safe = "%" + string.punctuation
    return parts._replace(
        netloc=netloc, path=quote(parts.path, safe=safe), query=quote(parts.query, safe=safe), fragment=""
    ).geturl()
