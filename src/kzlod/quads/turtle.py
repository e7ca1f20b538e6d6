"""Turtle and TriG out: subjects in blocks, IRIs shortened by the prefixes that are in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kzlod.quads.layout import Layout, shorten, triples, used
from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable
from kzlod.vocab import RDF


def _blocks(prefixes: Mapping[str, str], indent: str) -> str:
    predicate = shorten("p", prefixes, "p", f"WHEN p = '<{RDF}type>' THEN 'a'")
    datatype = shorten("substr(o, e + 3)", prefixes, "substr(o, e + 3)")
    object_ = (
        f"CASE WHEN e = 0 THEN {shorten('o', prefixes, 'o')}"
        f" WHEN substr(o, e + 1, 2) = '^^' THEN substr(o, 1, e + 2) || {datatype} ELSE o END"
    )
    return (
        f"CASE WHEN new_s THEN {text(indent)} || {shorten('s', prefixes, 's')} || ' ' || {predicate} || ' '"
        f" WHEN new_p THEN {text(indent + '    ')} || {predicate} || ' '"
        f" ELSE {text(indent + '        ')} END || {object_}"
        f" || CASE WHEN end_s THEN ' .' WHEN end_p THEN ' ;' ELSE ' ,' END"
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
