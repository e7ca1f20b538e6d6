"""The names that a metadata document may use: prefixes, terms and language tags (Metadata Vocabulary, 5.2, 5.8).

The prefixes are those of the RDFa 1.1 initial context and of the CSVW context; a document cannot add to them.

>>> expand("dc:title")
'http://purl.org/dc/terms/title'
>>> is_language("zh-Hans-CN"), is_language("not a tag")
(True, False)
"""

from __future__ import annotations

import re

NAMESPACE = "http://www.w3.org/ns/csvw"

PREFIXES = {
    "as": "https://www.w3.org/ns/activitystreams#",
    "cc": "http://creativecommons.org/ns#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "ctag": "http://commontag.org/ns#",
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "duv": "http://www.w3.org/ns/duv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gr": "http://purl.org/goodrelations/v1#",
    "grddl": "http://www.w3.org/2003/g/data-view#",
    "ical": "http://www.w3.org/2002/12/cal/icaltzd#",
    "jsonld": "http://www.w3.org/ns/json-ld#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "ma": "http://www.w3.org/ns/ma-ont#",
    "oa": "http://www.w3.org/ns/oa#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "og": "http://ogp.me/ns#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfa": "http://www.w3.org/ns/rdfa#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rev": "http://purl.org/stuff/rev#",
    "rif": "http://www.w3.org/2007/rif#",
    "rr": "http://www.w3.org/ns/r2rml#",
    "schema": "http://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "v": "http://rdf.data-vocabulary.org/#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wdr": "http://www.w3.org/2007/05/powder#",
    "wdrs": "http://www.w3.org/2007/05/powder-s#",
    "wrds": "http://www.w3.org/2007/05/powder-s#",
    "xhv": "http://www.w3.org/1999/xhtml/vocab#",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_XSD, _RDF, _CSVW = PREFIXES["xsd"], PREFIXES["rdf"], PREFIXES["csvw"]

DATATYPES = {
    name: _XSD + name
    for name in (
        "anyAtomicType", "anyURI", "base64Binary", "boolean", "byte", "date", "dateTime", "dateTimeStamp",
        "dayTimeDuration", "decimal", "double", "duration", "float", "gDay", "gMonth", "gMonthDay", "gYear",
        "gYearMonth", "hexBinary", "int", "integer", "language", "long", "Name", "NCName", "NMTOKEN",
        "negativeInteger", "nonNegativeInteger", "nonPositiveInteger", "normalizedString", "positiveInteger",
        "QName", "short", "string", "time", "token", "unsignedByte", "unsignedInt", "unsignedLong",
        "unsignedShort", "yearMonthDuration",
    )
} | {
    "any": _XSD + "anyAtomicType",
    "binary": _XSD + "base64Binary",
    "datetime": _XSD + "dateTime",
    "html": _RDF + "HTML",
    "json": _CSVW + "JSON",
    "number": _XSD + "double",
    "xml": _RDF + "XMLLiteral",
}  # fmt: skip
"""The built-in datatypes (Metadata Vocabulary, 5.11.1) and their IRIs."""

_CLASSES = (
    "Cell", "Column", "Datatype", "Dialect", "Direction", "ForeignKey", "NumericFormat", "Row", "Schema",
    "Table", "TableGroup", "TableReference", "Transformation", "Template",
)  # fmt: skip
TERMS = (
    DATATYPES
    | {name: _CSVW + name for name in (*_CLASSES, "JSON", "uriTemplate")}
    | {
        "describedby": PREFIXES["wdrs"] + "describedby",
        "license": PREFIXES["xhv"] + "license",
        "role": PREFIXES["xhv"] + "role",
    }
)
"""Terms that `@type` may use by themselves."""

_PREFIXED = re.compile(r"([A-Za-z_][\w.\-]*):(?!//)(.*)", re.DOTALL)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_SUBTAGS = re.compile(
    r"(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4}|[A-Za-z]{5,8})"
    r"(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    r"(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?|[xX](?:-[A-Za-z0-9]{1,8})+)"
)
_IRREGULAR = frozenset((
    "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo",
    "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de", "art-lojban",
    "cel-gaulish", "no-bok", "no-nyn", "zh-guoyu", "zh-hakka", "zh-min", "zh-min-nan", "zh-xiang",
))  # fmt: skip


def expand(name: str) -> str:
    """Expand a prefixed name whose prefix is known; any other string stays as it is."""
    match = _PREFIXED.match(name)
    if match is None or match[1] not in PREFIXES:
        return name
    return PREFIXES[match[1]] + match[2]


def is_absolute(name: str) -> bool:
    """Whether a name is a prefixed name or an absolute URL, as a common property's must be."""
    return _ABSOLUTE.match(name) is not None


def is_language(tag: object) -> bool:
    """Whether a value is a well-formed language tag (BCP 47, 2.1)."""
    return isinstance(tag, str) and (_SUBTAGS.fullmatch(tag) is not None or tag.lower() in _IRREGULAR)


def languages_match(one: str, other: str) -> bool:
    """Whether two tags match when the longer is cut to the shorter; `und` matches every language.

    >>> languages_match("en", "en-GB"), languages_match("und", "kk"), languages_match("en", "eng")
    (True, True, False)
    """
    if "und" in (one, other):
        return True
    a, b = one.lower().split("-"), other.lower().split("-")
    length = min(len(a), len(b))
    return a[:length] == b[:length]
