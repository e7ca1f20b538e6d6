"""One spelling for each number: stores write the same value in their own ways, and `2.50` is `2.5`."""

from __future__ import annotations

import re
import struct
from decimal import Decimal

from kzlod.vocab import XSD

INTEGERS = frozenset(
    XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_DECIMAL = re.compile(r"([+-]?)0*(\d*)(?:\.(\d*?)0*)?", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_SPECIAL = {"+INF": "INF", "inf": "INF", "-inf": "-INF", "nan": "NaN"}
_BOOLEANS = {"1": "true", "0": "false"}


def canonical(lexical: str, datatype: str) -> str:
    """The canonical spelling of a number or a truth value; of what is none of its datatype, and of all else, the same.

    Integers, decimals and booleans are in the canonical form of XML Schema 1.1, part 2. So are doubles and floats, but
    without an exponent, as Oxigraph writes them: `1.0E3` is `1000`.

    >>> canonical("2.50", XSD + "decimal"), canonical("+007", XSD + "integer"), canonical("1", XSD + "boolean")
    ('2.5', '7', 'true')
    >>> canonical("1e-07", XSD + "double"), canonical("0.1000000015", XSD + "float"), canonical("2.50", XSD + "string")
    ('0.0000001', '0.1', '2.50')
    """
    if datatype in INTEGERS or datatype == XSD + "decimal":
        match = _DECIMAL.fullmatch(lexical)
        if match is None or not (match[2] or match[3] or "0" in lexical) or (datatype in INTEGERS and "." in lexical):
            return lexical
        number = (match[2] or "0") + (f".{match[3]}" if match[3] else "")
        return f"-{number}" if match[1] == "-" and number != "0" else number
    if datatype in (XSD + "double", XSD + "float"):
        if not _FLOAT.fullmatch(lexical):
            return _SPECIAL.get(lexical, lexical)
        return _double(lexical) if datatype.endswith("double") else _float(lexical)
    return _BOOLEANS.get(lexical, lexical) if datatype == XSD + "boolean" else lexical


def _plain(shortest: str) -> str:
    text = f"{Decimal(shortest):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _double(lexical: str) -> str:
    number = float(lexical)
    return _SPECIAL.get(str(number)) or _plain(repr(number))


def _float(lexical: str) -> str:
    """The fewest digits that give the same number of 32 bits."""
    try:
        packed = struct.pack("f", float(lexical))
    except OverflowError:
        return "-INF" if lexical.startswith("-") else "INF"
    (number,) = struct.unpack("f", packed)
    shortest = next(
        text for digits in range(1, 10) if struct.pack("f", float(text := f"{number:.{digits}g}")) == packed
    )
    return _plain(shortest)
