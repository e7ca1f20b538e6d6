"""Turtle and TriG out: subjects in blocks, IRIs shortened by the prefixes that are in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kzlod.quads.layout import Layout, closes, opens, shorten, text, triples, used
from kzlod.quads.table import QuadTable
from kzlod.vocab import RDF


def _blocks(prefixes: Mapping[str, str], indent: str) -> str:
    subject = shorten("s", prefixes, "s")
    predicate = shorten("p", prefixes, "p", f"WHEN p = '<{RDF}type>' THEN 'a'")
    datatype = shorten("o[e + 3:]", prefixes, "o[e + 3:]")
    object_ = (
        f"CASE WHEN e = 0 THEN {shorten('o', prefixes, 'o')}"
        f" WHEN o[e + 1:e + 2] = '^^' THEN o[:e + 2] || {datatype} ELSE o END"
    )
    return (
        f"CASE WHEN {opens('s')} THEN {text(indent)} || {subject} || ' ' || {predicate} || ' '"
        f" WHEN {opens('p')} THEN {text(indent + '    ')} || {predicate} || ' '"
        f" ELSE {text(indent + '        ')} END || {object_}"
        f" || CASE WHEN {closes('s')} THEN ' .' WHEN {closes('p')} THEN ' ;' ELSE ' ,' END"
    )


def _head(prefixes: Mapping[str, str]) -> str:
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes.items())


def turtle(table: QuadTable, prefixes: Mapping[str, str]) -> Layout:
    """The union of the graphs as Turtle (RDF 1.1 Turtle)."""
    known = used(table, prefixes)
    return Layout(_head(known), f"SELECT {_blocks(known, '')} FROM ({triples(table)})")


def trig(table: QuadTable, prefixes: Mapping[str, str]) -> Iterator[Layout]:
    """The graphs one after the other as TriG (RDF 1.1 TriG)."""
    known = used(table, prefixes)
    head = _head(known)
    for graph in table.graphs() or [""]:
        rows = f"SELECT {_blocks(known, '    ' if graph else '')} FROM ({triples(table, graph)})"
        yield Layout(head + (f"{graph} {{\n" if graph else ""), rows, "}\n" if graph else "")
        head = ""
