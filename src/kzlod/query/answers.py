"""Answers of endpoints as they come over the wire, into tables and graphs: SPARQL results in JSON or XML, and RDF.

What stores do in their own ways comes out the same: numbers in one spelling, the `typed-literal` and the rows in place
of a truth value that Virtuoso sends, labels of blank nodes that no other software takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kzlod.errors import RemoteError
from kzlod.lexical import canonical
from kzlod.query.results import Answer, Graph, Node, Table

ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
TRIPLES = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_JSON = ("application/sparql-results+json", "application/json")
_XML = ("application/sparql-results+xml", "application/xml", "text/xml")
_VIRTUOSO_TRUTH = "__ASK_RETVAL"


def read(media_type: str, body: bytes, *, rows: bool, prefixes: Mapping[str, str], where: str) -> Answer:
    """What an endpoint answers: `rows` says whether it was asked for rows (or a truth value) or for triples.

    Raises `RemoteError` for what is no such answer.
    """
    try:
        if rows and media_type in _JSON:
            return _from_json(json.loads(body), prefixes)
        if rows and media_type in _XML:
            return _from_xml(body, prefixes)
        format_ = ox.RdfFormat.from_media_type("application/n-triples" if media_type == "text/plain" else media_type)
        if not rows and format_ is not None:
            parsed = ox.parse(body, format=format_)
            return Graph.of((ox.Triple(q.subject, q.predicate, _spelled(q.object)) for q in parsed), prefixes)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, RecursionError) as error:
        problem = error.msg if isinstance(error, SyntaxError) else str(error)
        said = f"answers with what is not {media_type}: {problem or type(error).__name__}"
        raise RemoteError(said, where=where, remedy="try again; if it stays so, tell those who run it") from error
    wanted = "SPARQL results in JSON or XML" if rows else "RDF"
    raise RemoteError(f"answers with {media_type}, not with {wanted}", where=where, remedy="check the address")


def _from_json(document: Any, prefixes: Mapping[str, str]) -> Table:
    """SPARQL 1.1 Query Results JSON Format, sections 3 and 4."""
    if isinstance(truth := document.get("boolean"), bool):
        return Table.of_truth(truth, prefixes)
    names, bindings = document["head"]["vars"], document["results"]["bindings"]
    if names == [_VIRTUOSO_TRUTH]:
        return Table.of_truth(bool(bindings), prefixes)
    if not all(isinstance(name, str) for name in names):
        raise ValueError("a name of a variable is no text")
    rows = tuple(tuple(_term(row[name]) if name in row else None for name in names) for row in bindings)
    return Table(tuple(names), rows, prefixes)


def _term(binding: Any) -> Node:
    kind, value = binding["type"], binding["value"]
    if kind == "triple":
        subject, predicate, object_ = (_term(value[name]) for name in ("subject", "predicate", "object"))
        return ox.Triple(subject, predicate, object_)  # type: ignore[arg-type]
    if not isinstance(value, str):
        raise ValueError(f"a value is no text: {value!r}")
    if kind == "uri":
        return ox.NamedNode(value)
    if kind == "bnode":
        return _blank(value)
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"no term is a {kind!r}")
    if language := binding.get("xml:lang"):
        direction = binding.get("its:dir")
        return ox.Literal(value, language=language, direction=ox.BaseDirection(direction) if direction else None)
    datatype = binding.get("datatype")
    return ox.Literal(canonical(value, datatype), datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


def _blank(label: str) -> ox.BlankNode:
    try:
        return ox.BlankNode(label)
    except ValueError:
        return ox.BlankNode("b" + label.encode().hex())


def _from_xml(body: bytes, prefixes: Mapping[str, str]) -> Table:
    """SPARQL Query Results XML Format."""
    parsed = ox.parse_query_results(body, format=ox.QueryResultsFormat.XML)
    if isinstance(parsed, ox.QueryBoolean):
        return Table.of_truth(bool(parsed), prefixes)
    names = tuple(variable.value for variable in parsed.variables)
    return Table(names, tuple(tuple(map(_spelled, row)) for row in parsed), prefixes)


def _spelled(term: Any) -> Any:
    """A term with its number in the one spelling."""
    if isinstance(term, ox.Literal) and not term.language:
        spelled = canonical(term.value, term.datatype.value)
        return term if spelled == term.value else ox.Literal(spelled, datatype=term.datatype)
    return term
