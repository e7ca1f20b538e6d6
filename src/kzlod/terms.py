"""RDF terms as the engine keeps them: canonical N-Quads tokens.

A term is one of RDF 1.1, and is its token in canonical N-Quads (RDF Dataset Canonicalization 1.0, section 5): `<iri>`,
`"lexical"`, `"lexical"@tag`, `"lexical"^^<datatype>`, `_:label`. Tokens compare as the lines of canonical
N-Quads do, so the table of quads is ordered by its columns, and a line is its four tokens and a full stop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_UNESCAPES = {escape[1]: char for char, escape in _ESCAPES.items()} | {"'": "'"}
_TO_ESCAPE = re.compile('[\\x00-\\x1f\\x7f"\\\\\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})')
_TOKEN = re.compile(r'"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def escape(text: str) -> str:
    r"""The text as it stands between the quotes of a canonical token.

    >>> escape('a "b"\n\x07')
    'a \\"b\\"\\n\\u0007'
    """
    return _TO_ESCAPE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", text)


def unescape(text: str) -> str:
    r"""The text that stands between the quotes of a token.

    >>> unescape('a \\"b\\"\\n\\u0007') == 'a "b"\n\x07'
    True
    """
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _UNESCAPES[m[3]], text)


def iri(value: str) -> str:
    """The token of an IRI.

    >>> iri("https://example.org/a")
    '<https://example.org/a>'
    """
    return f"<{value}>"


def is_iri(value: str) -> bool:
    """Whether a text is an absolute IRI that N-Quads can hold (RFC 3987, the production IRIREF).

    >>> is_iri("https://example.org/a"), is_iri("a b"), is_iri("a")
    (True, False, False)
    """
    return _NOT_IN_IRI.search(value) is None and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value) is not None


def literal(lexical: str, *, datatype: str = XSD_STRING, language: str = "") -> str:
    """The token of a literal.

    >>> literal("1.0", datatype="http://www.w3.org/2001/XMLSchema#decimal")
    '"1.0"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    >>> literal("Oslo", language="en-GB"), literal("plain")
    ('"Oslo"@en-gb', '"plain"')
    """
    return f'"{escape(lexical)}{suffix(datatype=datatype, language=language)}'


def suffix(*, datatype: str = XSD_STRING, language: str = "") -> str:
    """What follows the text of a literal's token, its closing quote included; language tags are in lower case."""
    if language:
        return f'"@{language.lower()}'
    return '"' if datatype == XSD_STRING else f'"^^<{datatype}>'


def has_surrogate(text: str) -> bool:
    """Whether a text holds half of a surrogate pair, which no UTF-8 file can carry."""
    return not text.isascii() and _SURROGATE.search(text) is not None


@dataclass(frozen=True, slots=True)
class Term:
    """A token taken apart: `kind` is `iri`, `blank` or `literal`; `value` is the IRI, label or lexical form."""

    kind: str
    value: str
    datatype: str = ""
    language: str = ""


def parse(token: str) -> Term:
    """A token's parts.

    >>> parse('"Oslo"@en')
    Term(kind='literal', value='Oslo', datatype='', language='en')
    >>> parse("<https://example.org/a>").value
    'https://example.org/a'
    """
    if token.startswith("<"):
        return Term("iri", token[1:-1])
    if token.startswith("_:"):
        return Term("blank", token[2:])
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise ValueError(f"not an N-Quads token: {token!r}")
    lexical, language, datatype = match.groups()
    if language:
        return Term("literal", unescape(lexical), "", language)
    return Term("literal", unescape(lexical), datatype or XSD_STRING)


def to_decimal(token: str) -> Decimal | None:
    """The number that a literal says; None for what is none, or none that can be reckoned with.

    >>> to_decimal('"30.05"^^<http://www.w3.org/2001/XMLSchema#decimal>'), to_decimal('"NaN"')
    (Decimal('30.05'), None)
    """
    try:
        number = Decimal(parse(token).value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 1000 else None


def local_name(token: str) -> str:
    """What a cell holds that became a token: the text of a literal, the last part of an IRI.

    >>> local_name("<https://example.org/thing/oslo>"), local_name('"Oslo"@en')
    ('oslo', 'Oslo')
    """
    term = parse(token)
    return re.split("[/#]", term.value)[-1] if term.kind == "iri" else term.value
