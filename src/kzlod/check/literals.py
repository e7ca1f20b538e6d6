"""Literals that are none: a text that its datatype does not have, whatever file says it."""

from __future__ import annotations

from collections.abc import Iterator

from kzlod.dataset import Dataset
from kzlod.findings import Unplaced
from kzlod.shacl.lexical import FORMS
from kzlod.shacl.sql_terms import well_formed
from kzlod.terms import parse

_TYPED = "starts_with(o, '\"') AND ends_with(o, '>')"
_DATATYPE = "regexp_extract(o, '\"\\^\\^<([^>]*)>$', 1)"
_LONGEST = 80


def check_literals(dataset: Dataset) -> Iterator[Unplaced]:
    """The ill-typed literals (RDF 1.1 Concepts, section 3.3) of the datatypes of XML Schema."""
    used = dataset.table.rows(f"SELECT DISTINCT {_DATATYPE} FROM quads WHERE {_TYPED}")
    wrong = [
        f"{_DATATYPE} = '{name}' AND NOT {well_formed('o', name, FORMS[name])}" for (name,) in used if name in FORMS
    ]
    if not wrong:
        return
    query = f"SELECT DISTINCT s, p, o FROM quads WHERE {_TYPED} AND (({') OR ('.join(wrong)})) ORDER BY ALL"
    for s, p, o in dataset.table.rows(query):
        term = parse(o)
        shown = repr(term.value[:_LONGEST]) + ("…" if len(term.value) > _LONGEST else "")
        message = f"{shown} is no xsd:{term.datatype.rpartition('#')[2]}"
        yield Unplaced("literal.datatype", message, s, p, o, "correct the text, or its datatype")
