"""The forms of an answer: each of rows, or of triples, or of both.

| form | of | standard |
| --- | --- | --- |
| `table` `markdown` `html` | rows, triples | for people: labels, short IRIs, numbers to the right |
| `csv` `tsv` | rows | SPARQL 1.1 Query Results CSV and TSV Formats |
| `json` | rows | SPARQL 1.1 Query Results JSON Format |
| `xml` | rows | SPARQL Query Results XML Format |
| `turtle` `ntriples` `jsonld` | triples | RDF 1.1 Turtle, N-Triples; JSON-LD 1.1, expanded |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kzlod.errors import QueryError
from kzlod.query.forms.html import as_html
from kzlod.query.forms.machine import as_csv, as_json, as_tsv, as_xml
from kzlod.query.forms.text import as_markdown, as_table
from kzlod.query.forms.triples import as_jsonld, as_ntriples, as_turtle
from kzlod.query.results import Answer, Graph, Table

READABLE: Mapping[str, Callable[[Table], str]] = {"table": as_table, "markdown": as_markdown, "html": as_html}
"""The forms for people, of rows and of triples."""
ROWS: Mapping[str, Callable[[Table], str]] = {"csv": as_csv, "tsv": as_tsv, "json": as_json, "xml": as_xml, **READABLE}
"""The forms of rows, by the name that a user types."""
TRIPLES: Mapping[str, Callable[[Graph], str]] = {"turtle": as_turtle, "jsonld": as_jsonld, "ntriples": as_ntriples}
"""The forms of triples alone."""
FORMATS = ("table", *(name for name in ROWS if name != "table"), *TRIPLES)
"""The names of all forms."""


def default(answer: Answer) -> str:
    """The form that an answer has where none is asked for: a table of rows, Turtle of triples."""
    return "turtle" if isinstance(answer, Graph) else "table"


def render(answer: Answer, form: str) -> str:
    """An answer in a form; raises `QueryError` for a form that does not fit it, naming those that do.

    >>> render(Table(("n",), ((None,),), {}), "csv")
    'n\\r\\n\\r\\n'
    """
    if isinstance(answer, Table):
        if form in ROWS:
            return ROWS[form](answer)
        raise _misfit(form, "triples", "rows", list(ROWS))
    if form in TRIPLES:
        return TRIPLES[form](answer)
    if form in READABLE:
        return READABLE[form](answer.table())
    raise _misfit(form, "rows", "triples", [*READABLE, *TRIPLES])


def _misfit(form: str, of: str, given: str, fitting: list[str]) -> QueryError:
    remedy = f"use {', '.join(fitting[:-1])} or {fitting[-1]}"
    return QueryError(f"{form} is a form of {of}, this query gives {given}", remedy=remedy)
