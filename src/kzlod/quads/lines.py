"""N-Quads and N-Triples out: the tokens and a full stop."""

from __future__ import annotations

from kzlod.quads.layout import Layout, triples
from kzlod.quads.table import QuadTable


def nquads(table: QuadTable) -> Layout:
    """Canonical N-Quads (RDF Dataset Canonicalization 1.0, section 5)."""
    line = "s || ' ' || p || ' ' || o || CASE g WHEN '' THEN '' ELSE ' ' || g END || ' .'"
    return Layout("", f"SELECT {line} FROM {table.order()}")


def ntriples(table: QuadTable) -> Layout:
    """Canonical N-Triples (RDF 1.2 N-Triples, section 4)."""
    return Layout("", f"SELECT s || ' ' || p || ' ' || o || ' .' FROM ({triples(table)})")
