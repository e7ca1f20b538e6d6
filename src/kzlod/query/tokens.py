"""The tokens of a SPARQL query (SPARQL 1.1, section 19.8), as far as telling keywords from all else needs them.

A store may read a query letter by letter rather than token by token (`1SERVICE<…>`, `SERVICE:x{…}`), and may take
escaped code points in one of two ways where a backslash stands before them; what must not be in a query is looked for
in every reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LOCAL = r"(?:[\w.:·-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*+"
_TOKEN = re.compile(
    r"(?P<text>'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
    r'|"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
    r"|'(?:[^'\\\n\r]|\\.)*'|\"(?:[^\"\\\n\r]|\\.)*\")"
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    r"|(?P<comment>#[^\n\r]*)"
    r"|(?P<variable>[?$][\w·̀-ͯ]+)"
    r"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    # A name and a word begin alike: read as one, each letter is looked at once, whatever follows.
    rf"|(?P<name>[^\W\d][\w·-]*+(?:\.++[\w·-]++)*+(?::{_LOCAL})?+|:{_LOCAL})"
    r"|(?P<sign>[^\s])",
    re.DOTALL,
)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_PAIRED = re.compile(r"\\\\|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def readings(sparql: str) -> tuple[str, ...]:
    """The query as it stands, and with its escaped code points (section 19.2) as what they stand for, in both ways."""
    if "\\" not in sparql:
        return (sparql,)

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(min(int(code, 16), 0x10FFFF)) if code else match[0]

    return tuple(dict.fromkeys((sparql, _CODEPOINT.sub(plain, sparql), _PAIRED.sub(plain, sparql))))


def tokens(sparql: str) -> Iterator[tuple[str, str]]:
    """The kind and text of each token, without comments and white space.

    >>> list(tokens("ASK { ?s a 'b' } # c"))[:4]
    [('word', 'ASK'), ('sign', '{'), ('variable', '?s'), ('word', 'a')]
    """
    for match in _TOKEN.finditer(sparql):
        kind = match.lastgroup
        if kind == "name" and ":" not in match[0]:
            kind = "word"
        if kind and kind != "comment":
            yield kind, match[0]


def calls_service(sparql: str) -> bool:
    """Whether a query may have a `SERVICE` clause, in any reading of it.

    >>> calls_service("SELECT ?service { ?s ex:service 'SERVICE', service:x } # SERVICE")
    False
    >>> [calls_service(f"SELECT * {{ {clause} {{ ?s ?p ?o }} }}") for clause in ("SERVICE:x", "?s ?p 1service<http://e/>")]
    [True, True]
    """
    return any("service" in reading.lower() and _has_service(reading) for reading in readings(sparql))


def _has_service(sparql: str) -> bool:
    before, held = "", False
    for kind, token in tokens(sparql):
        if held and token == "{":
            return True
        held = False
        if kind == "word" and "SERVICE" in token.upper():
            return True
        if kind == "name" and "SERVICE" in token.partition(":")[0].upper():
            held = before.upper() != "GRAPH"
        before = token
    return False


def names_graphs(sparql: str) -> bool:
    """Whether a query says which graphs it is about, by `FROM` or `FROM NAMED` (section 13.2), in any reading of it.

    One that does not is asked over the union of a dataset's graphs.

    >>> names_graphs("SELECT * FROM <http://e/> { ?from ?p ?o }")
    True
    >>> names_graphs("SELECT ?from { ?from from:p 'FROM' } # FROM <http://e/>")
    False
    """
    return any(
        "from" in reading.lower() and any(kind == "word" and token.lower() == "from" for kind, token in tokens(reading))
        for reading in readings(sparql)
    )
