"""Cells: from the text in a file to a value, by the rules of the column (Tabular Data Model, 6.4).

>>> from kzlod.csvw.model import Column, Datatype
>>> cell = CellParser(Column("n", 1, 1, datatype=Datatype("integer"), separator=";")).parse("1; 2")
>>> cell.tokens[1], cell.value
('"2"^^<http://www.w3.org/2001/XMLSchema#integer>', ('1', '2'))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kzlod.csvw.datatypes import KEEPS_SPACE, BadValueError, Parser, compile_datatype, normalise_space
from kzlod.csvw.model import Column
from kzlod.csvw.templates import Variable
from kzlod.terms import XSD_STRING, escape, has_surrogate, suffix


class Fault(NamedTuple):
    """What is wrong with a cell: the rule's code, what to say, and what to do."""

    code: str
    message: str
    remedy: str = ""


class Cell(NamedTuple):
    """A cell's value: for templates and keys in canonical form (None is null), and as literals."""

    value: str | tuple[str, ...] | None
    tokens: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    blank: bool = False
    """Whether it was left empty, rather than marked as null."""
    encoded: str = ""
    """The value as the `{x}` of a template writes it, where the column is used in one."""


_PLAIN = Variable("")
_REQUIRED = Fault("table.required", "it is empty, and this column is required", "fill it in")


@dataclass(frozen=True, slots=True)
class CellParser:
    """Reads the cells of a column."""

    column: Column
    parser: Parser
    ending: str
    """What follows the text of a literal of the column's datatype."""
    plain: str
    """The same of a text that is not of the datatype."""

    encodes: bool
    canonical: bool
    """Whether the value is wanted in canonical form, for templates and keys; it is the lexical form otherwise."""

    def __init__(self, column: Column, *, encodes: bool = True, canonical: bool = True) -> None:
        lang = "" if column.lang == "und" else column.lang
        datatype = column.datatype
        tagged = datatype.iri == XSD_STRING
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "encodes", encodes)
        object.__setattr__(self, "canonical", canonical)
        object.__setattr__(self, "parser", compile_datatype(datatype))
        object.__setattr__(self, "ending", suffix(datatype=datatype.iri, language=lang if tagged else ""))
        object.__setattr__(self, "plain", suffix(language=lang if datatype.base == "string" else ""))

    def parse(self, text: str) -> Cell:
        """The cell that a text is."""
        cell = self._parsed(text)
        return cell._replace(encoded=_PLAIN.expand(cell.value)) if self.encodes and cell.value else cell

    def _parsed(self, text: str) -> Cell:
        column = self.column
        base = column.datatype.base
        text = normalise_space(text, base) or normalise_space(column.default, base)
        if column.separator is None:
            return self._single(text)
        if text == "":
            return Cell((), (), (_REQUIRED,) if column.required else (), True)
        if text in column.null:
            return Cell(None, (), (_REQUIRED,) if column.required else ())
        pieces = text.split(column.separator)
        if base not in KEEPS_SPACE or base in ("json", "xml", "html"):
            pieces = [piece.strip(" \t\r\n") for piece in pieces]
        cells = [self._item(piece) for piece in pieces]
        values = tuple(cell.value for cell in cells if isinstance(cell.value, str))
        tokens = tuple(token for cell in cells for token in cell.tokens)
        return Cell(values, tokens, tuple(fault for cell in cells for fault in cell.faults))

    def _item(self, piece: str) -> Cell:
        text = piece or normalise_space(self.column.default, self.column.datatype.base)
        return Cell(None, ()) if text in self.column.null else self._value(text)

    def _single(self, text: str) -> Cell:
        if text in self.column.null:
            return Cell(None, (), (_REQUIRED,) if self.column.required else (), text == "")
        return self._value(text)

    def _value(self, text: str) -> Cell:
        if has_surrogate(text):
            # Bytes that are not in the file's encoding, which is said of the file once.
            text = text.encode("utf-8", "replace").decode("utf-8")
            return Cell(text, (f'"{escape(text)}{self.plain}',))
        try:
            lexical = self.parser.lexical(text)
        except BadValueError as error:
            fault = Fault(error.code, error.message, error.remedy)
            return Cell(text, (f'"{escape(text)}{self.plain}',), (fault,))
        value = self.parser.canonical(lexical) if self.canonical else lexical
        return Cell(value, (f'"{escape(lexical)}{self.ending}',))
