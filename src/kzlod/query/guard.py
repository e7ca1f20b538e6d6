"""What a query must not do: leave the machine. `SERVICE` is refused before a query runs (design decision 13)."""

from __future__ import annotations

import re

from kzlod.errors import QueryError
from kzlod.query.tokens import calls_service

_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# SPARQL 1.1, section 19: strings (long ones first), IRIs, comments.
_TEXTS = (
    r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
    r'|"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
    r"|'(?:[^'\\\n\r]|\\.)*'|\"(?:[^\"\\\n\r]|\\.)*\""
    r"|<[^<>\"{}|^`\\\x00-\x20]*>"
    r"|#[^\n\r]*"
)
_SKIPPED = re.compile(_TEXTS, re.DOTALL)


def decoded(sparql: str) -> str:
    """The query with its escaped code points (SPARQL 1.1, section 19.2) as what they stand for."""
    return _CODEPOINT.sub(lambda m: chr(min(int(m[1] or m[2], 16), 0x10FFFF)), sparql)


def skipped(sparql: str) -> str:
    """The query with a space in the place of each string, IRI and comment."""
    return _SKIPPED.sub(" ", sparql)


def refuse_service(sparql: str) -> None:
    """Raise `QueryError` for a query with a `SERVICE` clause, however it is written.

    >>> refuse_service('SELECT ?service { ?s ex:service "SERVICE" } # SERVICE')
    >>> refuse_service("SELECT * { \\\\u0053ervice <http://e/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    kzlod.errors.QueryError: SERVICE would open a connection, and is not allowed; ask that endpoint itself
    """
    if calls_service(sparql):
        raise QueryError("SERVICE would open a connection, and is not allowed", remedy="ask that endpoint itself")
