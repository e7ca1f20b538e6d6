"""Names that XML allows, for RDF/XML's elements and JSON-LD's terms."""

from __future__ import annotations

import re

_NCNAME = "[A-Za-z_][A-Za-z0-9_.-]*"
_AFTER_SEPARATOR = re.compile(f"(.*[/#:])({_NCNAME})")
_ANYWHERE = re.compile(f"(.*?[^A-Za-z0-9_.-])[0-9.-]*({_NCNAME})")


def split_name(iri: str) -> tuple[str, str] | None:
    """An IRI as a namespace and a local name that XML allows; None where it has none.

    Source: RDF 1.1 XML Syntax, section 5.1 (property names are namespace names and local names joined).

    >>> split_name("http://purl.org/dc/terms/title")
    ('http://purl.org/dc/terms/', 'title')
    >>> split_name("http://example.org/2024-total")
    ('http://example.org/2024-', 'total')
    >>> split_name("http://example.org/123") is None
    True
    """
    if match := _AFTER_SEPARATOR.fullmatch(iri):
        return match[1], match[2]
    if match := _ANYWHERE.fullmatch(iri):
        return iri[: match.start(2)], match[2]
    return None
