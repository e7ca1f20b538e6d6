"""Rows for programs, every term whole: SPARQL's own formats of results."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox

from kzlod.query.results import Node, Table
from kzlod.vocab import XSD


def as_json(table: Table) -> str:
    """SPARQL 1.1 Query Results JSON Format; the answer of an ASK is its `boolean` (section 3.3)."""
    document = _document(table)
    if table.truth is not None:
        return json.dumps(document) + "\n"
    head = json.dumps(document["head"], ensure_ascii=False)
    # A row a line: what indents is Python's slow encoder.
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in document["results"]["bindings"])
    return f'{{"head": {head}, "results": {{"bindings": [\n{rows}\n]}}}}\n'


def as_xml(table: Table) -> str:
    """SPARQL Query Results XML Format, second edition."""
    return _by_oxigraph(_document(table), ox.QueryResultsFormat.XML) + "\n"


def as_csv(table: Table) -> str:
    """SPARQL 1.1 Query Results CSV Format; the answer of an ASK, which has none there, is a column `result`."""
    return _by_oxigraph(_bindings(table), ox.QueryResultsFormat.CSV)


def as_tsv(table: Table) -> str:
    """SPARQL 1.1 Query Results TSV Format; the answer of an ASK, which has none there, is a column `result`."""
    return _by_oxigraph(_bindings(table), ox.QueryResultsFormat.TSV)


def _by_oxigraph(document: dict[str, Any], format_: ox.QueryResultsFormat) -> str:
    parsed = ox.parse_query_results(json.dumps(document), format=ox.QueryResultsFormat.JSON)
    return (parsed.serialize(format=format_) or b"").decode()


def _document(table: Table) -> dict[str, Any]:
    return _bindings(table) if table.truth is None else {"head": {}, "boolean": table.truth}


def _bindings(table: Table) -> dict[str, Any]:
    rows = [
        {name: _binding(term) for name, term in zip(table.variables, row, strict=True) if term is not None}
        for row in table.rows
    ]
    return {"head": {"vars": list(table.variables)}, "results": {"bindings": rows}}


def _binding(term: Node) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = ("subject", "predicate", "object")
        return {"type": "triple", "value": {part: _binding(getattr(term, part)) for part in parts}}
    plain = {"type": "literal", "value": term.value}
    if term.direction:
        return {**plain, "xml:lang": term.language, "its:dir": str(term.direction)}
    if term.language:
        return {**plain, "xml:lang": term.language}
    return plain if term.datatype.value == XSD + "string" else {**plain, "datatype": term.datatype.value}
