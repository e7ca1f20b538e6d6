"""Texts within SQL."""

from __future__ import annotations


def text(value: str) -> str:
    """A text as a SQL literal.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"
