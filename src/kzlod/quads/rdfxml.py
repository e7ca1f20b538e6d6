"""RDF/XML out, and what it cannot carry: predicates without an XML name, control characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from kzlod.errors import ReleaseError
from kzlod.quads.layout import Layout, standing, triples
from kzlod.quads.names import choose, inside, names
from kzlod.quads.table import Quad, QuadTable
from kzlod.quads.xmlnames import split_name
from kzlod.terms import parse
from kzlod.vocab import RDF


def _escape_xml(content: str) -> str:
    """SQL: what stands between a canonical token's quotes, as XML character data."""
    escaped = content
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        escaped = f"replace({escaped}, '{char}', '{entity}')"
    # A canonical token holds no control character itself, so U+0001 can stand for an escaped backslash meanwhile.
    steps = (("\\\\", "chr(1)"), ('\\"', "'\"'"), ("\\n", "'&#10;'"), ("\\r", "'&#13;'"), ("\\t", "'&#9;'"))
    for written, plain in (*steps, ("\\u007F", "chr(127)")):
        escaped = f"replace({escaped}, '{written}', {plain})"
    return f"CASE WHEN regexp_matches({content}, '[&<>\\\\]') THEN replace({escaped}, chr(1), '\\') ELSE {content} END"


def _attribute(expression: str) -> str:
    # An IRI's token holds neither angle brackets nor double quotes (N-Quads, IRIREF).
    return f"replace({expression}, '&', '&amp;')"


def _names(table: QuadTable, prefixes: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    known = {namespace: prefix for prefix, namespace in prefixes.items()}
    spaces, elements = {RDF: "rdf"}, {}
    for token in names(table, prefixes).predicates:
        split = split_name(token[1:-1])
        if split is None:
            raise ReleaseError(f"RDF/XML has no name for the predicate {token}", remedy="end its IRI with a name")
        namespace, local = split
        prefix = spaces.setdefault(namespace, known.get(namespace, f"ns{len(spaces)}"))
        elements[token] = f"{prefix}:{local}"
    return spaces, elements


def rdfxml(table: QuadTable, prefixes: Mapping[str, str]) -> Layout:
    """The union of the graphs as RDF/XML (RDF 1.1 XML Syntax)."""
    spaces, elements = _names(table, prefixes)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    for namespace, prefix in sorted(spaces.items(), key=lambda item: item[1]):
        head += f'\n    xmlns:{prefix}="{namespace.replace("&", "&amp;")}"'
    name = choose("p", elements)
    datatypes = {f"^^{token}": f' rdf:datatype="{escape(token[1:-1])}">' for token in names(table, prefixes).datatypes}
    kind = choose("tail", {"": ">", **datatypes}, "' xml:lang=\"' || substr(tail, 2) || '\">'")
    element = (
        f"CASE WHEN e = 0 THEN ' rdf:resource=\"' || {_attribute(inside('o'))} || '\"/>'"
        f" ELSE {kind} || {_escape_xml('substr(o, 2, e - 2)')} || '</' || {name} || '>' END"
    )
    about = f"'  <rdf:Description rdf:about=\"' || {_attribute(inside('s'))} || '\">' || chr(10)"
    row = (
        f"CASE WHEN new_s THEN {about} ELSE '' END || '    <' || {name} || {element}"
        " || CASE WHEN end_s THEN chr(10) || '  </rdf:Description>' ELSE '' END"
    )
    return Layout(head + ">\n", f"SELECT {row} FROM ({standing(triples(table))})", "</rdf:RDF>\n")


def unwritable(table: QuadTable) -> Iterator[tuple[Quad, str]]:
    """The quads that RDF/XML cannot carry, each with the reason, in canonical order."""
    nameless = [p for (p,) in table.rows("SELECT DISTINCT p FROM quads") if split_name(p[1:-1]) is None]
    # XML 1.0 (production Char) has tab, line feed and carriage return of C0, and not U+FFFE, U+FFFF.
    control = r"regexp_matches(replace(o, '\\', ''), '\\[bf]|\\u00[01]|[\x{FFFE}\x{FFFF}]')"
    query = f"SELECT s, p, o, g FROM {table.order()} WHERE list_contains(?, p) OR (o[1] = '\"' AND {control})"
    for quad in table.rows(query, [nameless]):
        if quad[1] in nameless:
            yield quad, f"the predicate {quad[1]} does not end in a name, which RDF/XML needs"
        else:
            found = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", parse(quad[2]).value)
            which = f" U+{ord(found[0]):04X}" if found else ""
            yield quad, f"the text holds the control character{which}, which RDF/XML cannot carry"
