"""The table of quads: RDF in, RDF out, order and hash, as SQL on DuckDB (design decisions 6 and 10)."""

from kzlod.quads.table import Quad, QuadTable

__all__ = ["Quad", "QuadTable"]
