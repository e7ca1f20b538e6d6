"""JSON-LD out: readable terms under an inline context, one node object a subject, no connection needed to read it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import groupby

from kzlod.quads.layout import Layout, standing, triples
from kzlod.quads.names import IRI, Names, choose, inside, longest_first, names, shorten
from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable
from kzlod.quads.xmlnames import split_name
from kzlod.vocab import RDF

_TYPE = f"<{RDF}type>"


def context(known: Names) -> tuple[dict[str, object], dict[str, str], set[str]]:
    """The inline context, the term of each predicate's token, and the tokens whose values the context types.

    A predicate has its local name as term, and its values' type where all have the same: then they are plain
    texts (JSON-LD 1.1, section 4.2.3, type coercion).
    """
    made: dict[str, object] = dict(known.prefixes)
    terms, typed = {_TYPE: _TYPE[1:-1]}, set[str]()
    for token, kinds in groupby(known.kinds, lambda kind: kind.predicate):
        if token == _TYPE:
            continue
        iri = token[1:-1]
        namespace, local = split_name(iri) or ("", iri)
        prefix = next((prefix for prefix, known_as in known.prefixes.items() if known_as == namespace), "")
        identifier = f"{prefix}:{local}" if prefix else iri
        term = local if local not in made else identifier
        terms[token] = term
        tails = [kind.tail for kind in kinds]
        if len(tails) == 1 and (tails[0] == IRI or tails[0].startswith("^^")):
            made[term] = {"@id": identifier, "@type": "@id" if tails[0] == IRI else tails[0][3:-1]}
            typed.add(token)
        else:
            made[term] = identifier
    return made, terms, typed


def jsonld(table: QuadTable, prefixes: Mapping[str, str]) -> Layout:
    """The union of the graphs as JSON-LD 1.1, subjects in order below `@graph`.

    A node's types come first: what reads in a stream needs them there (Streaming JSON-LD, section 3.2), and where they
    come later it holds the whole document in memory.
    """
    known = names(table, prefixes)
    made, terms, typed = context(known)
    name = choose("p", {token: json.dumps(term) for token, term in terms.items()})
    short = f"'\"' || {shorten('o', known.objects, inside('o'))} || '\"'"
    coerced = f"p IN ({', '.join(map(text, sorted(typed)))})" if typed else "false"
    # What stands between a canonical token's quotes is, letter for letter, a JSON string (RFC 8259, section 7).
    string = "substr(o, 1, e)"
    datatypes = {f"^^{token}": f'{{"@type": "{token[1:-1]}", "@value": ' for token in known.datatypes}
    value = (
        f"CASE WHEN e = 0 THEN CASE WHEN {coerced} THEN {short} ELSE '{{\"@id\": ' || {short} || '}}' END"
        f" WHEN tail = '' THEN o WHEN {coerced} THEN {string} ELSE "
        + choose("tail", datatypes, '\'{"@language": "\' || substr(tail, 2) || \'", "@value": \'')
        + f" || {string} || '}}' END"
    )
    # Classes stand between quotes, apart by commas; a prefix may stand for what none of them goes on after with `//`
    # (JSON-LD 1.1 API, section 5.2: such a text is an IRI already).
    types = f"'\"' || replace({inside('types')}, '> <', '\", \"') || '\"'"
    for prefix, namespace in longest_first(known.objects):
        begins, becomes = f'"{re.escape(namespace)}([^/"])', f'"{prefix}:\\1'
        types = f"regexp_replace({types}, {text(begins)}, {text(becomes)}, 'g')"
    opening = (
        f"'{{' || CASE WHEN types <> '' THEN '\"@type\": [' || {types} || '],' || chr(10) || ' ' ELSE '' END"
        f" || '\"@id\": \"' || {shorten('s', known.subjects, inside('s'))} || '\"'"
        " || CASE WHEN bare THEN '' ELSE ',' || chr(10) END"
    )
    row = (
        f"CASE WHEN new_s THEN {opening} ELSE '' END"
        f" || CASE WHEN bare THEN '' WHEN new_p THEN ' ' || {name} || ': [' || {value} ELSE '  ' || {value} END"
        " || CASE WHEN bare THEN '' WHEN end_p THEN ']' ELSE '' END"
        " || CASE WHEN last THEN '}' WHEN end_s THEN '},' ELSE ',' END"
    )
    shown = json.dumps(made, ensure_ascii=False, indent=1)
    # Types are at their node's beginning; of a node that has nothing else, the row of its first one stands for it.
    kept = f"p <> {text(_TYPE)} OR o[1] = '\"' OR (bare AND starts_with(types || ' ', o || ' '))"
    rows = f"SELECT {row} FROM ({standing(f'SELECT * FROM ({triples(table)}) WHERE {kept}')})"
    return Layout(f'{{"@context": {shown},\n"@graph": [\n', rows, "]}\n")
