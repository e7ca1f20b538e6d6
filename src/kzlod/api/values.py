"""RDF terms as Python's own values."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pyoxigraph as ox

from kzlod.query.results import INTEGERS, Node
from kzlod.vocab import XSD

Value = str | bool | int | float | Decimal | datetime.date | datetime.datetime


class Iri(str):
    """The IRI of a thing: a text that says that it is one.

    >>> Iri("http://e/a")
    Iri('http://e/a')
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Iri({super().__repr__()})"


def _boolean(lexical: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[lexical]


_READ: dict[str, Callable[[str], Value]] = {
    **dict.fromkeys(INTEGERS, int),
    XSD + "decimal": Decimal,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "boolean": _boolean,
    XSD + "date": datetime.date.fromisoformat,
    XSD + "dateTime": datetime.datetime.fromisoformat,
}


def value(term: Node) -> Value:
    """A term as a Python value: numbers, truths, dates and times as such, an IRI as `Iri`, all else as its text.

    A literal that is not of its datatype, or that Python has no value for (a date with a time zone), is its text.

    >>> value(ox.Literal("30.05", datatype=ox.NamedNode(XSD + "decimal"))), value(ox.NamedNode("http://e/a"))
    (Decimal('30.05'), Iri('http://e/a'))
    >>> value(ox.Literal("Oslo", language="en")), value(ox.Literal("x", datatype=ox.NamedNode(XSD + "integer")))
    ('Oslo', 'x')
    """
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    read = _READ.get(term.datatype.value)
    if read is not None:
        # ArithmeticError: what Decimal says of a text that is no number.
        with suppress(ValueError, KeyError, ArithmeticError):
            return read(term.value)
    return term.value
