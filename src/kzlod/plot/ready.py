"""What can be known before a query is asked: whether its answer can be drawn, and into this file."""

from __future__ import annotations

from pathlib import Path

from kzlod.errors import QueryError
from kzlod.query import CannedQuery

SUFFIXES = (".svg", ".png", ".html")


def check(query: CannedQuery, path: Path) -> None:
    """Raise `QueryError` for a query that does not say how it is drawn, and for a path that no picture can have.

    >>> check(CannedQuery("a", {"en": "A"}, {}, ""), Path("a.jpg"))
    Traceback (most recent call last):
    kzlod.errors.QueryError: a.jpg: is no name of a picture; name it .svg, .png or .html
    """
    if path.suffix.lower() not in SUFFIXES:
        raise QueryError("is no name of a picture", where=str(path), remedy="name it .svg, .png or .html")
    if not path.parent.is_dir():
        raise QueryError("its folder is not there", where=str(path), remedy="make it first")
    if query.plot is None:
        remedy = "`kzlod query --format json` shows which queries have a plot"
        raise QueryError(f"the query {query.name} does not say how it is drawn", remedy=remedy)
