"""Paths in SQL: from some nodes along a path, with a recursive query where the path repeats."""

from __future__ import annotations

from collections.abc import Mapping

from kzlod.shacl.paths import Path, invert


def pairs(path: Path, starts: str, ids: Mapping[str, int], edges: str) -> str:
    """SQL: the pairs (a, n) of a node of `starts` (a query with one column) and a node that the path leads to.

    `edges` is the table of triples (s, p, o) whose predicates `ids` numbers. The pairs are unique.
    """
    return f"SELECT DISTINCT a, n FROM ({_steps(path, f'SELECT x AS a, x AS n FROM ({starts}) t(x)', ids, edges)})"


def _steps(path: Path, source: str, ids: Mapping[str, int], edges: str) -> str:
    """SQL: the pairs (a, n) of `source`, each n followed along the path."""
    if path.kind == "predicate":
        return f"SELECT f.a, e.o AS n FROM ({source}) f JOIN {edges} e ON e.s = f.n AND e.p = {ids[path.predicate]}"
    if path.kind == "inverse":
        inner = path.parts[0]
        if inner.kind != "predicate":
            return _steps(invert(inner), source, ids, edges)
        return f"SELECT f.a, e.s AS n FROM ({source}) f JOIN {edges} e ON e.o = f.n AND e.p = {ids[inner.predicate]}"
    if path.kind == "sequence":
        for part in path.parts:
            source = _steps(part, source, ids, edges)
        return source
    if path.kind == "alternative":
        return " UNION ".join(f"({_steps(part, source, ids, edges)})" for part in path.parts)
    inner = path.parts[0]
    if path.kind == "?":
        return f"({source}) UNION ({_steps(inner, source, ids, edges)})"
    first = source if path.kind == "*" else _steps(inner, source, ids, edges)
    # The recursive part may see what it has found once only, so what it follows is a relation of its own.
    step = f"SELECT a AS x, n AS y FROM ({_steps(inner, _anywhere(edges), ids, edges)})"
    return (
        f"SELECT a, n FROM (WITH RECURSIVE reach(a, n) AS (({first}) UNION"
        f" (SELECT r.a, step.y FROM reach r JOIN ({step}) step ON step.x = r.n)) SELECT a, n FROM reach)"
    )


def _anywhere(edges: str) -> str:
    return f"SELECT x AS a, x AS n FROM (SELECT s AS x FROM {edges} UNION SELECT o FROM {edges})"
