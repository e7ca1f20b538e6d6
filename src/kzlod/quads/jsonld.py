"""JSON-LD out: readable terms under an inline context, one node object a subject, no connection needed to read it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kzlod.quads.layout import END, Layout, choose, inside, shorten, triples, used
from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable
from kzlod.quads.xmlnames import split_name
from kzlod.terms import parse
from kzlod.vocab import RDF, XSD

_TYPE = f"<{RDF}type>"


def context(table: QuadTable, prefixes: Mapping[str, str]) -> tuple[dict[str, object], dict[str, str], set[str]]:
    """The inline context, the term of each predicate's token, and the tokens whose values the context types.

    A predicate has its local name as term, and its values' type where all have the same: then they are plain
    texts (JSON-LD 1.1, section 4.2.3, type coercion).
    """
    known = used(table, prefixes)
    made: dict[str, object] = dict(known)
    names, typed = {_TYPE: "@type"}, {_TYPE}
    suffix = f"CASE o[1] WHEN '<' THEN '<' ELSE o[{END}:] END"
    query = f"SELECT p, count(DISTINCT {suffix}), min(o) FROM {table.order()} WHERE p <> ? GROUP BY p ORDER BY p"
    for token, kinds, example in table.rows(query, [_TYPE]):
        iri = token[1:-1]
        namespace, local = split_name(iri) or ("", iri)
        prefix = next((prefix for prefix, known_as in known.items() if known_as == namespace), "")
        identifier = f"{prefix}:{local}" if prefix else iri
        term = local if local not in made else identifier
        names[token] = term
        value = parse(example)
        if kinds > 1 or value.language or value.datatype == XSD + "string":
            made[term] = identifier
        else:
            made[term] = {"@id": identifier, "@type": "@id" if value.kind == "iri" else value.datatype}
            typed.add(token)
    return made, names, typed


def jsonld(table: QuadTable, prefixes: Mapping[str, str]) -> Layout:
    """The union of the graphs as JSON-LD 1.1, subjects in order below `@graph`."""
    made, names, typed = context(table, prefixes)
    known = {prefix: prefixes[prefix] for prefix in made if made[prefix] == prefixes.get(prefix)}
    name = choose("p", {token: json.dumps(term) for token, term in names.items()})
    short = f"'\"' || {shorten('o', known, inside('o'))} || '\"'"
    coerced = f"p IN ({', '.join(map(text, sorted(typed)))})"
    # What stands between a canonical token's quotes is, letter for letter, a JSON string (RFC 8259, section 7).
    string, suffix = "substr(o, 1, e)", "substr(o, e + 2)"
    datatype = inside(f"substr({suffix}, 2)")
    value = (
        f"CASE WHEN e = 0 THEN CASE WHEN {coerced} THEN {short} ELSE '{{\"@id\": ' || {short} || '}}' END"
        f" WHEN e = length(o) OR {coerced} THEN {string}"
        f" WHEN substr(o, e + 1, 1) = '@'"
        f" THEN '{{\"@language\": \"' || {suffix} || '\", \"@value\": ' || {string} || '}}'"
        f" ELSE '{{\"@type\": \"' || {datatype} || '\", \"@value\": ' || {string} || '}}' END"
    )
    row = (
        f"CASE WHEN new_s THEN '{{\"@id\": \"' || {shorten('s', known, inside('s'))} || '\",' || chr(10) ELSE '' END"
        f" || CASE WHEN new_p THEN ' ' || {name} || ': [' ELSE '  ' END || {value}"
        f" || CASE WHEN last THEN ']}}' WHEN end_s THEN ']}},' WHEN end_p THEN '],' ELSE ',' END"
    )
    shown = json.dumps(made, ensure_ascii=False, indent=1)
    return Layout(f'{{"@context": {shown},\n"@graph": [\n', f"SELECT {row} FROM ({triples(table)})", "]}\n")
