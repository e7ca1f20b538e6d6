"""When two terms are the same value: stores write literals in forms of their own."""

from __future__ import annotations

import re
import struct

from kzlod.csvw import dates
from kzlod.lexical import INTEGERS, canonical
from kzlod.terms import parse
from kzlod.vocab import XSD

_WKT = frozenset(
    ("http://www.opengis.net/ont/geosparql#wktLiteral", "http://www.openlinksw.com/schemas/virtrdf#Geometry")
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_TIMES = frozenset((XSD + "dateTime", XSD + "time"))


def same_as(token: str, *, rounded: bool = False) -> str:
    """A text that is the same for terms of the same value.

    Integers of every kind are decimals, as XML Schema has it: of `5` as an integer and as a nonNegativeInteger, stores
    keep one. With `rounded`, coordinates are the same where they are as floats of 32 bits.

    >>> same_as(f'"5.0"^^<{XSD}decimal>') == same_as(f'"+5"^^<{XSD}nonNegativeInteger>')
    True
    >>> same_as(f'"1"^^<{XSD}boolean>'), same_as('"Oslo"@EN')
    ('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"Oslo"@en')
    """
    if not token.startswith('"') or token.endswith('"'):
        return token
    term = parse(token)
    if term.language:
        return f"{token[: -len(term.language)]}{term.language.lower()}"
    value, datatype = term.value, term.datatype
    if datatype in INTEGERS or datatype == XSD + "decimal":
        return f"#{canonical(value, XSD + 'decimal')}"
    if datatype in _TIMES:
        return f'"{dates.canonical(value)}"^^<{datatype}>'
    if rounded and datatype in _WKT:
        return f"wkt {_NUMBER.sub(_rounded, value)}"
    spelled = canonical(value, datatype)
    return token if spelled == value else f'"{spelled}"^^<{datatype}>'


def is_rounded(token: str) -> bool:
    """Whether a term is one that is compared as rounded.

    >>> is_rounded('"POINT(76.9 43.2)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>'), is_rounded('"x"')
    (True, False)
    """
    return token.endswith(">") and any(token.endswith(f'"^^<{datatype}>') for datatype in _WKT)


def _rounded(match: re.Match[str]) -> str:
    return repr(struct.unpack("f", struct.pack("f", float(match[0])))[0])
