"""What a query's text says before anyone runs it: its form, and the prefixes that it uses and does not declare."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kzlod.errors import QueryError
from kzlod.query.guard import decoded, skipped

_WORD = re.compile(r"[A-Za-z]+")
_DECLARED = re.compile(r"PREFIX\s+([^\s:]*):", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w.·?$@:-])([^\W\d_](?:[\w.·-]*[\w·-])?)?:")
_QUERIES = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


def form(sparql: str) -> str:
    """The form of a query: `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`; raises `QueryError` for all else.

    >>> form("# INSERT\\nPREFIX select: <http://e/ask> BASE <http://e/> describe select:a")
    'DESCRIBE'
    >>> form("DROP ALL")
    Traceback (most recent call last):
    kzlod.errors.QueryError: is an update, not a query; write a SELECT, ASK, CONSTRUCT or DESCRIBE
    """
    text = _DECLARED.sub(" ", skipped(decoded(sparql)))
    for match in _WORD.finditer(text):
        word = match[0].upper()
        if word in _QUERIES:
            return word
        if word in _UPDATES:
            raise QueryError("is an update, not a query", remedy="write a SELECT, ASK, CONSTRUCT or DESCRIBE")
        if word != "BASE":
            break
    raise QueryError("is not SPARQL", remedy="write a SELECT, ASK, CONSTRUCT or DESCRIBE")


def declared(sparql: str, prefixes: Mapping[str, str]) -> str:
    """The query with a declaration of each known prefix that it uses and does not declare, on its first line.

    >>> declared("SELECT * { ?s e:p 'f:p', g:x }", {"e": "http://e/", "f": "http://f/"})
    "PREFIX e: <http://e/> SELECT * { ?s e:p 'f:p', g:x }"
    """
    text = skipped(decoded(sparql))
    own = {match[1] for match in _DECLARED.finditer(text)}
    used = dict.fromkeys(match[1] or "" for match in _NAME.finditer(text))
    wanted = [f"PREFIX {name}: <{prefixes[name]}> " for name in used if name in prefixes and name not in own]
    return "".join(wanted) + sparql
