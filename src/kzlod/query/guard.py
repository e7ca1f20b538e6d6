"""What a query must not do: leave the machine. `SERVICE` is refused before a query runs (design decision 13)."""

from __future__ import annotations

import re

from kzlod.errors import QueryError

_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# SPARQL 1.1, section 19: strings (long ones first), IRIs, comments; then names, which may hold any word.
_TEXTS = (
    r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
    r'|"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
    r"|'(?:[^'\\\n\r]|\\.)*'|\"(?:[^\"\\\n\r]|\\.)*\""
    r"|<[^<>\"{}|^`\\\x00-\x20]*>"
    r"|#[^\n\r]*"
)
_NAMES = r"|[?$][\w·̀-ͯ]+|@[A-Za-z-]+|[\w.·-]*:(?:[\w.:·-]|%[0-9A-Fa-f]{2}|\\.)*"
_SKIPPED = re.compile(_TEXTS, re.DOTALL)
_ALL_SKIPPED = re.compile(_TEXTS + _NAMES, re.DOTALL)
_SERVICE = re.compile(r"(?<!\w)SERVICE(?!\w)", re.IGNORECASE)


def decoded(sparql: str) -> str:
    """The query with its escaped code points (SPARQL 1.1, section 19.2) as what they stand for."""
    return _CODEPOINT.sub(lambda m: chr(min(int(m[1] or m[2], 16), 0x10FFFF)), sparql)


def skipped(sparql: str, *, names: bool) -> str:
    """The query with a space in the place of each string, IRI and comment, and with `names` of each name too."""
    return (_ALL_SKIPPED if names else _SKIPPED).sub(" ", sparql)


def refuse_service(sparql: str) -> None:
    """Raise `QueryError` for a query with a `SERVICE` clause, however it is written.

    >>> refuse_service('SELECT ?service { ?s ex:service "SERVICE" } # SERVICE')
    >>> refuse_service("SELECT * { \\\\u0053ervice <http://e/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kzlod.errors.QueryError: SERVICE would open a connection, and is not allowed; ask that endpoint itself
    """
    if _SERVICE.search(skipped(decoded(sparql), names=True)):
        raise QueryError("SERVICE would open a connection, and is not allowed", remedy="ask that endpoint itself")
