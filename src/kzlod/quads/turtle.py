"""Turtle and TriG out: subjects in blocks, IRIs shortened by the prefixes that are in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kzlod.quads.layout import Layout, standing, triples
from kzlod.quads.names import Names, choose, names, shorten
from kzlod.quads.sqltext import text
from kzlod.quads.table import QuadTable
from kzlod.vocab import RDF

_TYPE = f"<{RDF}type>"


def _blocks(known: Names, indent: str) -> str:
    predicate = choose("p", {token: "a" if token == _TYPE else known.short(token) for token in known.predicates})
    tail = choose("tail", {f"^^{token}": f"^^{known.short(token)}" for token in known.datatypes}, "tail")
    object_ = (
        f"CASE WHEN e = 0 THEN {shorten('o', known.objects, 'o')}"
        f" WHEN tail = '' THEN o ELSE substr(o, 1, e) || {tail} END"
    )
    return (
        f"CASE WHEN new_s THEN {text(indent)} || {shorten('s', known.subjects, 's')} || ' ' || {predicate} || ' '"
        f" WHEN new_p THEN {text(indent + '    ')} || {predicate} || ' '"
        f" ELSE {text(indent + '        ')} END || {object_}"
        f" || CASE WHEN end_s THEN ' .' WHEN end_p THEN ' ;' ELSE ' ,' END"
    )


def _head(known: Names) -> str:
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in known.prefixes.items())


def turtle(table: QuadTable, prefixes: Mapping[str, str]) -> Layout:
    """The union of the graphs as Turtle (RDF 1.1 Turtle)."""
    known = names(table, prefixes)
    return Layout(_head(known), f"SELECT {_blocks(known, '')} FROM ({standing(triples(table))})")


def trig(table: QuadTable, prefixes: Mapping[str, str]) -> Iterator[Layout]:
    """The graphs one after the other as TriG (RDF 1.1 TriG)."""
    known = names(table, prefixes)
    head = _head(known)
    for graph in table.graphs() or [""]:
        rows = f"SELECT {_blocks(known, '    ' if graph else '')} FROM ({standing(triples(table, graph))})"
        yield Layout(head + (f"{graph} {{\n" if graph else ""), rows, "}\n" if graph else "")
        head = ""
