r"""RDF terms as tokens of canonical N-Triples: what the executors hand out.

The escapes are those of canonical N-Quads (RDFC-1.0, appendix A): `\b \t \n \f \r \" \\`, and `\uXXXX` for what XML
1.1 has no character for and for the other control characters; everything else stands for itself.

>>> print(literal('say "hi"', lang="en-US"))
"say \"hi\""@en-us
>>> print(literal("5", "http://www.w3.org/2001/XMLSchema#integer"))
"5"^^<http://www.w3.org/2001/XMLSchema#integer>
"""

from __future__ import annotations

import re

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CSVW = "http://www.w3.org/ns/csvw#"
XSD_STRING = XSD + "string"

_ESCAPES = {i: f"\\u{i:04X}" for i in (*range(32), 127, 0xFFFE, 0xFFFF)} | {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\",
}  # fmt: skip
_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")


def escape(text: str) -> str:
    """The text between the quotes of a literal."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def suffix(datatype: str = XSD_STRING, lang: str = "") -> str:
    """What follows the text of a literal, its closing quote included."""
    if lang:
        return f'"@{lang.lower()}'
    return '"' if datatype == XSD_STRING else f'"^^<{datatype}>'


def literal(text: str, datatype: str = XSD_STRING, lang: str = "") -> str:
    """A literal; language tags are in lower case, as RDF compares them."""
    return f'"{escape(text)}{suffix(datatype, lang)}'


def iri(value: str) -> str:
    """An IRI that has been checked before."""
    return f"<{value}>"


def has_surrogate(text: str) -> bool:
    """Whether a text holds half of a surrogate pair, which no UTF-8 file can carry."""
    return not text.isascii() and _SURROGATE.search(text) is not None
